//! A copy of what is committed, to be broken.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use super::table::Edit;
use crate::{commands, session::Session};

const TIMEOUT: Duration = Duration::from_mins(5);

/// A work tree of its own, removed with the value. What it compiles is kept for the next time.
#[derive(Debug)]
pub(super) struct Copy {
    repository: PathBuf,
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    pub(super) fn create(session: &Session) -> Result<Self> {
        let (root, target) = (session.data.0.join("tree"), session.data.0.join("target"));
        let copy = Self { repository: session.workspace.root.clone(), root, target };
        // One that was killed leaves its tree.
        copy.remove();
        let mut command = copy.git();
        command.args(["worktree", "add", "--quiet", "--force", "--detach"]).arg(&copy.root).arg("HEAD");
        let (status, text) = commands::capture(session, "git worktree", &mut command, TIMEOUT, false)?;
        if !status.success() {
            bail!("what is committed could not be copied: {}", text.trim());
        }
        Ok(copy)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Does something while these edits are made.
    pub(super) fn broken<T>(&self, edits: &[Edit], work: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut whole = Vec::new();
        for edit in edits {
            let path = self.root.join(edit.file);
            let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", edit.file))?;
            fs::write(&path, edit.apply(&text)?)?;
            whole.push((path, text));
        }
        let done = work();
        // The last first: two edits may be of one file.
        for (path, text) in whole.iter().rev() {
            fs::write(path, text)?;
        }
        done
    }

    fn git(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.repository);
        command
    }

    fn remove(&self) {
        let _ = self.git().args(["worktree", "remove", "--force"]).arg(&self.root).output();
        let _ = fs::remove_dir_all(&self.root);
        let _ = self.git().args(["worktree", "prune"]).output();
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}
