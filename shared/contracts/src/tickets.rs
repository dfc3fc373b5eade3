//! Issued tickets, the door, and resale.

use crate::{
    Money,
    ids::{ListingId, OrderId, TicketId},
    shows::ShowSummary,
    validate::{FieldErrors, Validate},
};
use chrono::{DateTime, Utc};

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
