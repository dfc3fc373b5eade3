//! `cargo dev status`: what runs, and whether it is ready.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    log,
    paths::{Data, Workspace},
    ready,
    record::{Entry, Run},
};

/// Prints the processes; fails when nothing runs or something is not ready, so that scripts can ask.
pub(crate) fn run() -> Result<ExitCode> {
    let data = Data(Workspace::find()?.root.join(".data"));
    let run = Run::read(&data.run()).unwrap_or_default();
    let Some(launcher) = run.launcher.filter(crate::record::Identity::is_alive) else {
        let left = run.processes.iter().filter(|entry| entry.identity.is_alive()).count();
        log::print("Nothing runs. Start it with `cargo dev up`.");
        if left > 0 {
            log::print(&format!(
                "A launcher was killed and left {left} processes; the next start ends them."
            ));
        }
        return Ok(ExitCode::FAILURE);
    };
    log::print(&format!(
        "{}  (launcher: process {})",
        run.origin.as_deref().unwrap_or("starting"),
        launcher.pid
    ));
    log::print(&format!("{:<15} {:>8} {:>6} {:>9}  state", "process", "pid", "port", "restarts"));
    let mut all_ready = true;
    for entry in &run.processes {
        let state = state(entry);
        all_ready &= state.is_ok();
        let port = entry.port.map_or_else(|| "-".to_owned(), |port| port.to_string());
        let state = state.map_or_else(|why| why, |()| "ready".to_owned());
        log::print(&format!(
            "{:<15} {:>8} {port:>6} {:>9}  {state}",
            entry.name, entry.identity.pid, entry.restarts
        ));
    }
    Ok(if all_ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn state(entry: &Entry) -> Result<(), String> {
    if !entry.identity.is_alive() {
        return Err("ended".to_owned());
    }
    match (entry.probe.as_str(), entry.port) {
        ("http", Some(port)) => ready::http_ready(port, "/readyz"),
        ("nats", Some(port)) => ready::nats_ready(port),
        _ => Ok(()),
    }
}
