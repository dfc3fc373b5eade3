//! Setting a new password by the link of a mail.

use super::link::{LinkIsNeeded, refused, token};
use crate::{
    api,
    components::{Button, ButtonKind, Title},
    forms::{Done, Field, FieldKind, Form, FormErrors, FormId, Forms, Hidden, Outcome, Submission},
    server::ended_cookies,
};
use contracts::auth::ResetPassword;
use leptos::prelude::*;

const RESET: FormId = "reset-password";

pub(crate) fn forms() -> Forms {
    Forms::at("/reset-password").on(RESET, reset)
}

/// Set a new password.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let form = match token() {
        Some(token) => view! { <ResetForm token/> }.into_any(),
        None => view! { <LinkIsNeeded/> }.into_any(),
    };
    view! {
        <Title text="Set a new password"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Set a new password"</h1>
            <p class="mt-3 text-lg">"It signs out all your devices. Then you sign in with it."</p>
            <div class="mt-8 max-w-md">{form}</div>
            <p class="mt-6 text-sm">
                "The link works no more? " <a class="inline-block py-1" href="/forgot-password">"Ask for a new one"</a>
            </p>
        </div>
    }
}

#[component]
fn ResetForm(token: String) -> impl IntoView {
    view! {
        <Form id=RESET>
            <Hidden name="token" value=token/>
            <Field
                name="new"
                label="New password"
                kind=FieldKind::Password
                autocomplete="new-password"
                hint="15 characters or more. Three or four random words are good."
            />
            <Button kind=ButtonKind::Spot wide=true>"Set password"</Button>
        </Form>
    }
}

async fn reset(form: Submission) -> Outcome {
    let request = ResetPassword { token: form.text("token"), new: form.raw("new").to_owned() };
    FormErrors::check(&request)?;
    api::recovery::reset_password(form.api(), &request).await.map_err(refused)?;
    // Every session has ended, also the one of this browser.
    Ok(Done::to("/signin?done=password").with_cookies(ended_cookies(form.config().cookies)))
}
