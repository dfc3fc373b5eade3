//! What somebody sent.

use crate::{
    backend::{Api, IdempotencyKey},
    config::Config,
    error::AppError,
    server::AppState,
    visit::Visit,
};
use axum::body::Bytes;
use std::str::FromStr;

/// A form that was sent, with the page's path parameters.
#[derive(Clone, Debug)]
pub struct Submission {
    pub(super) state: SubmissionState,
    pub(super) visit: Visit,
    pub(super) path: Vec<(String, String)>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) file: Option<Bytes>,
}

/// The part of the server that a handler needs.
#[derive(Clone, Debug)]
pub(super) struct SubmissionState {
    api: Api,
    config: std::sync::Arc<Config>,
}

impl SubmissionState {
    pub(super) fn new(state: &AppState, visit: &Visit) -> Self {
        Self { api: state.backend.on_behalf_of(visit.clone()), config: state.config.clone() }
    }
}

/// Hidden field with the key that makes a creation happen once.
pub(super) const KEY_FIELD: &str = "idempotency_key";
/// Hidden field that names the form.
pub(super) const FORM_FIELD: &str = "form";
/// Never kept for showing a form again, whatever happens.
const SECRETS: [&str; 11] = [
    "password",
    "current",
    "new",
    "token",
    "secret",
    "card_number",
    "security_code",
    super::proof::PASSWORD,
    super::proof::CODE,
    super::proof::PASSKEY,
    crate::components::PASSKEY_FIELD,
];

impl Submission {
    /// The services on behalf of who sent it.
    pub const fn api(&self) -> &Api {
        &self.state.api
    }

    /// The server's configuration.
    pub fn config(&self) -> &Config {
        &self.state.config
    }

    /// The request.
    pub const fn visit(&self) -> &Visit {
        &self.visit
    }

    /// A path parameter. What is no id names nothing that exists.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, AppError> {
        let found = self.path.iter().find(|(field, _)| field == name);
        found.and_then(|(_, value)| value.parse().ok()).ok_or(AppError::NotFound)
    }

    /// What was entered, without spaces around it; empty where the field is absent.
    pub fn text(&self, name: &str) -> String {
        self.raw(name).trim().to_owned()
    }

    /// What was entered, or nothing.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// What was entered, exactly: passwords may begin with a space.
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// What was entered, where it can be read as such.
    pub fn parse<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// Every value of a field, such as checked seats.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.fields
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// Every field, such as one number per listing.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }

    /// The file that was chosen, if any was.
    pub const fn file(&self) -> Option<&Bytes> {
        self.file.as_ref()
    }

    /// Was a box checked?
    pub fn is_checked(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// The key of this form, made when its page was rendered: a double click sends the same one.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        let sent = self.text(KEY_FIELD);
        let usable = (8..=100).contains(&sent.len()) && sent.bytes().all(|byte| byte.is_ascii_graphic());
        IdempotencyKey(if usable { sent } else { new_key() })
    }

    /// What may be shown again.
    pub(super) fn kept(&self, keep_key: bool) -> Vec<(String, String)> {
        let shown = |name: &str| !SECRETS.contains(&name) && (keep_key || name != KEY_FIELD);
        self.fields.iter().filter(|(name, _)| shown(name)).cloned().collect()
    }
}

/// Name and value of the hidden field that makes sending a form twice one act.
pub(crate) fn key_field() -> (String, String) {
    (KEY_FIELD.to_owned(), new_key())
}

pub(super) fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}
