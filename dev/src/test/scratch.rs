//! Where tests keep what need not last: in memory, where there is room.
//!
//! A NATS server waits for its disk with every message, and a disk that is busy with what was just compiled may take
//! seconds: longer than leases and tests wait.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{paths, session::Session, space};

/// Linux keeps the files of this folder in memory.
const MEMORY: &str = "/dev/shm";
/// All tests together stay far below it.
const ROOM_MB: u64 = 2_000;

/// A folder of this run, removed with the value.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn create(session: &Session) -> Result<Self> {
        let memory = Path::new(MEMORY);
        let roomy = memory.is_dir() && space::free_mb(memory).is_some_and(|free| free > ROOM_MB);
        let parent = if roomy { memory } else { &session.data.0 };
        let folder = parent.join(format!("ticketing-test-{}", std::process::id()));
        paths::private_folder(&folder)?;
        Ok(Self(folder))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
