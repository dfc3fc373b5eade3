//! Proving anew who one is, before what is sensitive.

use crate::{
    api,
    app::query,
    components::{Button, ButtonKind, Ceremony, PasskeyButton, Title},
    forms::{
        Done, Field, FieldKind, FormState, Forms, Hidden, Outcome, PROVE, Submission, Waiting, proof,
        view::{ErrorSummary, WaitingFields},
    },
    loading::{Section, load},
    session::{require_user, safe_path, use_api},
    visit::Visit,
};
use contracts::second_factors::SecondFactorsView;
use leptos::{context::Provider, prelude::*};

const PATH: &str = "/reauthenticate";

pub(crate) fn forms() -> Forms {
    Forms::at(PATH).on(PROVE, prove)
}

/// The question by its own address; `next` says where to go on.
#[component]
pub fn ReauthenticatePage() -> impl IntoView {
    let next = FormState::of(PROVE).value("next").map(str::to_owned).or_else(|| query("next"));
    view! { <Question next=next.as_deref().and_then(safe_path).unwrap_or("/account").to_owned()/> }
}

/// The question in the place of a page that needs the proof, or of the page whose form does.
#[component]
pub fn Question(
    /// Where to go on, unless a form waits.
    #[prop(default = Visit::current().path.clone())]
    next: String,
) -> impl IntoView {
    let factors = load(async {
        require_user()?;
        api::second_factors::list(&use_api()?).await
    });
    let waiting = use_context::<Waiting>();
    view! {
        <Title text="Confirm that it is you"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Confirm that it is you"</h1>
            <p class="mt-4 max-w-[54ch] text-lg">
                "This changes how you sign in. Enter your password once more; then you go on where you were, for ten minutes without being asked again."
            </p>
            <div class="mt-7 max-w-md">
                <Section load=factors what="How you sign in" let:factors><Proof factors next waiting/></Section>
            </div>
        </div>
    }
}

#[component]
fn Proof(factors: SecondFactorsView, next: String, waiting: Option<Waiting>) -> impl IntoView {
    let state = FormState::of(PROVE);
    let has_second = factors.totp.is_some() || !factors.passkeys.is_empty();
    let code = has_second.then(|| {
        view! {
            <Field
                name=proof::CODE
                label="Code"
                kind=FieldKind::Code
                autocomplete="one-time-code"
                hint="The one your authenticator app shows now, or a recovery code."
            />
        }
    });
    let passkey = (!factors.passkeys.is_empty()).then(|| {
        view! {
            <div>
                <PasskeyButton id="prove-passkey" ceremony=Ceremony::Get field=proof::PASSKEY>
                    "Confirm with a passkey"
                </PasskeyButton>
            </div>
        }
    });
    // A form that waits is sent to where it came from; otherwise the question has an address of its own.
    let action = waiting.is_none().then_some(PATH);
    let rest = match waiting {
        Some(Waiting(form)) => view! { <WaitingFields form/> }.into_any(),
        None => view! { <Hidden name="form" value=PROVE/><Hidden name="next" value=next/> }.into_any(),
    };
    view! {
        <Provider value=state.clone()>
            <form id=PROVE class="grid gap-5" method="post" action=action novalidate>
                <ErrorSummary state focused=true/>
                {rest}
                <Field
                    name=proof::PASSWORD
                    label="Password"
                    kind=FieldKind::Password
                    autocomplete="current-password"
                />
                {code}
                <Button kind=ButtonKind::Spot wide=true>"Confirm"</Button>
                {passkey}
            </form>
        </Provider>
    }
}

async fn prove(form: Submission) -> Outcome {
    proof::give(&form).await?;
    let next = form.text("next");
    Ok(Done::to(safe_path(&next).unwrap_or("/account")))
}
