//! `GET /posters/{id}.svg`: the art of a show.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

/// Ids are UUIDs; the page of a missing address draws that address.
const ID_MAX_BYTES: usize = 200;

pub(super) async fn poster(Path(file): Path<String>) -> Response {
    let Some(id) = file.strip_suffix(".svg").filter(|id| !id.is_empty() && id.len() <= ID_MAX_BYTES) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        // Overprinting needs the one style attribute.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    (headers, crate::poster::svg(id)).into_response()
}
