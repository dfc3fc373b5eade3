//! The hold of an order.

use crate::{components::RefreshWithoutScript, islands::HoldBar, text};
use contracts::orders::OrderView;
use leptos::prelude::*;

/// The sticky bar of a checkout. Without JavaScript the page refreshes itself once a minute.
#[component]
pub fn Hold(
    /// The order that is being paid for.
    order: OrderView,
) -> impl IntoView {
    let tickets = order.items.iter().map(|item| item.quantity).sum();
    let until = text::time(order.expires_at, &order.show.venue.timezone);
    view! {
        <RefreshWithoutScript seconds=60/>
        <HoldBar
            until_ms=order.expires_at.timestamp_millis()
            now_ms=order.now.timestamp_millis()
            length_ms=i64::from(order.hold_seconds) * 1000
            tickets
            until_text=until
        />
    }
}
