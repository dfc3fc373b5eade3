//! `GET /api/auth/whoami`: who the token says the caller is.

use crate::state::Auth;
use auth::Caller;
use axum::{Json, extract::State};
use contracts::{Problem, auth::WhoAmI};

/// Who the token says the caller is, and which instance answers.
#[utoipa::path(get, path = "/api/auth/whoami", tag = "sessions", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Who is calling", body = WhoAmI),
    (status = 401, description = "No identity", body = Problem),
    (status = 403, description = "`account_suspended`", body = Problem),
    (status = 503, description = "`revocations_stale`: this instance cannot know", body = Problem),
))]
pub(crate) async fn whoami(State(state): State<Auth>, caller: Caller) -> Json<WhoAmI> {
    auth::whoami::whoami(State(state.authority), caller).await
}
