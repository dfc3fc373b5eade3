//! What came of one code.

use crate::{error::AppError, forms::FormState};
use contracts::{ProblemCode, Timestamp, tickets::CheckInView};

/// Whether somebody may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let in, just now.
    Admitted,
    /// The ticket has let somebody in before.
    Used,
    /// A good ticket of another show.
    WrongShow,
    /// Refunded, resold, listed, or its holder is suspended.
    NotValid,
    /// No ticket of ours.
    Unknown,
}

const VERDICTS: [(Verdict, &str); 5] = [
    (Verdict::Admitted, "admitted"),
    (Verdict::Used, "used"),
    (Verdict::WrongShow, "wrong-show"),
    (Verdict::NotValid, "not-valid"),
    (Verdict::Unknown, "unknown"),
];

impl Verdict {
    /// The word for the steward.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admitted => "Let in",
            Self::Used => "Already in",
            Self::WrongShow => "Wrong show",
            Self::NotValid => "Not valid",
            Self::Unknown => "No ticket",
        }
    }
}

/// One code, when and with what result. Between two scans it travels in the form, as one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// When it was scanned.
    pub at: Timestamp,
    /// May they come in?
    pub outcome: Verdict,
    /// When the ticket was used, where it was.
    pub used_at: Option<Timestamp>,
    /// Name and place, or why not.
    pub whom: String,
}

impl Scan {
    /// What the answer means; only what says nothing of the ticket is an error.
    pub(super) fn of(answer: Result<CheckInView, AppError>, now: Timestamp) -> Result<Self, AppError> {
        let refused = |outcome, whom: &str| Self { at: now, outcome, used_at: None, whom: whom.to_owned() };
        match answer {
            Ok(admitted) => {
                let seat = admitted.seat.map(|seat| format!(", {seat}")).unwrap_or_default();
                let whom = format!("{}: {}{seat}", admitted.holder_name, admitted.listing_name);
                Ok(Self { at: now, outcome: Verdict::Admitted, used_at: Some(admitted.checked_in_at), whom })
            }
            Err(AppError::NotFound) => Ok(refused(Verdict::Unknown, "Not a code of ours")),
            Err(AppError::Conflict(problem)) => match problem.code {
                ProblemCode::AlreadyUsed => {
                    let used_at = problem.facts.get("used_at").and_then(|at| at.as_str()?.parse().ok());
                    Ok(Self { used_at, ..refused(Verdict::Used, "This ticket was used before") })
                }
                ProblemCode::WrongShow => Ok(refused(Verdict::WrongShow, "A ticket for another show")),
                ProblemCode::TicketNotValid => {
                    let why = problem.detail.as_deref().unwrap_or("It was refunded or resold");
                    Ok(refused(Verdict::NotValid, why))
                }
                _ => Err(AppError::Conflict(problem)),
            },
            Err(error) => Err(error),
        }
    }

    /// The line of it in the form.
    pub(super) fn kept(&self) -> String {
        let word = VERDICTS.iter().find(|(outcome, _)| *outcome == self.outcome).map_or("", |(_, word)| word);
        let used = self.used_at.map(|at| at.to_rfc3339()).unwrap_or_default();
        format!("{}|{word}|{used}|{}", self.at.to_rfc3339(), self.whom)
    }

    /// The scans of this page, the latest first.
    pub(super) fn all(state: &FormState) -> Vec<Self> {
        state.values("scan").filter_map(Self::read).collect()
    }

    fn read(line: &str) -> Option<Self> {
        let mut parts = line.splitn(4, '|');
        let at = parts.next()?.parse().ok()?;
        let word = parts.next()?;
        let (outcome, _) = VERDICTS.iter().find(|(_, known)| *known == word)?;
        let used_at = parts.next()?.parse().ok();
        Some(Self { at, outcome: *outcome, used_at, whom: parts.next()?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::Problem;

    #[test]
    fn a_scan_travels_in_one_line() {
        let now = "2026-11-20T19:30:00Z".parse().unwrap();
        let used = Problem::new(ProblemCode::AlreadyUsed).fact("used_at", "2026-11-20T18:58:00Z");
        let scan = Scan::of(Err(AppError::Conflict(Box::new(used))), now).unwrap();
        assert_eq!(scan.outcome, Verdict::Used);
        assert_eq!(scan.used_at, Some("2026-11-20T18:58:00Z".parse().unwrap()));
        assert_eq!(Scan::read(&scan.kept()), Some(scan));
        assert_eq!(Scan::read("nonsense"), None);
    }

    #[test]
    fn what_says_nothing_of_the_ticket_is_an_error() {
        let now = "2026-11-20T19:30:00Z".parse().unwrap();
        assert!(Scan::of(Err(AppError::Unavailable { retry_after: 1 }), now).is_err());
        assert_eq!(Scan::of(Err(AppError::NotFound), now).unwrap().outcome, Verdict::Unknown);
    }
}
