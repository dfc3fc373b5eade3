//! Reads a request's body to its end before the request is answered.
//!
//! Whoever is refused by an extractor would be answered before anything has read the body, and the server then closes
//! the connection although it said that it would stay. The ingress keeps connections for the next request, which may
//! be a purchase of somebody else: it would meet a closed one, and could not be tried again.

use crate::{ProblemResponse, http::BODY_LIMIT_BYTES};
use axum::{
    body::{self, Body},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use contracts::ProblemCode;
use http_body_util::LengthLimitError;
use std::error::Error;

/// Reads it, up to [`BODY_LIMIT_BYTES`].
pub(crate) async fn read(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match body::to_bytes(body, BODY_LIMIT_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(error) if is_too_large(&error) => ProblemResponse::from(ProblemCode::TooLarge).into_response(),
        Err(_) => ProblemResponse::from(ProblemCode::Malformed).into_response(),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<LengthLimitError>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, routing::post};
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
        thread,
        time::Duration,
    };

    /// The head of a request, a pause, its body: as a proxy sends them.
    fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n").unwrap();
        thread::sleep(Duration::from_millis(100));
        stream.write_all(b"{}").unwrap();
        let mut bytes = [0; 1024];
        let count = stream.read(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_survives_a_refusal() {
        let refusing = Router::new().route("/", post(async || StatusCode::UNAUTHORIZED));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, crate::http::layers(refusing)).await });
        tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            for _ in 0..3 {
                assert!(ask(&mut stream).starts_with("HTTP/1.1 401"));
            }
        })
        .await
        .unwrap();
    }
}
