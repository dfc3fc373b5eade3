//! The auth service on a real database and a real bus.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "where a test cannot go on, it fails")]

mod admin;
mod audience;
mod ban;
mod entries;
mod races;
mod sessions;
mod signin;
mod signup;
