//! The event backbone: typed events, streams, outbox and relay, consumers and inbox.
//!
//! A service owns aggregates. Each change of one is a *fact*, published with the aggregate's whole public
//! state after it, so one message is enough to bring a copy up to date and a lost or reordered one does no
//! harm. Facts are written to the [`outbox`] in the transaction of the change; the [`relay`] carries them to
//! the bus; a [`Handler`] of another service takes them in a transaction of its own.
//!
//! To add a fact: add it to its aggregate in the module of its publisher, and a golden message under
//! `tests/wire/`. To add a consumer: declare it in [`topology::CONSUMERS`] and implement [`Handler`].

#[macro_use]
mod macros;

pub mod aggregate;
pub mod auth;
pub mod backbone;
pub mod consumer;
mod dead_letters;
pub mod envelope;
pub mod expiration;
pub mod failures;
pub mod faults;
mod held;
pub mod inbox;
mod lag;
pub mod link;
pub mod notifications;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod provision;
pub mod relay;
pub mod runner;
pub mod server_config;
pub mod tickets;
pub mod topology;

pub use aggregate::{Aggregate, Fact};
pub use backbone::Backbone;
pub use consumer::{Consumers, Handler, Handling, Kind};
pub use envelope::{Outgoing, Received};
pub use faults::Faults;
