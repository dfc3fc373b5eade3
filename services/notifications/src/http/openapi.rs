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
    info(title = "Notifications", description = "Mail to buyers and sellers."),
    modifiers(&Schemes),
    components(responses(
        Unauthenticated, Forbidden, Unavailable
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
    /// 401
    Unauthenticated("`unauthenticated`, `token_invalid`, `session_revoked`");
    /// 403
    Forbidden("`account_suspended`, `cross_site`");
    /// 503
    Unavailable("`revocations_stale`, `unavailable`", "Retry-After");
}
