//! The auth service on a real database and a real bus.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "where a test cannot go on, it fails")]

mod admin;
mod attempts;
mod audience;
mod ban;
mod entries;
mod races;
mod receipt;
mod sessions;
mod signin;
mod signup;
