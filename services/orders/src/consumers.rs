//! What the service does with the facts of others: one file per consumer.

mod bans;
mod cancellations;
mod deadlines;
mod listings;
mod payments;
mod refunds;
mod shows;
mod users;

use events::{Consumers, Handling};

/// Every consumer that the topology declares for orders.
pub(crate) fn all() -> Consumers {
    Consumers::new()
        .on(users::Users)
        .on(bans::Bans)
        .on(shows::Shows)
        .on(listings::Listings)
        .on(cancellations::Cancellations)
        .on(deadlines::Deadlines)
        .on(payments::Payments)
        .on(refunds::Refunds)
}

/// Not yet: what it needs is on its way.
fn later(why: &'static str) -> Handling {
    Handling::Retry(why.into())
}

/// Orders are ours: a fact about one that does not exist is no fact.
fn unknown_order(order: contracts::ids::OrderId) -> Handling {
    Handling::Reject(format!("there is no order {order}"))
}
