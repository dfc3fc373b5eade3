//! What every command that runs something holds on to: the workspace, the data folder, the lock, the record.

use std::ffi::OsString;

use anyhow::{Result, bail};

use crate::{
    environment, leftovers,
    lock::Lock,
    log,
    paths::{Data, Workspace},
    record::{Record, Run},
    stop::Stop,
};

/// One run of the launcher.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) workspace: Workspace,
    pub(crate) data: Data,
    pub(crate) record: Record,
    pub(crate) stop: Stop,
    /// `PATH` for everything that is started: tools of the launcher first.
    pub(crate) path: OsString,
    _lock: Lock,
}

impl Session {
    /// Takes a data folder for this process alone, and ends what an earlier run left in it.
    pub(crate) fn open(workspace: Workspace, data: Data, stop: Stop) -> Result<Self> {
        let Some(lock) = Lock::take(&data.lock())? else { bail!("{}", busy(&data)) };
        leftovers::end(&data.run());
        let record = Record::new(data.run());
        let path = environment::path_with(&[])?;
        Ok(Self { workspace, data, record, stop, path, _lock: lock })
    }
}

fn busy(data: &Data) -> String {
    let run = Run::read(&data.run()).unwrap_or_default();
    let who = run.launcher.map_or_else(String::new, |own| format!(" (process {})", own.pid));
    match run.origin {
        Some(origin) => format!("it runs already{who}: {origin}. Stop that one first, or use it"),
        None => {
            format!("another `cargo dev` is at work on {}{who}; wait for it or stop it", data.0.display())
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.record.close();
        if self.stop.requested() {
            log::say("stopped");
        }
    }
}
