//! Runs programs to their end: builds, installs, test runners. A wish to stop ends them too.

use std::{
    io::{BufRead as _, BufReader, Read},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;

use crate::{
    leftovers, log,
    record::{Entry, Identity},
    session::Session,
    stop::Stopped,
};

/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(30);

/// Runs a program with the terminal of the launcher; fails when it fails.
pub(crate) fn run(session: &Session, what: &str, command: &mut Command, timeout: Duration) -> Result<()> {
    let status = run_status(session, what, command, timeout)?;
    if !status.success() {
        bail!("{what} failed ({status}); the reason is above");
    }
    Ok(())
}

/// Runs a program with the terminal of the launcher and returns how it ended.
pub(crate) fn run_status(
    session: &Session,
    what: &str,
    command: &mut Command,
    timeout: Duration,
) -> Result<ExitStatus> {
    run_while(session, what, command, timeout, &mut || {})
}

/// The same, doing something again and again until the program has ended.
pub(crate) fn run_while(
    session: &Session,
    what: &str,
    command: &mut Command,
    timeout: Duration,
    meanwhile: &mut dyn FnMut(),
) -> Result<ExitStatus> {
    let child = spawn(session, what, command)?;
    wait(session, what, child, timeout, meanwhile)
}

/// Runs a program and returns what it wrote, also showing every line when `show` says so.
pub(crate) fn capture(
    session: &Session,
    what: &str,
    command: &mut Command,
    timeout: Duration,
    show: bool,
) -> Result<(ExitStatus, String)> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(session, what, command)?;
    let readers =
        [child.stdout.take().map(|out| reader(out, show)), child.stderr.take().map(|err| reader(err, show))];
    let status = wait(session, what, child, timeout, &mut || {})?;
    let texts: Vec<String> = readers.into_iter().flatten().filter_map(|reader| reader.join().ok()).collect();
    Ok((status, texts.concat()))
}

fn spawn(session: &Session, what: &str, command: &mut Command) -> Result<Child> {
    session.stop.check()?;
    // A group of its own, so that everything that the program starts ends with it.
    command.process_group(0).stdin(Stdio::null()).env("PATH", &session.path);
    let child = command
        .spawn()
        .with_context(|| format!("{what}: {} cannot be started", command.get_program().to_string_lossy()))?;
    if let Some(identity) = Identity::of(child.id()) {
        let entry = Entry { name: what.to_owned(), identity, port: None, probe: String::new(), restarts: 0 };
        session.record.started(entry);
    }
    Ok(child)
}

fn wait(
    session: &Session,
    what: &str,
    mut child: Child,
    timeout: Duration,
    meanwhile: &mut dyn FnMut(),
) -> Result<ExitStatus> {
    let until = Instant::now() + timeout;
    let ended = loop {
        if let Some(status) = child.try_wait()? {
            break Ok(status);
        }
        if session.stop.requested() {
            break Err(Stopped.into());
        }
        if Instant::now() > until {
            break Err(anyhow::anyhow!("{what} took longer than {} s and was stopped", timeout.as_secs()));
        }
        meanwhile();
        thread::sleep(POLL);
    };
    if ended.is_err() {
        end(session, &mut child);
    }
    // What it left behind would hold its output open, and our reader would wait for that.
    leftovers::kill_rest(child.id());
    session.record.ended(what);
    ended
}

fn end(session: &Session, child: &mut Child) {
    let Some(identity) = Identity::of(child.id()) else { return };
    leftovers::send(&identity, Signal::TERM);
    let until = Instant::now() + leftovers::PATIENCE;
    while Instant::now() < until && !session.stop.urgent() {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        thread::sleep(POLL);
    }
    leftovers::send(&identity, Signal::KILL);
    let _ = child.wait();
}

fn reader(source: impl Read + Send + 'static, show: bool) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        let mut bytes = Vec::new();
        let mut source = BufReader::new(source);
        while source.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes);
            if show {
                log::print(line.trim_end_matches('\n'));
            }
            text.push_str(&line);
            bytes.clear();
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        paths::{Data, Workspace},
        stop::Stop,
    };

    #[test]
    fn what_a_program_left_behind_ends_with_it() {
        let folder = std::env::temp_dir().join(format!("dev-commands-{}", std::process::id()));
        let workspace = Workspace { root: folder.clone(), target: folder.join("target") };
        let session =
            Session::open(workspace, Data::create(folder.clone()).unwrap(), Stop::default()).unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 60 & echo $!"]);
        let begin = Instant::now();
        let (status, text) =
            capture(&session, "a shell", &mut command, Duration::from_mins(1), false).unwrap();
        assert!(status.success());
        assert!(begin.elapsed() < Duration::from_secs(30), "its child held the output open");
        // A process that was ended is there until its new parent has looked.
        let child = text.trim().parse().unwrap();
        while Identity::of(child).is_some() {
            assert!(begin.elapsed() < Duration::from_secs(30), "its child lives on");
            thread::sleep(Duration::from_millis(10));
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
