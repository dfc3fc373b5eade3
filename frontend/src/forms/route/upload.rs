//! Forms that send a file (RFC 7578), read whole and within bounds.

use super::Sent;
use axum::{
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request},
};
use http::{StatusCode, request::Parts};

/// The largest form with a file, in bytes.
const BODY_MAX_BYTES: usize = 1024 * 1024;
/// The most parts.
const PARTS_MAX: usize = 16;
/// The largest part that is no file.
const FIELD_MAX_BYTES: usize = 64 * 1024;

/// Reads the fields and the one file.
pub(super) async fn read(parts: &Parts, body: Body) -> Result<Sent, StatusCode> {
    let mut request = Request::new(body);
    *request.headers_mut() = parts.headers.clone();
    DefaultBodyLimit::max(BODY_MAX_BYTES).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| StatusCode::BAD_REQUEST)?;
    let mut sent = Sent { fields: Vec::new(), file: None };
    for _ in 0..PARTS_MAX {
        let Some(field) = form.next_field().await.map_err(|error| error.status())? else { return Ok(sent) };
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some();
        let bytes: Bytes = field.bytes().await.map_err(|error| error.status())?;
        if is_file {
            // A browser sends an empty one where none was chosen.
            sent.file = Some(bytes).filter(|bytes| !bytes.is_empty());
        } else if bytes.len() <= FIELD_MAX_BYTES {
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| StatusCode::BAD_REQUEST)?;
            sent.fields.push((name, text));
        } else {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
    }
    Err(StatusCode::BAD_REQUEST)
}
