//! Reads the counts out of what test runners write.

use serde_json::Value;

use super::outcome::Tally;

/// What `cargo test` printed: a result line per test program, and a line per failed test.
pub(crate) fn of_cargo(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().map(str::trim) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            tally.passed += count(counts, "passed");
            tally.failed += count(counts, "failed");
            tally.skipped += count(counts, "ignored");
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix("... FAILED"))
        {
            tally.failures.push(name.trim().to_owned());
        }
    }
    tally
}

/// The number before a word: `… 12 passed; 0 failed; …`
fn count(counts: &str, word: &str) -> u64 {
    let part = counts.split([';', '.']).map(str::trim).find_map(|part| part.strip_suffix(word));
    part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// The last line of a script: `N passed, M failed, K skipped`, and before it `FAILED <name>` lines.
pub(crate) fn of_script(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("FAILED ") {
            tally.failures.push(name.to_owned());
        }
        let counts = line.replace(',', ";");
        if counts.contains(" passed;") && counts.contains(" failed;") {
            tally.passed = count(&counts, "passed");
            tally.failed = count(&counts, "failed");
            tally.skipped = count(&counts, "skipped");
        }
    }
    tally
}

/// Playwright's JSON report. A test that passed only at its second try counts as failed: it hides a race.
pub(crate) fn of_playwright(report: &Value) -> Tally {
    let number = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    let mut tally = Tally {
        passed: number("expected"),
        failed: number("unexpected") + number("flaky"),
        skipped: number("skipped"),
        failures: Vec::new(),
    };
    for suite in report["suites"].as_array().into_iter().flatten() {
        failures(suite, "", &mut tally.failures);
    }
    for error in report["errors"].as_array().into_iter().flatten() {
        let message = error["message"].as_str().unwrap_or("an error without words");
        tally.failures.push(message.lines().next().unwrap_or_default().to_owned());
        tally.failed += 1;
    }
    tally
}

fn failures(suite: &Value, path: &str, found: &mut Vec<String>) {
    let title = suite["title"].as_str().unwrap_or_default();
    let path = if path.is_empty() { title.to_owned() } else { format!("{path} › {title}") };
    for spec in suite["specs"].as_array().into_iter().flatten() {
        for test in spec["tests"].as_array().into_iter().flatten() {
            if matches!(test["status"].as_str(), Some("unexpected" | "flaky")) {
                let project = test["projectName"].as_str().unwrap_or_default();
                let status = if test["status"] == "flaky" { " (only at a second try)" } else { "" };
                let spec = spec["title"].as_str().unwrap_or_default();
                found.push(format!("[{project}] {path} › {spec}{status}"));
            }
        }
    }
    for inner in suite["suites"].as_array().into_iter().flatten() {
        failures(inner, &path, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cargo_s_result_lines_are_added_up() {
        let text = "test a ... ok\ntest place_order::b ... FAILED\n\
            test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 9 filtered out; finished in 0.01s\n\
            test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let expected =
            Tally { passed: 7, failed: 1, skipped: 2, failures: vec!["place_order::b".to_owned()] };
        assert_eq!(of_cargo(text), expected);
    }

    #[test]
    fn a_script_tells_its_counts_at_the_end() {
        let text = "checking\nFAILED orders\n5 passed, 1 failed, 0 skipped\n";
        let expected = Tally { passed: 5, failed: 1, skipped: 0, failures: vec!["orders".to_owned()] };
        assert_eq!(of_script(text), expected);
        assert!(of_script("nothing").is_empty());
    }

    #[test]
    fn playwright_names_what_failed() {
        let report = json!({
            "stats": { "expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2 },
            "suites": [{ "title": "buy.spec.ts", "specs": [], "suites": [{ "title": "a buyer", "specs": [
                { "title": "pays", "tests": [{ "projectName": "no-js", "status": "unexpected" }] },
                { "title": "waits", "tests": [{ "projectName": "js", "status": "flaky" }] },
                { "title": "looks", "tests": [{ "projectName": "js", "status": "expected" }] },
            ]}]}],
        });
        let tally = of_playwright(&report);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 2, 2));
        assert_eq!(tally.failures[0], "[no-js] buy.spec.ts › a buyer › pays");
        assert_eq!(tally.failures.len(), 2);
    }
}
