//! `POST /api/payments/webhooks/{provider}`: what the provider says unasked.

use super::openapi::{Malformed, NotFound, Unavailable};
use crate::{error::Error, signature, state::Payments, store};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};

/// Keeps an event of the provider whose signature is right; a worker looks into it. The same one again is harmless.
#[utoipa::path(
    post, path = "/api/payments/webhooks/{provider}", operation_id = "receive_webhook",
    params(
        ("provider" = String, Path, description = "The provider in use, such as `sandbox`"),
        ("sandbox-signature" = Option<String>, Header,
            description = "`t=<seconds>,v1=<HMAC-SHA256 over t.body>`; the header's name is the provider's")
    ),
    request_body(content = Object, description = "As the provider writes it"),
    responses(
        (status = 204, description = "Kept"),
        (status = 400, response = Malformed),
        (status = 404, response = NotFound),
        (status = 503, response = Unavailable),
    ),
    security(())
)]
#[tracing::instrument(name = "payments.receive_webhook", skip_all, fields(provider = name))]
pub(crate) async fn receive_webhook(
    State(state): State<Payments>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Error> {
    let provider = state.gateway.provider();
    if name != provider.name() {
        return Err(Error::NotFound);
    }
    let header = headers.get(provider.signature_header()).and_then(|header| header.to_str().ok());
    receive(&state, header.unwrap_or_default(), &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks and keeps an event, and wakes the worker.
pub(crate) async fn receive(state: &Payments, signature: &str, body: &[u8]) -> Result<(), Error> {
    let provider = state.gateway.provider();
    let secrets = provider.webhook_secrets().await?;
    signature::verify(signature, body, &secrets, state.clock.now())?;
    let body: serde_json::Value =
        serde_json::from_slice(body).map_err(|_| Error::Malformed("The body is not JSON"))?;
    let event = provider.event(&body).ok_or(Error::Malformed("The body is not an event"))?;
    let mut connection = state.pool.acquire().await?;
    store::provider_events::keep(&mut connection, provider.name(), &event, &body).await?;
    state.work.notify_one();
    Ok(())
}
