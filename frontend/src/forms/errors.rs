//! What is wrong with what somebody entered.

use crate::error::AppError;
use contracts::{FieldError, Validate};

/// Errors by field, in the order in which they are shown; and one of the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    form: Option<String>,
    fields: Vec<(String, String)>,
}

impl FormErrors {
    /// An error of the form as a whole: what happened, what to do.
    pub fn form(message: impl Into<String>) -> Self {
        Self { form: Some(message.into()), fields: Vec::new() }
    }

    /// An error of one field.
    pub fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::default().and(name, message)
    }

    /// Adds an error of a field. The first one of a field is the one that is shown.
    #[must_use]
    pub fn and(mut self, name: impl Into<String>, message: impl Into<String>) -> Self {
        let name = name.into();
        if self.on(&name).is_none() {
            self.fields.push((name, message.into()));
        }
        self
    }

    /// Everything that is wrong with a request, before it is sent: services would say the same.
    pub fn check(request: &impl Validate) -> Result<(), Self> {
        let errors = request.errors();
        if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
    }

    /// Moves errors from a request's field to the form's field of another name.
    #[must_use]
    pub fn renamed(mut self, names: &[(&str, &str)]) -> Self {
        for (name, _) in &mut self.fields {
            if let Some((_, shown)) = names.iter().find(|(sent, _)| sent == name) {
                name.clear();
                name.push_str(shown);
            }
        }
        self
    }

    /// Joins two lists of errors.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let form = self.form.clone().or(other.form);
        let joined = other.fields.into_iter().fold(self, |errors, (name, message)| errors.and(name, message));
        Self { form, ..joined }
    }

    /// Nothing is wrong?
    pub fn is_empty(&self) -> bool {
        self.form.is_none() && self.fields.is_empty()
    }

    /// Goes on with a value unless something is wrong.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The error of a field.
    pub fn on(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, message)| message.as_str())
    }

    /// The error of the form as a whole.
    pub fn of_form(&self) -> Option<&str> {
        self.form.as_deref()
    }

    /// Every field with an error.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

impl From<Vec<FieldError>> for FormErrors {
    fn from(errors: Vec<FieldError>) -> Self {
        errors.into_iter().fold(Self::default(), |all, error| all.and(error.field, error.message))
    }
}

/// Why a form was not done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The page is shown again with these errors.
    Errors {
        /// What to say.
        errors: FormErrors,
        /// It is not known whether it was done: the same idempotency key is sent again.
        unsure: bool,
        /// What stood in the way, where that is no fault of what was entered: the answer has its status.
        outage: Option<AppError>,
    },
    /// Another page is shown: sign in, suspended, not found, broken.
    Page(AppError),
}

impl From<FormErrors> for Refusal {
    fn from(errors: FormErrors) -> Self {
        Self::Errors { errors, unsure: false, outage: None }
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        // Only these may have been done all the same.
        let unsure = matches!(
            error,
            AppError::NotYetKnown { .. } | AppError::Unavailable { .. } | AppError::Broken { .. }
        );
        match error {
            AppError::Invalid(errors) => FormErrors::from(errors).into(),
            AppError::Unauthenticated
            | AppError::Suspended { .. }
            | AppError::ReauthenticationRequired
            | AppError::SecondFactorRequired
            | AppError::NotFound => Self::Page(error),
            error => {
                let errors = FormErrors::form(error.message());
                Self::Errors { errors, unsure, outage: Some(error).filter(AppError::is_outage) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::{Problem, ProblemCode};

    #[test]
    fn a_services_field_errors_land_on_the_forms_fields() {
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            code: "required".to_owned(),
            message: format!("Enter {field}"),
        };
        let refusal = Refusal::from(AppError::Invalid(vec![error("venue.city"), error("price.amount")]));
        let Refusal::Errors { errors, unsure: false, outage: None } = refusal else { panic!("not errors") };
        let errors = errors.renamed(&[("price.amount", "price")]);
        assert_eq!(errors.on("venue.city"), Some("Enter venue.city"));
        assert_eq!(errors.on("price"), Some("Enter price.amount"));
    }

    #[test]
    fn the_key_is_kept_only_while_the_outcome_is_unknown() {
        assert!(matches!(
            Refusal::from(AppError::Unavailable { retry_after: 1 }),
            Refusal::Errors { unsure: true, .. }
        ));
        let busy = AppError::TooMany { retry_after: 9 };
        assert!(matches!(
            Refusal::from(busy.clone()),
            Refusal::Errors { unsure: false, outage: Some(error), .. } if error == busy
        ));
        assert_eq!(Refusal::from(AppError::NotFound), Refusal::Page(AppError::NotFound));
    }

    #[test]
    fn a_form_that_was_changed_after_it_had_arrived_gets_a_new_key() {
        let problem = Problem::new(ProblemCode::IdempotencyKeyReused).detail("For machines");
        let refusal = Refusal::from(AppError::from_problem(problem, None));
        let Refusal::Errors { errors, unsure: false, outage: None } = refusal else { panic!("still unsure") };
        assert!(errors.of_form().unwrap().contains("received before"));
    }
}
