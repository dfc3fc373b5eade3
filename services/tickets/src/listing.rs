//! A listing: an offer of tickets for a show by one seller.

use crate::{denied::Denied, show::Show, ticket::Ticket};
use contracts::{
    Currency, Money, Timestamp,
    ids::{ListingId, OrderId, ShowId, TicketId, UnitId, UserId},
    listings::{CreateListing, ListingKind, ListingStatus, UpdateListing},
    shows::ShowStatus,
};
use events::tickets::ListingFact;

/// What a buyer pays for one ticket, and the fee within it; the seller gets the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) total: Money,
    pub(crate) fee: Money,
}

/// An offer of tickets for a show by one seller.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each reason to be off sale comes and goes by itself")]
pub(crate) struct Listing {
    pub(crate) id: ListingId,
    pub(crate) show: ShowId,
    pub(crate) seller: UserId,
    pub(crate) name: String,
    pub(crate) price: Price,
    pub(crate) quantity: u32,
    pub(crate) seats: Vec<String>,
    pub(crate) max_per_order: u32,
    pub(crate) sale_starts_at: Option<Timestamp>,
    pub(crate) sale_ends_at: Option<Timestamp>,
    pub(crate) hidden_by_seller: bool,
    pub(crate) hidden_by_ban: bool,
    pub(crate) withdrawn: bool,
    /// Do the other services know it?
    pub(crate) announced: bool,
    pub(crate) resale_of: Option<TicketId>,
    /// The order and the unit of the ticket that is resold.
    pub(crate) resale_order: Option<OrderId>,
    pub(crate) resale_unit: Option<UnitId>,
    pub(crate) version: i64,
}

/// A listing after a transition, and the fact to publish: none while its show is a draft.
pub(crate) type Changed = (Listing, Option<ListingFact>);

impl Price {
    /// The fee is a percentage of what the seller gets, rounded half up.
    pub(crate) fn from_net(net: Money, fee_percent: u32) -> Result<Self, Denied> {
        let too_large = |_| Denied::field("price", "too_large", "Enter a lower price");
        let fee = net.percent(fee_percent).map_err(too_large)?;
        Ok(Self { total: net.plus(fee).map_err(too_large)?, fee })
    }

    /// The fee within what a buyer pays, such that the seller gets the rest.
    pub(crate) fn from_total(total: Money, fee_percent: u32) -> Self {
        let whole = i128::from(100 + fee_percent);
        let net = (i128::from(total.amount) * 100 + whole / 2).div_euclid(whole);
        // Between nothing and the total, which fits.
        let net = i64::try_from(net).unwrap_or(total.amount);
        Self { total, fee: Money::new(total.amount - net, total.currency) }
    }
}

impl Listing {
    /// New tickets, offered by the organiser. `currency` is that of the show's other listings.
    pub(crate) fn primary(
        id: ListingId,
        show: &Show,
        request: CreateListing,
        fee_percent: u32,
        currency: Option<Currency>,
    ) -> Result<Changed, Denied> {
        if show.status == ShowStatus::Cancelled {
            return Err(Denied::State("A cancelled show has no listings."));
        }
        check_currency(request.price, currency)?;
        let seats = named(request.seats.unwrap_or_default())?;
        let quantity = u32::try_from(seats.len()).ok().filter(|count| *count > 0);
        let listing = Self {
            id,
            show: show.id,
            seller: show.organiser,
            name: request.name.trim().to_owned(),
            price: Price::from_net(request.price, fee_percent)?,
            quantity: quantity.or(request.quantity).unwrap_or(1),
            seats,
            max_per_order: request.max_per_order,
            sale_starts_at: request.sale_starts_at,
            sale_ends_at: request.sale_ends_at,
            hidden_by_seller: false,
            hidden_by_ban: false,
            withdrawn: false,
            announced: false,
            resale_of: None,
            resale_order: None,
            resale_unit: None,
            version: 0,
        };
        Ok(listing.changed(show.status))
    }

    /// An existing ticket, offered by its holder at an all-in price.
    pub(crate) fn resale(
        id: ListingId,
        show: &Show,
        ticket: &Ticket,
        price: Money,
        fee_percent: u32,
    ) -> Changed {
        let listing = Self {
            id,
            show: show.id,
            seller: ticket.holder,
            name: ticket.listing_name.clone(),
            price: Price::from_total(price, fee_percent),
            quantity: 1,
            seats: ticket.seat.iter().cloned().collect(),
            max_per_order: 1,
            sale_starts_at: None,
            sale_ends_at: None,
            hidden_by_seller: false,
            hidden_by_ban: false,
            withdrawn: false,
            announced: false,
            resale_of: Some(ticket.id),
            resale_order: Some(ticket.order),
            resale_unit: Some(ticket.unit),
            version: 0,
        };
        listing.changed(show.status)
    }

