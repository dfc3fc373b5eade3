//! Routes: only who the caller is; deadlines have no other readers than orders.

use auth::{Authority, Caller};
use axum::{Json, extract::FromRef, extract::State};
use contracts::{Problem, auth::WhoAmI};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Spec,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Expiration {
    pub(crate) authority: Authority,
}

impl FromRef<Expiration> for Authority {
    fn from_ref(state: &Expiration) -> Self {
        state.authority.clone()
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Expiration", description = "Deadlines that fall due."),
    modifiers(&Schemes),
    security(("bearer" = []), ("cookie" = []))
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut Spec) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme(
            "cookie",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-access"))),
        );
    }
}

/// All routes, at their full public paths.
pub(crate) fn router(state: Expiration) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Document::openapi()).routes(routes!(whoami)).with_state(state)
}

/// Who the token says the caller is, and which instance answers.
#[utoipa::path(
    get, path = "/api/expiration/whoami", operation_id = "whoami",
    responses(
        (status = 200, body = WhoAmI),
        (status = 401, body = Problem, content_type = "application/problem+json",
            description = "`unauthenticated`, `token_invalid`, `session_revoked`"),
        (status = 403, body = Problem, content_type = "application/problem+json",
            description = "`account_suspended`"),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "`revocations_stale`, `unavailable`",
            headers(("Retry-After" = u16, description = "Seconds to wait before the next try"))),
    )
)]
async fn whoami(State(state): State<Expiration>, caller: Caller) -> Json<WhoAmI> {
    auth::whoami::whoami(State(state.authority), caller).await
}
