//! Steps of threads: the sources of `auth` where a request meets the watchers, with loom's locks and atomics.
//!
//! Loom runs a test in every order of the threads' steps that the memory model allows. The files are included, not
//! copied, so what is checked is what runs.

/// The locks and atomics of the included files.
pub(crate) mod sync {
    pub(crate) use loom::sync::{
        RwLock,
        atomic::{AtomicU64, Ordering},
    };
    pub(crate) use std::sync::PoisonError;
}

#[path = "../../src/lease.rs"]
pub mod lease;

#[expect(dead_code, reason = "the watcher, which is not included, asks more of it")]
#[path = "../../src/revocation.rs"]
pub mod revocation;

#[path = "../../src/verdict.rs"]
pub mod verdict;
