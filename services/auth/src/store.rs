//! The database: functions on a connection; handlers open and commit the one transaction.

pub(crate) mod audit;
pub(crate) mod bans;
pub(crate) mod password_attempts;
pub(crate) mod receipts;
pub(crate) mod refresh_tokens;
pub(crate) mod revocations;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod users;
