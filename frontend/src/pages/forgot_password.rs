//! Asking for a new password: the answer is the same for everybody.

use crate::{
    api,
    app::query,
    components::{Button, ButtonKind, Notice, Title, Tone},
    forms::{Done, Field, FieldKind, Form, FormErrors, FormId, Forms, Outcome, Submission},
};
use contracts::auth::ForgotPassword;
use leptos::prelude::*;

const FORGOT: FormId = "forgot-password";

pub(crate) fn forms() -> Forms {
    Forms::at("/forgot-password").on(FORGOT, forgot)
}

/// Have a link sent that sets a new password.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    view! {
        <Title text="Set a new password"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"Set a new password"</h1>
            <News/>
            <p class="mt-3 text-lg">"We send you a link. It works once, for 30 minutes."</p>
            <div class="mt-8 max-w-md">
                <Form id=FORGOT>
                    <Field name="email" label="Email" kind=FieldKind::Email autocomplete="username"/>
                    <Button kind=ButtonKind::Spot wide=true>"Send the link"</Button>
                </Form>
            </div>
            <p class="mt-6 text-sm">
                "You know it after all? " <a class="inline-block py-1" href="/signin">"Sign in"</a>
            </p>
        </div>
    }
}

/// What was done a moment ago, in words of ours: the address only says which.
#[component]
fn News() -> impl IntoView {
    let (title, words) = match query("done").as_deref() {
        Some("sent") => (
            "Look into your mail",
            "If an account has that address, the link is on its way. If nothing comes within a few minutes, look \
             whether the address was right, and into the folder for spam.",
        ),
        Some("disowned") => (
            "That device is signed out",
            "Whoever used it knew your password. Set a new one now: that signs out every device.",
        ),
        _ => return ().into_any(),
    };
    view! { <div class="mt-6"><Notice tone=Tone::Ok title><p class="text-sm">{words}</p></Notice></div> }
        .into_any()
}

async fn forgot(form: Submission) -> Outcome {
    let request = ForgotPassword { email: form.text("email") };
    FormErrors::check(&request)?;
    api::recovery::forgot_password(form.api(), &request).await?;
    Ok(Done::to("/forgot-password?done=sent"))
}
