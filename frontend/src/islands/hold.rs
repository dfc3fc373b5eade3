//! How long tickets stay held.

use super::clock::{digits, remaining};
use leptos::prelude::*;

/// The form of an order's page that holds its tickets once more.
pub const HOLD_AGAIN: &str = "hold-again";
/// Stubs of the fuse.
const STUBS: i64 = 15;
/// Minutes at which the time left is spoken.
const SPOKEN_MINUTES: [i64; 3] = [5, 2, 1];

/// The sticky bar of a checkout: time left, what is held, and the fuse.
///
/// The digits are silent; a status line speaks at 5, 2 and 1 minutes and at the end. Nothing moves on by itself.
#[island]
pub fn HoldBar(
    /// End of the hold, in milliseconds since 1970.
    until_ms: i64,
    /// The server's clock when it rendered, in milliseconds since 1970.
    now_ms: i64,
    /// How long the whole hold lasts, in milliseconds.
    length_ms: i64,
    /// How many tickets are held.
    tickets: u32,
    /// When it ends, in words: `19:45`.
    until_text: String,
    /// Where the same tickets are held again once the time is up.
    again: String,
    /// Name and value of the field that makes two presses one hold.
    again_key: (String, String),
) -> impl IntoView {
    let (key_name, key) = again_key;
    let left = remaining(until_ms, now_ms);
    let stubs = move || stubs_left(left.get(), length_ms);
    let fuse = (1..=STUBS)
        .map(|stub| view! { <i class:now=move || stub == stubs() class:gone=move || { stub > stubs() }></i> })
        .collect_view();
    view! {
        <div class="hold">
            <div class="wrap grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2 py-3 sm:grid-cols-[auto_14rem_1fr]">
                <p class="hold-time" role="timer" aria-live="off" aria-label="Time left to pay">
                    {move || digits(left.get())}
                </p>
                <p class="text-sm leading-tight">
                    <b>{move || headline(left.get(), tickets)}</b>
                    <br/>
                    {move || advice(left.get(), &until_text)}
                </p>
                <div class="max-sm:col-span-2">
                    <div hidden=move || left.get() <= 0><div class="fuse" aria-hidden="true">{fuse}</div></div>
                    <form method="post" action=again hidden=move || { left.get() > 0 }>
                        <input type="hidden" name="form" value=HOLD_AGAIN/>
                        <input type="hidden" name=key_name value=key/>
                        <button class="btn btn-sm" type="submit">"Hold them again"</button>
                    </form>
                </div>
            </div>
            <p class="sr-only" role="status">{move || spoken(left.get())}</p>
        </div>
    }
}

/// The digits alone, for the chip in the header.
#[island]
pub fn HoldClock(
    /// End of the hold, in milliseconds since 1970.
    until_ms: i64,
    /// The server's clock when it rendered, in milliseconds since 1970.
    now_ms: i64,
) -> impl IntoView {
    let left = remaining(until_ms, now_ms);
    view! { <span class="num text-lg leading-none">{move || digits(left.get())}</span> }
}

/// One stub is torn off per fifteenth of the hold: per minute, with holds of fifteen minutes.
fn stubs_left(left_ms: i64, length_ms: i64) -> i64 {
    let (left, length) = (left_ms.max(0), length_ms.max(1));
    ((left * STUBS + length - 1) / length).min(STUBS)
}

fn advice(left_ms: i64, until: &str) -> String {
    match left_ms {
        ..=0 => "You can hold them again if they are still free".to_owned(),
        1..=60_000 => "Pay now or hold them again".to_owned(),
        _ => format!("Held for you until {until}"),
    }
}

fn headline(left_ms: i64, tickets: u32) -> String {
    match (left_ms, (left_ms + 59_999) / 60_000) {
        (..=0, _) => "Time ran out".to_owned(),
        (_, ..=1) => "Less than a minute left".to_owned(),
        (_, minutes @ 2..=5) => format!("{minutes} minutes left"),
        _ if tickets == 1 => "1 ticket is yours to buy".to_owned(),
        _ => format!("{tickets} tickets are yours to buy"),
    }
}

/// Changes only when something shall be said, so screen readers stay calm.
fn spoken(left_ms: i64) -> String {
    if left_ms <= 0 {
        return "Time ran out. The tickets went back on sale.".to_owned();
    }
    let minutes = SPOKEN_MINUTES.into_iter().rev().find(|minutes| left_ms <= minutes * 60_000);
    match minutes {
        Some(1) => "1 minute left to pay.".to_owned(),
        Some(minutes) => format!("{minutes} minutes left to pay."),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_is_torn_off_each_fifteenth() {
        assert_eq!(stubs_left(900_000, 900_000), 15);
        assert_eq!(stubs_left(702_000, 900_000), 12);
        assert_eq!(stubs_left(1, 900_000), 1);
        assert_eq!(stubs_left(0, 900_000), 0);
    }

    #[test]
    fn it_speaks_at_five_two_and_one_minutes_and_at_the_end() {
        assert_eq!(spoken(300_001), "");
        assert_eq!(spoken(300_000), "5 minutes left to pay.");
        assert_eq!(spoken(120_000), "2 minutes left to pay.");
        assert_eq!(spoken(60_000), "1 minute left to pay.");
        assert!(spoken(0).starts_with("Time ran out"));
    }

    #[test]
    fn the_headline_counts_tickets_then_minutes() {
        assert_eq!(headline(702_000, 2), "2 tickets are yours to buy");
        assert_eq!(headline(298_000, 2), "5 minutes left");
        assert_eq!(headline(51_000, 2), "Less than a minute left");
    }
}
