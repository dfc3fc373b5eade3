//! What the service does with the facts of others.

mod bans;
mod orders;
mod stock;
mod users;
mod withdrawals;

use crate::{error::Error, state::Tickets};
use events::{Consumers, Handling};

/// Every consumer that the topology declares for this service.
pub(crate) fn all(state: &Tickets) -> Consumers {
    Consumers::new()
        .on(users::Users)
        .on(bans::Bans)
        .on(stock::StockFigures)
        .on(orders::Orders(state.clone()))
        .on(withdrawals::Withdrawals(state.clone()))
}

/// Whatever went wrong may pass: the database, or somebody else's change at the same time.
impl From<Error> for Handling {
    fn from(error: Error) -> Self {
        Self::Retry(Box::new(error))
    }
}
