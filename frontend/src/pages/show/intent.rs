//! What somebody wants to hold, in a form that survives signing in.

use crate::{
    api,
    error::AppError,
    forms::{FormErrors, Submission},
    text,
};
use contracts::{
    ProblemCode,
    ids::{ListingId, ShowId},
    listings::MAX_PER_ORDER,
    orders::{ExistingHold, PlaceOrder, PlaceOrderItem},
};
use http::HeaderValue;

/// Tickets of one listing, chosen on a show's page.
///
/// A visitor who is not signed in takes it along in the address that sign-in comes back to; the sign-in page says what
/// will be held, and pressing its button holds it ([`go_on`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Intent {
    show: ShowId,
    listing: ListingId,
    what: Wanted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Any(u32),
    Seats(Vec<String>),
}

/// Name of a row's number: each row has its own, for its errors.
pub(super) fn quantity_field(listing: ListingId) -> String {
    format!("quantity.{listing}")
}

/// Name of a row's checkboxes.
pub(super) fn seats_field(listing: ListingId) -> String {
    format!("seats.{listing}")
}

impl Intent {
    /// What was chosen in a row of the page.
    pub(super) fn entered(form: &Submission) -> Result<Self, FormErrors> {
        let (show, listing) = (form.param("id").ok(), form.parse::<ListingId>("listing"));
        let (Some(show), Some(listing)) = (show, listing) else {
            return Err(FormErrors::form("Choose tickets first."));
        };
        let seats = form.all(&seats_field(listing));
        let (field, what) = if form.is_checked("seated") {
            (seats_field(listing), Some(Wanted::Seats(seats)))
        } else {
            let field = quantity_field(listing);
            let number = form.parse(&field).map(Wanted::Any);
            (field, number)
        };
        let many = what.as_ref().is_some_and(|what| what.count() > MAX_PER_ORDER);
        let what = what.filter(|what| (1..=MAX_PER_ORDER).contains(&what.count()));
        let Some(what) = what else {
            let advice = match (form.is_checked("seated"), many) {
                (true, true) => format!("Choose at most {MAX_PER_ORDER} seats"),
                (true, false) => "Choose at least one seat".to_owned(),
                (false, _) => format!("Enter a number of tickets from 1 to {MAX_PER_ORDER}"),
            };
            return Err(FormErrors::field(field, advice));
        };
        Ok(Self { show, listing, what })
    }

    /// The choice in an address that sign-in comes back to, if it is one.
    pub(crate) fn from_path(path: &str) -> Option<Self> {
        let (page, query) = path.split_once('?')?;
        let show = page.strip_prefix("/shows/")?.parse().ok()?;
        Self::from_query(show, &serde_urlencoded::from_str::<Vec<(String, String)>>(query).ok()?)
    }

    fn from_query(show: ShowId, pairs: &[(String, String)]) -> Option<Self> {
        let value = |name: &str| pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        let listing = value("listing")?.parse().ok()?;
        let seats: Vec<String> =
            pairs.iter().filter(|(field, _)| field == "seat").map(|(_, seat)| seat.clone()).collect();
        let what = match value("quantity") {
            Some(number) => Wanted::Any(number.parse().ok()?),
            None => Wanted::Seats(seats),
        };
        (1..=MAX_PER_ORDER).contains(&what.count()).then_some(Self { show, listing, what })
    }

