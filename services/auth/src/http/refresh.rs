//! `POST /api/auth/refresh`: a refresh token for fresh ones. Needs no lease: it asks the database.

use crate::{cookies, devices, error::Error, state::Auth, tokens::RefreshToken};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use contracts::{Problem, auth::SignedIn};

/// Exchange the refresh cookie. A server that forwards it sets `Origin` to the public origin.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "sessions", responses(
    (status = 200, description = "Fresh tokens; sets both cookies", body = SignedIn),
    (status = 401, description = "`unauthenticated`, `token_invalid` or `session_revoked`; removes both cookies", body = Problem),
    (status = 403, description = "`account_suspended`", body = Problem),
))]
#[tracing::instrument(name = "auth.refresh", skip_all)]
pub(crate) async fn refresh(
    State(state): State<Auth>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    state.authority.same_origin(&method, &headers)?;
    let names = state.authority.cookies();
    let Some(text) = auth::cookies::value(&headers, names.refresh) else {
        return Err(Error::Unauthenticated);
    };
    let refreshed = match RefreshToken::parse(text) {
        Some(token) => devices::refresh(&state, token).await,
        None => Err(Error::TokenInvalid),
    };
    match refreshed {
        Ok(signed) => {
            let body = SignedIn { user: signed.account.view(), expires_at: signed.access.expires_at };
            Ok((cookies::set(names, &signed), Json(body)).into_response())
        }
        // These will never work again.
        Err(error @ (Error::TokenInvalid | Error::SessionRevoked | Error::Suspended { .. })) => {
            Ok((cookies::clear(names), error).into_response())
        }
        Err(error) => Err(error),
    }
}
