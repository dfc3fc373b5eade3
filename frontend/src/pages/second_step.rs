//! The second step of signing in.

use super::sign_in::{after, next_of};
use crate::{
    api,
    components::{Button, ButtonKind, Ceremony, PASSKEY_FIELD, PasskeyButton, Title},
    forms::{
        Done, Field, FieldKind, Form, FormErrors, FormId, FormState, Forms, Hidden, Outcome, Submission,
    },
    pages::show::intent::go_on,
    session::{sign_in_path, viewer},
};
use contracts::{
    ProblemCode,
    second_factors::{SignInWithCode, SignInWithPasskey},
};
use leptos::prelude::*;

const CODE: FormId = "second-step";
/// Signing in with a passkey, here and on the first page.
pub(super) const PASSKEY: FormId = "sign-in-passkey";
const PATH: &str = "/signin/code";

pub(crate) fn forms() -> Forms {
    Forms::at(PATH).on(CODE, enter).on(PASSKEY, enter_with_passkey)
}

/// The page that asks for a second factor and goes on at `next`.
pub(super) fn second_step_path(next: &str) -> String {
    let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
    if next == "/" { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

/// A code, after the password was right.
#[component]
pub fn SecondStepPage() -> impl IntoView {
    let (by_code, by_passkey) = (FormState::of(CODE), FormState::of(PASSKEY));
    let next = next_of(if by_passkey.was_sent() { &by_passkey } else { &by_code });
    let (begin, after_passkey) = (sign_in_path(&next), next.clone());
    let known = viewer()
        .map(|_| view! { <p class="mt-3">"You are signed in already. "<a href=next.clone()>"Go on"</a></p> });
    view! {
        <Title text="Second step"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"One more step"</h1>
            {known}
            <p class="mt-4 max-w-[54ch] text-lg">
                "Your password is right. Now show that you have your second factor."
            </p>
            <div class="mt-7 max-w-md">
                <Form id=CODE>
                    <Hidden name="next" value=next.clone()/>
                    <Field
                        name="code"
                        label="Code"
                        kind=FieldKind::Code
                        autocomplete="one-time-code"
                        hint="The one your authenticator app shows now, or a recovery code."
                    />
                    <Button kind=ButtonKind::Spot wide=true>"Sign in"</Button>
                </Form>
                <div class="mt-5"><PasskeyForm next=after_passkey/></div>
            </div>
            <p class="mt-6 text-sm">
                "Too late, or somebody else? " <a class="inline-block py-1" href=begin>"Sign in from the beginning"</a>
            </p>
        </div>
    }
}

/// Signs in with a passkey.
#[component]
pub(super) fn PasskeyForm(
    /// Where to go on.
    next: String,
) -> impl IntoView {
    view! {
        <Form id=PASSKEY class="grid gap-3">
            <Hidden name="next" value=next/>
            <PasskeyButton id="use-passkey" ceremony=Ceremony::Get>"Use a passkey"</PasskeyButton>
        </Form>
    }
}

/// The answer of a passkey is all that is needed; the challenge says whose it must be, where a password was given first.
pub(super) async fn enter_with_passkey(form: Submission) -> Outcome {
    let credential = serde_json::from_str(form.raw(PASSKEY_FIELD)).unwrap_or_default();
    let request = SignInWithPasskey { credential, challenge: form.visit().challenge.clone() };
    match api::second_factors::sign_in_with_passkey(form.api(), &request).await {
        Ok(answer) => {
            let to = go_on(&form, &after(&form), &answer.cookies).await;
            Ok(Done::to(to).with_cookies(answer.cookies))
        }
        Err(error) if error.conflict().is_some() => Err(FormErrors::form(error.message()).into()),
        Err(error) => Err(error.into()),
    }
}

async fn enter(form: Submission) -> Outcome {
    let request = SignInWithCode { code: form.text("code"), challenge: form.visit().challenge.clone() };
    FormErrors::check(&request)?;
    match api::second_factors::sign_in_with_code(form.api(), &request).await {
        Ok(answer) => {
            let to = go_on(&form, &after(&form), &answer.cookies).await;
            Ok(Done::to(to).with_cookies(answer.cookies))
        }
        Err(error) if error.conflict() == Some(ProblemCode::ChallengeExpired) => {
            Err(FormErrors::form(error.message()).into())
        }
        Err(error) => Err(error.into()),
    }
}
