//! The backbone on a real bus and a real database, and the wire format of every fact.
#![expect(clippy::expect_used, reason = "where a test cannot go on, it fails")]

#[path = "suite/parrot.rs"]
mod parrot;
#[path = "suite/permissions.rs"]
mod permissions;
#[path = "suite/pool.rs"]
mod pool;
#[path = "suite/relay.rs"]
mod relay;
#[path = "suite/runner.rs"]
mod runner;
#[path = "suite/stage.rs"]
mod stage;
#[path = "suite/streams.rs"]
mod streams;
#[path = "suite/takers.rs"]
mod takers;
#[path = "suite/wire.rs"]
mod wire;
