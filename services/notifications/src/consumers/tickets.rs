//! `tickets.ticket.>`: the copy of tickets.

use crate::{
    state::Notifications,
    store::{
        copies,
        letters::{self, Waiting},
    },
};
use events::{Handler, Handling, Kind, Received, tickets::Ticket};
use sqlx::PgTransaction;

pub(crate) struct Tickets(pub(crate) Notifications);

impl Handler for Tickets {
    type Aggregate = Ticket;
    const NAME: &'static str = "tickets";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Ticket>) -> Result<(), Handling> {
        copies::put_ticket(tx, &event.state).await?;
        letters::look_again(tx, Waiting::Order(event.state.order)).await?;
        self.0.letters.notify_one();
        Ok(())
    }
}
