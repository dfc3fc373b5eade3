//! Ends what a killed launcher left running: only processes that are certainly its own.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::{
    log,
    record::{Entry, Identity, Run},
};

/// How long a process may take to end when it was asked to. A service needs this long at worst: 8 s for its requests,
/// 8 s for its work and one for its runtime.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Ends leftovers of the run that is recorded there, if its launcher is gone.
pub(crate) fn end(record: &Path) {
    let Some(run) = Run::read(record) else { return };
    let alive = alive(&run);
    if alive.is_empty() {
        return;
    }
    let names: Vec<&str> = alive.iter().map(|entry| entry.name.as_str()).collect();
    log::warn(&format!("the last run did not stop properly; ending what it left: {}", names.join(", ")));
    for entry in &alive {
        signal(entry, gentle(entry));
    }
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && alive.iter().any(|entry| entry.identity.is_alive()) {
        thread::sleep(Duration::from_millis(50));
    }
    for entry in alive.iter().filter(|entry| entry.identity.is_alive()) {
        signal(entry, Signal::KILL);
    }
    while alive.iter().any(|entry| entry.identity.is_alive()) && Instant::now() < until + PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
}

/// Recorded processes that still run.
fn alive(run: &Run) -> Vec<Entry> {
    run.processes.iter().filter(|entry| entry.identity.is_alive()).cloned().collect()
}

/// Postgres waits for its clients on SIGTERM, and not on SIGINT.
fn gentle(entry: &Entry) -> Signal {
    if entry.probe == "postgres" { Signal::INT } else { Signal::TERM }
}

fn signal(entry: &Entry, signal: Signal) {
    send(&entry.identity, signal);
}

/// Signals a process and its group (every process of ours leads its own).
pub(crate) fn send(identity: &Identity, signal: Signal) {
    let Some(pid) = i32::try_from(identity.pid).ok().and_then(Pid::from_raw) else { return };
    if identity.is_alive() && kill_process_group(pid, signal).is_err() {
        let _ = kill_process(pid, signal);
    }
}

/// Kills what is left of the group of a process that has ended. It may be empty, and no such group is then the answer.
pub(crate) fn kill_rest(leader: u32) {
    if let Some(group) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::CommandExt as _, process::Command};

    use super::*;

    #[test]
    fn strangers_are_not_leftovers() {
        let mut child = Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        let own = Identity::of(child.id()).unwrap();
        let stranger = Identity { born: "1@before".to_owned(), ..own.clone() };
        let entry = |identity| Entry {
            name: "orders".to_owned(),
            identity,
            port: None,
            probe: String::new(),
            restarts: 0,
        };
        let run = Run { processes: vec![entry(stranger.clone()), entry(own.clone())], ..Run::default() };
        assert_eq!(alive(&run), vec![entry(own.clone())]);

        send(&stranger, Signal::KILL);
        assert!(own.is_alive());
        send(&own, Signal::KILL);
        child.wait().unwrap();
        assert!(!own.is_alive());
    }
}
