//! The words of the HTTP API: typed ids, money, problems, requests and responses.
//!
//! This is the only shared crate that reaches the browser: it compiles to WebAssembly and does no I/O.
//! To add a request or response, put it into the module of the service that answers it, inside `dto!`, and
//! implement [`Validate`] for a request: services refuse what does not pass, forms show the same messages.

#[macro_use]
mod macros;

pub mod auth;
pub mod ban_imports;
pub mod currency;
pub mod device;
pub mod ids;
pub mod listings;
pub mod money;
pub mod orders;
pub mod page;
pub mod payments;
pub mod problem;
pub mod second_factors;
pub mod shows;
pub mod tickets;
pub mod validate;

pub use currency::Currency;
pub use money::Money;
pub use page::{Page, PageQuery};
pub use problem::{FieldError, Problem, ProblemCode};
pub use validate::{FieldErrors, Validate};

/// An instant in UTC; RFC 3339 in JSON.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
