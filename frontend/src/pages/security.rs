//! How one signs in beside the password: second factors and recovery codes.

pub mod add_passkey;
pub mod app;
pub mod passkeys;
pub mod recovery;

use crate::{
    api,
    app::query,
    components::{Button, ButtonKind, Fact, Facts, LinkButton, Notice, Title, Tone},
    forms::{Done, FormFailure, FormId, FormState, Forms, Outcome, RowForm, Submission},
    loading::{Main, load},
    session::{require_user, use_api},
    text,
    visit::now,
};
use contracts::{
    Timestamp,
    second_factors::{SecondFactorsView, TotpView},
};
use leptos::prelude::*;
use recovery::{Codes, codes_of, kept};

/// Where it is.
pub(crate) const PATH: &str = "/account/security";
const ADD_APP: FormId = "add-app";
const REMOVE_APP: FormId = "remove-app";
const RENEW: FormId = "renew-recovery-codes";

/// The forms of these pages.
pub(crate) fn forms() -> Forms {
    let page = Forms::at(PATH).on(ADD_APP, add_app).on(REMOVE_APP, remove_app).on(RENEW, renew);
    passkeys::forms(page).and(app::forms()).and(add_passkey::forms())
}

/// Your second factors.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let factors = load(async {
        require_user()?;
        api::second_factors::list(&use_api()?).await
    });
    let fresh = codes_of(&FormState::of(RENEW));
    view! {
        <Title text="Security"/>
        <Main load=factors let:factors>
            <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"Security"</h1>
            <p class="mt-3 max-w-[60ch] text-lg">
                "A second factor keeps others out of your account, even when they know your password."
            </p>
            <News/>
            {(!fresh.is_empty()).then(|| view! { <div class="mt-8"><Codes codes=fresh/></div> })}
            <Warning factors=factors.clone()/>
            <div class="mt-10 grid max-w-3xl gap-12">
                <passkeys::Passkeys passkeys=factors.passkeys.clone()/>
                <App totp=factors.totp.clone()/>
                <Recovery factors/>
                <p><LinkButton href="/account">"Your account"</LinkButton></p>
            </div>
        </Main>
    }
}

/// What was done a moment ago, in words of ours: the address only says which.
#[component]
fn News() -> impl IntoView {
    let (title, words) = match query("done").as_deref() {
        Some("app") => {
            ("Your authenticator app is added", "From now on you are asked for its code when you sign in.")
        }
        Some("app-removed") => ("Your authenticator app is removed", "Delete it from the app too."),
        Some("passkey") => ("Your passkey is added", "You can sign in with it alone."),
        Some("passkey-removed") => ("The passkey is removed", "Delete it from the device too."),
        _ => return ().into_any(),
    };
    view! {
        <div class="mt-6 max-w-3xl"><Notice tone=Tone::Ok title><p class="text-sm">{words}</p></Notice></div>
    }
    .into_any()
}

/// What is missing, for those who must have a second factor.
#[component]
fn Warning(factors: SecondFactorsView) -> impl IntoView {
    let missing = factors.required && factors.totp.is_none() && factors.passkeys.is_empty();
    missing.then(|| {
        view! {
            <div class="mt-6 max-w-3xl">
                <Notice tone=Tone::Warn title="Admins need a second factor">
                    <p class="text-sm">"Until you add one, you can do what everybody can, and no more."</p>
                </Notice>
            </div>
        }
    })
}

#[component]
fn App(totp: Option<TotpView>) -> impl IntoView {
    let part = match totp {
        Some(app) => view! {
            <Facts>
                <Fact term="Added">{text::ago(app.created_at, now())}</Fact>
                <Fact term="Last used">{used(app.last_used_at)}</Fact>
            </Facts>
            <RowForm id=REMOVE_APP class="mt-4">
                <Button kind=ButtonKind::DangerLine>"Remove the authenticator app"</Button>
            </RowForm>
        }
        .into_any(),
        None => view! {
            <p class="max-w-[60ch]">"An app on your phone that shows a new code of six digits every half minute."</p>
            <RowForm id=ADD_APP class="mt-4"><Button>"Add an authenticator app"</Button></RowForm>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="app-title">
            <h2 class="rule pt-3 text-2xl" id="app-title">"Authenticator app"</h2>
            <FormFailure id=ADD_APP/>
            <FormFailure id=REMOVE_APP/>
            <div class="mt-4">{part}</div>
        </section>
    }
}

#[component]
fn Recovery(factors: SecondFactorsView) -> impl IntoView {
    let any = factors.totp.is_some() || !factors.passkeys.is_empty();
    let words = match (any, factors.recovery_codes_left) {
        (false, _) => "They come with your first second factor, for the day on which you lose it.".to_owned(),
        (true, 0) => {
            "You have none left. Make new ones, so that you can get in without your second factor.".to_owned()
        }
        (true, 1) => "One is left. Each works once, in the place of your second factor.".to_owned(),
        (true, left) => format!("{left} are left. Each works once, in the place of your second factor."),
    };
    let renew = any.then(|| {
        view! {
            <RowForm id=RENEW class="mt-4"><Button>"Make new recovery codes"</Button></RowForm>
            <p class="hint mt-2">"The ones you have now stop working."</p>
        }
    });
    view! {
        <section aria-labelledby="recovery-title">
            <h2 class="rule pt-3 text-2xl" id="recovery-title">"Recovery codes"</h2>
            <FormFailure id=RENEW/>
            <p class="mt-4 max-w-[60ch]">{words}</p>
            {renew}
        </section>
    }
}

fn used(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "Not yet".to_owned(), |at| text::ago(at, now()))
}

async fn add_app(form: Submission) -> Outcome {
    api::second_factors::offer_totp(form.api()).await?;
    Ok(Done::to(app::PATH))
}

async fn remove_app(form: Submission) -> Outcome {
    api::second_factors::remove_totp(form.api()).await?;
    Ok(Done::to(format!("{PATH}?done=app-removed")))
}

async fn renew(form: Submission) -> Outcome {
    let renewed = api::second_factors::renew_recovery_codes(form.api()).await?;
    Ok(Done::here(kept(renewed.codes)))
}
