//! What the service does with the facts of others.

mod orders;

use events::Consumers;

/// Every consumer that the topology declares for expiration.
pub(crate) fn all() -> Consumers {
    Consumers::new().on(orders::Orders)
}