    /// The listing with some fields changed.
    pub(crate) fn edit(
        self,
        change: UpdateListing,
        fee_percent: u32,
        show: ShowStatus,
    ) -> Result<Changed, Denied> {
        self.check_editable(show)?;
        if let Some(price) = change.price {
            check_currency(price, Some(self.price.total.currency))?;
        }
        if change.quantity.is_some_and(|quantity| !self.seats.is_empty() && quantity != self.quantity) {
            return Err(Denied::field("quantity", "seated", "Its seats are named: make another listing"));
        }
        let price = change.price.map(|net| Price::from_net(net, fee_percent)).transpose()?;
        let listing = Self {
            name: change.name.map_or(self.name, |name| name.trim().to_owned()),
            price: price.unwrap_or(self.price),
            quantity: change.quantity.unwrap_or(self.quantity),
            max_per_order: change.max_per_order.unwrap_or(self.max_per_order),
            sale_starts_at: change.sale_starts_at.unwrap_or(self.sale_starts_at),
            sale_ends_at: change.sale_ends_at.unwrap_or(self.sale_ends_at),
            hidden_by_seller: change.hidden.unwrap_or(self.hidden_by_seller),
            ..self
        };
        let window = listing.sale_starts_at.zip(listing.sale_ends_at);
        if window.is_some_and(|(starts, ends)| starts >= ends) {
            return Err(Denied::field("sale_ends_at", "before_start", "The sale ends after it begins"));
        }
        Ok(listing.changed(show))
    }

    /// It ended for good; what is sold stays sold. Withdrawing a withdrawn listing changes nothing.
    pub(crate) fn withdraw(self) -> Changed {
        if self.withdrawn {
            return (self, None);
        }
        // The show's status only matters for what is on sale.
        Self { withdrawn: true, ..self }.changed(ShowStatus::Draft)
    }

    /// Its show can be seen by everybody now, and so can it.
    pub(crate) fn announce(self) -> Changed {
        if self.announced || self.status() != ListingStatus::OnSale {
            return (self, None);
        }
        self.changed(ShowStatus::Published)
    }

    /// Its seller was banned, or the ban ended. What is resold is withdrawn instead of hidden: the ticket that its
    /// seller keeps would be refused at the door for as long as it is offered.
    pub(crate) fn ban(self, banned: bool, show: ShowStatus) -> Changed {
        if banned && self.resale_of.is_some() {
            return self.withdraw();
        }
        if self.withdrawn || self.hidden_by_ban == banned {
            return (self, None);
        }
        Self { hidden_by_ban: banned, ..self }.changed(show)
    }

    /// Primary or resale.
    pub(crate) fn kind(&self) -> ListingKind {
        if self.resale_of.is_some() { ListingKind::Resale } else { ListingKind::Primary }
    }

    /// On sale, hidden or withdrawn; the database reckons the same.
    pub(crate) fn status(&self) -> ListingStatus {
        match (self.withdrawn, self.hidden_by_seller || self.hidden_by_ban) {
            (true, _) => ListingStatus::Withdrawn,
            (false, true) => ListingStatus::Hidden,
            (false, false) => ListingStatus::OnSale,
        }
    }

    /// Its public state.
    pub(crate) fn state(&self) -> events::tickets::Listing {
        events::tickets::Listing {
            id: self.id,
            show: self.show,
            seller: self.seller,
            kind: self.kind(),
            name: self.name.clone(),
            price: self.price.total,
            fee: self.price.fee,
            quantity: self.quantity,
            seats: self.seats.clone(),
            max_per_order: self.max_per_order,
            sale_starts_at: self.sale_starts_at,
            sale_ends_at: self.sale_ends_at,
            status: self.status(),
            resale_of: self.resale_of,
            resale_order: self.resale_order,
            resale_unit: self.resale_unit,
            version: self.version,
        }
    }

    fn check_editable(&self, show: ShowStatus) -> Result<(), Denied> {
        if self.withdrawn || show == ShowStatus::Cancelled {
            return Err(Denied::State("A withdrawn listing cannot be changed."));
        }
        if self.resale_of.is_some() {
            return Err(Denied::State("Withdraw the resale and list the ticket again."));
        }
        Ok(())
    }

