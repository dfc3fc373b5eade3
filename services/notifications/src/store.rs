//! SQL: functions on the connection of the one transaction that a consumer, job or page opens.

pub(crate) mod copies;
pub(crate) mod letters;
pub(crate) mod mails;
