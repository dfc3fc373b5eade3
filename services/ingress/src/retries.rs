//! Which failures another instance may make good.

use http::{HeaderValue, StatusCode};
use pingora::http::ResponseHeader;
use pingora::{Error, ErrorSource, ErrorType};

/// The first instance, and others after it failed.
pub(crate) const MAX_TRIES: usize = 3;

/// Services repeat the problem's code in this header, so that nobody has to read the body for it.
const PROBLEM_CODE: &str = "x-problem-code";
const REVOCATIONS_STALE: &[u8] = b"revocations_stale";

/// The instance cannot know who is banned, and refused before any effect.
pub(crate) fn is_stale(response: &ResponseHeader) -> bool {
    let code = response.headers.get(PROBLEM_CODE).map(HeaderValue::as_bytes);
    response.status == StatusCode::SERVICE_UNAVAILABLE && code == Some(REVOCATIONS_STALE)
}

/// The connection to the instance broke. A slow instance is not a broken one: asking twice would double the
/// load just when there is too much.
pub(crate) fn is_broken(error: &Error) -> bool {
    use ErrorType::{ConnectionClosed, H1Error, ReadError, WriteError};
    let broken = matches!(error.etype(), ConnectionClosed | ReadError | WriteError | H1Error);
    broken && *error.esource() == ErrorSource::Upstream
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_code_is_stale() {
        let response = |status, code| {
            let mut response = ResponseHeader::build(status, None).unwrap();
            response.insert_header(PROBLEM_CODE, code).unwrap();
            response
        };
        assert!(is_stale(&response(503, "revocations_stale")));
        assert!(!is_stale(&response(503, "unavailable")));
        assert!(!is_stale(&response(401, "revocations_stale")));
    }

    #[test]
    fn slow_and_gone_clients_are_not_broken_instances() {
        assert!(is_broken(&Error::new_up(ErrorType::ConnectionClosed)));
        assert!(!is_broken(&Error::new_up(ErrorType::ReadTimedout)));
        assert!(!is_broken(&Error::new_down(ErrorType::ConnectionClosed)));
    }
}
