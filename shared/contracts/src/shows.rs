//! Shows and their availability.

use crate::{
    Money,
    ids::{ListingId, ShowId, UserId},
    listings::ListingView,
    validate::{FieldErrors, Validate, is_in_range},
};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

words! {
    /// What kind of show it is.
    pub enum Category {
        /// Concerts and gigs.
        Music = "music",
        /// Plays and musicals.
        Theatre = "theatre",
        /// Stand-up and improvisation.
        Comedy = "comedy",
        /// Matches and races.
        Sport = "sport",
        /// Talks and conferences.
        Talk = "talk",
        /// Films.
        Film = "film",
        /// Festivals.
        Festival = "festival",
        /// Dance and ballet.
        Dance = "dance",
        /// For children and families.
        Family = "family",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// Whether a show can be seen and sold.
    pub enum ShowStatus {
        /// Only its organiser sees it.
        Draft = "draft",
        /// Everybody sees it.
        Published = "published",
        /// It will not take place; everybody is refunded.
        Cancelled = "cancelled",
    }
}

words! {
    /// In which direction a list runs.
    pub enum Direction {
        /// What begins first comes first.
        Ascending = "asc",
        /// What begins last comes first.
        Descending = "desc",
    }
}

dto! {
    /// Where a show takes place.
    #[serde(deny_unknown_fields)]
    pub struct Venue {
        /// Name, such as `Shepherd's Hall`.
        pub name: String,
        /// Street and number.
        pub address: String,
        /// City.
        pub city: String,
        /// ISO 3166-1 alpha-2, such as `GB`.
        pub country: String,
        /// IANA time zone, such as `Europe/London`: times of the show are displayed in it.
        pub timezone: String,
    }

    /// `POST /api/shows`
    #[serde(deny_unknown_fields)]
    pub struct CreateShow {
        /// Title.
        pub title: String,
        /// What to expect, in plain text.
        pub description: String,
        /// Category.
        pub category: Category,
        /// When it begins.
        pub starts_at: DateTime<Utc>,
        /// When the doors open; an hour before the start where absent.
        pub doors_at: Option<DateTime<Utc>>,
        /// Until when buyers may ask for their money back; the start where absent.
        pub refund_until: Option<DateTime<Utc>>,
        /// Where.
        pub venue: Venue,
        /// How long a hold lasts, in seconds; 900 where absent.
        pub hold_seconds: Option<u32>,
    }

    /// `PATCH /api/shows/{id}` with `If-Match`: absent fields stay.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateShow {
        /// Title.
        pub title: Option<String>,
        /// Description.
        pub description: Option<String>,
        /// Category.
        pub category: Option<Category>,
        /// Start.
        pub starts_at: Option<DateTime<Utc>>,
        /// Doors.
        pub doors_at: Option<DateTime<Utc>>,
        /// End of refunds.
        pub refund_until: Option<DateTime<Utc>>,
        /// Venue.
        pub venue: Option<Venue>,
        /// Length of a hold in seconds.
        pub hold_seconds: Option<u32>,
    }

    /// A person as the public sees them.
    pub struct PersonView {
        /// Account.
        pub id: UserId,
        /// Name.
        pub name: String,
    }

    /// A show with its listings.
    pub struct ShowView {
        /// The show.
        pub id: ShowId,
        /// Who puts it on.
        pub organiser: PersonView,
        /// Title.
        pub title: String,
        /// Description.
        pub description: String,
        /// Category.
        pub category: Category,
        /// Start.
        pub starts_at: DateTime<Utc>,
        /// Doors.
        pub doors_at: DateTime<Utc>,
        /// End of refunds.
        pub refund_until: DateTime<Utc>,
        /// Venue.
        pub venue: Venue,
        /// Draft, published or cancelled.
        pub status: ShowStatus,
        /// How long a hold lasts, in seconds.
        pub hold_seconds: u32,
        /// Goes up with each change; give it as `If-Match`.
        pub version: i64,
        /// What is offered; sellers also see their own hidden ones.
        pub listings: Vec<ListingView>,
    }

    /// A show in a list.
    pub struct ShowCard {
        /// The show.
        pub id: ShowId,
        /// Title.
        pub title: String,
        /// Category.
        pub category: Category,
        /// Start.
        pub starts_at: DateTime<Utc>,
        /// Venue.
        pub venue: Venue,
        /// Draft, published or cancelled.
        pub status: ShowStatus,
        /// The lowest all-in price on sale.
        pub from_price: Option<Money>,
        /// Stock over all its listings.
        pub stock: Stock,
    }

    /// `GET /api/shows/facets`: what upcoming shows can be filtered by.
    pub struct ShowFacets {
        /// Cities, in the order of the alphabet.
        pub cities: Vec<String>,
        /// Categories.
        pub categories: Vec<Category>,
    }

    /// What a show is called and where it is, for orders and tickets.
    pub struct ShowSummary {
        /// The show.
        pub id: ShowId,
        /// Title.
        pub title: String,
        /// Start.
        pub starts_at: DateTime<Utc>,
        /// Doors.
        pub doors_at: DateTime<Utc>,
        /// Venue.
        pub venue: Venue,
        /// Draft, published or cancelled.
        pub status: ShowStatus,
    }

    /// Units by their state.
    #[derive(Copy, Default, Eq)]
    pub struct Stock {
        /// On offer: free, held and sold.
        pub total: u32,
        /// In a live hold or being confirmed.
        pub held: u32,
        /// Sold.
        pub sold: u32,
        /// Can be held now.
        pub free: u32,
    }

    /// `GET /api/shows/{id}/availability`
    pub struct Availability {
        /// The show.
        pub show_id: ShowId,
        /// Per listing.
        pub listings: Vec<ListingAvailability>,
    }

    /// Stock of one listing.
    pub struct ListingAvailability {
        /// The listing.
        pub listing_id: ListingId,
        /// Its stock.
        pub stock: Stock,
        /// Of a seated listing, the seats that cannot be had now: held, being confirmed, sold or withdrawn.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub taken_seats: Vec<String>,
    }
}

