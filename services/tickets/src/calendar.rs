//! A ticket's show as an iCalendar document (RFC 5545).

use contracts::{
    Timestamp,
    shows::{ShowStatus, ShowSummary},
    tickets::{TicketState, TicketView},
};

/// The most octets of a line, without its end.
const LINE_OCTETS: usize = 75;

/// One VEVENT: times in UTC, which every calendar turns into its own.
pub(crate) fn document(ticket: &TicketView, now: Timestamp) -> String {
    let ShowSummary { title, starts_at, doors_at, venue, status, .. } = &ticket.show;
    let place = [venue.name.as_str(), &venue.address, &venue.city, &venue.country].join(", ");
    let seat = ticket.seat.as_ref().map(|seat| format!(", seat {seat}")).unwrap_or_default();
    let zone: chrono_tz::Tz = venue.timezone.parse().unwrap_or(chrono_tz::UTC);
    let doors = doors_at.with_timezone(&zone).format("%H:%M");
    let about = format!("{}{seat}\nDoors open at {doors} ({})", ticket.listing_name, venue.timezone);
    let void = *status == ShowStatus::Cancelled || ticket.state == TicketState::Void;
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Ticketing.dev//Tickets//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@ticketing.dev", ticket.id),
        format!("DTSTAMP:{}", instant(now)),
        format!("DTSTART:{}", instant(*starts_at)),
        format!("SUMMARY:{}", text(title)),
        format!("LOCATION:{}", text(&place)),
        format!("DESCRIPTION:{}", text(&about)),
        format!("STATUS:{}", if void { "CANCELLED" } else { "CONFIRMED" }),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| fold(line)).collect()
}

fn instant(at: Timestamp) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Escapes a TEXT value.
fn text(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    escaped.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

/// Breaks a long line between characters and ends it.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut octets = 0;
    for character in line.chars() {
        if octets + character.len_utf8() > LINE_OCTETS {
            folded.push_str("\r\n ");
            octets = 1;
        }
        octets += character.len_utf8();
        folded.push(character);
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_cannot_end_its_line() {
        assert_eq!(text("a,b;c\\d\r\nBEGIN:VALARM\nx"), "a\\,b\\;c\\\\d\\nBEGIN:VALARM\\nx");
    }

    proptest! {
        #[test]
        fn a_folded_line_is_short_and_unfolds(line in "[^\r\n]{0,300}") {
            let folded = fold(&line);
            prop_assert!(folded.split("\r\n").all(|part| part.len() <= LINE_OCTETS));
            prop_assert_eq!(folded.replace("\r\n ", ""), format!("{line}\r\n"));
        }
    }
}
