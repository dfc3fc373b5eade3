//! Supervision: starts processes, waits until they are ready, restarts those that die, stops them in order.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::{
    leftovers::PATIENCE,
    log,
    process::{Process, Spec},
    session::Session,
};

const POLL: Duration = Duration::from_millis(50);
/// Deaths in a row before a start is given up.
const MAX_START_FAILURES: u32 = 5;
/// Whoever ran this long has recovered: the next restart is immediate again.
const RECOVERED: Duration = Duration::from_secs(30);
/// How often the user is told who is late.
const REPORT_EVERY: Duration = Duration::from_secs(5);

/// The processes of a run, in the order of their start.
#[derive(Debug)]
pub(crate) struct Processes<'a> {
    session: &'a Session,
    all: Vec<Process>,
}

impl<'a> Processes<'a> {
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session, all: Vec::new() }
    }

    /// Starts a process and watches it from now on.
    pub(crate) fn start(&mut self, spec: &Spec) -> Result<()> {
        self.session.stop.check()?;
        let mut process = Process::new(spec.clone(), &self.session.data.log(&spec.name))?;
        process.start()?;
        if let Some(entry) = process.entry() {
            self.session.record.started(entry);
        }
        self.all.push(process);
        Ok(())
    }

    /// Notes deaths and restarts what is due. Returns the names of those that were started again.
    pub(crate) fn tend(&mut self) -> Vec<String> {
        let mut restarted = Vec::new();
        for process in &mut self.all {
            if let Some(status) = process.ended() {
                note_death(process, &status);
            }
            if process.restart_at.is_some_and(|at| at <= Instant::now()) {
                match process.start() {
                    Ok(()) => {
                        restarted.push(process.spec.name.clone());
                        process.restarts += 1;
                    }
                    Err(error) => {
                        log::warn(&format!("{error:#}"));
                        process.failures += 1;
                        process.restart_at = Some(Instant::now() + backoff(process.failures));
                    }
                }
                if let Some(entry) = process.entry() {
                    self.session.record.started(entry);
                }
            }
        }
        restarted
    }

    /// Waits until all of these are ready; says every few seconds who is late and what they wait for.
    pub(crate) fn wait_ready(&mut self, names: &[&str], timeout: Duration) -> Result<()> {
        let begin = Instant::now();
        let mut report_at = begin + REPORT_EVERY;
        loop {
            self.session.stop.check()?;
            self.tend();
            self.give_up_on_the_hopeless(names)?;
            let late = self.late(names);
            if late.is_empty() {
                return Ok(());
            }
            if begin.elapsed() > timeout {
                bail!("not ready after {} s: {}", timeout.as_secs(), late.join("; "));
            }
            if Instant::now() > report_at {
                log::say(&format!("waiting for {}", late.join("; ")));
                report_at = Instant::now() + REPORT_EVERY;
            }
            self.session.stop.sleep(POLL)?;
        }
    }

    /// Who died since this was last asked, with how often.
    pub(crate) fn deaths(&mut self) -> Vec<(String, u32)> {
        let died = self.all.iter_mut().filter(|process| process.deaths > 0);
        died.map(|process| (process.spec.name.clone(), std::mem::take(&mut process.deaths))).collect()
    }

    /// Who of these is not ready, and why.
    fn late(&mut self, names: &[&str]) -> Vec<String> {
        let mut late = Vec::new();
        for process in self.all.iter_mut().filter(|process| names.contains(&process.spec.name.as_str())) {
            if process.ready {
                continue;
            }
            let answer = match process.child {
                Some(_) => process.spec.probe.ask(),
                None => Err("is being restarted".to_owned()),
            };
            match answer {
                Ok(()) => process.ready = true,
                Err(why) => late.push(format!("{} ({why})", process.spec.name)),
            }
        }
        late
    }

    fn give_up_on_the_hopeless(&self, names: &[&str]) -> Result<()> {
        let hopeless = self.all.iter().find(|process| {
            process.failures >= MAX_START_FAILURES && names.contains(&process.spec.name.as_str())
        });
        let Some(process) = hopeless else { return Ok(()) };
        let name = &process.spec.name;
        for line in process.tail() {
            log::print(&line);
        }
        bail!(
            "{name} does not stay up: it ended {MAX_START_FAILURES} times in a row; its last lines are above, all of them in `cargo dev logs {name}`"
        )
    }

    /// Stops all of these at once and waits for them.
    fn stop_those(&mut self, which: impl Fn(&Process) -> bool) {
        let mut waiting: Vec<&mut Process> =
            self.all.iter_mut().filter(|process| process.child.is_some() && which(process)).collect();
        for process in &waiting {
            process.signal(process.spec.stop_signal);
        }
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until && !self.session.stop.urgent() {
            waiting.retain_mut(|process| process.ended().is_none());
            if waiting.is_empty() {
                break;
            }
            thread::sleep(POLL);
        }
        for process in waiting {
            log::warn(&format!("{} did not stop in time and is killed", process.spec.name));
            process.signal(Signal::KILL);
            if let Some(child) = &mut process.child {
                let _ = child.wait();
            }
            process.ended();
        }
    }

    /// Stops everything: first what answers requests, then the bus, then the databases.
    pub(crate) fn stop(&mut self) {
        for kind in ["http", "nats", "postgres"] {
            self.stop_those(|process| process.spec.probe.name() == kind);
        }
        for process in self.all.drain(..) {
            self.session.record.ended(&process.spec.name);
        }
    }
}

impl Drop for Processes<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

