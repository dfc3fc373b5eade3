//! Forms that ask anew who one is: the form waits, the question is put in its place, and the answer sends both.
//!
//! What was entered travels in hidden fields of the question, so nothing is lost and nothing is stored. Secrets are left
//! out, so a form that has any asks for its own proof, as changing the password does.

use super::{FormErrors, FormState, Submission};
use crate::{api, forms::Refusal};
use contracts::second_factors::{Reauthenticate, ReauthenticateWithPasskey};

/// The question's form.
pub const PROVE: super::FormId = "prove";
/// The answers to the question, beside the fields of the form that waits.
pub(crate) const PASSWORD: &str = "proof_password";
pub(crate) const CODE: &str = "proof_code";
pub(crate) const PASSKEY: &str = "proof_passkey";

/// A form that waits for the proof: found in the context of the page that asks for it.
#[derive(Clone, Debug)]
pub struct Waiting(pub FormState);

/// Does the form bring its proof along?
pub(super) fn is_given(form: &Submission) -> bool {
    form.is_checked(PASSWORD)
}

/// Proves it to auth: from then on, for a while, what is sensitive is done.
pub(crate) async fn give(form: &Submission) -> Result<(), Refusal> {
    if let Ok(credential) = serde_json::from_str(form.raw(PASSKEY)) {
        let request = ReauthenticateWithPasskey { credential };
        return match api::second_factors::reauthenticate_with_passkey(form.api(), &request).await {
            Err(error) if error.conflict().is_some() => Err(FormErrors::form(error.message()).into()),
            asked => asked.map_err(Refusal::from),
        };
    }
    let request = Reauthenticate { password: form.raw(PASSWORD).to_owned(), code: form.optional(CODE) };
    let asked = match FormErrors::check(&request) {
        Ok(()) => api::second_factors::reauthenticate(form.api(), &request).await.map_err(Refusal::from),
        Err(errors) => Err(errors.into()),
    };
    asked.map_err(|refusal| match refusal {
        Refusal::Errors { errors, unsure, outage } => {
            let errors = errors.renamed(&[("password", PASSWORD), ("code", CODE)]);
            Refusal::Errors { errors, unsure, outage }
        }
        page @ Refusal::Page(_) => page,
    })
}
