//! What handlers take and give: checked bodies, queries, ids, and the headers of safe writes.

use crate::ProblemResponse;
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use contracts::{FieldError, Problem, ProblemCode, Validate};
use serde::{Serialize, de::DeserializeOwned};
use std::str::FromStr;

/// A JSON body that passed its own checks.
#[derive(Debug)]
pub struct Valid<T>(pub T);

impl<T: DeserializeOwned + Validate, S: Send + Sync> FromRequest<S> for Valid<T> {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let is_json = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !is_json.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(ProblemCode::UnsupportedMediaType.into());
        }
        let body =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ProblemResponse::from(ProblemCode::TooLarge),
                _ => ProblemCode::Malformed.into(),
            })?;
        let value: T = parse(&body)?;
        match value.errors() {
            errors if errors.is_empty() => Ok(Self(value)),
            errors => Err(Problem::invalid(errors).into()),
        }
    }
}

/// Unreadable JSON is a 400; JSON that does not fit is a 422 that names the field.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let cause = error.into_inner();
        match cause.classify() {
            serde_json::error::Category::Data => Problem::invalid(vec![FieldError {
                field,
                code: "invalid".to_owned(),
                message: without_position(&cause),
            }]),
            _ => Problem::new(ProblemCode::Malformed).detail("The body is not JSON"),
        }
    })?;
    json.end()
        .map_err(|_| Problem::new(ProblemCode::Malformed).detail("The body is more than one JSON value"))?;
    Ok(value)
}

fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// A query string; a bad one is a 400.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).map(Self).map_err(|error| {
            Problem::new(ProblemCode::Malformed).detail(format!("The query: {error}")).into()
        })
    }
}

/// The one id in a path; what is no id names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let not_found = || ProblemResponse::from(ProblemCode::NotFound);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        text.parse().map(Self).map_err(|_| not_found())
    }
}

/// `Idempotency-Key`: the same key gives the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let key = parts.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if (1..=200).contains(&key.len()) && visible {
            return Ok(Self(key.to_owned()));
        }
        Err(ProblemCode::IdempotencyKeyInvalid.into())
    }
}

/// `If-Match: "3"`: the version that the caller has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(ProblemCode::PreconditionRequired.into());
        };
        let version = value.to_str().ok().and_then(|text| text.trim_matches('"').parse().ok());
        let malformed =
            || Problem::new(ProblemCode::Malformed).detail("If-Match holds a version, such as \"3\"");
        version.map(Self).ok_or_else(|| malformed().into())
    }
}

/// 201 with what was made.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}
