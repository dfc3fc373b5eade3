//! Choosing seats: a checkbox per seat, a group per row. Works by keyboard, by screen reader and without JavaScript.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::intent::{Intent, seats_field};
use crate::forms::FormState;
use contracts::listings::ListingView;
use leptos::prelude::*;

/// The seats of one row, in the order of the listing.
#[derive(Debug, PartialEq, Eq)]
struct SeatRow {
    name: String,
    /// Whole name, and the part after the row's.
    seats: Vec<(String, String)>,
}

/// The seats of a listing.
#[component]
pub fn SeatChoice(listing: ListingView, intent: Option<Intent>, state: FormState) -> impl IntoView {
    let field = seats_field(listing.id);
    let control = state.control(&field);
    let error = state.errors().on(&field).map(str::to_owned);
    let chosen = |seat: &str| {
        let before = intent.as_ref().is_some_and(|intent| intent.is_of(listing.id) && intent.has_seat(seat));
        if state.was_sent() { state.has(&field, seat) } else { before }
    };
    let price = listing.price.to_string();
    let rows = rows(&listing.seats)
        .into_iter()
        .map(|row| {
            let seats = row
                .seats
                .into_iter()
                .map(|(seat, number)| {
                    let taken = listing.taken_seats.contains(&seat);
                    let cost = if taken { "taken" } else { price.as_str() };
                    let label = if row.name.is_empty() {
                        format!("Seat {seat}, {cost}")
                    } else {
                        format!("Row {}, seat {number}, {cost}", row.name)
                    };
                    let checked = !taken && chosen(&seat);
                    view! {
                        <label class="seat">
                            <input type="checkbox" name=field.clone() value=seat aria-label=label checked=checked disabled=taken/>
                            <span aria-hidden="true">{number}</span>
                        </label>
                    }
                })
                .collect_view();
            view! {
                <fieldset class="grid grid-cols-[auto_1fr] items-baseline gap-1 md:gap-1.5">
                    <legend class="sr-only">{if row.name.is_empty() { "Seats".to_owned() } else { format!("Row {}", row.name) }}</legend>
                    <span class="num w-6 text-sm md:w-8" aria-hidden="true">{row.name}</span>
                    <div class="flex flex-wrap gap-1 md:gap-1.5">{seats}</div>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <div class="col-span-full" id=control.clone() tabindex="-1" role="group" aria-label=format!("Seats, {}", listing.name)>
            <input type="hidden" name="seated" value="on"/>
            <p class="text-sm text-ink-2">
                {format!("Choose up to {} seats.", listing.max_per_order)}
                {(!listing.taken_seats.is_empty()).then_some(" Filled ones are taken.")}
            </p>
            <div class="mt-3 grid gap-1.5 md:gap-2">{rows}</div>
            {error.map(|error| view! { <p class="error mt-2" id=format!("{control}-error")>{error}</p> })}
        </div>
    }
}

/// `A1`, `A2`, `B1` are two rows; what does not end in a number stands in a row without a name.
fn rows(seats: &[String]) -> Vec<SeatRow> {
    let mut rows: Vec<SeatRow> = Vec::new();
    for seat in seats {
        let name = seat.trim_end_matches(|c: char| c.is_ascii_digit());
        let (name, number) =
            if name.len() == seat.len() { ("", seat.as_str()) } else { (name, &seat[name.len()..]) };
        let name = name.trim_end_matches(|c: char| c.is_whitespace() || c == '-');
        let entry = (seat.clone(), number.to_owned());
        match rows.iter_mut().find(|row| row.name == name) {
            Some(row) => row.seats.push(entry),
            None => rows.push(SeatRow { name: name.to_owned(), seats: vec![entry] }),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_stand_in_rows() {
        let seats = ["A1", "A2", "B1", "Box 10", "Throne"].map(str::to_owned);
        let named: Vec<_> = rows(&seats).into_iter().map(|row| (row.name, row.seats.len())).collect();
        let expected = [("A", 2), ("B", 1), ("Box", 1), ("", 1)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(named, expected);
    }
}