/// `GET /api/shows`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShowQuery {
    /// Words in title, venue or city.
    pub q: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Category.
    pub category: Option<String>,
    /// Starts at or after an instant, or on or after a day.
    pub from: Option<When>,
    /// Starts before an instant, or on or before a day.
    pub to: Option<When>,
    /// Page.
    pub cursor: Option<String>,
    /// Page size.
    pub limit: Option<u16>,
    /// `mine`: the caller's own shows, drafts included.
    pub organiser: Option<String>,
    /// By their start; ascending where absent. The same on every page.
    pub order: Option<Direction>,
}

/// A day at the venue, whatever its time zone, or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum When {
    /// Such as `2026-11-20`.
    On(NaiveDate),
    /// Such as `2026-11-20T19:30:00Z`.
    At(DateTime<Utc>),
}

/// A text that is no day and no instant, or none of the years that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give a day such as 2026-11-20, or an instant such as 2026-11-20T19:30:00Z, of the years 1970 to 2200"
)]
pub struct UnknownWhen;

impl FromStr for When {
    type Err = UnknownWhen;

    fn from_str(text: &str) -> Result<Self, UnknownWhen> {
        let day = || text.parse().ok().filter(|day: &NaiveDate| is_in_range(day.year())).map(Self::On);
        let instant = || text.parse().ok().filter(|at: &DateTime<Utc>| is_in_range(at.year())).map(Self::At);
        day().or_else(instant).ok_or(UnknownWhen)
    }
}

impl TryFrom<String> for When {
    type Error = UnknownWhen;

    fn try_from(text: String) -> Result<Self, UnknownWhen> {
        text.parse()
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        match when {
            When::On(day) => day.to_string(),
            When::At(instant) => instant.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        }
    }
}

impl From<NaiveDate> for When {
    fn from(day: NaiveDate) -> Self {
        Self::On(day)
    }
}

impl From<DateTime<Utc>> for When {
    fn from(instant: DateTime<Utc>) -> Self {
        Self::At(instant)
    }
}

/// The longest hold, in seconds.
pub const HOLD_SECONDS_MAX: u32 = 3600;
/// How long a hold lasts unless the show says otherwise, in seconds.
pub const HOLD_SECONDS_DEFAULT: u32 = 900;

impl Venue {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("venue.name", "the venue's name", &self.name, (1, 200));
        errors.text("venue.address", "the venue's address", &self.address, (1, 300));
        errors.text("venue.city", "the city", &self.city, (1, 100));
        let country = self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_uppercase());
        errors.check(
            country,
            "venue.country",
            "invalid_country",
            "Enter the country's two letters, such as GB",
        );
        errors.text("venue.timezone", "the venue's time zone", &self.timezone, (1, 64));
    }
}

impl Validate for CreateShow {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("title", "a title", &self.title, (1, 200));
        errors.text("description", "a description", &self.description, (0, 10_000));
        self.venue.validate(errors);
        errors.instant("starts_at", Some(self.starts_at));
        errors.instant("doors_at", self.doors_at);
        errors.instant("refund_until", self.refund_until);
        check_times(errors, self.starts_at, self.doors_at);
        check_hold(errors, self.hold_seconds);
    }
}

impl Validate for UpdateShow {
    fn validate(&self, errors: &mut FieldErrors) {
        if let Some(title) = &self.title {
            errors.text("title", "a title", title, (1, 200));
        }
        if let Some(description) = &self.description {
            errors.text("description", "a description", description, (0, 10_000));
        }
        if let Some(venue) = &self.venue {
            venue.validate(errors);
        }
        errors.instant("starts_at", self.starts_at);
        errors.instant("doors_at", self.doors_at);
        errors.instant("refund_until", self.refund_until);
        if let Some(starts_at) = self.starts_at {
            check_times(errors, starts_at, self.doors_at);
        }
        check_hold(errors, self.hold_seconds);
    }
}

fn check_times(errors: &mut FieldErrors, starts_at: DateTime<Utc>, doors_at: Option<DateTime<Utc>>) {
    let in_order = doors_at.is_none_or(|doors_at| doors_at <= starts_at);
    errors.check(in_order, "doors_at", "after_start", "Doors open before the show begins");
}

fn check_hold(errors: &mut FieldErrors, hold_seconds: Option<u32>) {
    let short_enough = hold_seconds.is_none_or(|seconds| seconds <= HOLD_SECONDS_MAX);
    errors.check(short_enough, "hold_seconds", "too_long", "A hold lasts at most 60 minutes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_an_instant_are_told_apart_and_written_back() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        assert_eq!("2026-11-20".parse(), Ok(When::On(day)));
        assert_eq!(String::from(When::On(day)), "2026-11-20");
        let instant = "2026-11-20T20:30:00+01:00".parse::<When>().unwrap();
        assert_eq!(String::from(instant), "2026-11-20T19:30:00Z");
        for text in ["", "yesterday", "2026-13-01", "1969-12-31", "2201-01-01", "-5000-01-01T00:00:00Z"] {
            assert_eq!(text.parse::<When>(), Err(UnknownWhen), "{text}");
        }
    }
}