    /// Counts the change and finds the fact that tells of it. The first fact of a listing is that it is on
    /// sale; before that nobody else has heard of it.
    fn changed(mut self, show: ShowStatus) -> Changed {
        self.version += 1;
        let fact = match (self.announced, self.status()) {
            (false, ListingStatus::OnSale) if show == ShowStatus::Published => {
                self.announced = true;
                Some(ListingFact::Published)
            }
            (false, ListingStatus::OnSale | ListingStatus::Hidden | ListingStatus::Withdrawn) => None,
            (true, ListingStatus::OnSale) => Some(ListingFact::Changed),
            (true, ListingStatus::Hidden) => Some(ListingFact::Hidden),
            (true, ListingStatus::Withdrawn) => Some(ListingFact::Withdrawn),
        };
        (self, fact)
    }
}

fn check_currency(price: Money, expected: Option<Currency>) -> Result<(), Denied> {
    match expected {
        Some(expected) if expected != price.currency => Err(Denied::field(
            "price.currency",
            "mixed_currencies",
            &format!("Every listing of this show is sold in {expected}"),
        )),
        _ => Ok(()),
    }
}

/// Seats' names without surrounding space.
fn named(seats: Vec<String>) -> Result<Vec<String>, Denied> {
    if seats.iter().any(|seat| seat.chars().any(char::is_control)) {
        return Err(Denied::field("seats", "invalid_seat", "Remove the control characters"));
    }
    Ok(seats.into_iter().map(|seat| seat.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offer() -> Listing {
        Listing {
            id: service::new_id(),
            show: service::new_id(),
            seller: service::new_id(),
            name: "Stalls".to_owned(),
            price: Price::from_net(Money::new(2000, Currency::GBP), 10).unwrap(),
            quantity: 10,
            seats: Vec::new(),
            max_per_order: 4,
            sale_starts_at: None,
            sale_ends_at: None,
            hidden_by_seller: false,
            hidden_by_ban: false,
            withdrawn: false,
            announced: false,
            resale_of: None,
            resale_order: None,
            resale_unit: None,
            version: 1,
        }
    }

    proptest! {
        #[test]
        fn a_fee_is_the_same_from_either_side(net in 0_i64..1_000_000_000, percent in 0_u32..=100) {
            let price = Price::from_net(Money::new(net, Currency::GBP), percent).unwrap();
            prop_assert_eq!(price.total.amount - price.fee.amount, net);
            let back = Price::from_total(price.total, percent);
            prop_assert_eq!(back.total, price.total);
            prop_assert!((back.fee.amount - price.fee.amount).abs() <= 1);
            prop_assert!((0..=back.total.amount).contains(&back.fee.amount));
        }

        /// Whatever is done to a listing: others hear first that it is on sale, then of every change, and
        /// nothing after its end.
        #[test]
        fn others_hear_of_it_in_order(steps in proptest::collection::vec(0_u8..7, 1..20)) {
            let mut listing = offer();
            let mut show = ShowStatus::Draft;
            let mut facts = Vec::new();
            for step in steps {
                let before = listing.clone();
                let hide = |hidden| UpdateListing { hidden: Some(hidden), ..UpdateListing::default() };
                let changed = match step {
                    0 => { show = ShowStatus::Published; Ok(listing.clone().announce()) }
                    1 => listing.clone().edit(hide(true), 10, show),
                    2 => listing.clone().edit(hide(false), 10, show),
                    3 => Ok(listing.clone().ban(true, show)),
                    4 => Ok(listing.clone().ban(false, show)),
                    5 => Ok(listing.clone().withdraw()),
                    _ => listing.clone().edit(UpdateListing { quantity: Some(9), ..hide(false) }, 10, show),
                };
                let Ok((after, fact)) = changed else { continue };
                prop_assert_eq!(after.version, before.version + i64::from(after != before));
                prop_assert!(fact.is_none() || show == ShowStatus::Published);
                prop_assert!(!before.withdrawn || fact.is_none());
                facts.extend(fact);
                listing = after;
            }
            prop_assert!(facts.first().is_none_or(|fact| *fact == ListingFact::Published));
            prop_assert!(facts.iter().skip(1).all(|fact| *fact != ListingFact::Published));
            prop_assert_eq!(listing.announced, !facts.is_empty());
            if listing.announced {
                let told = match facts.last() {
                    Some(ListingFact::Published | ListingFact::Changed) => ListingStatus::OnSale,
                    Some(ListingFact::Hidden) => ListingStatus::Hidden,
                    Some(ListingFact::Withdrawn) | None => ListingStatus::Withdrawn,
                };
                prop_assert_eq!(listing.status(), told);
            }
        }
    }
}
