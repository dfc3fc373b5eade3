//! Changing the password; whoever else is signed in is not any more.

use crate::{
    api,
    components::Button,
    forms::{Done, Field, FieldKind, Form, FormErrors, FormId, Forms, Outcome, Submission},
};
use contracts::auth::ChangePassword;
use leptos::prelude::*;

const CHANGE: FormId = "change-password";

/// Adds the form of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(CHANGE, change)
}

/// The form.
#[component]
pub fn Password() -> impl IntoView {
    view! {
        <section id="password" aria-labelledby="password-title">
            <h2 class="rule pt-3 text-2xl" id="password-title">"Password"</h2>
            <p class="mt-3 max-w-[60ch]">"A new one signs out all your other devices at once."</p>
            <div class="mt-4 max-w-md">
                <Form id=CHANGE>
                    <Field
                        name="current"
                        label="Password you use now"
                        kind=FieldKind::Password
                        autocomplete="current-password"
                    />
                    <Field
                        name="new"
                        label="New password"
                        kind=FieldKind::Password
                        autocomplete="new-password"
                        hint="15 characters or more. Three or four random words are good."
                    />
                    <div><Button>"Change password"</Button></div>
                </Form>
            </div>
        </section>
    }
}

async fn change(form: Submission) -> Outcome {
    let request = ChangePassword { current: form.raw("current").to_owned(), new: form.raw("new").to_owned() };
    FormErrors::check(&request)?;
    api::session::change_password(form.api(), &request).await?;
    Ok(Done::to("/account?done=password"))
}
