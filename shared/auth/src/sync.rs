//! The locks and atomics of whatever requests and watchers share. The files that use them are also run with loom's in
//! their place, in every order of steps: `model/src/interleavings.rs`.

pub(crate) use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};
