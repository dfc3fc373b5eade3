//! Things to press.

use super::Icon;
use leptos::prelude::*;

/// How a button looks, and so what it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several ways on.
    #[default]
    Line,
    /// The one way on: at most one per view.
    Spot,
    /// A second strong one.
    Ink,
    /// Takes something away.
    Danger,
    /// Takes something away, quietly.
    DangerLine,
    /// Ticket-shaped: only for "Hold n tickets".
    Hold,
    /// Small, in rows.
    Small,
    /// Small, takes something away.
    SmallDanger,
}

impl ButtonKind {
    /// The classes, whole, so that the stylesheet finds them.
    pub const fn class(self, wide: bool) -> &'static str {
        match (self, wide) {
            (Self::Line, false) => "btn",
            (Self::Line, true) => "btn btn-wide",
            (Self::Spot, false) => "btn btn-spot",
            (Self::Spot, true) => "btn btn-spot btn-wide",
            (Self::Ink, false) => "btn btn-ink",
            (Self::Ink, true) => "btn btn-ink btn-wide",
            (Self::Danger, false) => "btn btn-danger",
            (Self::Danger, true) => "btn btn-danger btn-wide",
            (Self::DangerLine, false) => "btn btn-danger-line",
            (Self::DangerLine, true) => "btn btn-danger-line btn-wide",
            (Self::Hold, false) => "btn btn-hold",
            (Self::Hold, true) => "btn btn-hold btn-wide",
            (Self::Small, _) => "btn btn-sm",
            (Self::SmallDanger, _) => "btn btn-sm btn-danger-line",
        }
    }
}

/// Sends its form.
#[component]
pub fn Button(
    /// How it looks.
    #[prop(default = ButtonKind::Line)]
    kind: ButtonKind,
    /// As wide as its column.
    #[prop(optional)]
    wide: bool,
    /// Cannot be pressed now; say beside it why.
    #[prop(optional)]
    disabled: bool,
    /// Before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// What pressing does: `Pay £48.40`, not `Submit`.
    children: Children,
) -> impl IntoView {
    view! {
        <button class=kind.class(wide) type="submit" disabled=disabled>
            {icon.map(Icon::view)}
            {children()}
        </button>
    }
}

/// Leads somewhere, and looks like a button.
#[component]
pub fn LinkButton(
    /// Where to.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(default = ButtonKind::Line)]
    kind: ButtonKind,
    /// As wide as its column.
    #[prop(optional)]
    wide: bool,
    /// Before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// What is there.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class(wide) href=href>
            {icon.map(Icon::view)}
            {children()}
        </a>
    }
}
