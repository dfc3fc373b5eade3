//! The authority on a real bus: lease, revocations, and what happens when the bus is cut off or loses its data.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "where a test cannot go on, it fails")]
#![expect(clippy::disallowed_methods, reason = "tests play auth, on the machine's clock")]

mod bus;
mod extractors;
mod lease;
mod pull;
mod retirements;
mod revocations;
