//! Orders: a buyer's hold and what becomes of it.

use crate::{
    Money,
    ids::{ListingId, OrderId, PaymentId},
    listings::MAX_PER_ORDER,
    shows::ShowSummary,
    validate::{FieldErrors, Validate},
};
use chrono::{DateTime, Utc};

words! {
    /// Where an order stands.
    pub enum OrderStatus {
        /// Units are held until `expires_at`.
        AwaitingPayment = "awaiting_payment",
        /// Money is authorised and being captured: no deadline from here on.
        Confirming = "confirming",
        /// Paid; tickets are issued.
        Complete = "complete",
        /// Ended without a sale.
        Cancelled = "cancelled",
        /// Money went back, tickets are void.
        Refunded = "refunded",
    }
}

words! {
    /// Why an order was cancelled.
    pub enum CancelReason {
        /// The buyer let go.
        Buyer = "buyer",
        /// The hold ran out.
        Expired = "expired",
        /// The buyer was banned.
        Banned = "banned",
        /// The show was cancelled.
        ShowCancelled = "show_cancelled",
        /// The capture was definitively refused.
        PaymentFailed = "payment_failed",
    }
}

words! {
    /// What to do with a live hold of the same buyer for the same show.
    pub enum ExistingHold {
        /// Refuse with `hold_exists`.
        Refuse = "refuse",
        /// Add these to it, in one transaction. It runs out when it would have.
        Extend = "extend",
        /// Cancel it and hold these instead, in one transaction. They run out when it would have.
        Replace = "replace",
    }
}

dto! {
    /// `POST /api/orders` with `Idempotency-Key`: all of it is held, or nothing.
    #[serde(deny_unknown_fields)]
    pub struct PlaceOrder {
        /// Listings of one show and one currency.
        pub items: Vec<PlaceOrderItem>,
        /// What to do with a live hold for the same show; `refuse` where absent.
        pub existing_hold: Option<ExistingHold>,
    }

    /// With `quantity` (any units) or `seats` (these units).
    #[serde(deny_unknown_fields)]
    pub struct PlaceOrderItem {
        /// The listing.
        pub listing_id: ListingId,
        /// How many.
        pub quantity: Option<u32>,
        /// Which seats.
        pub seats: Option<Vec<String>>,
    }

    /// An order as its buyer sees it.
    pub struct OrderView {
        /// The order.
        pub id: OrderId,
        /// The show.
        pub show: ShowSummary,
        /// Where it stands.
        pub status: OrderStatus,
        /// Why it was cancelled.
        pub cancel_reason: Option<CancelReason>,
        /// When the hold runs out, while awaiting payment.
        pub expires_at: DateTime<Utc>,
        /// How long the hold lasts in all, in seconds.
        pub hold_seconds: u32,
        /// The orders database's clock when it answered: count down from here.
        pub now: DateTime<Utc>,
        /// What is in it.
        pub items: Vec<OrderItemView>,
        /// What the buyer pays, fees included.
        pub total: Money,
        /// The fees within the total.
        pub fee: Money,
        /// How much of the total went back; absent where nothing did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub refunded: Option<Money>,
        /// The payment that was accepted.
        pub payment_id: Option<PaymentId>,
        /// When it was placed.
        pub created_at: DateTime<Utc>,
        /// Goes up with each change.
        pub version: i64,
    }

    /// Tickets of one listing in an order.
    pub struct OrderItemView {
        /// The listing.
        pub listing_id: ListingId,
        /// Its name.
        pub name: String,
        /// How many.
        pub quantity: u32,
        /// Which seats, where seated.
        pub seats: Vec<String>,
        /// What one costs, fee included.
        pub unit_price: Money,
        /// The fee within it.
        pub unit_fee: Money,
    }

    /// An order as the show's seller sees it: `GET /api/shows/{id}/orders`.
    pub struct SellerOrderView {
        /// The order.
        pub id: OrderId,
        /// Who buys.
        pub buyer_name: String,
        /// Where it stands.
        pub status: OrderStatus,
        /// Why it was cancelled.
        pub cancel_reason: Option<CancelReason>,
        /// What is in it of what the caller may see: all for the organiser, own tickets for another seller.
        pub items: Vec<OrderItemView>,
        /// What the buyer pays for these.
        pub total: Money,
        /// What the caller's own items bring, refunds aside.
        pub net: Money,
        /// How much of the total went back; absent where nothing did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub refunded: Option<Money>,
        /// The payment that was accepted, for who may see all of the order.
        pub payment_id: Option<PaymentId>,
        /// When it was placed.
        pub created_at: DateTime<Utc>,
    }

    /// Answer of `GET /api/shows/{id}/orders`.
    pub struct SellerOrders {
        /// Newest first.
        pub items: Vec<SellerOrderView>,
        /// The next page.
        pub next_cursor: Option<String>,
        /// What complete orders brought the seller, fees and refunds left out; one entry per currency.
        pub takings: Vec<Money>,
    }
}

impl Validate for PlaceOrder {
    fn validate(&self, errors: &mut FieldErrors) {
        let count = self.items.len();
        errors.check(
            (1..=20).contains(&count),
            "items",
            "out_of_range",
            "Choose tickets of 1 to 20 listings",
        );
        for (index, item) in self.items.iter().enumerate() {
            item.validate(index, errors);
        }
        let mut listings: Vec<_> = self.items.iter().map(|item| item.listing_id).collect();
        listings.sort_unstable();
        listings.dedup();
        errors.check(listings.len() == count, "items", "duplicate", "Name each listing once");
    }
}

impl PlaceOrderItem {
    /// How many units are wanted.
    pub fn count(&self) -> u32 {
        let seats = self.seats.as_ref().map(|seats| u32::try_from(seats.len()).unwrap_or(u32::MAX));
        seats.or(self.quantity).unwrap_or(0)
    }

    fn validate(&self, index: usize, errors: &mut FieldErrors) {
        let one_of = self.quantity.is_some() != self.seats.is_some();
        errors.check(one_of, &format!("items.{index}"), "required", "Give a quantity or seats, not both");
        errors.check(
            (1..=MAX_PER_ORDER).contains(&self.count()),
            &format!("items.{index}.quantity"),
            "out_of_range",
            "Choose 1 to 50 tickets",
        );
        let nameable = |seat: &String| {
            (1..=20).contains(&seat.trim().chars().count()) && !seat.chars().any(char::is_control)
        };
        errors.check(
            self.seats.iter().flatten().all(nameable),
            &format!("items.{index}.seats"),
            "invalid_seat",
            "A seat's name has 1 to 20 characters",
        );
        let mut seats = self.seats.clone().unwrap_or_default();
        let named = seats.len();
        seats.sort_unstable();
        seats.dedup();
        errors.check(
            seats.len() == named,
            &format!("items.{index}.seats"),
            "duplicate",
            "Name each seat once",
        );
    }
}
