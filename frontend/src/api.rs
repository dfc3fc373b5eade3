//! What pages ask of the services, one module per service: typed, at most a few lines each.

pub mod ban_imports;
pub mod orders;
pub mod payments;
pub mod recovery;
pub mod second_factors;
pub mod session;
pub mod shows;
pub mod system;
pub mod tickets;
pub mod users;