fn note_death(process: &mut Process, status: &str) {
    let name = &process.spec.name;
    if process.started.elapsed() > RECOVERED {
        process.failures = 0;
    }
    let pause = backoff(process.failures);
    process.failures += 1;
    process.deaths += 1;
    process.restart_at = Some(Instant::now() + pause);
    if pause.is_zero() {
        log::warn(&format!("{name} ended ({status}); restarting it"));
    } else {
        log::warn(&format!("{name} ended again ({status}); restarting it in {:.1} s", pause.as_secs_f64()));
    }
}

/// At once the first time, then twice as long each time, never more than five seconds.
fn backoff(failures: u32) -> Duration {
    match failures {
        0 => Duration::ZERO,
        _ => Duration::from_millis(250 << (failures - 1).min(5)).min(Duration::from_secs(5)),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;
    use crate::{
        paths::{Data, Workspace},
        ready::Probe,
        record::{Identity, Run},
        stop::Stop,
    };

    fn session(name: &str) -> Session {
        let folder = std::env::temp_dir().join(format!("dev-processes-{name}-{}", std::process::id()));
        let workspace = Workspace { root: folder.clone(), target: folder.join("target") };
        Session::open(workspace, Data::create(folder).unwrap(), Stop::default()).unwrap()
    }

    fn shell(name: &str, script: &str) -> Spec {
        Spec {
            name: name.to_owned(),
            program: PathBuf::from("/bin/sh"),
            arguments: vec!["-c".into(), script.into()],
            environment: Vec::new(),
            folder: PathBuf::from("/"),
            probe: Probe::Http { port: 1, path: "/readyz" },
            stop_signal: Signal::TERM,
            quiet: true,
        }
    }

    fn identity(processes: &Processes<'_>, name: &str) -> Identity {
        let process = processes.all.iter().find(|process| process.spec.name == name).unwrap();
        process.identity.clone().unwrap()
    }

    #[test]
    fn a_killed_process_is_back_at_once_and_recorded() {
        let session = session("restart");
        let mut processes = Processes::new(&session);
        processes.start(&shell("orders", "sleep 60")).unwrap();
        let first = identity(&processes, "orders");
        crate::leftovers::send(&first, Signal::KILL);
        let until = Instant::now() + Duration::from_secs(5);
        while processes.tend().is_empty() {
            assert!(Instant::now() < until, "it was not restarted");
            thread::sleep(POLL);
        }
        let second = identity(&processes, "orders");
        assert_ne!(first, second);
        assert!(second.is_alive());
        assert_eq!(processes.deaths(), [("orders".to_owned(), 1)]);
        assert_eq!(processes.deaths(), [], "each death is told once");
        let run = Run::read(&session.data.run()).unwrap();
        assert_eq!((run.processes[0].identity.clone(), run.processes[0].restarts), (second, 1));
        fs::remove_dir_all(&session.data.0).unwrap();
    }

    #[test]
    fn a_start_that_fails_is_tried_ever_more_rarely() {
        let session = session("unstartable");
        let program = session.data.0.join("program");
        std::os::unix::fs::symlink("/bin/sleep", &program).unwrap();
        let spec = Spec { program: program.clone(), arguments: vec!["60".into()], ..shell("orders", "") };
        let mut processes = Processes::new(&session);
        processes.start(&spec).unwrap();
        fs::remove_file(&program).unwrap();
        crate::leftovers::send(&identity(&processes, "orders"), Signal::KILL);
        let until = Instant::now() + Duration::from_secs(10);
        while processes.all[0].failures < 3 {
            assert!(Instant::now() < until, "failed starts do not count");
            processes.tend();
            thread::sleep(POLL);
        }
        let pause = processes.all[0].restart_at.unwrap().saturating_duration_since(Instant::now());
        assert!(pause > backoff(2), "{pause:?}");
        assert_eq!(processes.all[0].restarts, 0);
        drop(processes);
        fs::remove_dir_all(&session.data.0).unwrap();
    }

    #[test]
    fn nothing_is_left_running() {
        let session = session("stop");
        let mut processes = Processes::new(&session);
        processes.start(&shell("parent", "sleep 60 & echo child $!; wait")).unwrap();
        let until = Instant::now() + Duration::from_secs(5);
        let child = loop {
            let tail = processes.all[0].tail();
            if let Some((_, pid)) = tail.first().and_then(|line| line.rsplit_once("child ")) {
                break Identity::of(pid.trim().parse().unwrap()).unwrap();
            }
            assert!(Instant::now() < until, "it said nothing");
            thread::sleep(POLL);
        };
        let parent = identity(&processes, "parent");
        drop(processes);
        assert!(!parent.is_alive());
        assert!(!child.is_alive());
        assert!(Run::read(&session.data.run()).unwrap().processes.is_empty());
        fs::remove_dir_all(&session.data.0).unwrap();
    }

    #[test]
    fn a_process_that_never_stays_up_is_given_up_with_its_name() {
        let session = session("hopeless");
        let mut processes = Processes::new(&session);
        processes.start(&shell("auth", "exit 2")).unwrap();
        let error = processes.wait_ready(&["auth"], Duration::from_secs(20)).unwrap_err().to_string();
        assert!(error.contains("auth does not stay up"), "{error}");
        drop(processes);
        fs::remove_dir_all(&session.data.0).unwrap();
    }

    #[test]
    fn the_first_restart_is_immediate_and_none_waits_longer_than_five_seconds() {
        assert_eq!(backoff(0), Duration::ZERO);
        assert_eq!(backoff(1), Duration::from_millis(250));
        assert_eq!(backoff(2), Duration::from_millis(500));
        assert!((0..1000).all(|failures| backoff(failures) <= Duration::from_secs(5)));
    }
}
