//! "That was not me": ending a session that somebody else began, by the link of a mail.

use super::link::{LinkIsNeeded, refused, token};
use crate::{
    api,
    components::{Button, ButtonKind, Title},
    forms::{Done, Form, FormId, Forms, Hidden, Outcome, Submission},
};
use contracts::auth::FollowLink;
use leptos::prelude::*;

const DISOWN: FormId = "disown-session";

pub(crate) fn forms() -> Forms {
    Forms::at("/not-me").on(DISOWN, disown)
}

/// Sign out somebody else's device.
#[component]
pub fn NotMePage() -> impl IntoView {
    let form = match token() {
        Some(token) => view! {
            <Form id=DISOWN>
                <Hidden name="token" value=token/>
                <Button kind=ButtonKind::Spot wide=true>"Sign out that device"</Button>
            </Form>
        }
        .into_any(),
        None => view! { <LinkIsNeeded/> }.into_any(),
    };
    view! {
        <Title text="That was not me"/>
        <div class="max-w-3xl pt-8 md:pt-14">
            <h1 class="text-4xl md:text-5xl">"That was not you?"</h1>
            <p class="mt-3 text-lg">"Sign out that device now. Then set a new password: whoever it was knows yours."</p>
            <div class="mt-8 max-w-md">{form}</div>
            <p class="mt-6 text-sm">
                "The link works no more? " <a class="inline-block py-1" href="/forgot-password">"Set a new password"</a>
                ": that signs out every device."
            </p>
        </div>
    }
}

async fn disown(form: Submission) -> Outcome {
    let request = FollowLink { token: form.text("token") };
    api::recovery::disown_session(form.api(), &request).await.map_err(refused)?;
    Ok(Done::to("/forgot-password?done=disowned"))
}
