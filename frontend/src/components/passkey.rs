//! The button that asks the browser for a passkey.

use super::Icon;
use leptos::{nonce::use_nonce, prelude::*};

/// What the browser is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// A new passkey.
    Create,
    /// Any passkey that there is.
    Get,
}

impl Ceremony {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
        }
    }

    /// Where what the browser is asked comes from.
    const fn options(self) -> &'static str {
        match self {
            Self::Create => "/api/auth/passkeys/options",
            Self::Get => "/api/auth/signin/passkey/options",
        }
    }
}

/// The field that takes what the browser gives, as JSON.
pub const PASSKEY_FIELD: &str = "passkey_credential";

/// Asks the browser for a passkey and sends the form it stands in, with the answer in one of its fields. A small script does
/// that, loaded by the pages with such a button alone; without it the button stays hidden, and a sentence says what
/// is missing.
#[component]
pub fn PasskeyButton(
    /// Its id within the page.
    id: &'static str,
    /// What the browser is asked for.
    ceremony: Ceremony,
    /// The field of the form that takes what the browser gives.
    #[prop(default = PASSKEY_FIELD)]
    field: &'static str,
    /// Classes of the button.
    #[prop(default = "btn btn-wide")]
    class: &'static str,
    /// What pressing it does: `Sign in with a passkey`.
    children: Children,
) -> impl IntoView {
    let (problem, instead) = (format!("{id}-problem"), format!("{id}-instead"));
    view! {
        <input type="hidden" name=field value=""/>
        <button
            class=class
            id=id
            type="button"
            hidden
            data-passkey=ceremony.word()
            data-options=ceremony.options()
            data-field=field
            data-problem=problem.clone()
            data-instead=instead.clone()
        >
            {Icon::Key.view()}
            {children()}
        </button>
        <p class="error" id=problem role="alert" hidden></p>
        <p class="hint" id=instead>"Passkeys need JavaScript and a browser that knows them. The other ways work without."</p>
        <script type="module" src="/scripts/passkeys.js" nonce=use_nonce()></script>
    }
}
