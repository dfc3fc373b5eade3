//! What somebody whose account is suspended is told.

use crate::{
    api,
    components::{Stamp, Stub, Ticket, TicketKind, Title},
    config::Config,
    error::AppError,
    islands::LocalTime,
    loading::load,
    session::use_api,
    text,
    visit::Visit,
};
use contracts::Timestamp;
use leptos::prelude::*;
use std::sync::Arc;

/// The page by its own address, for links in mail: says what a suspension means, to whoever reads it.
#[component]
pub fn SuspendedPage() -> impl IntoView {
    view! {
        <Title text="When an account is suspended"/>
        <div class="mx-auto max-w-4xl pt-8 md:pt-14">
            <h1 class="text-3xl md:text-5xl">"When an account is suspended"</h1>
            <p class="mt-5 max-w-[54ch] text-lg">
                "Its owner gets a mail with the reason and the end, and the same is said when they sign in."
            </p>
            <Consequences/>
        </div>
    }
}

/// The reason, and what can still be done. Only auth knows the reason: where another service refused, auth is asked.
#[component]
pub fn Suspended(
    /// As the admin wrote it; empty where the service that refused does not know it.
    #[prop(into)]
    reason: String,
    /// When it ends by itself.
    until: Option<Timestamp>,
) -> impl IntoView {
    if !reason.is_empty() {
        return view! { <Words reason until/> }.into_any();
    }
    let why = load(why());
    let words = Suspend::new(async move {
        let (reason, until) = why.wait().await.unwrap_or_default();
        view! { <Words reason until/> }
    });
    view! { <Suspense>{words}</Suspense> }.into_any()
}

/// What auth says to this browser's refresh token, which no longer works.
async fn why() -> Result<(String, Option<Timestamp>), AppError> {
    let (api, visit) = (use_api()?, Visit::current());
    let names = use_context::<Arc<Config>>().ok_or(AppError::NotFound)?.cookies;
    match api::session::refresh(&api, &visit, names).await {
        Err(AppError::Suspended { reason, until }) => Ok((reason, until)),
        Err(error) => Err(error),
        Ok(_) => Err(AppError::NotFound),
    }
}

#[component]
fn Words(#[prop(into)] reason: String, until: Option<Timestamp>) -> impl IntoView {
    let reason = if reason.is_empty() { "It is in the mail that we sent you.".to_owned() } else { reason };
    let until = until.map(|until| {
        let words = format!("{} UTC", text::in_full(until, "UTC"));
        view! {
            <div>
                <dt class="label">"Until"</dt>
                <dd class="font-semibold text-ink"><LocalTime at=until.to_rfc3339() words/></dd>
            </div>
        }
    });
    view! {
        <Title text="Your account is suspended"/>
        <div class="mx-auto max-w-4xl pt-8 md:pt-14">
            <h1 class="text-3xl md:text-5xl">"You have been signed out: your account is suspended"</h1>
            <div class="mt-8">
                <Ticket kind=TicketKind::Void>
                    <Stub slot class="ticket-stub flex items-center justify-center sm:w-56">
                        <Stamp colour="text-danger">"Suspended"</Stamp>
                    </Stub>
                    <dl class="grid gap-4">
                        <div>
                            <dt class="label">"Reason"</dt>
                            <dd class="whitespace-pre-line text-lg font-semibold leading-snug text-ink">{reason}</dd>
                        </div>
                        {until}
                    </dl>
                </Ticket>
            </div>
            <Consequences/>
        </div>
    }
}

#[component]
fn Consequences() -> impl IntoView {
    view! {
        <div class="mt-9 grid gap-x-12 gap-y-6 md:grid-cols-2">
            <section aria-labelledby="now">
                <h2 class="rule pt-3 text-xl" id="now">"What happens then"</h2>
                <ul class="mt-2 list-disc pl-5 text-sm leading-relaxed">
                    <li>"Tickets that were paid for still open the door, unless the mail says otherwise."</li>
                    <li>"Holds are released and cost nothing."</li>
                    <li>"Listings and payouts are paused, not lost. Tickets that were offered for resale are no longer offered."</li>
                    <li>"The account is signed out on every device."</li>
                </ul>
            </section>
            <section aria-labelledby="mistake">
                <h2 class="rule pt-3 text-xl" id="mistake">"If it is a mistake"</h2>
                <Appeal/>
            </section>
        </div>
    }
}

/// Where to say that it is a mistake. No page for it: whoever is suspended cannot sign in to one.
#[component]
fn Appeal() -> impl IntoView {
    let address = use_context::<Arc<Config>>().and_then(|config| config.appeal_address.clone());
    let how = match address {
        Some(address) => {
            let href = format!("mailto:{address}?subject=Suspended%20account");
            view! {
                "Write to " <a class="inline-block break-all py-0.5 font-semibold" href=href>{address}</a>
                " from the address of the account, once and in your own words."
            }
            .into_any()
        }
        None => "Answer the mail, once and in your own words.".into_any(),
    };
    view! {
        <p class="mt-2 text-sm">{how} " Somebody who did not make the decision reads it."</p>
    }
}
