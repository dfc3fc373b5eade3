//! The payments service on a real database and a real bus.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod alarm;
mod books;
mod confirm_payment;
mod consumers;
mod create_payment;
mod documents;
mod hostile_tokens;
mod outcomes;
mod refund_payment;
mod refunds;
mod support;
mod webhooks;
