//! Real Postgres and NATS for each test, and the callers that use them.
