//! One log line and three numbers per request: never a query, a cookie or a token.

use std::net::SocketAddr;

use metrics::{counter, histogram};
use pingora::Error;
use pingora::proxy::Session;
use tracing::{debug, info, warn};

use crate::exchange::Exchange;
use crate::routes::Service;

/// Seconds from the request's first byte to the answer's last.
pub(crate) const DURATION: &str = "ingress_request_duration_seconds";
const REQUESTS: &str = "ingress_requests_total";
const REFUSED: &str = "ingress_rate_limited_total";
const RETRIES: &str = "ingress_retries_total";

/// What other servers log when the client left before there was an answer.
const CLIENT_LEFT: u16 = 499;

/// Why another instance was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Retry {
    Connect,
    Broken,
    Stale,
}

impl Retry {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Broken => "broken",
            Self::Stale => "revocations_stale",
        }
    }
}

/// Notes the end of a request.
pub(crate) fn finished(session: &Session, exchange: &Exchange, error: Option<&Error>) {
    let status = session.response_written().map_or(CLIENT_LEFT, |response| response.status.as_u16());
    let elapsed = exchange.started.elapsed();
    let service = exchange.service.map_or("ingress", Service::name);
    let method = method(exchange);
    counter!(REQUESTS, "service" => service, "method" => method, "status" => status.to_string()).increment(1);
    if !exchange.streams {
        histogram!(DURATION, "service" => service).record(elapsed.as_secs_f64());
    }
    let upstream = exchange.tried.last().map(SocketAddr::to_string);
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let bytes = session.body_bytes_sent();
    let Exchange { path, request_id, .. } = exchange;
    let error = error.map(ToString::to_string);
    if status >= 500 {
        warn!(method, path, status, duration_ms, upstream, request_id, bytes, service, error, "answered");
    } else if exchange.own {
        // Probes ask every second.
        debug!(method, path, status, duration_ms, request_id, bytes, service, "answered");
    } else {
        info!(method, path, status, duration_ms, upstream, request_id, bytes, service, error, "answered");
    }
}

/// Notes that an address asked too often.
pub(crate) fn refused(zone: &'static str) {
    counter!(REFUSED, "zone" => zone).increment(1);
}

/// Notes that another instance is asked.
pub(crate) fn retried(exchange: &Exchange, reason: Retry) {
    let service = exchange.service.map_or("ingress", Service::name);
    let upstream = exchange.tried.last().map(SocketAddr::to_string);
    warn!(
        service,
        upstream,
        request_id = exchange.request_id,
        reason = reason.as_str(),
        "asking another instance"
    );
    counter!(RETRIES, "service" => service, "reason" => reason.as_str()).increment(1);
}

/// Anybody can invent methods; metrics must not grow with them.
fn method(exchange: &Exchange) -> &'static str {
    match exchange.method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
