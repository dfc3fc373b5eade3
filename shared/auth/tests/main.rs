//! The authority on a real bus: lease, revocations, and what happens when the bus is cut off or loses its data.

mod bus;
mod extractors;
mod lease;
mod revocations;
