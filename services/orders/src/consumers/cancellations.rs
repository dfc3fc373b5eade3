//! A show will not take place: nothing of it is for sale from here on, and its orders are left to a job that
//! cancels or refunds them in batches.

use crate::store::{cancelled_shows, copies, stock};
use events::{Handler, Handling, Kind, Received, tickets::Show};
use sqlx::PgTransaction;

pub(super) struct Cancellations;

impl Handler for Cancellations {
    type Aggregate = Show;
    const NAME: &'static str = "cancellations";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Show>) -> Result<(), Handling> {
        copies::put_show(tx, &event.state).await?;
        let listings = stock::listings_of(tx, event.state.id).await?;
        for listing in &listings {
            stock::reconcile(tx, *listing).await?;
        }
        stock::mark(tx, &listings).await?;
        cancelled_shows::add(tx, event.state.id).await?;
        Ok(())
    }
}
