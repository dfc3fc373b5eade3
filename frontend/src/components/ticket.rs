//! The unit of everything held, bought, used or refunded: its shape is its state.

use leptos::prelude::*;

/// What state the ticket is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketKind {
    /// Valid, or paper for anything.
    #[default]
    Sheet,
    /// Held for the visitor.
    Held,
    /// Refunded, resold or expired.
    Void,
    /// Never splits sideways: totals beside a form.
    Tall,
}

/// Two pieces that meet at a perforation: children first, then the stub.
#[component]
pub fn Ticket(
    /// Its state.
    #[prop(default = TicketKind::Sheet)]
    kind: TicketKind,
    /// The right or lower piece.
    stub: Stub,
    /// The left or upper piece.
    children: Children,
) -> impl IntoView {
    let class = match kind {
        TicketKind::Sheet => "ticket",
        TicketKind::Held => "ticket ticket-spot",
        TicketKind::Void => "ticket ticket-void",
        TicketKind::Tall => "ticket ticket-tall",
    };
    view! {
        <div class=class>
            <div class="ticket-main">{children()}</div>
            <div class=stub.class>{(stub.children)()}</div>
        </div>
    }
}

/// The stub of a [`Ticket`]: `<Stub slot> … </Stub>`.
#[slot]
pub struct Stub {
    /// Classes: `ticket-stub` with a width, whole.
    #[prop(default = "ticket-stub sm:w-48")]
    class: &'static str,
    /// What it says.
    children: Children,
}

/// A ticket that was used: the stub is gone.
#[component]
pub fn Torn(
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! { <div class="torn">{children()}</div> }
}

/// Real words, stamped: `Refunded`, `Suspended`.
#[component]
pub fn Stamp(
    /// `text-ok`, `text-danger` or `text-ink-2`.
    #[prop(default = "text-ink-2")]
    colour: &'static str,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! { <p class=format!("stamp {colour}")>{children()}</p> }
}

/// The code that the door reads: black on white in both themes.
#[component]
pub fn Qr(
    /// Address of the drawing, [`crate::api::tickets::qr_path`].
    #[prop(into)]
    src: String,
    /// The code in letters, for those who cannot see it, and for a door without a camera.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    view! {
        <div class="qr"><img class="block w-full" src=src alt=format!("QR code {code}") width="240" height="240"/></div>
    }
}
