//! What the launcher prints: its own words and the lines of every process, one shape for all.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::OnceLock,
    time::Instant,
};

use chrono::Local;

use crate::{environment, lines::Line};

/// Whether colours help: a terminal that was not asked to do without.
pub(crate) fn colours() -> bool {
    static COLOURS: OnceLock<bool> = OnceLock::new();
    *COLOURS.get_or_init(|| io::stdout().is_terminal() && environment::variable("NO_COLOR").is_none())
}

/// Prints one line. A closed pipe (`| head`) is no reason to stop the system.
pub(crate) fn print(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// The launcher says something.
pub(crate) fn say(message: &str) {
    print(&Line::new(Local::now().time(), "INFO", message).render("dev", colours()));
}

/// The launcher says that something is not as it should be.
pub(crate) fn warn(message: &str) {
    print(&Line::new(Local::now().time(), "WARN", message).render("dev", colours()));
}

/// The one sentence with which a command fails.
pub(crate) fn failure(message: &str) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "{}", Line::new(Local::now().time(), "ERROR", message).render("dev", colours()));
}

/// Says what is being done, and afterwards how long it took.
pub(crate) fn timed<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    say(&format!("{what} …"));
    let begin = Instant::now();
    let outcome = work()?;
    say(&format!("{what}: done in {:.1} s", begin.elapsed().as_secs_f64()));
    Ok(outcome)
}
