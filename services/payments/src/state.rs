//! What every handler, consumer and job can reach.

use crate::{
    jobs::{Wake, alarm::Overdue},
    provider::Gateway,
};
use auth::Authority;
use axum::extract::FromRef;
use events::Backbone;
use service::Clock;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// The running service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Payments {
    pub(crate) pool: PgPool,
    pub(crate) backbone: Backbone,
    pub(crate) authority: Authority,
    pub(crate) gateway: Gateway,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
    /// Wakes the workers: there is something to do at the provider.
    pub(crate) work: Wake,
    /// What has been open for too long.
    pub(crate) overdue: Overdue,
}

impl FromRef<Payments> for Authority {
    fn from_ref(state: &Payments) -> Self {
        state.authority.clone()
    }
}
