//! The protocol as it is built keeps its promise; each way to build it wrong is found.

#![expect(clippy::unwrap_used, reason = "where a test cannot go on, it fails")]

mod freshness;
mod interleavings;
mod lifetimes;
