//! `.data/run.json`: what runs, so that another launcher can show it, or end it when this one was killed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::paths;

/// A process that can be recognised later: its number alone may mean a stranger by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) pid: u32,
    pub(crate) born: String,
}

impl Identity {
    pub(crate) fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, born: born(pid)? })
    }

    /// Whether this very process still runs.
    pub(crate) fn is_alive(&self) -> bool {
        born(self.pid).as_deref() == Some(&self.born)
    }
}

/// One recorded process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) identity: Identity,
    pub(crate) port: Option<u16>,
    pub(crate) probe: String,
    pub(crate) restarts: u32,
}

/// What a run has written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) launcher: Option<Identity>,
    pub(crate) origin: Option<String>,
    pub(crate) release: bool,
    pub(crate) postgres: Option<String>,
    pub(crate) nats: Option<String>,
    pub(crate) processes: Vec<Entry>,
}

impl Run {
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let value: Value = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
        Some(Self::from_json(&value))
    }

    fn from_json(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let entries = value["processes"].as_array().into_iter().flatten();
        Self {
            launcher: identity(&value["launcher"]),
            origin: text("origin"),
            release: value["release"].as_bool().unwrap_or(false),
            postgres: text("postgres"),
            nats: text("nats"),
            processes: entries.filter_map(entry).collect(),
        }
    }

    fn to_json(&self) -> Value {
        let launcher = self.launcher.as_ref().map(|own| json!({ "pid": own.pid, "born": own.born }));
        let processes: Vec<Value> = self
            .processes
            .iter()
            .map(|entry| {
                json!({
                    "name": entry.name, "pid": entry.identity.pid, "born": entry.identity.born,
                    "port": entry.port, "probe": entry.probe, "restarts": entry.restarts,
                })
            })
            .collect();
        json!({
            "launcher": launcher, "origin": self.origin, "release": self.release,
            "postgres": self.postgres, "nats": self.nats, "processes": processes,
        })
    }
}

fn identity(value: &Value) -> Option<Identity> {
    let pid = u32::try_from(value["pid"].as_u64()?).ok()?;
    Some(Identity { pid, born: value["born"].as_str()?.to_owned() })
}

fn entry(value: &Value) -> Option<Entry> {
    Some(Entry {
        name: value["name"].as_str()?.to_owned(),
        identity: identity(value)?,
        port: value["port"].as_u64().and_then(|port| u16::try_from(port).ok()),
        probe: value["probe"].as_str().unwrap_or_default().to_owned(),
        restarts: value["restarts"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
    })
}

/// The record of this run, written anew at every change.
#[derive(Debug)]
pub(crate) struct Record {
    path: PathBuf,
    run: Mutex<Run>,
}

impl Record {
    pub(crate) fn new(path: PathBuf) -> Self {
        let run = Run { launcher: Identity::of(std::process::id()), ..Run::default() };
        let record = Self { path, run: Mutex::new(run) };
        record.change(|_| {});
        record
    }

    /// Changes what is written down. A record that cannot be written must not stop the system.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Run)) {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut run);
        let _ = paths::private_file(&self.path, &format!("{:#}\n", run.to_json()));
    }

    /// Notes a process that was just started, in place of an earlier one of that name.
    pub(crate) fn started(&self, entry: Entry) {
        self.change(|run| match run.processes.iter_mut().find(|known| known.name == entry.name) {
            Some(known) => *known = entry,
            None => run.processes.push(entry),
        });
    }

    pub(crate) fn ended(&self, name: &str) {
        self.change(|run| run.processes.retain(|known| known.name != name));
    }

    /// Nothing runs any more.
    pub(crate) fn close(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// When a process began, in whatever words the system has; `None` when there is no such process.
fn born(pid: u32) -> Option<String> {
    if !Path::new("/proc/self/stat").exists() {
        let output = Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        return Some(text).filter(|text| !text.is_empty());
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Some(format!("{}@{}", start_ticks(&stat)?, boot.trim()))
}

/// Field 22 of `/proc/<pid>/stat`. The name in field 2 may contain spaces and parentheses; a zombie has ended.
fn start_ticks(stat: &str) -> Option<&str> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_as_it_was_written() {
        let run = Run {
            launcher: Some(Identity { pid: 7, born: "12@boot".to_owned() }),
            origin: Some("http://localhost:3000".to_owned()),
            release: true,
            postgres: None,
            nats: Some("127.0.0.1:4222".to_owned()),
            processes: vec![Entry {
                name: "orders".to_owned(),
                identity: Identity { pid: 8, born: "13@boot".to_owned() },
                port: Some(4103),
                probe: "http".to_owned(),
                restarts: 2,
            }],
        };
        assert_eq!(Run::from_json(&run.to_json()), run);
    }

    #[test]
    fn a_process_is_known_by_its_birth_too() {
        let own = Identity::of(std::process::id()).unwrap();
        assert!(own.is_alive());
        assert!(!Identity { born: "0@another boot".to_owned(), ..own }.is_alive());
    }

    #[test]
    fn names_with_spaces_do_not_shift_the_fields() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 0 0";
        assert_eq!(start_ticks(stat), Some("777"));
        assert_eq!(start_ticks(&stat.replace(") S", ") Z")), None);
    }
}
