//! Taking units: all that is wanted, or nothing.

use crate::{
    error::Error,
    order::Changed,
    store::{
        self,
        context::Offer,
        left,
        resale::{self, Origins},
        units::{self, Taken, Want},
    },
};
use contracts::{ids::OrderId, orders::CancelReason};
use sqlx::PgTransaction;

/// How often one request clears expired orders away before it gives up.
const TAKEOVERS_MAX: u32 = 16;

/// Takes all that is wanted: free units first, then those of holds that ran out.
///
/// What cannot be had is refused before a unit is locked: a wish that is too large must not make others, who want
/// less, find everything locked.
pub(super) async fn all(
    tx: &mut PgTransaction<'_>,
    order: OrderId,
    mut wants: Vec<Want>,
) -> Result<Vec<Taken>, Error> {
    if !left::is_enough(tx, &wants).await? {
        return Err(Error::SoldOut(Vec::new()));
    }
    let mut taken = Vec::new();
    for _ in 0..TAKEOVERS_MAX {
        let more = units::take(tx, order, &wants).await?;
        wants = wants.into_iter().filter_map(|want| want.without(&more)).collect();
        taken.extend(more);
        if wants.is_empty() {
            return Ok(taken);
        }
        if !take_over(tx, &wants).await? {
            break;
        }
    }
    Err(Error::Contended)
}

/// Cancels orders whose hold ran out, with all their units and their facts.
async fn take_over(tx: &mut PgTransaction<'_>, wants: &[Want]) -> Result<bool, Error> {
    let expired = store::orders::lock_expired_holding(tx, wants).await?;
    let cancelled: Vec<Changed> =
        expired.into_iter().filter_map(|order| order.cancel(CancelReason::Expired).ok()).collect();
    store::orders::save(tx, &cancelled).await?;
    Ok(!cancelled.is_empty())
}

/// A resold ticket cannot be bought once its seller's own money goes back. Asked after the units are taken: from
/// then on the seller's refund waits for this transaction, and finds them taken.
pub(super) async fn pin_origins(tx: &mut PgTransaction<'_>, offers: &[Offer]) -> Result<(), Error> {
    let mut origins: Vec<OrderId> = offers.iter().filter_map(|offer| offer.resale_order).collect();
    origins.sort_unstable();
    origins.dedup();
    if origins.is_empty() {
        return Ok(());
    }
    match resale::pin_origins(tx, &origins).await? {
        Origins::Stand => Ok(()),
        Origins::Ended => Err(Error::NotOnSale("The listing is not on sale")),
        Origins::Busy => Err(Error::Contended),
    }
}
