//! Signing out: a form in the account page and wherever else it is offered.

use crate::{
    api,
    components::{Button, ButtonKind},
    error::AppError,
    forms::{Done, Form, FormId, Forms, Outcome, Submission},
    server::ended_cookies,
};
use leptos::prelude::*;

const SIGN_OUT: FormId = "sign-out";

pub(crate) fn forms() -> Forms {
    Forms::at("/signout").on(SIGN_OUT, sign_out)
}

/// The cookies go even when auth does not answer; then the session ends with its token.
async fn sign_out(form: Submission) -> Outcome {
    let names = form.config().cookies;
    match api::session::sign_out(form.api(), form.visit(), names).await {
        Ok(_) | Err(AppError::Unauthenticated) => {}
        Err(error) => tracing::warn!(%error, "a session could not be ended"),
    }
    Ok(Done::to("/").with_cookies(ended_cookies(names)))
}

/// Signs out this device.
#[component]
pub fn SignOutButton() -> impl IntoView {
    view! {
        <Form id=SIGN_OUT action="/signout" class="">
            <Button kind=ButtonKind::Line>"Sign out"</Button>
        </Form>
    }
}
