//! Creating an account.

use super::sign_in::{enter, next_in_words, next_of};
use crate::{
    api,
    components::{Button, ButtonKind, Title},
    forms::{Field, FieldKind, Form, FormErrors, FormId, FormState, Forms, Hidden, Outcome, Submission},
    session::sign_in_path,
};
use contracts::{ProblemCode, auth::SignUp};
use leptos::prelude::*;

const SIGN_UP: FormId = "sign-up";

pub(crate) fn forms() -> Forms {
    Forms::at("/signup").on(SIGN_UP, sign_up)
}

/// Create an account.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let next = next_of(&FormState::of(SIGN_UP));
    let sign_in = sign_in_path(&next);
    view! {
        <Title text="Create an account"/>
        <div class="pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Create an account"</h1>
            {next_in_words(&next).map(|words| view! { <p class="mt-3 text-lg">{words}</p> })}
            <div class="mt-8 max-w-md"><SignUpForm next spot=true/></div>
            <p class="mt-6 text-sm">
                "You have one already? " <a class="inline-block py-1" href=sign_in>"Sign in"</a>
            </p>
        </div>
    }
}

/// The form, also beside signing in; there the spot button is taken.
#[component]
pub fn SignUpForm(
    /// Where to go on afterwards.
    next: String,
    /// Is it the one way on?
    spot: bool,
) -> impl IntoView {
    let kind = if spot { ButtonKind::Spot } else { ButtonKind::Line };
    view! {
        <Form id=SIGN_UP action="/signup">
            <Hidden name="next" value=next/>
            <Field
                name="name"
                label="Your name"
                autocomplete="name"
                hint="It is printed on your tickets and checked at some doors."
            />
            <Field name="email" label="Email" kind=FieldKind::Email autocomplete="email"/>
            <Field
                name="password"
                label="Password"
                kind=FieldKind::Password
                autocomplete="new-password"
                hint="15 characters or more. Three or four random words are good."
            />
            <Button kind wide=true>"Create account"</Button>
        </Form>
    }
}

async fn sign_up(form: Submission) -> Outcome {
    let request = SignUp {
        email: form.text("email"),
        password: form.raw("password").to_owned(),
        name: form.text("name"),
    };
    FormErrors::check(&request)?;
    match api::session::sign_up(form.api(), &request).await {
        Ok(answer) => Ok(enter(&form, answer).await),
        Err(error) if error.conflict() == Some(ProblemCode::EmailTaken) => {
            Err(FormErrors::field("email", "An account with this address exists: sign in instead.").into())
        }
        Err(error) => Err(error.into()),
    }
}
