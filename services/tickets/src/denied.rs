//! What the rules of shows, listings and tickets refuse.

use contracts::{FieldError, Timestamp, validate::FieldErrors};

/// A rule says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// Fields are invalid.
    #[error("some fields are invalid")]
    Invalid(Vec<FieldError>),
    /// The state does not allow it; says why.
    #[error("{0}")]
    State(&'static str),
    /// Somebody else changed it first; this is the version now.
    #[error("the version is {0}")]
    Version(i64),
    /// The ticket has admitted somebody.
    #[error("the ticket was used at {0}")]
    AlreadyUsed(Timestamp),
    /// The ticket is for another show.
    #[error("the ticket is for another show")]
    WrongShow,
    /// The ticket admits nobody; says why.
    #[error("{0}")]
    TicketNotValid(&'static str),
}

impl Denied {
    /// One invalid field.
    pub(crate) fn field(field: &str, code: &str, message: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code, message);
        Self::Invalid(errors.into_vec())
    }

    /// Nothing, or everything that was collected.
    pub(crate) fn unless_empty(errors: FieldErrors) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self::Invalid(errors.into_vec())) }
    }
}
