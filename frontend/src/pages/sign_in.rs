//! Signing in.

use crate::{
    api::{self, second_factors::Entered},
    app::query,
    backend::Answer,
    components::{Button, ButtonKind, LinkButton, Notice, Title, Tone},
    error::AppError,
    forms::{
        Done, Field, FieldKind, Form, FormErrors, FormId, FormState, Forms, Hidden, Outcome, Submission,
    },
    pages::{
        second_step::{PASSKEY, PasskeyForm, enter_with_passkey, second_step_path},
        show::intent::{Intent, go_on},
        sign_up::SignUpForm,
    },
    session::safe_path,
};
use contracts::{ProblemCode, auth::SignIn};
use leptos::prelude::*;

const SIGN_IN: FormId = "sign-in";

pub(crate) fn forms() -> Forms {
    Forms::at("/signin").on(SIGN_IN, sign_in).on(PASSKEY, enter_with_passkey)
}

/// Sign in, or create an account beside it.
#[component]
pub fn SignInPage() -> impl IntoView {
    let next = next_of(&FormState::of(SIGN_IN));
    view! {
        <Title text="Sign in"/>
        <div class="pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Come on in"</h1>
            {next_in_words(&next).map(|words| view! { <p class="mt-3 text-lg">{words}</p> })}
            {(query("done").as_deref() == Some("password")).then(|| view! { <PasswordIsSet/> })}
            <div class="ticket mt-8">
                <section class="ticket-main md:!p-10" aria-labelledby="sign-in-title">
                    <h2 class="text-2xl" id="sign-in-title">"Sign in"</h2>
                    <div class="mt-5 max-w-md"><SignInForm next=next.clone()/><div class="mt-5"><PasskeyForm next=next.clone()/></div></div>
                </section>
                <section class="ticket-stub sm:w-[46%] md:!p-10" aria-labelledby="sign-up-title">
                    <h2 class="text-2xl" id="sign-up-title">"Create an account"</h2>
                    <div class="mt-5 max-w-md"><SignUpForm next spot=false/></div>
                </section>
            </div>
        </div>
    }
}

/// One comes here from the page that sets a new password.
#[component]
fn PasswordIsSet() -> impl IntoView {
    view! {
        <div class="mt-6 max-w-3xl">
            <Notice tone=Tone::Ok title="Your password is set">
                <p class="text-sm">"Every device is signed out. Sign in with the new password."</p>
            </Notice>
        </div>
    }
}

#[component]
fn SignInForm(next: String) -> impl IntoView {
    view! {
        <Form id=SIGN_IN>
            <Hidden name="next" value=next/>
            <Field name="email" label="Email" kind=FieldKind::Email autocomplete="username"/>
            <Field name="password" label="Password" kind=FieldKind::Password autocomplete="current-password"/>
            <Button kind=ButtonKind::Spot wide=true>"Sign in"</Button>
        </Form>
        <p class="mt-4 text-sm"><a class="inline-block py-1" href="/forgot-password">"Set a new password"</a></p>
    }
}

async fn sign_in(form: Submission) -> Outcome {
    let request = SignIn { email: form.text("email"), password: form.raw("password").to_owned() };
    FormErrors::check(&request)?;
    let signed_in = api::session::sign_in(form.api(), &request).await;
    match signed_in {
        Ok(answer) => Ok(enter(&form, answer).await),
        Err(error) if error.conflict() == Some(ProblemCode::WrongCredentials) => {
            // Which of the two is wrong is nobody's business.
            Err(FormErrors::field("password", "That email and password do not match.").into())
        }
        Err(error @ AppError::Unauthenticated) => Err(FormErrors::form(error.message()).into()),
        Err(error) => Err(error.into()),
    }
}

/// Signed in, or the second step: whatever a right password leads to.
pub(super) async fn enter(form: &Submission, answer: Answer<Entered>) -> Done {
    let to = match answer.body {
        Entered::Signed(_) => go_on(form, &after(form), &answer.cookies).await,
        Entered::Asked(_) => second_step_path(&after(form)),
    };
    Done::to(to).with_cookies(answer.cookies)
}

/// What pressing the button leads to, or does.
pub(super) fn next_in_words(next: &str) -> Option<String> {
    match Intent::from_path(next) {
        Some(intent) if intent.count() == 1 => {
            Some("Sign in or create an account, and your ticket is held for you.".to_owned())
        }
        Some(intent) => {
            Some(format!("Sign in or create an account, and your {} are held for you.", intent.in_words()))
        }
        None => (next != "/").then(|| "Sign in, and you go on where you were.".to_owned()),
    }
}

/// Where to go on once signed in.
pub(super) fn after(form: &Submission) -> String {
    safe_path(&form.text("next")).unwrap_or("/").to_owned()
}

/// Where the visitor was: in the form that was sent, or in the address.
pub(super) fn next_of(state: &FormState) -> String {
    let next = state.value("next").map(str::to_owned).or_else(|| query("next"));
    next.as_deref().and_then(safe_path).unwrap_or("/").to_owned()
}

/// In the place of a part for which one must be signed in, on a page that all may see.
#[component]
pub fn SignInFirst(
    /// What it is for: `to hold tickets`.
    what: &'static str,
    /// The sign-in page that comes back here.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    view! {
        <Notice tone=Tone::Info title=format!("Sign in {what}")>
            <p class="mt-2"><LinkButton href>"Sign in"</LinkButton></p>
        </Notice>
    }
}
