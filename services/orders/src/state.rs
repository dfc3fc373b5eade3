//! What every handler can reach.

use crate::http::watch::Watches;
use auth::Authority;
use axum::extract::FromRef;
use events::Backbone;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Orders {
    pub(crate) pool: PgPool,
    pub(crate) backbone: Backbone,
    pub(crate) authority: Authority,
    pub(crate) watches: Watches,
    pub(crate) stop: CancellationToken,
}

impl FromRef<Orders> for Authority {
    fn from_ref(state: &Orders) -> Self {
        state.authority.clone()
    }
}
