//! The auth service on a real database and a real bus.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "where a test cannot go on, it fails")]

mod admin;
mod attempts;
mod audience;
mod audit;
mod authenticator;
mod ban;
mod ban_imports;
mod browsers;
mod email;
mod entries;
mod hostile_tokens;
mod list_users;
mod mailbox;
mod one_user;
mod passkeys;
mod pull;
mod races;
mod reauthenticate;
mod receipt;
mod recovery;
mod rotation;
mod second_factor;
mod sessions;
mod signin;
mod signup;
