//! The pages' server in front of services that are played by the tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod admin;
mod buying;
mod files;
mod pages;
mod recovery;
mod refusals;
mod second_factors;
mod selling;
mod session;
mod sign_in;
mod support;
