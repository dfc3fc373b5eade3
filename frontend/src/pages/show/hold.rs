//! Holding tickets.

use super::intent::Intent;
use crate::{
    api,
    error::AppError,
    forms::{Done, FormErrors, FormId, FormState, Outcome, Refusal, Submission},
    session::sign_in_path,
    text,
};
use contracts::{Problem, ProblemCode, orders::ExistingHold};

pub(super) const HOLD: FormId = "hold";
/// Says that a hold of the same show stands in the way; and, as a field, what becomes of it.
pub(super) const EXISTING: &str = "existing_hold";

/// Holds what was chosen. Whoever is not signed in takes the choice along.
pub(super) async fn hold(form: Submission) -> Outcome {
    let intent = Intent::entered(&form)?;
    if form.visit().viewer.is_none() {
        return match form.visit().nobody() {
            AppError::Unauthenticated => Ok(Done::to(sign_in_path(&intent.path(None)))),
            error => Err(error.into()),
        };
    }
    let existing = form.parse::<ExistingHold>(EXISTING).filter(|choice| *choice != ExistingHold::Refuse);
    let placed = api::orders::place(form.api(), &intent.request(existing), &form.idempotency_key()).await;
    match placed {
        Ok(order) => Ok(Done::to(format!("/orders/{}", order.id))),
        Err(AppError::Unauthenticated) => Ok(Done::to(sign_in_path(&intent.path(None)))),
        Err(AppError::Conflict(problem)) if problem.code == ProblemCode::SoldOut => {
            let lost = lost_seats(&form, &intent).await;
            let words = sold_out(&problem, &intent, &lost);
            Err(FormErrors::form("Nothing was held").and(intent.field(), words).into())
        }
        Err(error) => Err(refusal(error, &intent)),
    }
}

/// Which of the chosen seats somebody else has by now; none where that is not known.
async fn lost_seats(form: &Submission, intent: &Intent) -> Vec<String> {
    let Some(listing) = intent.seated() else { return Vec::new() };
    let show = api::shows::availability(form.api(), intent.show()).await.ok();
    let stock = show.and_then(|show| show.listings.into_iter().find(|stock| stock.listing_id == listing));
    let taken = stock.map(|stock| stock.taken_seats).unwrap_or_default();
    taken.into_iter().filter(|seat| intent.has_seat(seat)).collect()
}

fn refusal(error: AppError, intent: &Intent) -> Refusal {
    match error {
        AppError::Conflict(problem) if problem.code == ProblemCode::HoldExists => {
            FormErrors::field(EXISTING, "You already hold tickets for this show.").into()
        }
        // What the service says of its items belongs to the one field that there is.
        AppError::Invalid(errors) => {
            let first = errors.into_iter().next().map(|error| error.message);
            FormErrors::field(intent.field(), first.unwrap_or_else(|| "Choose again".to_owned())).into()
        }
        AppError::Forbidden => FormErrors::form("You cannot buy these tickets: they are your own.").into(),
        error => error.into(),
    }
}

/// What is left, and what can be done about it.
fn sold_out(problem: &Problem, intent: &Intent, lost: &[String]) -> String {
    let left = problem
        .facts
        .get("left")
        .and_then(|listings| listings.get(0)?.get("left")?.as_u64())
        .and_then(|left| u32::try_from(left).ok());
    match lost {
        [] => {}
        [seat] => return format!("Seat {seat} has just gone. Choose another"),
        seats => return format!("Seats {} have just gone. Choose others", seats.join(", ")),
    }
    match (left, intent.seated().is_some()) {
        (None | Some(0), _) => "Sold out: somebody was faster. Held ones may come back.".to_owned(),
        (Some(_), true) => "At least one of these seats has just gone. Choose others".to_owned(),
        (Some(left), false) => {
            format!("Only {} left: choose fewer", text::count(left, "ticket is", "tickets are"))
        }
    }
}

/// Why a hold was not to be had after signing in, in words of our own: the address may come from anybody.
pub(super) fn refused_in_words(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::SoldOut => "Somebody was faster while you signed in. See what is left below.",
        ProblemCode::HoldExists => {
            "You already hold tickets for this show. Pay for them, or let them go and hold these."
        }
        ProblemCode::NotOnSale => "These tickets are not on sale right now.",
        ProblemCode::Forbidden => "You cannot buy these tickets: they are your own.",
        ProblemCode::Invalid => "That is more than one order may have. Choose fewer.",
        _ => "You are signed in, but the tickets could not be held. Press the button to try again.",
    }
}

/// Does the hold that was refused stand against one that the visitor has?
pub(super) fn stands_against_another() -> bool {
    FormState::of(HOLD).errors().on(EXISTING).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_left() {
        let show = "0198f3a0-0000-7000-8000-000000000001";
        let intent = Intent::from_path(&format!("/shows/{show}?listing={show}&quantity=2")).unwrap();
        let problem = |left: u32| {
            let left = serde_json::json!([{ "listing_id": show, "left": left }]);
            Problem::new(ProblemCode::SoldOut).fact("left", left)
        };
        assert_eq!(sold_out(&problem(1), &intent, &[]), "Only 1 ticket is left: choose fewer");
        assert!(sold_out(&problem(0), &intent, &[]).starts_with("Sold out"));
        let lost = ["A1".to_owned(), "A2".to_owned()];
        assert_eq!(sold_out(&problem(5), &intent, &lost), "Seats A1, A2 have just gone. Choose others");
    }
}
