//! One run per data folder. The lock is the system's own and goes with the process, however it ends.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{log, stop::Stop};

/// How often somebody who waits looks again.
const POLL: Duration = Duration::from_millis(200);
/// How often a lock is tried anew whose file was removed in the same instant.
const MAX_TRIES: usize = 5;

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock; `None` when another process has it.
    pub(crate) fn take(path: &Path) -> Result<Option<Self>> {
        for _ in 0..MAX_TRIES {
            let file = open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
                }
            }
            if is_still(&file, path) {
                return Ok(Some(Self { path: path.to_owned(), _file: file }));
            }
        }
        bail!("{} changes all the time; is it being removed?", path.display())
    }

    /// Waits for the lock, for work that several launchers may want to do at once, and says once for what.
    pub(crate) fn wait(path: &Path, stop: &Stop, why: &str) -> Result<Self> {
        let file = open(path)?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { path: PathBuf::new(), _file: file }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
                }
            }
            if !told {
                log::say(why);
                told = true;
            }
            stop.sleep(POLL)?;
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| format!("{} cannot be opened", path.display()))
}

/// Whether the locked file is still the one that others would open.
fn is_still(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(theirs)) => ours.ino() == theirs.ino() && ours.dev() == theirs.dev(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it_and_nothing_stays() {
        let path = std::env::temp_dir().join(format!("dev-lock-{}", std::process::id()));
        let first = Lock::take(&path).unwrap();
        assert!(first.is_some());
        assert!(Lock::take(&path).unwrap().is_none());
        drop(first);
        assert!(!path.exists());
        assert!(Lock::take(&path).unwrap().is_some());
    }

    #[test]
    fn whoever_waits_can_be_stopped_and_goes_on_when_it_is_free() {
        let path = std::env::temp_dir().join(format!("dev-lock-wait-{}", std::process::id()));
        let stop = Stop::default();
        let held = Lock::wait(&path, &stop, "free").unwrap();
        let asked = stop.clone();
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || Lock::wait(&path, &asked, "taken").is_err()
        });
        std::thread::sleep(2 * POLL);
        stop.request();
        assert!(waiting.join().unwrap(), "a wish to stop ends the wait");
        drop(held);
        assert!(Lock::wait(&path, &Stop::default(), "free").is_ok());
        fs::remove_file(path).unwrap();
    }
}
