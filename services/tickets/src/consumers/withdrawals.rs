//! `orders.listing.*.withdrawn.v1`: nothing of a listing can be sold any more, so a ticket that it offered
//! is valid again.

use crate::{
    error::Error,
    state::Tickets,
    store::{self, facts},
};
use contracts::ids::ListingId;
use events::{Handler, Handling, Kind, Received, orders::WithdrawnListing};
use sqlx::PgTransaction;

pub(crate) struct Withdrawals(pub(crate) Tickets);

impl Handler for Withdrawals {
    type Aggregate = WithdrawnListing;
    const NAME: &'static str = "withdrawals";
    const KIND: Kind = Kind::Effect;

    async fn handle(
        &self,
        tx: &mut PgTransaction<'_>,
        event: &Received<WithdrawnListing>,
    ) -> Result<(), Handling> {
        Ok(grant(&self.0, tx, event.state.listing).await?)
    }
}

async fn grant(state: &Tickets, tx: &mut PgTransaction<'_>, id: ListingId) -> Result<(), Error> {
    let Some((show, _)) = store::listings::owners(tx, id).await? else { return Ok(()) };
    store::shows::pin(tx, show).await?;
    let Some(ticket) = store::tickets::lock_by_resale(tx, id).await? else { return Ok(()) };
    // Only what was asked for is granted: a listing that is still offered keeps its ticket listed.
    let Some(listing) = store::listings::lock(tx, id).await? else { return Ok(()) };
    if !listing.withdrawn {
        return Ok(());
    }
    let Some(changed) = ticket.unlist(id) else { return Ok(()) };
    store::tickets::update(tx, &changed.0).await?;
    Ok(facts::tickets(tx, &[changed], &state.codes).await?)
}
