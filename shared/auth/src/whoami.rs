//! `GET /api/<service>/whoami`: who the token says the caller is.

use crate::{Authority, Caller};
use axum::{Json, Router, extract::FromRef, extract::State, routing::get};
use contracts::auth::WhoAmI;

/// The route, for any service.
pub fn router<S>(service: &str) -> Router<S>
where
    Authority: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    Router::new().route(&format!("/api/{service}/whoami"), get(whoami))
}

/// Says who is calling and which instance answers.
pub async fn whoami(State(authority): State<Authority>, Caller(identity): Caller) -> Json<WhoAmI> {
    let (service, instance) = authority.instance();
    Json(WhoAmI {
        user: identity.user,
        session: identity.session,
        role: identity.role,
        generation: identity.generation,
        service: service.to_owned(),
        instance: instance.to_owned(),
    })
}
