//! Confirming an address by the link of a mail.

use super::link::{LinkIsNeeded, refused, token};
use crate::{
    api,
    app::query,
    components::{Button, ButtonKind, Notice, Title, Tone},
    forms::{Done, Form, FormErrors, FormId, Forms, Hidden, Outcome, Submission},
};
use contracts::{ProblemCode, auth::FollowLink};
use leptos::prelude::*;

const CONFIRM: FormId = "confirm-email";

pub(crate) fn forms() -> Forms {
    Forms::at("/confirm-email").on(CONFIRM, confirm)
}

/// Confirm an address.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let done = query("done").is_some();
    let body = match (done, token()) {
        (true, _) => view! { <Confirmed/> }.into_any(),
        (false, Some(token)) => view! { <ConfirmForm token/> }.into_any(),
        (false, None) => view! { <LinkIsNeeded/> }.into_any(),
    };
    view! {
        <Title text="Confirm your address"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Confirm your address"</h1>
            <div class="mt-8 max-w-md">{body}</div>
        </div>
    }
}

#[component]
fn ConfirmForm(token: String) -> impl IntoView {
    view! {
        <p class="mb-6 text-lg">"Press the button, and mail about your tickets goes to this address."</p>
        <Form id=CONFIRM>
            <Hidden name="token" value=token/>
            <Button kind=ButtonKind::Spot wide=true>"Confirm this address"</Button>
        </Form>
        <p class="mt-6 text-sm">
            "The link works no more? " <a class="inline-block py-1" href="/account#email">"Have it sent again"</a>
        </p>
    }
}

#[component]
fn Confirmed() -> impl IntoView {
    view! {
        <Notice tone=Tone::Ok title="Your address is confirmed">
            <p class="text-sm">"Tickets and refunds find you there. " <a href="/account">"Go to your account"</a></p>
        </Notice>
    }
}

async fn confirm(form: Submission) -> Outcome {
    let request = FollowLink { token: form.text("token") };
    match api::recovery::confirm_email(form.api(), &request).await {
        Ok(_) => Ok(Done::to("/confirm-email?done=confirmed")),
        Err(error) if error.conflict() == Some(ProblemCode::EmailTaken) => {
            Err(FormErrors::form("Another account has this address by now. Sign in to that one.").into())
        }
        Err(error) => Err(refused(error)),
    }
}
