//! What was asked and what was answered, and whether that keeps the promise. Pure: it looks at what was written down.

use crate::samples::Samples;
use chrono::TimeDelta;
use contracts::Timestamp;
use std::{collections::BTreeMap, time::Duration};

/// What an instance said to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes.
    Accepted,
    /// Not this one: banned, or the session was ended.
    Refused,
    /// It cannot know, or is not there.
    Unavailable,
    /// Nothing: no connection, or no answer in time.
    Silent,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Whose: the account's id.
    pub(crate) person: String,
    /// Which instance.
    pub(crate) instance: String,
    /// When it was sent, which is before it began there.
    pub(crate) begun: Timestamp,
    pub(crate) answer: Answer,
}

/// One ban that the bus has acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Banned {
    pub(crate) person: String,
    pub(crate) acknowledged: Timestamp,
}

/// What is to be said of a history.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// How many bans there were.
    pub(crate) bans: usize,
    /// How many requests were asked.
    pub(crate) requests: usize,
    /// Requests of banned people that began after the bound and were answered.
    pub(crate) after_bound: usize,
    /// Those of them that were accepted, in words.
    pub(crate) late: Vec<String>,
    /// Per ban: when the last request that was accepted began, counted from the acknowledgement.
    pub(crate) last_accepted: Samples,
    /// Per ban: when the last instance refused for the first time.
    pub(crate) refused_everywhere: Samples,
    /// Answers "cannot know" to people who were not banned.
    pub(crate) held_up_percent: f64,
}

/// Judges a history.
pub(crate) fn judge(asked: &[Asked], bans: &[Banned], bound: TimeDelta) -> Verdict {
    let mut verdict = Verdict { bans: bans.len(), requests: asked.len(), ..Verdict::default() };
    let mut by_person: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for one in asked {
        by_person.entry(&one.person).or_default().push(one);
    }
    for ban in bans {
        let requests = by_person.remove(ban.person.as_str()).unwrap_or_default();
        judge_one(ban, &requests, bound, &mut verdict);
    }
    verdict.held_up_percent = held_up(by_person.values().flatten());
    verdict
}

fn judge_one(ban: &Banned, requests: &[&Asked], bound: TimeDelta, verdict: &mut Verdict) {
    let mut last_accepted = ban.acknowledged;
    let mut by_instance: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for one in requests {
        by_instance.entry(&one.instance).or_default().push(one);
        let answered = matches!(one.answer, Answer::Accepted | Answer::Refused | Answer::Unavailable);
        let accepted = one.answer == Answer::Accepted;
        if accepted {
            last_accepted = last_accepted.max(one.begun);
        }
        if answered && one.begun > ban.acknowledged + bound {
            verdict.after_bound += 1;
            if accepted {
                let late = since(ban.acknowledged, one.begun).as_millis();
                verdict.late.push(format!("{} accepted {} {late} ms after T0", one.instance, one.person));
            }
        }
    }
    verdict.last_accepted.add(since(ban.acknowledged, last_accepted));
    let refusals = by_instance.values().filter_map(|requests| first_refusal(requests));
    if let Some(last) = refusals.max() {
        verdict.refused_everywhere.add(since(ban.acknowledged, last));
    }
}

/// When an instance refused for the first time since it accepted for the last time.
fn first_refusal(requests: &[&Asked]) -> Option<Timestamp> {
    let begun = |answer| requests.iter().filter(move |one| one.answer == answer).map(|one| one.begun);
    let accepted = begun(Answer::Accepted).max();
    begun(Answer::Refused).filter(|at| accepted.is_none_or(|accepted| *at > accepted)).min()
}

#[expect(clippy::cast_precision_loss, reason = "counts of some minutes are exact in an f64")]
fn held_up<'a>(asked: impl Iterator<Item = &'a &'a Asked>) -> f64 {
    let (mut held_up, mut answered) = (0_u64, 0_u64);
    for one in asked {
        answered += u64::from(one.answer != Answer::Silent);
        held_up += u64::from(one.answer == Answer::Unavailable);
    }
    100.0 * held_up as f64 / answered.max(1) as f64
}

fn since(from: Timestamp, until: Timestamp) -> Duration {
    (until - from).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: TimeDelta = TimeDelta::seconds(2);

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_timestamp_millis(1_000_000 + ms).unwrap()
    }

    fn asked(person: &str, instance: &str, ms: i64, answer: Answer) -> Asked {
        Asked { person: person.to_owned(), instance: instance.to_owned(), begun: at(ms), answer }
    }

    fn judged(history: &[Asked]) -> Verdict {
        judge(history, &[Banned { person: "ana".to_owned(), acknowledged: at(0) }], BOUND)
    }

    #[test]
    fn who_is_accepted_after_the_bound_breaks_the_promise() {
        use Answer::{Accepted, Refused};
        let within = [asked("ana", "orders", 2_000, Accepted), asked("ana", "orders", 2_500, Refused)];
        let verdict = judged(&within);
        assert_eq!((verdict.after_bound, verdict.late.len()), (1, 0));
        assert_eq!(verdict.last_accepted.percentile(100), Duration::from_secs(2));
        assert_eq!(verdict.refused_everywhere.percentile(100), Duration::from_millis(2_500));
        let verdict = judged(&[asked("ana", "orders", 2_001, Accepted)]);
        assert_eq!(verdict.late, ["orders accepted ana 2001 ms after T0"]);
    }

    #[test]
    fn an_instance_that_forgot_is_found_out() {
        use Answer::{Accepted, Refused};
        let history = [
            asked("ana", "orders", 10, Refused),
            asked("ana", "orders", 3_000, Accepted),
            asked("ana", "tickets", 5, Refused),
        ];
        assert_eq!(judged(&history).late.len(), 1);
    }

    #[test]
    fn silence_and_strangers_break_nothing() {
        use Answer::{Accepted, Silent, Unavailable};
        let history = [
            asked("ana", "orders", 3_000, Unavailable),
            asked("ana", "orders", 3_000, Silent),
            asked("ben", "orders", 3_000, Accepted),
            asked("ben", "orders", 3_000, Unavailable),
        ];
        let verdict = judged(&history);
        assert_eq!((verdict.after_bound, verdict.late.len()), (1, 0));
        assert!((verdict.held_up_percent - 50.0).abs() < 0.1);
    }

    #[test]
    fn the_slowest_instance_decides() {
        use Answer::{Accepted, Refused};
        let history = [
            asked("ana", "orders", -5, Accepted),
            asked("ana", "orders", 1, Refused),
            asked("ana", "tickets", 20, Accepted),
            asked("ana", "tickets", 30, Refused),
        ];
        let verdict = judged(&history);
        assert_eq!(verdict.last_accepted.percentile(50), Duration::from_millis(20));
        assert_eq!(verdict.refused_everywhere.percentile(50), Duration::from_millis(30));
    }
}
