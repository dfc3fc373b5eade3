//! `tickets.show.>`: the copy of shows.

use crate::{
    state::Notifications,
    store::{
        copies,
        letters::{self, Waiting},
    },
};
use events::{Handler, Handling, Kind, Received, tickets::Show};
use sqlx::PgTransaction;

pub(crate) struct Shows(pub(crate) Notifications);

impl Handler for Shows {
    type Aggregate = Show;
    const NAME: &'static str = "shows";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Show>) -> Result<(), Handling> {
        copies::put_show(tx, &event.state).await?;
        letters::look_again(tx, Waiting::Show(event.state.id)).await?;
        self.0.letters.notify_one();
        Ok(())
    }
}
