//! Signing out: a form in the account page and wherever else it is offered.

use crate::{
    api,
    components::{Button, ButtonKind, Title},
    error::AppError,
    forms::{Done, Form, FormId, Forms, Outcome, Submission},
    server::ended_cookies,
    session::viewer,
    visit::Visit,
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

/// The page of the form's own address, for whoever comes by it.
#[component]
pub fn SignOutPage() -> impl IntoView {
    // Whose session could not be asked for may be signed in: the button ends it either way.
    let way_on = if viewer().is_some() || Visit::current().is_unsettled() {
        view! { <SignOutButton/> }.into_any()
    } else {
        view! { <p>"Nobody is signed in here. " <a class="inline-block py-1" href="/signin">"Sign in"</a></p> }
            .into_any()
    };
    view! {
        <Title text="Sign out"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Sign out"</h1>
            <div class="mt-6">{way_on}</div>
        </div>
    }
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
