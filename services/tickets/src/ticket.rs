//! A ticket: the admission issued for one unit of a complete order.

use crate::{code::Codes, denied::Denied, show::Show};
use contracts::{
    Money, Timestamp,
    ids::{ListingId, OrderId, ShowId, TicketId, UnitId, UserId},
    shows::ShowStatus,
    tickets::{TicketState, VoidReason},
};
use events::{
    orders::{Order, OrderItem, OrderUnit},
    tickets::TicketFact,
};

/// How much more than its first price a ticket may be resold for, as a whole percentage.
const RESALE_CAP_PERCENT: u32 = 10;

/// The admission issued for one unit of a complete order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticket {
    pub(crate) id: TicketId,
    pub(crate) order: OrderId,
    pub(crate) unit: UnitId,
    pub(crate) show: ShowId,
    pub(crate) listing: ListingId,
    pub(crate) listing_name: String,
    pub(crate) seat: Option<String>,
    pub(crate) holder: UserId,
    pub(crate) state: TicketState,
    /// Why it is void; none where it is not, or became so before reasons were kept.
    pub(crate) void_reason: Option<VoidReason>,
    pub(crate) face_value: Money,
    /// What its first buyer paid, however often it was resold.
    pub(crate) first_price: Money,
    pub(crate) resale_listing: Option<ListingId>,
    pub(crate) checked_in_at: Option<Timestamp>,
    pub(crate) issued_at: Timestamp,
    pub(crate) version: i64,
}

/// What a new ticket is issued for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchase<'a> {
    pub(crate) order: &'a Order,
    pub(crate) item: &'a OrderItem,
    pub(crate) unit: &'a OrderUnit,
    /// The first price of the ticket that was resold.
    pub(crate) first_price: Option<Money>,
    /// Why it admits nobody, where the show was cancelled or the order refunded before.
    pub(crate) void: Option<VoidReason>,
}

/// A ticket after a transition, and the fact that tells of it.
pub(crate) type Changed = (Ticket, TicketFact);

impl Ticket {
    /// A new ticket for its buyer.
    pub(crate) fn issue(id: TicketId, purchase: Purchase<'_>, now: Timestamp) -> Changed {
        let Purchase { order, item, unit, first_price, void } = purchase;
        let (state, fact) = match void {
            Some(_) => (TicketState::Void, TicketFact::Voided),
            None => (TicketState::Valid, TicketFact::Issued),
        };
        let ticket = Self {
            id,
            order: order.id,
            unit: unit.unit,
            show: order.show,
            listing: item.listing,
            listing_name: item.listing_name.clone(),
            seat: unit.seat.clone(),
            holder: order.buyer,
            state,
            void_reason: void,
            face_value: item.unit_price,
            first_price: first_price.unwrap_or(item.unit_price),
            resale_listing: None,
            checked_in_at: None,
            issued_at: now,
            version: 1,
        };
        (ticket, fact)
    }

    /// Lets its holder in.
    pub(crate) fn check_in(self, door: ShowId, now: Timestamp) -> Result<Changed, Denied> {
        if self.show != door {
            return Err(Denied::WrongShow);
        }
        match self.state {
            TicketState::Valid => {
                let version = self.version + 1;
                let state = TicketState::CheckedIn;
                Ok((Self { state, checked_in_at: Some(now), version, ..self }, TicketFact::CheckedIn))
            }
            TicketState::CheckedIn => Err(Denied::AlreadyUsed(self.checked_in_at.unwrap_or(self.issued_at))),
            TicketState::Void => Err(Denied::TicketNotValid("The ticket is void.")),
            TicketState::Listed => Err(Denied::TicketNotValid("The ticket is offered for resale.")),
        }
    }

    /// Admits nobody any more; none where it did not before.
    pub(crate) fn void(self, reason: VoidReason) -> Option<Changed> {
        if self.state == TicketState::Void {
            return None;
        }
        let version = self.version + 1;
        let (state, void_reason) = (TicketState::Void, Some(reason));
        Some((Self { state, void_reason, version, ..self }, TicketFact::Voided))
    }

    /// Can it be offered for resale at this all-in price?
    pub(crate) fn check_resale(&self, price: Money, show: &Show, now: Timestamp) -> Result<(), Denied> {
        match self.state {
            TicketState::Valid => {}
            TicketState::Listed => return Err(Denied::State("The ticket is offered for resale already.")),
            TicketState::CheckedIn => return Err(Denied::State("A used ticket cannot be resold.")),
            TicketState::Void => return Err(Denied::State("A void ticket cannot be resold.")),
        }
        if show.status != ShowStatus::Published || show.starts_at <= now {
            return Err(Denied::State("The show has begun or was cancelled."));
        }
        let cap = self.resale_cap();
        if price.currency != cap.currency {
            let message = format!("The ticket was sold in {}", cap.currency);
            return Err(Denied::field("price.currency", "mixed_currencies", &message));
        }
        if price.amount > cap.amount {
            return Err(Denied::field("price", "above_cap", &format!("Ask for at most {cap}")));
        }
        Ok(())
    }

