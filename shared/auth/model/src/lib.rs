//! The ban protocol, checked: every order of events among machines, and of steps among threads.
//!
//! Nothing ships from here. Three questions, each answered by trying everything within stated bounds:
//!
//! | module | question |
//! | --- | --- |
//! | [`freshness`] | Can an instance accept a banned person two seconds after the ban was acknowledged, whatever is delayed, cut off, restarted, or created anew? |
//! | [`lifetimes`] | Can a token outlive the entry that revokes it, however the clocks of the machines differ? |
//! | [`interleavings`] | Can a thread see the lease and miss the ban that the lease vouches for? |
//!
//! A model that finds nothing may be blind. So each has a list of deliberate breakages, and a test expects that each
//! of them is found: see `tests/`. The rules themselves ([`auth::lease::Barrier`], [`auth::lease::Lease`]) and every
//! duration are those of the product, not copies.

pub mod freshness;
pub mod interleavings;
pub mod lifetimes;

// What the sources of `auth` that are included by `interleavings` find at the root of their crate.
use auth::{Identity, Refusal, pull, subjects};
use interleavings::{lease, revocation, sync};
