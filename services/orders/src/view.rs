//! Orders as they are shown.

use crate::{order::Order, store::orders::Found};
use contracts::{
    Timestamp,
    orders::{OrderItemView, OrderView},
    shows::ShowSummary,
};
use events::orders::OrderItem;

/// An order as its buyer sees it at `now`, the orders database's time.
pub(crate) fn order_view(order: &Order, show: ShowSummary, now: Timestamp) -> OrderView {
    OrderView {
        id: order.id,
        show,
        status: order.status(),
        cancel_reason: order.cancel_reason(),
        expires_at: order.expires_at,
        hold_seconds: order.hold_seconds,
        now,
        items: order.items.iter().map(item_view).collect(),
        total: order.total,
        fee: order.fee,
        refunded: Some(order.refunded).filter(|refunded| refunded.amount > 0),
        payment_id: order.payment(),
        created_at: order.placed_at,
        version: order.version,
    }
}

/// An item as anybody sees it who may see the order.
pub(crate) fn item_view(item: &OrderItem) -> OrderItemView {
    OrderItemView {
        listing_id: item.listing,
        name: item.listing_name.clone(),
        quantity: u32::try_from(item.units.len()).unwrap_or(u32::MAX),
        seats: item.units.iter().filter_map(|unit| unit.seat.clone()).collect(),
        unit_price: item.unit_price,
        unit_fee: item.unit_fee,
    }
}

impl From<Found> for OrderView {
    fn from(found: Found) -> Self {
        order_view(&found.order, found.show, found.now)
    }
}
