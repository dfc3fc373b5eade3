//! The buyer's earlier hold for the same show: one lives at a time, and what becomes of it is their choice.
//!
//! Whether more is added or something else is taken, the clock goes on from where it was: otherwise one could keep
//! tickets from others for ever by asking again and again.

use super::Ask;
use crate::{
    error::Error,
    order::{Order, OrderState},
    store::{
        self,
        context::{Offer, Related},
        units,
    },
};
use contracts::{
    FieldError, Timestamp,
    ids::OrderId,
    orders::{CancelReason, ExistingHold},
};
use events::orders::OrderItem;
use sqlx::PgTransaction;

/// What a new hold takes over from the one before.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The deadline.
    pub(super) expires_by: Option<Timestamp>,
    /// Its tickets at the price at which they were held, where more are added.
    pub(super) items: Vec<OrderItem>,
}

/// Ends the earlier hold as the buyer chose, in favour of the order `id`: an expired one goes, a live one only when
/// the buyer says so.
pub(super) async fn settle(
    tx: &mut PgTransaction<'_>,
    ask: &Ask,
    id: OrderId,
    offers: &[Offer],
    related: Vec<Related>,
) -> Result<Carried, Error> {
    let show = offers.first().map(Offer::show_id);
    let of_show = related.into_iter().map(|related| related.order).find(|order| Some(order.show) == show);
    let Some(seen) = of_show else { return Ok(Carried::default()) };
    let Some(existing) = store::orders::lock(tx, seen.id).await? else { return Ok(Carried::default()) };
    if existing.state != OrderState::AwaitingPayment {
        // It is being paid or has ended since: no hold any more.
        return Ok(Carried::default());
    }
    if existing.is_expired(store::orders::clock(tx).await?) {
        end(tx, existing, CancelReason::Expired).await?;
        return Ok(Carried::default());
    }
    let carried = match ask.request.existing_hold {
        Some(ExistingHold::Refuse) | None => return Err(Error::HoldExists(seen.id)),
        Some(ExistingHold::Replace) => Carried { expires_by: Some(existing.expires_at), items: Vec::new() },
        Some(ExistingHold::Extend) => {
            check(ask, offers, &existing)?;
            units::hand_on(tx, existing.id, id).await?;
            Carried { expires_by: Some(existing.expires_at), items: existing.items.clone() }
        }
    };
    end(tx, existing, CancelReason::Buyer).await?;
    Ok(carried)
}

async fn end(tx: &mut PgTransaction<'_>, existing: Order, reason: CancelReason) -> Result<(), Error> {
    if let Ok(cancelled) = existing.cancel(reason) {
        store::orders::save(tx, &[cancelled]).await?;
    }
    Ok(())
}

/// May what is asked for be added to what is held?
fn check(ask: &Ask, offers: &[Offer], existing: &Order) -> Result<(), Error> {
    if offers.iter().any(|offer| offer.price.currency != existing.total.currency) {
        return Err(Error::MixedOrder("These tickets are sold in different currencies"));
    }
    let mut errors = Vec::new();
    for (index, item) in ask.request.items.iter().enumerate() {
        let ours = existing.items.iter().filter(|held| held.listing == item.listing_id);
        let held: usize = ours.map(|held| held.units.len()).sum();
        let offer = offers.iter().find(|offer| offer.listing == item.listing_id);
        let most = offer.map_or(0, |offer| offer.max_per_order);
        if held + item.count() as usize > most as usize {
            errors.push(FieldError {
                field: format!("items.{index}.quantity"),
                code: "too_many".to_owned(),
                message: format!("Choose at most {most} of these tickets, with the {held} that you hold"),
            });
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// The tickets held before and those added: one item where they are the same at the same price.
pub(super) fn joined(mut items: Vec<OrderItem>, added: impl Iterator<Item = OrderItem>) -> Vec<OrderItem> {
    for item in added {
        let alike = |held: &&mut OrderItem| {
            (held.listing, held.unit_price, held.unit_fee) == (item.listing, item.unit_price, item.unit_fee)
        };
        match items.iter_mut().find(alike) {
            Some(held) => held.units.extend(item.units),
            None => items.push(item),
        }
    }
    items
}
