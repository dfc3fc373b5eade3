//! What every handler, consumer and job can reach.

use auth::Authority;
use axum::extract::FromRef;
use events::{Backbone, link::LinkKey};
use service::Clock;
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The running service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Notifications {
    pub(crate) pool: PgPool,
    pub(crate) backbone: Backbone,
    pub(crate) authority: Authority,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
    /// Wakes the writer: there may be a letter to write.
    pub(crate) letters: Arc<Notify>,
    /// Wakes the sender: there may be a mail to send.
    pub(crate) mails: Arc<Notify>,
    /// Derives the secrets of links in mail.
    pub(crate) links: LinkKey,
    /// Is there a mail server?
    pub(crate) sends: bool,
}

impl FromRef<Notifications> for Authority {
    fn from_ref(state: &Notifications) -> Self {
        state.authority.clone()
    }
}
