//! The hold of an order.

use crate::{components::RefreshWithoutScript, forms, islands::HoldBar, text};
use contracts::orders::OrderView;
use leptos::prelude::*;

/// The sticky bar of a checkout. Without JavaScript the page refreshes itself once a minute, and when the hold ends.
#[component]
pub fn Hold(
    /// The order that is being paid for.
    order: OrderView,
) -> impl IntoView {
    let tickets = order.items.iter().map(|item| item.quantity).sum();
    let until = text::time_there(order.expires_at, &order.show.venue.timezone);
    // Just after the end, so that nobody reads that they hold what they no longer do.
    let left = (order.expires_at - order.now).num_seconds().saturating_add(2);
    let refresh = u32::try_from(left.clamp(1, 60)).unwrap_or(60);
    view! {
        <RefreshWithoutScript seconds=refresh/>
        <HoldBar
            until_ms=order.expires_at.timestamp_millis()
            now_ms=order.now.timestamp_millis()
            length_ms=i64::from(order.hold_seconds) * 1000
            tickets
            until_text=until
            again=format!("/orders/{}", order.id)
            again_key=forms::key_field()
        />
    }
}
