//! SQL: every statement of the service, as functions on a connection that is in a transaction.

pub(crate) mod ban_effects;
pub(crate) mod cancelled_shows;
pub(crate) mod context;
pub(crate) mod copies;
pub(crate) mod left;
pub(crate) mod orders;
pub(crate) mod refunds;
pub(crate) mod resale;
pub(crate) mod row;
pub(crate) mod sellers;
pub(crate) mod stock;
pub(crate) mod units;
