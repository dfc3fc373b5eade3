//! What other services' facts do here.

mod order_copies;
mod orders;
mod users;

use crate::state::Payments;
use events::Consumers;

/// Every handler.
pub(crate) fn all(state: &Payments) -> Consumers {
    Consumers::new().on(users::Users).on(order_copies::OrderCopies).on(orders::Orders(state.clone()))
}
