//! The pages' server in front of services that are played by the tests.

mod pages;
mod session;
mod sign_in;
mod support;
