//! Issued tickets, the door, and resale.

use crate::{
    Money,
    ids::{ListingId, OrderId, TicketId},
    shows::ShowSummary,
    validate::{FieldErrors, Validate},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// What a ticket is good for.
    pub enum TicketState {
        /// Admits one.
        Valid = "valid",
        /// Has admitted one.
        CheckedIn = "checked_in",
        /// Refunded, resold or its show cancelled.
        Void = "void",
        /// Offered for resale; refused at the door until withdrawn.
        Listed = "listed",
    }
}

words! {
    /// Why a ticket admits nobody.
    pub enum VoidReason {
        /// Its money goes back.
        Refunded = "refunded",
        /// Somebody else bought it, and has a ticket of their own.
        Resold = "resold",
        /// Its show will not take place.
        ShowCancelled = "show_cancelled",
        /// Its seller had none to give any more when it was bought from them.
        NotTransferable = "not_transferable",
    }
}

dto! {
    /// A ticket as its holder sees it.
    pub struct TicketView {
        /// The ticket.
        pub id: TicketId,
        /// The show.
        pub show: ShowSummary,
        /// The order it came from.
        pub order_id: OrderId,
        /// The listing's name, such as `Stalls`.
        pub listing_name: String,
        /// The seat, where seated.
        pub seat: Option<String>,
        /// Who may use it.
        pub holder_name: String,
        /// What the QR code says.
        pub code: String,
        /// What it is good for.
        pub state: TicketState,
        /// Why it is void; some that became so long ago do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub void_reason: Option<VoidReason>,
        /// What was paid for it, fee included.
        pub face_value: Money,
        /// The most it may be resold for.
        pub resale_cap: Money,
        /// The resale listing, while listed.
        pub resale_listing_id: Option<ListingId>,
        /// When it was used.
        pub checked_in_at: Option<DateTime<Utc>>,
        /// When it was issued.
        pub issued_at: DateTime<Utc>,
    }

    /// `POST /api/shows/{id}/check-ins`
    #[serde(deny_unknown_fields)]
    pub struct CheckIn {
        /// What the QR code says.
        pub code: String,
    }

    /// Somebody was let in.
    pub struct CheckInView {
        /// The ticket.
        pub ticket_id: TicketId,
        /// Who holds it.
        pub holder_name: String,
        /// The listing's name.
        pub listing_name: String,
        /// The seat, where seated.
        pub seat: Option<String>,
        /// When.
        pub checked_in_at: DateTime<Utc>,
    }

    /// `POST /api/tickets/{id}/resale`
    #[serde(deny_unknown_fields)]
    pub struct ListForResale {
        /// What the buyer shall pay, fee included: at most the ticket's `resale_cap`.
        pub price: Money,
    }
}

/// `GET /api/tickets`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketQuery {
    /// Only those of this order.
    pub order_id: Option<OrderId>,
    /// Page.
    pub cursor: Option<String>,
    /// Page size.
    pub limit: Option<u16>,
}

impl Validate for CheckIn {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("code", "the ticket's code", &self.code, (1, 200));
    }
}

impl Validate for ListForResale {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.price("price", self.price);
    }
}
