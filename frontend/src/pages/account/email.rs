//! The address of the account: whether it is confirmed, and changing it.

use crate::{
    api,
    components::{Button, ButtonKind, Notice, Tone},
    forms::{
        Done, Field, FieldKind, Form, FormErrors, FormFailure, FormId, Forms, Outcome, RowForm, Submission,
    },
};
use contracts::auth::{ChangeEmail, UserView};
use leptos::prelude::*;

const CHANGE: FormId = "change-email";
const CONFIRM: FormId = "send-confirmation";

/// Adds the forms of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(CHANGE, change).on(CONFIRM, send_confirmation)
}

/// The form, and what is still to be done.
#[component]
pub fn Email(
    /// Whose address.
    user: UserView,
) -> impl IntoView {
    view! {
        <section id="email" aria-labelledby="email-title">
            <h2 class="rule pt-3 text-2xl" id="email-title">"Email"</h2>
            {(!user.email_confirmed).then(|| view! { <Unconfirmed/> })}
            <p class="mt-3 max-w-[60ch]">
                "Mail goes to " <span class="break-all font-semibold">{user.email}</span>
                ". A new address counts once you have followed the link that we send to it."
            </p>
            <div class="mt-4 max-w-md">
                <Form id=CHANGE>
                    <Field name="email" label="New email" kind=FieldKind::Email autocomplete="email"/>
                    <Field
                        name="password"
                        label="Password"
                        kind=FieldKind::Password
                        autocomplete="current-password"
                    />
                    <div><Button>"Change email"</Button></div>
                </Form>
            </div>
        </section>
    }
}

#[component]
fn Unconfirmed() -> impl IntoView {
    view! {
        <FormFailure id=CONFIRM/>
        <div class="mt-4 max-w-3xl">
            <Notice tone=Tone::Warn title="Your address is not confirmed">
                <p class="text-sm">"Follow the link in the mail that we sent you, so that tickets and refunds find you."</p>
                <RowForm id=CONFIRM class="mt-3"><Button kind=ButtonKind::Small>"Send the link again"</Button></RowForm>
            </Notice>
        </div>
    }
}

async fn change(form: Submission) -> Outcome {
    let request = ChangeEmail { password: form.raw("password").to_owned(), email: form.text("email") };
    FormErrors::check(&request)?;
    api::recovery::change_email(form.api(), &request).await?;
    Ok(Done::to("/account?done=email"))
}

async fn send_confirmation(form: Submission) -> Outcome {
    api::recovery::send_confirmation(form.api()).await?;
    Ok(Done::to("/account?done=confirmation"))
}
