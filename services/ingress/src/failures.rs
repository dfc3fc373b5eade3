//! What the client is told when a request could not be passed on.

use pingora::{Error, ErrorSource, ErrorType};

use crate::answers::Refusal;

/// `None` when there is nobody left to tell.
pub(crate) fn refusal(error: &Error) -> Option<Refusal> {
    use ErrorType::{
        ConnectTimedout, ConnectionClosed, HTTPStatus, ReadError, ReadTimedout, WriteError, WriteTimedout,
    };
    match (error.esource(), error.etype()) {
        (_, HTTPStatus(413)) => Some(Refusal::BodyTooLarge),
        (_, HTTPStatus(503)) => Some(Refusal::Unavailable),
        (ErrorSource::Upstream, ReadTimedout | WriteTimedout) => Some(Refusal::GatewayTimeout),
        (ErrorSource::Upstream, etype) if is_connect(etype) || *etype == ConnectTimedout => {
            Some(Refusal::Unavailable)
        }
        (ErrorSource::Upstream, _) => Some(Refusal::BadGateway),
        // The client is gone: nobody to tell.
        (ErrorSource::Downstream, WriteError | WriteTimedout | ReadError | ConnectionClosed) => None,
        (ErrorSource::Downstream, ReadTimedout) => Some(Refusal::TooSlow),
        (ErrorSource::Downstream, _) => Some(Refusal::Malformed),
        (ErrorSource::Internal | ErrorSource::Unset, _) => Some(Refusal::Internal),
    }
}

fn is_connect(etype: &ErrorType) -> bool {
    use ErrorType::{BindError, ConnectError, ConnectNoRoute, ConnectRefused, SocketError};
    matches!(etype, BindError | ConnectError | ConnectNoRoute | ConnectRefused | SocketError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(etype: ErrorType, source: ErrorSource) -> Option<Refusal> {
        let mut error = Error::new(etype);
        error.esource = source;
        refusal(&error)
    }

    #[test]
    fn each_failure_has_its_status() {
        let up = |etype| from(etype, ErrorSource::Upstream);
        assert_eq!(up(ErrorType::ConnectRefused), Some(Refusal::Unavailable));
        assert_eq!(up(ErrorType::ConnectTimedout), Some(Refusal::Unavailable));
        assert_eq!(up(ErrorType::ReadTimedout), Some(Refusal::GatewayTimeout));
        assert_eq!(up(ErrorType::ConnectionClosed), Some(Refusal::BadGateway));
        let down = |etype| from(etype, ErrorSource::Downstream);
        assert_eq!(down(ErrorType::HTTPStatus(413)), Some(Refusal::BodyTooLarge));
        assert_eq!(down(ErrorType::ReadTimedout), Some(Refusal::TooSlow));
        assert_eq!(down(ErrorType::InvalidHTTPHeader), Some(Refusal::Malformed));
        assert_eq!(down(ErrorType::ConnectionClosed), None);
        assert_eq!(from(ErrorType::InternalError, ErrorSource::Unset), Some(Refusal::Internal));
    }
}
