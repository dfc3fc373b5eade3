//! Makes one readable line of what a process wrote: JSON of the services, Postgres' and NATS' own formats.

use std::fmt::Write as _;

use chrono::{DateTime, Local, NaiveTime};
use serde_json::{Map, Value};

/// Fields that every line of a service carries and nobody reads.
const SILENT_FIELDS: [&str; 10] = [
    "timestamp",
    "level",
    "message",
    "target",
    "span",
    "spans",
    "log.file",
    "log.line",
    "log.module_path",
    "log.target",
];
/// As wide as the longest process name, `notifications`.
const NAME_WIDTH: usize = 13;

/// One line of a log.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    time: NaiveTime,
    level: String,
    message: String,
    fields: String,
}

impl Line {
    pub(crate) fn new(time: NaiveTime, level: &str, message: &str) -> Self {
        Self { time, level: level.to_owned(), message: message.to_owned(), fields: String::new() }
    }

    /// Reads whatever a process writes; what is not understood is the message itself.
    pub(crate) fn parse(raw: &str, now: NaiveTime) -> Self {
        let raw = raw.trim_end();
        if let Ok(Value::Object(object)) = serde_json::from_str(raw) {
            return Self::from_json(&object, now);
        }
        if let Some(line) = from_nats(raw, now).or_else(|| from_postgres(raw, now)) {
            return line;
        }
        let level = if raw.starts_with("thread '") && raw.contains("panicked") { "ERROR" } else { "INFO" };
        Self::new(now, level, raw)
    }

    fn from_json(object: &Map<String, Value>, now: NaiveTime) -> Self {
        let inner = object.get("fields").and_then(Value::as_object);
        let text = |name: &str| {
            object.get(name).or_else(|| inner.and_then(|inner| inner.get(name))).and_then(Value::as_str)
        };
        let time = text("timestamp")
            .and_then(|time| DateTime::parse_from_rfc3339(time).ok())
            .map_or(now, |time| time.with_timezone(&Local).time());
        let mut fields = String::new();
        let flat = object.iter().filter(|(name, _)| *name != "fields");
        for (name, value) in flat.chain(inner.into_iter().flatten()) {
            if !SILENT_FIELDS.contains(&name.as_str()) {
                let _ = write!(fields, " {name}={}", plain(value));
            }
        }
        let level = text("level").unwrap_or("INFO").to_uppercase();
        Self { time, level, message: text("message").unwrap_or_default().to_owned(), fields }
    }

    /// `HH:MM:SS service  LEVEL message fields`
    pub(crate) fn render(&self, process: &str, colours: bool) -> String {
        let time = self.time.format("%H:%M:%S");
        let (level, message, fields) = (&self.level, &self.message, &self.fields);
        if !colours {
            return format!("{time} {process:<NAME_WIDTH$} {level:<5} {message}{fields}");
        }
        let colour = match level.as_str() {
            "ERROR" => 31,
            "WARN" => 33,
            "INFO" => 32,
            _ => 90,
        };
        let name_colour = colour_of(process);
        format!(
            "\x1b[90m{time}\x1b[0m \x1b[{name_colour}m{process:<NAME_WIDTH$}\x1b[0m \
             \x1b[{colour}m{level:<5}\x1b[0m {message}\x1b[90m{fields}\x1b[0m"
        )
    }

    /// Whether the line asks for attention.
    pub(crate) fn is_serious(&self) -> bool {
        matches!(self.level.as_str(), "WARN" | "ERROR")
    }
}

/// `[4711] 2026/11/23 21:56:42.123456 [INF] Server is ready`
fn from_nats(raw: &str, now: NaiveTime) -> Option<Line> {
    let rest = raw.strip_prefix('[')?.split_once("] ")?.1;
    let (when, rest) = rest.split_once(" [")?;
    let (level, message) = rest.split_once("] ")?;
    let time = when
        .split_once(' ')
        .and_then(|(_, time)| NaiveTime::parse_from_str(time, "%H:%M:%S%.f").ok())
        .unwrap_or(now);
    let level = match level {
        "WRN" => "WARN",
        "ERR" | "FTL" => "ERROR",
        "DBG" | "TRC" => "DEBUG",
        _ => "INFO",
    };
    Some(Line::new(time, level, message))
}

/// `2026-11-23 21:56:42.123 UTC [4711] LOG:  database system is ready`
fn from_postgres(raw: &str, now: NaiveTime) -> Option<Line> {
    let rest = raw.split_once("] ").map_or(raw, |(_, rest)| rest);
    let (level, message) = rest.split_once(":  ")?;
    let level = match level {
        "LOG" | "NOTICE" | "DETAIL" | "HINT" | "STATEMENT" | "CONTEXT" | "INFO" => "INFO",
        "WARNING" => "WARN",
        "ERROR" | "FATAL" | "PANIC" => "ERROR",
        _ => return None,
    };
    Some(Line::new(now, level, message))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || text.contains(char::is_whitespace) => format!("{text:?}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The same colour for the same name, whatever else runs.
fn colour_of(process: &str) -> u32 {
    let sum: u32 = process.bytes().map(u32::from).sum();
    [36, 35, 34, 96, 95, 94][(sum % 6) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> NaiveTime {
        NaiveTime::from_hms_opt(12, 0, 0).unwrap()
    }

    #[test]
    fn a_json_line_becomes_level_message_and_fields() {
        let raw = r#"{"timestamp":"bad","level":"WARN","target":"orders","message":"hold ran out","order":"0198","note":"two words","n":3}"#;
        let line = Line::parse(raw, noon());
        assert_eq!(
            line.render("orders", false),
            "12:00:00 orders        WARN  hold ran out n=3 note=\"two words\" order=0198"
        );
        assert!(line.is_serious());
    }

    #[test]
    fn nested_fields_are_read_too() {
        let raw = r#"{"level":"info","fields":{"message":"listening","port":4101}}"#;
        assert_eq!(
            Line::parse(raw, noon()).render("auth", false),
            "12:00:00 auth          INFO  listening port=4101"
        );
    }

    #[test]
    fn nats_and_postgres_keep_their_levels() {
        let nats = Line::parse("[7] 2026/11/23 21:56:42.120000 [WRN] slow consumer", noon());
        assert_eq!(nats.render("nats", false), "21:56:42 nats          WARN  slow consumer");
        let postgres = Line::parse("2026-11-23 21:56:42.123 UTC [47] FATAL:  no such role", noon());
        assert_eq!(postgres.render("postgres", false), "12:00:00 postgres      ERROR no such role");
    }

    #[test]
    fn anything_else_is_shown_as_it_is() {
        assert_eq!(Line::parse("hello: world\n", noon()), Line::new(noon(), "INFO", "hello: world"));
    }

    #[test]
    fn colours_do_not_change_the_words() {
        let line = Line::new(noon(), "ERROR", "gone");
        assert!(line.render("nats", true).contains("gone"));
        assert!(line.render("nats", true).contains("\x1b[31mERROR"));
    }
}
