//! The database: functions on a connection; handlers open and commit the one transaction.

pub(crate) mod audit;
pub(crate) mod ban_effects;
pub(crate) mod ban_imports;
pub(crate) mod bans;
pub(crate) mod ceremonies;
pub(crate) mod known_browsers;
pub(crate) mod links;
pub(crate) mod passkeys;
pub(crate) mod password_attempts;
pub(crate) mod password_requests;
pub(crate) mod pulls;
pub(crate) mod receipts;
pub(crate) mod recovery_codes;
pub(crate) mod refresh_tokens;
pub(crate) mod revocations;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod signin_challenges;
pub(crate) mod signing_keys;
pub(crate) mod totp;
pub(crate) mod user_search;
pub(crate) mod users;
