//! Lists of people to ban, as comma-separated values (RFC 4180): what can be said of a list without the database.
//!
//! The first line names the columns: `user` (an address or an id) and `reason`, and where wanted `until` (a day, which
//! is included, or an instant) and `tickets` (`keep` or `refuse`). Semicolons are taken too, as spreadsheets write them.

use chrono::{NaiveTime, TimeDelta};
use contracts::{
    Timestamp, Validate,
    auth::{Ban, BannedTickets},
    ban_imports::{BanImportProblem, LINES_MAX, LIST_MAX_BYTES},
    shows::When,
};
use csv::{ReaderBuilder, StringRecord, Trim};

/// What is kept of a name or a reason that is too long to be one.
const KEPT_CHARS: usize = 1_001;

/// Why a list is not read at all; says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("The file is larger than 1 MB. Split it")]
    TooLarge,
    #[error("The list has more than 5,000 lines. Split it")]
    TooLong,
    #[error("The list is empty. Its first line names the columns: user, reason, until, tickets")]
    Empty,
    #[error("Name the columns in the first line: user and reason, and where wanted until and tickets")]
    Columns,
    #[error("Save the list as text in UTF-8, with commas between its cells")]
    Text,
}

/// One line, with the first thing that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: i32,
    pub(crate) named: String,
    pub(crate) reason: String,
    pub(crate) until: Option<Timestamp>,
    pub(crate) tickets: BannedTickets,
    pub(crate) problem: Option<BanImportProblem>,
}

/// Where each column is.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    user: Option<usize>,
    reason: Option<usize>,
    until: Option<usize>,
    tickets: Option<usize>,
}

/// Reads a list at `now`.
///
/// # Errors
/// [`Unreadable`] where it is no list; what is wrong with single lines is said with them.
pub(crate) fn read(bytes: &[u8], now: Timestamp) -> Result<Vec<Line>, Unreadable> {
    if bytes.len() > LIST_MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Text)?;
    // Spreadsheets begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|_| Unreadable::Text)?.clone();
    if headers.iter().all(str::is_empty) {
        return Err(Unreadable::Empty);
    }
    let columns = columns(&headers)?;
    let mut numbers = Numbers { text, at: 0, line: 1 };
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| Unreadable::Text)?;
        if record.iter().all(str::is_empty) {
            continue; // A line of commas is how a spreadsheet writes nothing.
        }
        if lines.len() == LINES_MAX {
            return Err(Unreadable::TooLong);
        }
        let number = numbers.of(&record);
        lines.push(Line { number, ..line(&record, headers.len(), columns, now) });
    }
    if lines.is_empty() { Err(Unreadable::Empty) } else { Ok(lines) }
}

/// Numbers of lines as editors count them: the reader counts otherwise where lines end with two characters.
struct Numbers<'a> {
    text: &'a str,
    at: usize,
    line: i32,
}

impl Numbers<'_> {
    /// The line on which a record begins. Records come in their order.
    fn of(&mut self, record: &StringRecord) -> i32 {
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(usize::MAX);
        // The end of the line before may belong to the record.
        let rest = self.text.as_bytes().get(begins..).unwrap_or_default();
        let begins = begins + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let between = self.text.as_bytes().get(self.at..begins).unwrap_or_default();
        let ends = between.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.line = self.line.saturating_add(i32::try_from(ends).unwrap_or(i32::MAX));
        self.at = begins;
        self.line
    }
}

/// What stands between the columns' names.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.contains(';') && !first.contains(',') { b';' } else { b',' }
}

fn columns(headers: &StringRecord) -> Result<Columns, Unreadable> {
    let mut columns = Columns::default();
    for (at, name) in headers.iter().enumerate() {
        let column = match name.to_lowercase().as_str() {
            "user" => &mut columns.user,
            "reason" => &mut columns.reason,
            "until" => &mut columns.until,
            "tickets" => &mut columns.tickets,
            _ => return Err(Unreadable::Columns),
        };
        if column.replace(at).is_some() {
            return Err(Unreadable::Columns);
        }
    }
    if columns.user.is_some() && columns.reason.is_some() { Ok(columns) } else { Err(Unreadable::Columns) }
}

fn line(record: &StringRecord, width: usize, columns: Columns, now: Timestamp) -> Line {
    let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
    let mut line = Line {
        number: 0,
        named: kept(cell(columns.user)),
        reason: kept(cell(columns.reason)),
        until: None,
        tickets: BannedTickets::Keep,
        problem: None,
    };
    line.problem =
        terms(&mut line, record.len() == width, cell(columns.until), cell(columns.tickets), now).err();
    line
}

