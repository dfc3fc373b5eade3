//! Listings: offers of tickets for a show by one seller.

use crate::{
    Money,
    ids::{ListingId, ShowId},
    shows::{PersonView, Stock},
    validate::{FieldErrors, Validate},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

words! {
    /// Who offers the tickets.
    pub enum ListingKind {
        /// The organiser, new tickets.
        Primary = "primary",
        /// A holder, an existing ticket.
        Resale = "resale",
    }
}

words! {
    /// Whether a listing is offered.
    pub enum ListingStatus {
        /// It is.
        OnSale = "on_sale",
        /// The seller took it off for now.
        Hidden = "hidden",
        /// It ended: deleted, sold on, its show cancelled or its seller banned.
        Withdrawn = "withdrawn",
    }
}

dto! {
    /// `POST /api/shows/{id}/listings`: with `quantity` or with `seats`.
    #[serde(deny_unknown_fields)]
    pub struct CreateListing {
        /// Such as `Stalls` or `Early bird`.
        pub name: String,
        /// Net price of one ticket: what the seller gets. The booking fee is added to what buyers see.
        pub price: Money,
        /// How many tickets without named seats.
        pub quantity: Option<u32>,
        /// Named seats, such as `A1`.
        pub seats: Option<Vec<String>>,
        /// The most tickets of one order.
        pub max_per_order: u32,
        /// Sale begins; at once where absent.
        pub sale_starts_at: Option<DateTime<Utc>>,
        /// Sale ends; when the show begins where absent.
        pub sale_ends_at: Option<DateTime<Utc>>,
    }

    /// `PATCH /api/listings/{id}` with `If-Match`: absent fields stay. A sold unit is never withdrawn.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateListing {
        /// Name.
        pub name: Option<String>,
        /// Net price; orders already placed keep theirs.
        pub price: Option<Money>,
        /// How many tickets are wanted on offer.
        pub quantity: Option<u32>,
        /// The most tickets of one order.
        pub max_per_order: Option<u32>,
        /// Sale begins; at once where null.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<DateTime<Utc>>))]
        pub sale_starts_at: Option<Option<DateTime<Utc>>>,
        /// Sale ends; when the show begins where null.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<DateTime<Utc>>))]
        pub sale_ends_at: Option<Option<DateTime<Utc>>>,
        /// Take it off sale, or put it on again.
        pub hidden: Option<bool>,
    }

    /// A listing.
    pub struct ListingView {
        /// The listing.
        pub id: ListingId,
        /// Its show.
        pub show_id: ShowId,
        /// Who sells.
        pub seller: PersonView,
        /// Primary or resale.
        pub kind: ListingKind,
        /// Name.
        pub name: String,
        /// What a buyer pays for one ticket, fee included.
        pub price: Money,
        /// The booking fee within the price.
        pub fee: Money,
        /// How many tickets are wanted on offer.
        pub quantity: u32,
        /// The seats' names where it is seated.
        pub seats: Vec<String>,
        /// The most tickets of one order.
        pub max_per_order: u32,
        /// Sale begins.
        pub sale_starts_at: Option<DateTime<Utc>>,
        /// Sale ends.
        pub sale_ends_at: Option<DateTime<Utc>>,
        /// On sale, hidden or withdrawn.
        pub status: ListingStatus,
        /// Goes up with each change; give it as `If-Match`.
        pub version: i64,
        /// What is left; may be a moment old.
        pub stock: Stock,
        /// Of a seated listing, the seats that cannot be had now: held, being confirmed, sold or withdrawn.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub taken_seats: Vec<String>,
    }

    /// A listing in the admin's list of what somebody sells.
    pub struct SoldListing {
        /// The listing.
        pub listing: ListingView,
        /// The title of its show.
        pub show_title: String,
        /// When that begins.
        pub show_starts_at: DateTime<Utc>,
        /// Where, as an IANA time zone.
        pub show_timezone: String,
    }
}

/// The most listings of its organiser that a show has at the same time.
pub const LISTINGS_MAX: usize = 50;
/// The most units of one listing.
pub const QUANTITY_MAX: u32 = 100_000;
/// The most seats of one listing.
pub const SEATS_MAX: usize = 5_000;
/// The most tickets of one order.
pub const MAX_PER_ORDER: u32 = 50;

impl Validate for CreateListing {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("name", "a name, such as Stalls", &self.name, (1, 100));
        errors.price("price", self.price);
        match (self.quantity, &self.seats) {
            (Some(quantity), None) => check_quantity(errors, quantity),
            (None, Some(seats)) => check_seats(errors, seats),
            _ => errors.add("quantity", "required", "Enter how many tickets, or name the seats"),
        }
        check_max_per_order(errors, self.max_per_order);
        check_window(errors, self.sale_starts_at, self.sale_ends_at);
    }
}

impl Validate for UpdateListing {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(name) = &self.name {
            errors.text("name", "a name, such as Stalls", name, (1, 100));
        }
        if let Some(price) = self.price {
            errors.price("price", price);
        }
        if let Some(quantity) = self.quantity {
            check_quantity(errors, quantity);
        }
        if let Some(max_per_order) = self.max_per_order {
            check_max_per_order(errors, max_per_order);
        }
        check_window(errors, self.sale_starts_at.flatten(), self.sale_ends_at.flatten());
    }
}

/// A field that is there, be it null: absent ones never come here.
#[expect(clippy::option_option, reason = "absent, null and a time are three things")]
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<DateTime<Utc>>>, D::Error> {
    Option::deserialize(value).map(Some)
}

fn check_quantity(errors: &mut FieldErrors, quantity: u32) {
    errors.check(
        (1..=QUANTITY_MAX).contains(&quantity),
        "quantity",
        "out_of_range",
        "Enter a number of tickets from 1 to 100,000",
    );
}

fn check_seats(errors: &mut FieldErrors, seats: &[String]) {
    errors.check((1..=SEATS_MAX).contains(&seats.len()), "seats", "out_of_range", "Name 1 to 5,000 seats");
    let named = seats.iter().all(|seat| (1..=20).contains(&seat.trim().chars().count()));
    errors.check(named, "seats", "invalid_seat", "A seat's name has 1 to 20 characters");
    let mut sorted: Vec<_> = seats.iter().map(|seat| seat.trim()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    errors.check(sorted.len() == seats.len(), "seats", "duplicate", "Name each seat once");
}

fn check_max_per_order(errors: &mut FieldErrors, max_per_order: u32) {
    errors.check(
        (1..=MAX_PER_ORDER).contains(&max_per_order),
        "max_per_order",
        "out_of_range",
        "Enter a number from 1 to 50",
    );
}

fn check_window(errors: &mut FieldErrors, starts: Option<DateTime<Utc>>, ends: Option<DateTime<Utc>>) {
    errors.instant("sale_starts_at", starts);
    errors.instant("sale_ends_at", ends);
    let in_order = starts.zip(ends).is_none_or(|(starts, ends)| starts < ends);
    errors.check(in_order, "sale_ends_at", "before_start", "The sale ends after it begins");
}
