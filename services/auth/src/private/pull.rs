//! `POST /revocations`: who is revoked, for an instance that the bus does not tell.

use super::Private;
use crate::{presence::Instance, signing_keys, store};
use auth::pull::{Answer, PAGE_MAX, PullSecret, QUESTION_BYTES_MAX, Question};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;
use tokio::time::timeout;

/// Who asked has given up by then.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Why there is no answer. Whoever asks learns the status alone.
#[derive(Debug, thiserror::Error)]
pub(super) enum PullError {
    #[error("the question cannot be read")]
    Malformed,
    #[error("no service is known by that secret")]
    Unknown,
    #[error("too many ask at once")]
    Busy,
    #[error("it took too long")]
    Late,
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the database is a standby, which may be behind")]
    Standby,
    #[error("the signing keys cannot be read")]
    Keys(#[from] signing_keys::KeyError),
    #[error("the answer cannot be signed")]
    Sign(#[from] auth::issue::SignError),
}

impl PullError {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::Busy | Self::Late | Self::Database(_) | Self::Standby | Self::Keys(_) | Self::Sign(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}

impl IntoResponse for PullError {
    fn into_response(self) -> Response {
        metrics::counter!("auth_pulls_refused_total", "status" => self.status().as_str().to_owned())
            .increment(1);
        let cause = std::error::Error::source(&self).map(ToString::to_string);
        tracing::warn!(error = %self, cause, "a pull of revocations was not answered");
        self.status().into_response()
    }
}

/// Answers one question.
pub(super) async fn pull(State(state): State<Private>, request: Request) -> Result<Response, PullError> {
    let (parts, body) = request.into_parts();
    // Nobody unknown takes a place, has a body read or the database asked.
    let secret = secret(&parts.headers).ok_or(PullError::Unknown)?;
    let service = state.clients.whose(&secret).ok_or(PullError::Unknown)?;
    let _place = state.places.try_acquire().map_err(|_| PullError::Busy)?;
    timeout(ANSWER_WITHIN, answer(&state, service, body)).await.map_err(|_| PullError::Late)?
}

async fn answer(state: &Private, service: &str, body: Body) -> Result<Response, PullError> {
    let body = axum::body::to_bytes(body, QUESTION_BYTES_MAX).await.map_err(|_| PullError::Malformed)?;
    let question: Question = serde_json::from_slice(&body).map_err(|_| PullError::Malformed)?;
    if question.service != service {
        return Err(PullError::Unknown);
    }
    let instance = Instance::new(&question.service, &question.instance).ok_or(PullError::Malformed)?;
    let answer = read(state, &question).await?;
    let signed = state.signer.answer(&answer)?;
    // It has applied what it says that it knows, if that is of our history.
    let reported = question.after.filter(|after| after.history == answer.through.history);
    state.auth.presence.hear_pull(instance, reported.map(|after| after.cursor), state.auth.clock.now());
    let headers = [(header::CONTENT_TYPE, "application/jwt"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, signed).into_response())
}

fn secret(headers: &HeaderMap) -> Option<PullSecret> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.parse().ok()
}

async fn read(state: &Private, question: &Question) -> Result<Answer, PullError> {
    let now = state.auth.clock.now();
    let keys = signing_keys::published(&state.auth.pool, now).await?;
    let mut db = state.auth.pool.acquire().await?;
    let page = store::revocations::page(&mut db, question.after, now, PAGE_MAX).await?;
    drop(db);
    if page.standby {
        return Err(PullError::Standby);
    }
    let Question { service, instance, nonce, .. } = question.clone();
    Ok(Answer {
        nonce,
        service,
        instance,
        after: page.after,
        through: page.through,
        more: page.more,
        revocations: page.revocations,
        keys,
    })
}
