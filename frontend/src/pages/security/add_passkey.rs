//! Adding a passkey: it gets a name, and the browser makes it.

use super::recovery::{Codes, codes_of, kept};
use crate::{
    api,
    components::{ButtonKind, Ceremony, LinkButton, PASSKEY_FIELD, PasskeyButton, Title},
    error::AppError,
    forms::{Done, Field, Form, FormErrors, FormId, FormState, Forms, Outcome, Submission},
    loading::{Main, load},
    session::{require_user, use_api},
};
use contracts::second_factors::AddPasskey;
use leptos::prelude::*;

/// Where it is.
pub(super) const PATH: &str = "/account/security/passkey";
const ADD: FormId = "add-passkey";

pub(super) fn forms() -> Forms {
    Forms::at(PATH).on(ADD, add)
}

/// The name and the button, and then the recovery codes.
#[component]
pub fn AddPasskeyPage() -> impl IntoView {
    let codes = codes_of(&FormState::of(ADD));
    if !codes.is_empty() {
        return view! { <Added codes/> }.into_any();
    }
    // Asked for before the browser makes a key that would be lost.
    let proven = load(async {
        require_user()?;
        let factors = api::second_factors::list(&use_api()?).await?;
        factors.proven_until.ok_or(AppError::ReauthenticationRequired)
    });
    view! {
        <Title text="Add a passkey"/>
        <Main load=proven let:_until><Naming/></Main>
    }
    .into_any()
}

#[component]
fn Added(codes: Vec<String>) -> impl IntoView {
    view! {
        <Title text="Your passkey is added"/>
        <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"Your passkey is added"</h1>
        <p class="mt-3 max-w-[60ch] text-lg">"You can sign in with it alone."</p>
        <div class="mt-8"><Codes codes/></div>
        <p class="mt-8"><LinkButton href=super::PATH kind=ButtonKind::Spot>"I have kept them"</LinkButton></p>
    }
}

#[component]
fn Naming() -> impl IntoView {
    view! {
        <div class="max-w-3xl pt-8 md:pt-12">
            <h1 class="text-3xl md:text-5xl">"Add a passkey"</h1>
            <p class="mt-4 max-w-[54ch] text-lg">
                "Give it a name by which you know it again, such as the device it is on. Then your browser makes it."
            </p>
            <div class="mt-7 max-w-md">
                <Form id=ADD>
                    <Field name="name" label="Name" hint="For example: my phone."/>
                    <PasskeyButton id="make-passkey" ceremony=Ceremony::Create class="btn btn-spot btn-wide">
                        "Make the passkey"
                    </PasskeyButton>
                </Form>
            </div>
            <p class="mt-6"><a class="inline-block py-1" href=super::PATH>"Back to security"</a></p>
        </div>
    }
}

async fn add(form: Submission) -> Outcome {
    // Sent with the Enter key where no script runs, or none that knows passkeys.
    if form.raw(PASSKEY_FIELD).is_empty() {
        return Err(FormErrors::form("Press “Make the passkey”; it needs JavaScript.").into());
    }
    let credential = serde_json::from_str(form.raw(PASSKEY_FIELD)).unwrap_or_default();
    let request = AddPasskey { name: form.text("name"), credential };
    FormErrors::check(&request)?;
    match api::second_factors::add_passkey(form.api(), &request).await {
        Ok(answer) if answer.body.recovery_codes.is_empty() => {
            Ok(Done::to(format!("{}?done=passkey", super::PATH)).with_cookies(answer.cookies))
        }
        Ok(answer) => Ok(Done::here(kept(answer.body.recovery_codes)).with_cookies(answer.cookies)),
        Err(error) if error.conflict().is_some() => Err(FormErrors::form(error.message()).into()),
        Err(error) => Err(error.into()),
    }
}
