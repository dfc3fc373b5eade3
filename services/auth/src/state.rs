//! What every handler can reach.

use crate::{
    common_passwords::CommonPasswords, passkeys::RelyingParty, passwords::Passwords, presence::Presence,
    revoker::Revoker, sealed::Seal, tokens::Tokens,
};
use auth::Authority;
use axum::extract::FromRef;
use events::{Backbone, link::LinkKey};
use service::Clock;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Notify;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Auth {
    pub(crate) pool: PgPool,
    pub(crate) backbone: Backbone,
    pub(crate) authority: Authority,
    pub(crate) clock: Clock,
    pub(crate) passwords: Passwords,
    /// Those that nobody may choose.
    pub(crate) common_passwords: CommonPasswords,
    /// Wrong passwords of one account from one network within five minutes, see [`crate::attempts`].
    pub(crate) attempts_max: i32,
    /// See [`crate::attempts::Bound::from_network`].
    pub(crate) network_attempts_max: i32,
    /// Asks for passkeys and judges them.
    pub(crate) relying_party: RelyingParty,
    /// Opens the secrets of authenticator apps.
    pub(crate) seal: Seal,
    pub(crate) tokens: Tokens,
    /// Derives the secrets of links in mail.
    pub(crate) links: LinkKey,
    /// Wakes the job that answers requests for new passwords.
    pub(crate) password_requested: Arc<Notify>,
    /// Wakes the job that works on lists of bans.
    pub(crate) import_confirmed: Arc<Notify>,
    pub(crate) revoker: Revoker,
    pub(crate) presence: Presence,
}

impl FromRef<Auth> for Authority {
    fn from_ref(state: &Auth) -> Self {
        state.authority.clone()
    }
}
