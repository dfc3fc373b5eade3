//! The problems that many endpoints answer with, as they stand in the OpenAPI document.

use std::collections::BTreeMap;
use utoipa::{
    IntoResponses,
    openapi::{Content, HeaderBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type},
};

macro_rules! answers {
    ($($(#[$meta:meta])* $name:ident [$($status:literal $text:literal),+])+) => {
        $(
            $(#[$meta])*
            pub(super) struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    [$((stringify!($status).to_owned(), problem($status, $text))),+].into()
                }
            }
        )+
    };
}

answers! {
    /// Every endpoint may answer so.
    Always [
        429 "`rate_limited`: too many requests, said by the ingress",
        500 "`internal`: our fault",
        503 "`unavailable`: something this needs is away; try again"
    ]
    /// The caller must say who they are.
    Identified [
        401 "`unauthenticated`, `token_invalid` or `session_revoked`",
        403 "`account_suspended`, `cross_site`, or `forbidden` where it is known but somebody else's",
        503 "`revocations_stale` or `unavailable`; try again"
    ]
    /// The path names something.
    Named [404 "`not_found`: unknown, or not yours to know"]
    /// The query is read.
    Queried [400 "`malformed`: the query or its cursor cannot be read"]
    /// The body is read.
    Bodied [
        400 "`malformed`: the body is not JSON",
        413 "`too_large`",
        415 "`unsupported_media_type`",
        422 "`invalid`: `errors` names each field"
    ]
    /// The body is read, and the answer is kept under a key.
    Keyed [
        400 "`malformed`, or `idempotency_key_invalid`",
        413 "`too_large`",
        415 "`unsupported_media_type`",
        422 "`invalid`: `errors` names each field; or `idempotency_key_reused`"
    ]
    /// The state may not allow it.
    Conflicting [409 "`state_conflict`: `detail` says why"]
    /// The caller may say which version they have seen.
    Guarded [
        400 "`malformed`: `If-Match` holds no version",
        409 "`state_conflict`: `detail` says why; or `version_conflict`: `version` is the current one"
    ]
    /// The caller must have seen the newest version.
    Versioned [
        409 "`version_conflict`: `version` is the current one; or `state_conflict`",
        428 "`precondition_required`: `If-Match` is missing"
    ]
}

fn problem(status: u16, text: &str) -> RefOr<Response> {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    let mut response = ResponseBuilder::new().description(text).content("application/problem+json", content);
    if matches!(status, 429 | 503) {
        let seconds = HeaderBuilder::new().schema(Some(Object::with_type(Type::Integer)));
        response = response.header("Retry-After", seconds.description(Some("Seconds to wait")).build());
    }
    response.build().into()
}
