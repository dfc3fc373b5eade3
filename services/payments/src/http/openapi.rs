//! The OpenAPI document: what is common to all endpoints.

use contracts::Problem;
use utoipa::{
    Modify, OpenApi, ToResponse,
    openapi::{
        OpenApi as Spec,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

/// The document that the routes are added to.
#[derive(OpenApi)]
#[openapi(
    info(title = "Payments", description = "Authorisations, captures, voids, refunds and the ledger."),
    modifiers(&Schemes),
    components(responses(
        Malformed, Unauthenticated, Declined, Forbidden, NotFound, Conflict, Invalid, Unavailable
    )),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) struct Document;

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

macro_rules! problems {
    ($($(#[doc = $doc:literal])+ $name:ident($description:literal $(, $header:literal)?);)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(ToResponse)]
            #[response(
                description = $description,
                content_type = "application/problem+json"
                $(, headers(($header = u16, description = "Seconds to wait before the next try")))?
            )]
            #[expect(dead_code, reason = "only its description is used")]
            pub(crate) struct $name(Problem);
        )+
    };
}

problems! {
    /// 400
    Malformed("`malformed`, `idempotency_key_invalid`");
    /// 401
    Unauthenticated("`unauthenticated`, `token_invalid`, `session_revoked`");
    /// 402
    Declined("`card_declined`");
    /// 403
    Forbidden("`forbidden`, `account_suspended`, `cross_site`");
    /// 404
    NotFound("`not_found`");
    /// 409
    Conflict("`hold_expired`, `payment_in_progress`, `attempts_exhausted`, `state_conflict`");
    /// 422
    Invalid("`invalid`, `idempotency_key_reused`");
    /// 503
    Unavailable("`not_yet_known`, `revocations_stale`, `unavailable`", "Retry-After");
}
