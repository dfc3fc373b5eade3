//! What happened, what it means, the way on.

use super::Icon;
use leptos::prelude::*;

/// How grave it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neutral news.
    #[default]
    Info,
    /// It went well.
    Ok,
    /// Mind this.
    Warn,
    /// It failed.
    Danger,
}

/// A notice with a heading. Failures are spoken at once, the rest when the reader pauses.
#[component]
pub fn Notice(
    /// How grave it is.
    #[prop(default = Tone::Info)]
    tone: Tone,
    /// What happened.
    #[prop(into)]
    title: String,
    /// What it means and the way on.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, icon, role) = match tone {
        Tone::Info => ("notice", Icon::Info, "status"),
        Tone::Ok => ("notice notice-ok", Icon::Check, "status"),
        Tone::Warn => ("notice notice-warn", Icon::Warning, "status"),
        Tone::Danger => ("notice notice-danger", Icon::Warning, "alert"),
    };
    view! {
        <div class=class role=role>
            {icon.view()}
            <h2>{title}</h2>
            {children.map(|children| view! { <div>{children()}</div> })}
        </div>
    }
}
