//! What the pages have alike to which links in mail lead. They act when their button is pressed, not when they are
//! opened: programs that look into mail open every link.

use crate::{
    app::query,
    components::{Notice, Tone},
    error::AppError,
    forms::{FormErrors, Refusal},
};
use contracts::ProblemCode;
use leptos::prelude::*;

/// The pages whose address carries a secret: it must not travel on as a referrer, nor stay in a cache.
pub(crate) const WITH_SECRETS: [&str; 3] = ["/reset-password", "/confirm-email", "/not-me"];

/// The secret in the address; where it is none, there is nothing to press.
pub(super) fn token() -> Option<String> {
    query("token").filter(|token| token.len() <= 100 && token.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// A link that works no more is said at the form.
pub(super) fn refused(error: AppError) -> Refusal {
    if error.conflict() == Some(ProblemCode::LinkInvalid) {
        return FormErrors::form("This link was used before, or has run out.").into();
    }
    error.into()
}

/// In the place of the form, where the address carries no secret.
#[component]
pub fn LinkIsNeeded() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn title="Open the link from your mail">
            <p class="text-sm">"Part of it is missing here. Some mail programs break long links in two."</p>
        </Notice>
    }
}
