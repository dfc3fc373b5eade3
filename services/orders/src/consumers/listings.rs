//! Copies listings, and makes or withdraws units so that there are as many as wanted.

use crate::store::{copies, stock};
use events::{Handler, Handling, Kind, Received, tickets::Listing};
use sqlx::PgTransaction;

pub(super) struct Listings;

impl Handler for Listings {
    type Aggregate = Listing;
    const NAME: &'static str = "listings";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Listing>) -> Result<(), Handling> {
        if copies::put_listing(tx, &event.state).await? {
            stock::reconcile(tx, event.state.id).await?;
            stock::mark(tx, &[event.state.id]).await?;
        }
        Ok(())
    }
}
