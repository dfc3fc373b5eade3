//! Passkeys: which there are, and removing one.

use super::{PATH, used};
use crate::{
    api,
    components::{Button, ButtonKind, Icon, LinkButton, Tag, TagKind},
    forms::{Done, FormErrors, FormFailure, FormId, Forms, Hidden, Outcome, RowForm, Submission},
    text,
    visit::now,
};
use contracts::{ids::PasskeyId, second_factors::PasskeyView};
use leptos::prelude::*;

const REMOVE: FormId = "remove-passkey";

pub(super) fn forms(page: Forms) -> Forms {
    page.on(REMOVE, remove)
}

/// The passkeys, and the way to another.
#[component]
pub fn Passkeys(
    /// The passkeys.
    passkeys: Vec<PasskeyView>,
) -> impl IntoView {
    let rows = passkeys.into_iter().map(|passkey| view! { <Row passkey/> }).collect_view();
    view! {
        <section aria-labelledby="passkeys-title">
            <h2 class="rule pt-3 text-2xl" id="passkeys-title">"Passkeys"</h2>
            <FormFailure id=REMOVE/>
            <p class="mt-4 max-w-[60ch]">
                "Sign in by finger, face or the PIN of your device. A passkey needs no password and no code, and no false page can ask for it."
            </p>
            <ul class="mt-2">{rows}</ul>
            <div class="mt-4"><LinkButton href=super::add_passkey::PATH icon=Icon::Key>"Add a passkey"</LinkButton></div>
        </section>
    }
}

#[component]
fn Row(passkey: PasskeyView) -> impl IntoView {
    let facts = format!(
        "Added {} · last used: {}",
        text::ago(passkey.created_at, now()),
        used(passkey.last_used_at).to_lowercase()
    );
    let label = format!(": {}", passkey.name);
    let kept = passkey.backed_up.then(|| view! { " " <Tag kind=TagKind::Mute>"On several devices"</Tag> });
    view! {
        <li class="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 border-b border-hair py-4 sm:grid-cols-[auto_1fr_auto]">
            {Icon::Key.view()}
            <div class="min-w-0">
                <p class="font-semibold wrap-anywhere">{passkey.name} {kept}</p>
                <p class="text-sm text-ink-2">{facts}</p>
            </div>
            <RowForm id=REMOVE class="max-sm:col-start-2">
                <Hidden name="passkey" value=passkey.id.to_string()/>
                <Button kind=ButtonKind::SmallDanger>"Remove" <span class="sr-only">{label}</span></Button>
            </RowForm>
        </li>
    }
}

async fn remove(form: Submission) -> Outcome {
    let Some(passkey) = form.parse::<PasskeyId>("passkey") else {
        return Err(FormErrors::form("Choose the passkey again.").into());
    };
    match api::second_factors::remove_passkey(form.api(), passkey).await {
        // Removed meanwhile: that is what was wanted.
        Ok(()) | Err(crate::error::AppError::NotFound) => {
            Ok(Done::to(format!("{PATH}?done=passkey-removed")))
        }
        Err(error) => Err(error.into()),
    }
}
