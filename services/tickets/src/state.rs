//! What every handler and consumer may use.

use crate::{availability::Watched, code::Codes, config::Rules};
use auth::Authority;
use axum::extract::FromRef;
use events::Backbone;
use service::{Clock, Lifecycle};
use sqlx::PgPool;

/// The running service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tickets {
    pub(crate) pool: PgPool,
    pub(crate) authority: Authority,
    pub(crate) backbone: Backbone,
    pub(crate) clock: Clock,
    pub(crate) rules: Rules,
    pub(crate) codes: Codes,
    pub(crate) watched: Watched,
    pub(crate) lifecycle: Lifecycle,
}

impl FromRef<Tickets> for Authority {
    fn from_ref(state: &Tickets) -> Self {
        state.authority.clone()
    }
}
