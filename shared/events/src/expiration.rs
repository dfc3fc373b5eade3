//! Published by expiration.

use contracts::{Timestamp, ids::OrderId};

facts! {
    /// What can happen to a timer.
    pub enum TimerFact {
        /// It fell due.
        DeadlineReached = "deadline_reached",
    }
}

states! {
    /// The deadline of an order's hold.
    pub struct Timer {
        /// The order.
        pub order: OrderId,
        /// When it fell due.
        pub due_at: Timestamp,
        /// Version of the order that set it.
        pub version: i64,
    }
}

aggregate!(Timer, "expiration", "timer", TimerFact, order);
