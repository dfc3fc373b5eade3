//! What each process keeps in memory.

use crate::{
    system::System,
    table::{Table, say},
};
use anyhow::Context;
use std::{fs, process::Command};

/// Servers that are not ours, and the link to one of them that is there to be cut.
const SERVERS: [&str; 3] = ["postgres", "nats", "link"];

/// Prints the resident memory of each of our processes.
pub(crate) fn measure(system: &System, when: &str) -> anyhow::Result<()> {
    let mut table = Table::new(&format!("Resident memory, {when}"), &["process", "MB"]);
    let mut total = 0;
    for process in system.processes()? {
        if SERVERS.contains(&process.name.as_str()) || process.port.is_none() {
            continue;
        }
        let kilobytes = resident(process.pid).with_context(|| format!("the memory of {}", process.name))?;
        total += kilobytes;
        table.row([process.name, megabytes(kilobytes)]);
    }
    table.row(["together".to_owned(), megabytes(total)]);
    table.print();
    say("  (RSS; Postgres and NATS are not counted)");
    Ok(())
}

/// Kilobytes as megabytes with one decimal.
pub(crate) fn megabytes(kilobytes: u64) -> String {
    format!("{}.{}", kilobytes / 1024, kilobytes % 1024 * 10 / 1024)
}

/// Resident memory in kilobytes, from `/proc`, or from `ps` where there is none.
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    if let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) {
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        return number.context("no VmRSS")?.parse().context("VmRSS is no number");
    }
    let output = Command::new("ps").args(["-o", "rss=", "-p", &pid.to_string()]).output()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("ps says nothing of it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_has_memory() {
        assert!(resident(std::process::id()).unwrap() > 500);
    }

    #[test]
    fn megabytes_have_one_decimal() {
        assert_eq!(megabytes(36 * 1024 + 512), "36.5");
    }
}
