//! Published by tickets.

use contracts::{
    Money, Timestamp,
    ids::{BanId, ListingId, OrderId, ShowId, TicketId, UnitId, UserId},
    listings::{ListingKind, ListingStatus},
    shows::{Category, ShowStatus, Venue},
    tickets::{TicketState, VoidReason},
};

facts! {
    /// What can happen to a show once it was published. Drafts stay at home.
    pub enum ShowFact {
        /// Everybody can see it.
        Published = "published",
        /// Its description, time or place changed.
        Changed = "changed",
        /// It will not take place.
        Cancelled = "cancelled",
    }
}

facts! {
    /// What can happen to a listing of a published show.
    pub enum ListingFact {
        /// It is on sale.
        Published = "published",
        /// Its price, quantity or rules changed, or it is on sale again.
        Changed = "changed",
        /// The seller took it off sale for now.
        Hidden = "hidden",
        /// It ended for good.
        Withdrawn = "withdrawn",
    }
}

facts! {
    /// What can happen to a ticket.
    pub enum TicketFact {
        /// It belongs to a buyer.
        Issued = "issued",
        /// Its holder was let in.
        CheckedIn = "checked_in",
        /// It admits nobody any more.
        Voided = "voided",
        /// It is offered for resale.
        Listed = "listed",
        /// It is no longer offered for resale, and valid again.
        Unlisted = "unlisted",
    }
}

facts! {
    /// What can happen to a ban here.
    pub enum BanFact {
        /// Its effects took place, or changed with its terms.
        Applied = "applied",
    }
}

states! {
    /// What one ban did here: absolute figures, never differences.
    pub struct BanEffects {
        /// The ban.
        pub ban: BanId,
        /// Who is banned.
        pub user: UserId,
        /// Listings that are hidden while the ban lasts.
        pub listings_hidden: u32,
        /// Offers of resale that were withdrawn for good.
        pub offers_withdrawn: u32,
        /// Unused tickets of theirs that the door refuses, as the ban says.
        pub tickets_refused: u32,
        /// Goes up with every change.
        pub version: i64,
    }

    /// What people attend.
    pub struct Show {
        /// The show.
        pub id: ShowId,
        /// Who puts it on.
        pub organiser: UserId,
        /// Title.
        pub title: String,
        /// Category.
        pub category: Category,
        /// Start.
        pub starts_at: Timestamp,
        /// Doors.
        pub doors_at: Timestamp,
        /// Until when buyers may ask for their money back.
        pub refund_until: Timestamp,
        /// Where.
        pub venue: Venue,
        /// Published or cancelled.
        pub status: ShowStatus,
        /// How long a hold lasts, in seconds.
        pub hold_seconds: u32,
        /// Goes up with every change.
        pub version: i64,
    }

    /// An offer of tickets for a show by one seller.
    pub struct Listing {
        /// The listing.
        pub id: ListingId,
        /// Its show.
        pub show: ShowId,
        /// Who sells, and is paid.
        pub seller: UserId,
        /// Primary or resale.
        pub kind: ListingKind,
        /// Name.
        pub name: String,
        /// What a buyer pays for one ticket, fee included: the face value.
        pub price: Money,
        /// The booking fee within the price.
        pub fee: Money,
        /// How many units are wanted on offer (the target; a sold unit is never withdrawn).
        pub quantity: u32,
        /// The seats' names where it is seated, one unit each.
        pub seats: Vec<String>,
        /// The most tickets of one order.
        pub max_per_order: u32,
        /// Sale begins.
        pub sale_starts_at: Option<Timestamp>,
        /// Sale ends.
        pub sale_ends_at: Option<Timestamp>,
        /// On sale, hidden or withdrawn.
        pub status: ListingStatus,
        /// The ticket that is resold.
        pub resale_of: Option<TicketId>,
        /// The order that the resold ticket came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resale_order: Option<OrderId>,
        /// The unit that the resold ticket admits to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resale_unit: Option<UnitId>,
        /// Goes up with every change.
        pub version: i64,
    }

    /// The admission issued for one unit of a complete order.
    pub struct Ticket {
        /// The ticket.
        pub id: TicketId,
        /// The order it came from.
        pub order: OrderId,
        /// The unit it admits to.
        pub unit: UnitId,
        /// Its show.
        pub show: ShowId,
        /// Its listing.
        pub listing: ListingId,
        /// The listing's name.
        pub listing_name: String,
        /// The seat, where seated.
        pub seat: Option<String>,
        /// Who may use it.
        pub holder: UserId,
        /// What its QR code says; the confirmation mail shows it.
        pub code: String,
        /// What it is good for.
        pub state: TicketState,
        /// Why it is void.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub void_reason: Option<VoidReason>,
        /// What was paid for it.
        pub face_value: Money,
        /// Goes up with every change.
        pub version: i64,
    }
}

aggregate!(BanEffects, "tickets", "ban", BanFact, ban);
aggregate!(Show, "tickets", "show", ShowFact, id);
aggregate!(Listing, "tickets", "listing", ListingFact, id);
aggregate!(Ticket, "tickets", "ticket", TicketFact, id);