/// Reads a line's terms, as far as they can be read.
fn terms(
    line: &mut Line,
    whole: bool,
    until: &str,
    tickets: &str,
    now: Timestamp,
) -> Result<(), BanImportProblem> {
    if !whole {
        return Err(BanImportProblem::CellsWrong);
    }
    if line.named.is_empty() {
        return Err(BanImportProblem::UserMissing);
    }
    line.until = end(until, now)?;
    if !tickets.is_empty() {
        let word = tickets.to_lowercase();
        line.tickets = word.parse().map_err(|_| BanImportProblem::TicketsInvalid)?;
    }
    if line.ban().errors().is_empty() { Ok(()) } else { Err(BanImportProblem::ReasonInvalid) }
}

impl Line {
    /// The ban that it asks for.
    fn ban(&self) -> Ban {
        Ban { reason: self.reason.clone(), until: self.until, tickets: Some(self.tickets) }
    }
}

/// When the ban ends; nothing where it never does.
fn end(text: &str, now: Timestamp) -> Result<Option<Timestamp>, BanImportProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    let ends = match text.parse() {
        Ok(When::At(instant)) => Some(instant),
        Ok(When::On(day)) => day.and_time(NaiveTime::MIN).and_utc().checked_add_signed(TimeDelta::days(1)),
        Err(_) => None,
    };
    let ahead = ends.filter(|ends| *ends > now);
    ahead.map(Some).ok_or(BanImportProblem::UntilInvalid)
}

/// Bounded, and without what the database refuses.
fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(KEPT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use BanImportProblem::{CellsWrong, ReasonInvalid, TicketsInvalid, UntilInvalid, UserMissing};

    fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn lines(text: &str) -> Vec<Line> {
        read(text.as_bytes(), now()).unwrap()
    }

    #[test]
    fn a_list_is_read_with_its_terms() {
        let list = "\u{feff}User,Reason,Until,Tickets\r\nana@example.com,\"Fraud, twice\",2026-11-20,REFUSE\r\n\r\n,,,\r\n\
                    0198f3a0-0000-7000-8000-000000000002,Touting,,\r\n";
        let lines = lines(list);
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert_eq!((lines[0].named.as_str(), lines[0].reason.as_str()), ("ana@example.com", "Fraud, twice"));
        assert_eq!(lines[0].until, Some("2026-11-21T00:00:00Z".parse().unwrap()), "the day is included");
        assert_eq!((lines[0].tickets, lines[0].number), (BannedTickets::Refuse, 2));
        assert_eq!((lines[1].until, lines[1].tickets), (None, BannedTickets::Keep));
        assert_eq!(lines[1].number, 5, "empty lines count");
        assert!(lines.iter().all(|line| line.problem.is_none()));
    }

    #[test]
    fn each_line_says_what_is_wrong_with_it() {
        let long = "x".repeat(1_001);
        for (line, problem) in [
            (",Fraud,,", UserMissing),
            ("ana,,,", ReasonInvalid),
            ("ana,Fraud,yesterday,", UntilInvalid),
            ("ana,Fraud,2026-11-19,", UntilInvalid),
            ("ana,Fraud,2026-11-20T11:59:59Z,", UntilInvalid),
            ("ana,Fraud,,perhaps", TicketsInvalid),
            ("ana,Fraud", CellsWrong),
            ("ana,Fraud,,,,", CellsWrong),
            (&format!("ana,{long},,"), ReasonInvalid),
        ] {
            let lines = lines(&format!("user,reason,until,tickets\n{line}\n"));
            assert_eq!(lines[0].problem, Some(problem), "{line}");
        }
    }

    #[test]
    fn semicolons_are_taken_too() {
        let lines = lines("user;reason\nana@example.com;Fraud, twice\n");
        assert_eq!((lines[0].reason.as_str(), lines[0].problem), ("Fraud, twice", None));
    }

    #[test]
    fn what_is_no_list_is_refused_whole() {
        for (text, why) in [
            ("", Unreadable::Empty),
            ("\n\n", Unreadable::Empty),
            ("user,reason\n", Unreadable::Empty),
            ("ana@example.com,Fraud\n", Unreadable::Columns),
            ("user\nana\n", Unreadable::Columns),
            ("user,reason,user\nana,Fraud,ana\n", Unreadable::Columns),
            ("user,reason,colour\nana,Fraud,red\n", Unreadable::Columns),
        ] {
            assert_eq!(read(text.as_bytes(), now()), Err(why), "{text:?}");
        }
        assert_eq!(read(b"user,reason\n\xff\xfe,x\n", now()), Err(Unreadable::Text));
        let long = format!("user,reason\n{}", "ana,x\n".repeat(LINES_MAX + 1));
        assert_eq!(read(long.as_bytes(), now()), Err(Unreadable::TooLong));
        let large = format!("user,reason\nana,{}\n", "x".repeat(LIST_MAX_BYTES));
        assert_eq!(read(large.as_bytes(), now()), Err(Unreadable::TooLarge));
    }
}
