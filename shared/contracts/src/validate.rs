//! Checks of requests: the same rules and the same sentences for services and forms.

use crate::{FieldError, Money};
use chrono::{DateTime, Datelike, Utc};

/// A word that is not on its closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known {0}")]
pub struct UnknownWord(pub &'static str);

/// A request that can say everything that is wrong with it at once.
pub trait Validate {
    /// Adds one error per broken rule.
    fn validate(&self, errors: &mut FieldErrors);

    /// Every error of the request; empty when it is acceptable.
    fn errors(&self) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        self.validate(&mut errors);
        errors.0
    }
}

/// Collects what is wrong, field by field.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// The highest price of a ticket, in minor units: ten million pounds.
    pub const MAX_PRICE: i64 = 1_000_000_000;

    /// Adds an error.
    pub fn add(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: message.into() });
    }

    /// Adds an error unless `ok`.
    pub fn check(&mut self, ok: bool, field: &str, code: &str, message: &str) {
        if !ok {
            self.add(field, code, message);
        }
    }

    /// Text of `min` to `max` characters without control characters (line breaks aside).
    pub fn text(&mut self, field: &str, what: &str, value: &str, (min, max): (usize, usize)) {
        let length = value.trim().chars().count();
        if length < min && length == 0 {
            self.add(field, "required", format!("Enter {what}"));
        } else if length < min {
            self.add(field, "too_short", format!("Use at least {min} characters"));
        } else if length > max {
            self.add(field, "too_long", format!("Use at most {max} characters"));
        } else if value.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t') {
            self.add(field, "invalid_character", "Remove the control characters");
        }
    }

    /// An instant of years that every clock and database knows.
    pub fn instant(&mut self, field: &str, instant: Option<DateTime<Utc>>) {
        let known = instant.is_none_or(|instant| is_in_range(instant.year()));
        self.check(known, field, "out_of_range", "Choose a time between the years 1970 and 2200");
    }

    /// A price from nothing to [`Self::MAX_PRICE`].
    pub fn price(&mut self, field: &str, price: Money) {
        self.check(price.amount >= 0, field, "negative", "Enter a price of zero or more");
        self.check(price.amount <= Self::MAX_PRICE, field, "too_large", "Enter a lower price");
    }

    /// Anything collected so far?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was collected.
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

/// Is it a year in which instants make sense here? Databases refuse what lies far outside.
pub fn is_in_range(year: i32) -> bool {
    (1970..=2200).contains(&year)
}

/// Is it plausible as an e-mail address? Whether it works is known when mail arrives.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && domain.split('.').count() >= 2
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
}
