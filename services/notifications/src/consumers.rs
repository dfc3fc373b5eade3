//! What other services' facts do here: copies are kept, and letters are asked for.
//!
//! No letter about an order is written while a message is handled: the writer does that when all that it needs is
//! known. Whoever takes over a copy lets it look at the letters that wait for it.

mod bans;
mod notices;
mod orders;
mod shows;
mod tickets;
mod users;

use crate::state::Notifications;
use events::Consumers;

/// Every handler.
pub(crate) fn all(state: &Notifications) -> Consumers {
    Consumers::new()
        .on(users::Users(state.clone()))
        .on(bans::Bans(state.clone()))
        .on(notices::Notices(state.clone()))
        .on(shows::Shows(state.clone()))
        .on(tickets::Tickets(state.clone()))
        .on(orders::Orders(state.clone()))
}
