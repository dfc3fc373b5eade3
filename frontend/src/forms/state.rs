//! A refused form while its page is rendered again.

use super::FormErrors;
use leptos::prelude::*;
use std::sync::Arc;

/// Values and errors of the form that was refused; empty for every other form.
#[derive(Clone, Debug, Default)]
pub struct FormState(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    id: &'static str,
    values: Vec<(String, String)>,
    errors: FormErrors,
}

impl FormState {
    /// What is kept of a refused form.
    pub fn new(id: &'static str, values: Vec<(String, String)>, errors: FormErrors) -> Self {
        Self(Arc::new(Kept { id, values, errors }))
    }

    /// The state of the form `id` on this page.
    pub fn of(id: &'static str) -> Self {
        let refused = use_context::<Self>().filter(|state| state.0.id == id);
        refused.unwrap_or_else(|| Self::new(id, Vec::new(), FormErrors::default()))
    }

    /// Was any form of this page refused?
    pub fn any_refused() -> bool {
        Self::refused().is_some()
    }

    /// The form of this page that was refused.
    pub fn refused() -> Option<Self> {
        use_context::<Self>().filter(Self::was_sent)
    }

    /// Everything that was entered and may be shown again.
    pub fn entered(&self) -> &[(String, String)] {
        &self.0.values
    }

    /// The form.
    pub fn id(&self) -> &'static str {
        self.0.id
    }

    /// Was this form sent? Then what was entered counts, not what the page would begin with.
    pub fn was_sent(&self) -> bool {
        !self.0.errors.is_empty()
    }

    /// What was entered.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.values.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.values.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Was this one of the values that were chosen?
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.values.iter().any(|(field, entered)| field == name && entered == value)
    }

    /// What is wrong.
    pub fn errors(&self) -> &FormErrors {
        &self.0.errors
    }

    /// Id of a field's control: forms of one page may share names of fields.
    pub fn control(&self, name: &str) -> String {
        format!("{}-{}", self.0.id, name.replace('.', "-"))
    }
}
