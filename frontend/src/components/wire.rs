//! How far a ban has come: one row per instance. On a ban's own page take [`crate::islands::LiveReceipt`].

pub use crate::islands::receipt::WireRow;

use crate::islands::receipt::wire;
use leptos::prelude::*;

/// The rows as they were when the page was rendered.
#[component]
pub fn Wire(
    /// Every live instance.
    rows: Vec<WireRow>,
) -> impl IntoView {
    wire(rows)
}
