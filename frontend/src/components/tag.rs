//! Words of state, each with a mark of its own.

use leptos::prelude::*;

/// What a state means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// Valid, paid, on sale.
    Ok,
    /// Scheduled, watched, offline.
    Warn,
    /// Banned, failed.
    Danger,
    /// On resale, neutral news.
    Info,
    /// Over, used.
    Mute,
    /// The visitor's own.
    Yours,
}

/// A word of state.
#[component]
pub fn Tag(
    /// What it means.
    kind: TagKind,
    /// The word.
    children: Children,
) -> impl IntoView {
    let class = match kind {
        TagKind::Ok => "tag tag-ok",
        TagKind::Warn => "tag tag-warn",
        TagKind::Danger => "tag tag-danger",
        TagKind::Info => "tag tag-info",
        TagKind::Mute => "tag tag-mute",
        TagKind::Yours => "tag tag-yours",
    };
    view! { <span class=class>{children()}</span> }
}
