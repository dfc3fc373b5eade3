//! Copies shows: what they are called, when they begin and how long a hold lasts.

use crate::store::copies;
use events::{Handler, Handling, Kind, Received, tickets::Show};
use sqlx::PgTransaction;

pub(super) struct Shows;

impl Handler for Shows {
    type Aggregate = Show;
    const NAME: &'static str = "shows";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Show>) -> Result<(), Handling> {
        copies::put_show(tx, &event.state).await?;
        Ok(())
    }
}