    /// It is offered by this listing, and refused at the door until that is withdrawn.
    pub(crate) fn list(self, listing: ListingId) -> Changed {
        let version = self.version + 1;
        let state = TicketState::Listed;
        (Self { state, resale_listing: Some(listing), version, ..self }, TicketFact::Listed)
    }

    /// Its listing cannot be sold any more, so it is valid again; none where it was not listed by it.
    pub(crate) fn unlist(self, listing: ListingId) -> Option<Changed> {
        if self.state != TicketState::Listed || self.resale_listing != Some(listing) {
            return None;
        }
        let version = self.version + 1;
        let state = TicketState::Valid;
        Some((Self { state, resale_listing: None, version, ..self }, TicketFact::Unlisted))
    }

    /// The most it may be resold for. It does not grow with every resale.
    pub(crate) fn resale_cap(&self) -> Money {
        let more = self.first_price.percent(RESALE_CAP_PERCENT);
        more.and_then(|more| self.first_price.plus(more)).unwrap_or(self.first_price)
    }

    /// Its public state.
    pub(crate) fn state(&self, codes: &Codes) -> events::tickets::Ticket {
        events::tickets::Ticket {
            id: self.id,
            order: self.order,
            unit: self.unit,
            show: self.show,
            listing: self.listing,
            listing_name: self.listing_name.clone(),
            seat: self.seat.clone(),
            holder: self.holder,
            code: codes.code(self.id),
            state: self.state,
            void_reason: self.void_reason,
            face_value: self.face_value,
            version: self.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::Currency;
    use proptest::prelude::*;

    fn ticket(first_price: i64) -> Ticket {
        let price = Money::new(first_price, Currency::GBP);
        Ticket {
            id: service::new_id(),
            order: service::new_id(),
            unit: service::new_id(),
            show: service::new_id(),
            listing: service::new_id(),
            listing_name: "Stalls".to_owned(),
            seat: None,
            holder: service::new_id(),
            state: TicketState::Valid,
            void_reason: None,
            face_value: price,
            first_price: price,
            resale_listing: None,
            checked_in_at: None,
            issued_at: Timestamp::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn the_cap_is_ten_percent_above_the_first_price() {
        assert_eq!(ticket(2000).resale_cap(), Money::new(2200, Currency::GBP));
        assert_eq!(ticket(0).resale_cap(), Money::new(0, Currency::GBP));
    }

    #[test]
    fn the_door_says_when_it_was_used() {
        let used = ticket(0);
        let (door, at) = (used.show, Timestamp::UNIX_EPOCH);
        let used = used.check_in(door, at).unwrap().0;
        assert_eq!(used.clone().check_in(door, at), Err(Denied::AlreadyUsed(at)));
        assert_eq!(used.check_in(service::new_id(), at), Err(Denied::WrongShow));
    }

    proptest! {
        /// Whatever is done to a ticket: it admits once at most, never while listed, and never again once void.
        #[test]
        fn it_admits_once(steps in proptest::collection::vec(0_u8..4, 1..20)) {
            let mut ticket = ticket(2000);
            let offer: ListingId = service::new_id();
            let mut admitted = 0;
            for step in steps {
                let before = ticket.clone();
                let changed = match step {
                    0 => ticket.clone().check_in(ticket.show, Timestamp::UNIX_EPOCH).ok(),
                    1 => ticket.clone().void(VoidReason::Refunded),
                    2 if ticket.state == TicketState::Valid => Some(ticket.clone().list(offer)),
                    _ => ticket.clone().unlist(offer),
                };
                let Some((after, fact)) = changed else { continue };
                prop_assert_eq!(after.version, before.version + 1);
                prop_assert!(before.state != TicketState::Void);
                if fact == TicketFact::CheckedIn {
                    prop_assert_eq!(before.state, TicketState::Valid);
                    admitted += 1;
                }
                prop_assert_eq!(after.state == TicketState::Void, after.void_reason.is_some());
                prop_assert_eq!(after.state == TicketState::Listed, fact == TicketFact::Listed);
                ticket = after;
            }
            prop_assert!(admitted <= 1);
        }
    }
}
