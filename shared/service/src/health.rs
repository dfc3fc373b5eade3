//! `/livez`, `/readyz`, `/metrics`: for those who run the service, never routed from outside.

use axum::{Json, Router, http::StatusCode, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};

/// Facts for the body of `/readyz`, such as the lease; they never take an instance out of rotation.
pub type Details = Arc<dyn Fn() -> Value + Send + Sync>;

/// Ready means: the process runs, and its database answers and is migrated.
#[derive(Clone)]
pub(crate) struct Readiness {
    pub(crate) pool: Option<PgPool>,
    pub(crate) details: Option<Details>,
    pub(crate) metrics: PrometheusHandle,
}

pub(crate) fn routes(readiness: Readiness) -> Router {
    let metrics = readiness.metrics.clone();
    Router::new()
        .route("/livez", get(async || "alive"))
        .route("/readyz", get(async move || readyz(&readiness).await))
        .route("/metrics", get(async move || metrics.render()))
}

async fn readyz(readiness: &Readiness) -> impl IntoResponse + use<> {
    let database = match &readiness.pool {
        None => true,
        Some(pool) => {
            let asked = sqlx::query("SELECT 1").execute(pool);
            tokio::time::timeout(Duration::from_secs(1), asked).await.is_ok_and(|answer| answer.is_ok())
        }
    };
    let details = readiness.details.as_ref().map(|details| details());
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": database, "database": database, "details": details })))
}
