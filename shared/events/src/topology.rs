//! Everything that exists on the bus, declared once: streams, consumers and who may do what.
//!
//! Only the provisioner creates it (see [`crate::provision`]); the server's accounts and permissions are
//! written by [`crate::server_config`] from the same declarations.

use std::time::Duration;

/// Services that have a database and publish facts.
pub const SERVICES: &[&str] = &["auth", "tickets", "orders", "expiration", "payments", "notifications"];

/// The stream of facts.
pub const EVENTS: &str = "EVENTS";
/// The last state of every aggregate: subject `state.<service>.<aggregate>.<id>`.
pub const STATE: &str = "STATE";
/// Revocations, markers and the completeness entry.
pub const REVOCATIONS: &str = "KV_revocations";
/// Public signing keys.
pub const KEYS: &str = "KV_keys";

/// How long facts are kept.
pub const EVENTS_MAX_AGE: Duration = Duration::from_hours(30 * 24);
/// The largest message, in bytes.
pub const MAX_MESSAGE_BYTES: i32 = 1024 * 1024;
/// How long a message waits for a process that took it and died before it is delivered again. A process that lives
/// reports on what it holds, however long that takes.
pub const ACK_WAIT: Duration = Duration::from_secs(6);
/// How many messages of one consumer may be under way.
pub const MAX_ACK_PENDING: i64 = 256;

/// A durable consumer of [`EVENTS`].
#[derive(Clone, Copy, Debug)]
pub struct ConsumerSpec {
    /// The service that consumes.
    pub service: &'static str,
    /// What the consumer is for, such as `listings`.
    pub name: &'static str,
    /// Facts that are delivered.
    pub filters: &'static [&'static str],
}

impl ConsumerSpec {
    /// The consumer's name on the bus, such as `orders-listings`.
    pub fn durable(&self) -> String {
        format!("{}-{}", self.service, self.name)
    }
}

macro_rules! consumers {
    ($($service:literal: $($name:literal [$($filter:literal),+])+;)+) => {
        &[$($(ConsumerSpec { service: $service, name: $name, filters: &[$($filter),+] },)+)+]
    };
}

/// Every durable consumer.
pub const CONSUMERS: &[ConsumerSpec] = consumers! {
    "auth":
        "bans-in-orders" ["orders.ban.*.applied.v1"]
        "bans-in-tickets" ["tickets.ban.*.applied.v1"];
    "tickets":
        "users" ["auth.user.>"]
        "bans" ["auth.user.*.banned.v1", "auth.user.*.unbanned.v1"]
        "stock" ["orders.stock.>"]
        "orders" ["orders.order.*.completed.v1", "orders.order.*.refund_requested.v1", "orders.order.*.refunded.v1"]
        "withdrawals" ["orders.listing.*.withdrawn.v1"];
    "orders":
        "users" ["auth.user.>"]
        "bans" ["auth.user.*.banned.v1"]
        "shows" ["tickets.show.>"]
        "listings" ["tickets.listing.>"]
        "cancellations" ["tickets.show.*.cancelled.v1"]
        "deadlines" ["expiration.timer.*.deadline_reached.v1"]
        "payments" ["payments.payment.>"]
        "refunds" ["payments.refund.*.issued.v1"];
    "expiration":
        "orders" ["orders.order.>"];
    "payments":
        "users" ["auth.user.>"]
        "order-copies" ["orders.order.>"]
        "orders" [
            "orders.order.*.confirming.v1",
            "orders.order.*.authorization_refused.v1",
            "orders.order.*.cancelled.v1",
            "orders.order.*.refund_requested.v1"
        ];
    "notifications":
        "users" ["auth.user.>"]
        "bans" ["auth.user.*.banned.v1", "auth.user.*.unbanned.v1"]
        "notices" ["auth.notice.*.issued.v1"]
        "shows" ["tickets.show.>"]
        "tickets" ["tickets.ticket.>"]
        "orders" ["orders.order.*.completed.v1", "orders.order.*.cancelled.v1", "orders.order.*.refunded.v1"];
};

/// The consumers of one service.
pub fn consumers_of(service: &str) -> impl Iterator<Item = &'static ConsumerSpec> {
    CONSUMERS.iter().filter(move |spec| spec.service == service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durable_names_are_unique_and_their_services_exist() {
        let mut names: Vec<_> = CONSUMERS.iter().map(ConsumerSpec::durable).collect();
        assert!(CONSUMERS.iter().all(|spec| SERVICES.contains(&spec.service)));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), CONSUMERS.len());
    }
}
