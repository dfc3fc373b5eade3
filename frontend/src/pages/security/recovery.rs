//! Recovery codes, shown once.

use crate::{
    components::{Notice, Tone},
    forms::FormState,
};
use leptos::prelude::*;

const FIELD: &str = "recovery_code";

/// Codes as the result of a form: the page that answers it shows them, and no other ever does.
pub(super) fn kept(codes: Vec<String>) -> Vec<(String, String)> {
    codes.into_iter().map(|code| (FIELD.to_owned(), code)).collect()
}

/// The codes that a form has brought.
pub(super) fn codes_of(state: &FormState) -> Vec<String> {
    // Whatever was entered in a form that was refused is no result.
    if state.was_sent() { Vec::new() } else { state.values(FIELD).map(str::to_owned).collect() }
}

/// The codes, and what to do with them.
#[component]
pub fn Codes(
    /// The codes.
    codes: Vec<String>,
) -> impl IntoView {
    let rows = codes
        .into_iter()
        .map(|code| view! { <li class="num text-lg tracking-wide break-all">{code}</li> })
        .collect_view();
    view! {
        <section class="max-w-3xl" aria-labelledby="codes-title">
            <h2 class="rule pt-3 text-2xl" id="codes-title">"Your recovery codes"</h2>
            <div class="mt-4">
                <Notice tone=Tone::Warn title="Write them down now">
                    <p class="text-sm">
                        "They are shown this once. Print them or keep them in your password manager, not on the phone with your app. Each works once."
                    </p>
                </Notice>
            </div>
            <ol class="mt-5 grid gap-x-8 gap-y-2 sm:grid-cols-2">{rows}</ol>
        </section>
    }
}
