//! What every handler can reach.

use crate::{passwords::Passwords, presence::Presence, revoker::Revoker, tokens::Tokens};
use auth::Authority;
use axum::extract::FromRef;
use events::Backbone;
use service::Clock;
use sqlx::PgPool;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Auth {
    pub(crate) pool: PgPool,
    pub(crate) backbone: Backbone,
    pub(crate) authority: Authority,
    pub(crate) clock: Clock,
    pub(crate) passwords: Passwords,
    /// Wrong passwords of one account from one network within [`crate::attempts::WINDOW`].
    pub(crate) attempts_max: i32,
    pub(crate) tokens: Tokens,
    pub(crate) revoker: Revoker,
    pub(crate) presence: Presence,
}

impl FromRef<Auth> for Authority {
    fn from_ref(state: &Auth) -> Self {
        state.authority.clone()
    }
}
