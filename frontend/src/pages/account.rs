//! One's own account: profile, devices, password.

pub mod devices;
pub mod email;
pub mod password;

use super::sign_out::SignOutButton;
use crate::{
    api,
    app::query,
    components::{Fact, Facts, Notice, Title, Tone},
    error::AppError,
    forms::Forms,
    loading::{Main, Section, load, once},
    session::{require_user, use_api},
};
use contracts::auth::{Role, UserView};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    email::forms(password::forms(devices::forms(Forms::at("/account"))))
}

/// Your account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let user = load(async {
        require_user()?;
        let api = use_api()?;
        once(api::session::current(&api)).await?.ok_or(AppError::Unauthenticated)
    });
    let devices = load(async {
        require_user()?;
        api::session::devices(&use_api()?).await
    });
    view! {
        <Title text="Your account"/>
        <Main load=user let:user>
            <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"Your account"</h1>
            <News/>
            <div class="mt-8 grid gap-x-12 gap-y-12 lg:grid-cols-12">
                <Contents/>
                <div class="grid min-w-0 gap-14 lg:col-span-9">
                    <Profile user=user.clone()/>
                    <email::Email user/>
                    <section id="devices" aria-labelledby="devices-title">
                        <Section load=devices what="Your devices" let:devices><devices::Devices devices/></Section>
                    </section>
                    <password::Password/>
                </div>
            </div>
        </Main>
    }
}

const LINK: &str = "inline-flex min-h-11 items-center font-semibold no-underline hover:underline";

#[component]
fn Contents() -> impl IntoView {
    let links = [("#profile", "Profile"), ("#email", "Email"), ("#devices", "Devices"), ("#password", "Password"), (super::security::PATH, "Security")].map(|(href, words)| {
        view! { <li class="lg:border-b lg:border-hair lg:last:border-0"><a class=LINK href=href>{words}</a></li> }
    });
    view! {
        <nav class="lg:col-span-3" aria-label="Account">
            <ul class="flex flex-wrap gap-x-5 border-y border-hair lg:sticky lg:top-6 lg:block">{links.to_vec()}</ul>
        </nav>
    }
}

/// What was done a moment ago, in words of ours: the address only says which.
#[component]
fn News() -> impl IntoView {
    let (title, words) = match query("done").as_deref() {
        Some("device") => ("That device is signed out", "If it was not yours, change your password too."),
        Some("others") => ("All other devices are signed out", "Only this one is left."),
        Some("email") => {
            ("Look into the mail of the new address", "Follow the link there. Until then the old one stays.")
        }
        Some("confirmation") => ("The link is on its way", "It works once, for a day."),
        Some("password") => ("Your password is changed", "All other devices are signed out."),
        _ => return ().into_any(),
    };
    view! {
        <div class="mt-6 max-w-3xl"><Notice tone=Tone::Ok title><p class="text-sm">{words}</p></Notice></div>
    }
    .into_any()
}

#[component]
fn Profile(user: UserView) -> impl IntoView {
    let role = match user.role {
        Role::User => "Buys, sells and organises",
        Role::Admin => "Admin",
    };
    view! {
        <section id="profile" aria-labelledby="profile-title">
            <h2 class="rule pt-3 text-2xl" id="profile-title">"Profile"</h2>
            <div class="mt-4">
                <Facts>
                    <Fact term="Name">{user.name}</Fact>
                    <Fact term="Email"><span class="break-all">{user.email}</span></Fact>
                    <Fact term="Role">{role}</Fact>
                </Facts>
            </div>
            <p class="mt-3 text-sm text-ink-2">"Your name is printed on tickets you buy."</p>
            <div class="mt-4"><SignOutButton/></div>
        </section>
    }
}
