//! `cargo dev breakages`: breaks the ban protocol on purpose, and shows that a test goes red each time.
//!
//! Each breakage of [`table`] is made in a copy of what is committed, the one test that is to catch it is run, and the
//! copy is mended again. A test that is red without its breakage, or cannot be compiled with it, has caught nothing.

mod copy;
mod table;

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;

use crate::{
    commands, log,
    paths::{Data, Profile, Workspace},
    session::Session,
    space,
    stop::Stop,
    test::Grounds,
    tools::{self, Needs},
};

use copy::Copy;
use table::{BREAKAGES, Breakage, Proof};

const TIMEOUT: Duration = Duration::from_mins(30);
/// Of what was said by a test that did not run.
const LINES_SHOWN: usize = 30;

/// Which.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only those whose name contains this
    filter: Option<String>,
}

/// What a test has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Green,
    Red,
    /// It did not run: it, or the code, does not compile.
    Unknown,
}

struct Row {
    breakage: &'static Breakage,
    whole: Verdict,
    broken: Verdict,
    took: Duration,
}

impl Row {
    fn is_caught(&self) -> bool {
        (self.whole, self.broken) == (Verdict::Green, Verdict::Red)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let stop = Stop::on_signals()?;
    let workspace = Workspace::find()?;
    let data = Data::create(workspace.root.join(".data/breakages"))?;
    let mut session = Session::open(workspace, data, stop)?;
    space::check(&session.workspace, Profile::Debug, &session.data.0)?;
    let tools = tools::prepare(&mut session, Needs { postgres: true, nats: true })?;
    let grounds = Grounds::prepare(&session, &tools)?;
    let copy = Copy::create(&session)?;
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let wanted = BREAKAGES.iter().filter(|breakage| breakage.name.contains(filter));
    let rows: Vec<Row> =
        wanted.map(|breakage| row(&session, &grounds, &copy, breakage)).collect::<Result<_>>()?;
    for line in table(&rows) {
        log::print(&line);
    }
    let all = !rows.is_empty() && rows.iter().all(Row::is_caught);
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(session: &Session, grounds: &Grounds<'_>, copy: &Copy, breakage: &'static Breakage) -> Result<Row> {
    let begin = Instant::now();
    log::say(&format!("── {} ──", breakage.name));
    let whole = verdict(session, grounds, copy, &breakage.proof)?;
    let broken = copy.broken(breakage.edits, || verdict(session, grounds, copy, &breakage.proof))?;
    Ok(Row { breakage, whole, broken, took: begin.elapsed() })
}

fn verdict(session: &Session, grounds: &Grounds<'_>, copy: &Copy, proof: &Proof) -> Result<Verdict> {
    let mut command = Command::new("cargo");
    command.args(["test", "--package", proof.package, proof.target]).args(proof.program);
    command.current_dir(copy.root()).env("CARGO_TARGET_DIR", copy.target());
    command.env("RUST_BACKTRACE", "0");
    grounds.describe(&mut command);
    command.args([proof.test, "--", "--exact"]);
    let (_, text) = commands::capture(session, proof.test, &mut command, TIMEOUT, false)?;
    Ok(read(&text))
}

/// Exactly one test ran, and it passed or failed.
fn read(output: &str) -> Verdict {
    let results: Vec<&str> = output.lines().filter(|line| line.starts_with("test result: ")).collect();
    let says = |what: &str| results.iter().any(|line| line.contains(what));
    match (says(" 1 passed; 0 failed"), says(" 0 passed; 1 failed")) {
        (true, false) => Verdict::Green,
        (false, true) => Verdict::Red,
        _ => {
            let lines: Vec<&str> = output.lines().collect();
            for line in &lines[lines.len().saturating_sub(LINES_SHOWN)..] {
                log::print(line);
            }
            Verdict::Unknown
        }
    }
}

fn table(rows: &[Row]) -> Vec<String> {
    let mut lines =
        vec![String::new(), format!("{:<58} {:<11} {:>7}  {}", "breakage", "outcome", "time", "test")];
    for row in rows {
        let outcome = match (row.whole, row.broken) {
            (Verdict::Green, Verdict::Red) => "caught",
            (Verdict::Green, Verdict::Green) => "NOT CAUGHT",
            (Verdict::Green, Verdict::Unknown) => "NO COMPILE",
            (Verdict::Red | Verdict::Unknown, _) => "RED BEFORE",
        };
        let Proof { package, test, .. } = row.breakage.proof;
        let took = row.took.as_secs_f64();
        lines.push(format!("{:<58} {outcome:<11} {took:>5.0} s  {package} {test}", row.breakage.name));
    }
    let caught = rows.iter().filter(|row| row.is_caught()).count();
    lines.push(format!("{caught} of {} breakages are caught", rows.len()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_did_not_run_says_nothing() {
        let other =
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s\n";
        let green =
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 8 filtered out; finished in 1.00s\n";
        let red = "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 8 filtered out; finished in 1.00s\n";
        assert_eq!(read(&[other, green].concat()), Verdict::Green);
        assert_eq!(read(&[other, red].concat()), Verdict::Red);
        assert_eq!(read(other), Verdict::Unknown);
        assert_eq!(read("error: could not compile `auth`"), Verdict::Unknown);
    }
}
