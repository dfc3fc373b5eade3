//! Published by orders.

use contracts::{
    Money, Timestamp,
    ids::{BanId, ListingId, OrderId, PaymentId, ShowId, TicketId, UnitId, UserId},
    orders::{CancelReason, OrderStatus},
    shows::Stock,
};

facts! {
    /// What can happen to an order.
    pub enum OrderFact {
        /// Units are held for it.
        Placed = "placed",
        /// It ended without a sale.
        Cancelled = "cancelled",
        /// An authorisation was accepted in time: capture it (`payment`).
        Confirming = "confirming",
        /// An authorisation came too late: void it (`refused_payment`).
        AuthorizationRefused = "authorization_refused",
        /// It is paid: issue its tickets.
        Completed = "completed",
        /// A part of its money went back (`refunded`); it stands.
        PartlyRefunded = "partly_refunded",
        /// Its money shall go back.
        RefundRequested = "refund_requested",
        /// Its money went back.
        Refunded = "refunded",
    }
}

facts! {
    /// What can happen to a listing's stock.
    pub enum StockFact {
        /// The figures are new.
        Changed = "changed",
    }
}

facts! {
    /// What orders decides about a listing.
    pub enum ListingFact {
        /// Nothing of it can be sold any more: what was asked for is granted.
        Withdrawn = "withdrawn",
    }
}

facts! {
    /// What can happen to a ban here.
    pub enum BanFact {
        /// Its effects took place, or came to more.
        Applied = "applied",
    }
}

states! {
    /// A buyer's hold and what becomes of it.
    pub struct Order {
        /// The order.
        pub id: OrderId,
        /// Who buys.
        pub buyer: UserId,
        /// For which show.
        pub show: ShowId,
        /// What is in it.
        pub items: Vec<OrderItem>,
        /// What the buyer pays, fees included.
        pub total: Money,
        /// The fees within the total.
        pub fee: Money,
        /// Where it stands.
        pub status: OrderStatus,
        /// Why it was cancelled.
        pub cancel_reason: Option<CancelReason>,
        /// When the hold runs out.
        pub expires_at: Timestamp,
        /// The payment that was accepted.
        pub payment: Option<PaymentId>,
        /// The payment whose authorisation was refused, in `authorization_refused`.
        pub refused_payment: Option<PaymentId>,
        /// How much of the total went back so far; nothing was said of it where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub refunded: Option<Money>,
        /// When it was placed.
        pub placed_at: Timestamp,
        /// Goes up with every change.
        pub version: i64,
    }

    /// Tickets of one listing in an order.
    pub struct OrderItem {
        /// The listing.
        pub listing: ListingId,
        /// Its name.
        pub listing_name: String,
        /// Who is paid.
        pub seller: UserId,
        /// What one costs, fee included.
        pub unit_price: Money,
        /// The fee within it.
        pub unit_fee: Money,
        /// The units.
        pub units: Vec<OrderUnit>,
        /// The ticket that is resold.
        pub resale_of: Option<TicketId>,
        /// The order that the resold ticket came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resale_order: Option<OrderId>,
    }

    /// One unit in an order.
    pub struct OrderUnit {
        /// The unit.
        pub unit: UnitId,
        /// Its seat, where seated.
        pub seat: Option<String>,
    }

    /// How a listing's units stand.
    pub struct ListingStock {
        /// The listing.
        pub listing: ListingId,
        /// Its show.
        pub show: ShowId,
        /// Absolute figures, never differences.
        pub stock: Stock,
        /// The seats that cannot be had now, in the order of the listing; none where it is not seated.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub taken_seats: Vec<String>,
        /// Goes up with every change.
        pub version: i64,
    }

    /// What one ban did here: absolute figures, never differences.
    pub struct BanEffects {
        /// The ban.
        pub ban: BanId,
        /// Who is banned.
        pub user: UserId,
        /// Orders that awaited payment and were cancelled.
        pub holds_released: u32,
        /// Places of those orders that others can buy again.
        pub places_released: u32,
        /// Live streams of the user that were closed.
        pub streams_closed: u32,
        /// Goes up with every change.
        pub version: i64,
    }

    /// A listing as orders sees it.
    pub struct WithdrawnListing {
        /// The listing.
        pub listing: ListingId,
        /// Goes up with every change.
        pub version: i64,
    }
}

aggregate!(BanEffects, "orders", "ban", BanFact, ban);
aggregate!(Order, "orders", "order", OrderFact, id);
aggregate!(ListingStock, "orders", "stock", StockFact, listing);
aggregate!(WithdrawnListing, "orders", "listing", ListingFact, listing);
