//! What came of the steps, and how it is told.

use std::time::Duration;

use crate::log;

/// Counts of one step, and the names of what failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// One check that either passed or did not.
    pub(crate) fn check(name: &str, passed: bool) -> Self {
        if passed { Self { passed: 1, ..Self::default() } } else { Self::failure(name.to_owned()) }
    }

    pub(crate) fn failure(name: String) -> Self {
        Self { failed: 1, failures: vec![name], ..Self::default() }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }

    /// A program that failed without naming a failed test has failed all the same.
    pub(crate) fn or_failure(mut self, succeeded: bool, name: &str) -> Self {
        if !succeeded && self.failed == 0 {
            self.add(Self::failure(name.to_owned()));
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.passed + self.failed + self.skipped == 0
    }
}

/// One step, done.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) step: &'static str,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
}

/// Prints the table and the last line; `true` when nothing failed.
pub(crate) fn summarise(outcomes: &[Outcome]) -> bool {
    for line in table(outcomes) {
        log::print(&line);
    }
    outcomes.iter().all(|outcome| outcome.tally.failed == 0)
}

fn table(outcomes: &[Outcome]) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        format!("{:<15} {:>8} {:>8} {:>8} {:>10}", "step", "passed", "failed", "skipped", "time"),
    ];
    let mut total = Tally::default();
    let mut all = Duration::ZERO;
    for Outcome { step, tally, took } in outcomes {
        let Tally { passed, failed, skipped, .. } = tally;
        lines.push(row(step, [*passed, *failed, *skipped], *took));
        let named = tally.failures.iter().map(|failure| format!("{step}: {failure}"));
        total.add(Tally { failures: named.collect(), ..tally.clone() });
        all += *took;
    }
    lines.push(row("total", [total.passed, total.failed, total.skipped], all));
    if !total.failures.is_empty() {
        lines.push(String::new());
        lines.push("failed:".to_owned());
        lines.extend(total.failures.iter().map(|failure| format!("  {failure}")));
    }
    lines.push(String::new());
    lines.push(format!("{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped));
    lines
}

fn row(name: &str, [passed, failed, skipped]: [u64; 3], took: Duration) -> String {
    format!("{name:<15} {passed:>8} {failed:>8} {skipped:>8} {:>8.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_everything() {
        let unit =
            Tally { passed: 7, failed: 1, skipped: 2, failures: vec!["orders::holds_are_exact".to_owned()] };
        let outcomes = [
            Outcome { step: "fmt", tally: Tally::check("cargo fmt", true), took: Duration::from_secs(1) },
            Outcome { step: "unit", tally: unit, took: Duration::from_secs(90) },
        ];
        let lines = table(&outcomes);
        assert_eq!(lines.last().unwrap(), "8 passed, 1 failed, 2 skipped");
        assert!(lines.contains(&"  unit: orders::holds_are_exact".to_owned()));
        assert!(lines.contains(&row("total", [8, 1, 2], Duration::from_secs(91))));
    }

    #[test]
    fn a_crash_without_a_failed_test_is_a_failure() {
        let tally = Tally { passed: 3, ..Tally::default() };
        assert_eq!(tally.clone().or_failure(false, "cargo test").failed, 1);
        assert_eq!(tally.or_failure(true, "cargo test").failed, 0);
    }
}
