//! Forms that work without JavaScript, one code path with and without it.
//!
//! A form posts to its page's own address and names itself in a hidden field. Its handler answers [`Done`], which
//! redirects, or a [`Refusal`], which renders the same page again with the values and the errors: 422, nothing in the
//! URL, and secrets left out. See `pages/sign_in.rs` for a whole one.

mod errors;
pub mod fields;
pub mod proof;
mod route;
mod state;
mod submission;
pub mod view;

pub use errors::{FormErrors, Refusal};
pub use fields::{Choice, Field, FieldKind, FileField, Hidden, SelectField, StepperField, TextArea};
pub use proof::{PROVE, Waiting};
pub use route::{Done, FormId, Forms, Outcome, Rejected};
pub use state::FormState;
pub use submission::Submission;
pub(crate) use submission::key_field;
pub use view::{Form, FormFailure, RowForm, SendAgain};