    /// The show's page with the choice; `refused` says why it could not be held.
    pub(super) fn path(&self, refused: Option<ProblemCode>) -> String {
        let listing = self.listing.to_string();
        let number = self.what.count().to_string();
        let chosen: Vec<(&str, &str)> = match &self.what {
            Wanted::Any(_) => vec![("quantity", &number)],
            Wanted::Seats(seats) => seats.iter().map(|seat| ("seat", seat.as_str())).collect(),
        };
        let pairs = std::iter::once(("listing", listing.as_str()))
            .chain(chosen)
            .chain(refused.map(|code| ("refused", code.as_str())));
        let query = serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).unwrap_or_default();
        format!("/shows/{}?{query}", self.show)
    }

    /// What is sent.
    pub(super) fn request(&self, existing_hold: Option<ExistingHold>) -> PlaceOrder {
        let (quantity, seats) = match &self.what {
            Wanted::Any(number) => (Some(*number), None),
            Wanted::Seats(seats) => (None, Some(seats.clone())),
        };
        let item = PlaceOrderItem { listing_id: self.listing, quantity, seats };
        PlaceOrder { items: vec![item], existing_hold }
    }

    pub(super) fn is_of(&self, listing: ListingId) -> bool {
        self.listing == listing
    }

    pub(crate) fn count(&self) -> u32 {
        self.what.count()
    }

    pub(super) fn has_seat(&self, seat: &str) -> bool {
        matches!(&self.what, Wanted::Seats(seats) if seats.iter().any(|wanted| wanted == seat))
    }

    /// The field that an error of the whole choice belongs to.
    pub(super) fn field(&self) -> String {
        match self.what {
            Wanted::Any(_) => quantity_field(self.listing),
            Wanted::Seats(_) => seats_field(self.listing),
        }
    }

    /// The show.
    pub(super) const fn show(&self) -> ShowId {
        self.show
    }

    /// The listing, where it is named seats of it.
    pub(super) const fn seated(&self) -> Option<ListingId> {
        match self.what {
            Wanted::Any(_) => None,
            Wanted::Seats(_) => Some(self.listing),
        }
    }

    /// `2 tickets`
    pub(crate) fn in_words(&self) -> String {
        text::count(self.count(), "ticket", "tickets")
    }
}

impl Wanted {
    fn count(&self) -> u32 {
        match self {
            Self::Any(number) => *number,
            Self::Seats(seats) => u32::try_from(seats.len()).unwrap_or(u32::MAX),
        }
    }
}

/// Where somebody goes on who has just signed in: with what they chose before held for them, if they chose something.
pub(crate) async fn go_on(form: &Submission, next: &str, cookies: &[HeaderValue]) -> String {
    let Some(intent) = Intent::from_path(next) else { return next.to_owned() };
    let api = form.api().signed_in(cookies, form.config().cookies);
    match api::orders::place(&api, &intent.request(None), &form.idempotency_key()).await {
        Ok(order) => format!("/orders/{}", order.id),
        // The page says why, with the choice still in its fields.
        Err(error) => intent.path(Some(code(&error))),
    }
}

fn code(error: &AppError) -> ProblemCode {
    match error {
        AppError::Invalid(_) => ProblemCode::Invalid,
        AppError::NotFound => ProblemCode::NotFound,
        AppError::Forbidden => ProblemCode::Forbidden,
        error => error.conflict().unwrap_or(ProblemCode::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOW: &str = "0198f3a0-0000-7000-8000-000000000001";
    const LISTING: &str = "0198f3a0-0000-7000-8000-000000000002";

    fn intent(what: Wanted) -> Intent {
        Intent { show: SHOW.parse().unwrap(), listing: LISTING.parse().unwrap(), what }
    }

    #[test]
    fn a_choice_survives_the_address() {
        for what in [Wanted::Any(2), Wanted::Seats(vec!["A 1".to_owned(), "Ř&2".to_owned()])] {
            let intent = intent(what);
            let path = intent.path(None);
            assert_eq!(crate::session::safe_path(&path), Some(path.as_str()));
            assert_eq!(Intent::from_path(&path), Some(intent));
        }
    }

    #[test]
    fn what_is_no_choice_holds_nothing() {
        let show = format!("/shows/{SHOW}");
        for path in [
            "/".to_owned(),
            show.clone(),
            format!("{show}?quantity=2"),
            format!("{show}?listing={LISTING}"),
            format!("{show}?listing={LISTING}&quantity=0"),
            format!("{show}?listing={LISTING}&quantity=5000"),
            format!("/orders/{SHOW}?listing={LISTING}&quantity=2"),
        ] {
            assert_eq!(Intent::from_path(&path), None, "{path}");
        }
    }
}
