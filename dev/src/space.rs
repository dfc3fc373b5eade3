//! Free space on a disk: a full one makes every other message misleading.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::paths::{Profile, Workspace};

const MEGABYTE: u64 = 1024 * 1024;
/// A build from nothing.
const COLD_BUILD_MB: u64 = 6_000;
/// A build of what changed, and the data of a run.
const WARM_BUILD_MB: u64 = 800;

/// Fails when a build would not fit.
pub(crate) fn check(workspace: &Workspace, profile: Profile, data: &Path) -> Result<()> {
    let warm = workspace.binary(profile, "frontend").exists();
    let wanted = if warm { WARM_BUILD_MB } else { COLD_BUILD_MB };
    for (folder, wanted_mb) in [(workspace.target.as_path(), wanted), (data, WARM_BUILD_MB / 2)] {
        let Some(free_mb) = free_mb(folder) else { continue };
        if free_mb < wanted_mb {
            bail!(
                "the disk that holds {} has {free_mb} MB free, and {wanted_mb} MB are needed; make room first",
                folder.display()
            );
        }
    }
    Ok(())
}

/// What probably kept an installation into a folder from working.
pub(crate) fn likely_reason(folder: &Path) -> &'static str {
    if is_full(folder) { "the disk is full" } else { "is there a network?" }
}

/// Says so when a disk has become full.
pub(crate) fn is_full(folder: &Path) -> bool {
    free_mb(folder).is_some_and(|free| free < 50)
}

/// Megabytes that are free where a folder is or would be.
pub(crate) fn free_mb(folder: &Path) -> Option<u64> {
    let existing: PathBuf = folder.ancestors().find(|folder| folder.exists())?.to_owned();
    let disk = rustix::fs::statvfs(existing).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) / MEGABYTE)
}
