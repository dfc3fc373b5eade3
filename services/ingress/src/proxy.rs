//! The steps of a request through Pingora: decide, pick an instance, rewrite, forward, note.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::modules::http::HttpModules;
use pingora::proxy::{FailToProxy, ProxyHttp, ProxyWarnLogContext, Session};
use pingora::upstreams::peer::{HttpPeer, HttpUpstreamRequestPolicy};
use pingora::{Error, ErrorSource, ErrorType, Result};
use serde_json::json;

use crate::access::{self, Retry};
use crate::answers::{self, Answer, Refusal};
use crate::clients;
use crate::config::Config;
use crate::docs;
use crate::exchange::{Exchange, Open, Stale};
use crate::hygiene::{self, Facts};
use crate::limits::{Limiter, TooOften};
use crate::routes::{self, Door, Own, Service, Target, Zone};
use crate::upstreams::{Pool, Pools};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Longest silence of a stream of events: services send a comment well before.
const STREAM_READ_TIMEOUT: Duration = Duration::from_secs(90);
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest silence of a client while it sends a body, and while it reads an answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);
const CLIENT_IDLE_SECONDS: u64 = 75;
const UPSTREAM_IDLE_TIMEOUT: Duration = Duration::from_mins(1);
/// Request line and headers together.
const MAX_HEADER_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
/// The first instance, and others after it failed.
pub(crate) const MAX_TRIES: usize = 3;

const PROBLEM_CODE: &str = "x-problem-code";
const REVOCATIONS_STALE: &[u8] = b"revocations_stale";
const STALE_ERROR: ErrorType = ErrorType::Custom("RevocationsStale");

/// What both doors share.
pub(crate) struct Shared {
    pub(crate) config: Arc<Config>,
    pub(crate) pools: Pools,
    pub(crate) open: Open,
    pub(crate) metrics: PrometheusHandle,
}

/// One of the two listeners.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    door: Door,
    api: Limiter,
    sign_in: Limiter,
}

impl Proxy {
    pub(crate) fn new(shared: Arc<Shared>, door: Door) -> Self {
        let rates = shared.config.rates;
        let api = match door {
            Door::Public => rates.api,
            Door::Private => rates.private,
        };
        Self { shared, door, api: Limiter::new(api), sign_in: Limiter::new(rates.sign_in) }
    }

    fn describe(&self, session: &Session, exchange: &mut Exchange) {
        let request = session.req_header();
        let peer = session.client_addr().and_then(|address| address.as_inet()).map(SocketAddr::ip);
        let config = &self.shared.config;
        exchange.client = clients::address(self.door, peer, &request.headers, &config.trusted_proxies);
        exchange.request_id = hygiene::request_id(self.door, &request.headers);
        exchange.method = request.method.clone();
        request.uri.path().clone_into(&mut exchange.path);
        let accept = request.headers.get(header::ACCEPT).map(http::HeaderValue::as_bytes).unwrap_or_default();
        exchange.streams =
            accept.windows(b"text/event-stream".len()).any(|part| part == b"text/event-stream");
    }

    /// What we answer ourselves, if anything; else notes who answers.
    fn decide(&self, session: &Session, exchange: &mut Exchange) -> Result<Option<Answer>, Refusal> {
        let request = session.req_header();
        check_shape(request, &exchange.path)?;
        let target = routes::find(self.door, &exchange.method, &exchange.path, self.shared.config.dev_mail);
        if !matches!(target, Target::Own(_)) {
            self.check_rate(exchange).map_err(|often| Refusal::TooOften(often.retry_after))?;
        }
        let answer = match target {
            Target::Nothing => return Err(Refusal::NotFound),
            Target::To(service) => {
                exchange.service = Some(service);
                self.check_length(request)?;
                return Ok(None);
            }
            Target::Docs(file) => docs::answer(file),
            Target::Own(own) => {
                exchange.own = true;
                self.own(own)
            }
        };
        let reads = matches!(exchange.method, Method::GET | Method::HEAD);
        if reads { Ok(Some(answer)) } else { Err(Refusal::MethodNotAllowed) }
    }

    fn check_rate(&self, exchange: &Exchange) -> Result<(), TooOften> {
        // The frontend asking for itself is not an address that could flood us.
        let Some(client) = exchange.client else { return Ok(()) };
        let (limiter, zone) = match routes::zone(&exchange.method, &exchange.path) {
            Zone::Open => return Ok(()),
            Zone::Api => (&self.api, "api"),
            Zone::SignIn => (&self.sign_in, "sign_in"),
        };
        limiter.take(client, Instant::now()).inspect_err(|_| access::refused(zone))
    }

    fn check_length(&self, request: &RequestHeader) -> Result<(), Refusal> {
        let Some(length) = request.headers.get(header::CONTENT_LENGTH) else { return Ok(()) };
        let length = length.to_str().ok().and_then(|text| text.trim().parse::<usize>().ok());
        // An unreadable length was refused by Pingora already; one that overflows is too large.
        if length.is_none_or(|length| length > self.shared.config.max_body_bytes) {
            return Err(Refusal::BodyTooLarge);
        }
        Ok(())
    }

    fn own(&self, own: Own) -> Answer {
        match own {
            Own::Live => Answer::json(&json!({ "status": "alive" })),
            // Ready means that we route; what is behind us is told, not judged.
            Own::Ready => {
                Answer::json(&json!({ "status": "ready", "services": self.shared.pools.summary() }))
            }
            Own::Metrics => Answer::text(answers::METRICS, self.shared.metrics.render()),
        }
    }

    fn pool(&self, exchange: &Exchange) -> Result<&Pool> {
        let pool = exchange.service.and_then(|service| self.shared.pools.of(service));
        pool.ok_or_else(|| Error::explain(ErrorType::InternalError, "no service was chosen"))
    }

    /// Asks others first for a moment, after the last instance failed.
    fn avoid_last(&self, exchange: &Exchange) {
        if let (Ok(pool), Some(last)) = (self.pool(exchange), exchange.tried.last()) {
            pool.avoid(*last);
        }
    }

    fn can_try_another(&self, exchange: &Exchange) -> bool {
        exchange.tried.len() < MAX_TRIES
            && self.pool(exchange).is_ok_and(|pool| pool.has_any(&exchange.tried))
    }

    /// A refusal for want of knowledge came before any effect, so another instance may be asked, once.
    fn retries_stale(&self, session: &Session, response: &ResponseHeader, exchange: &Exchange) -> bool {
        let code = response.headers.get(PROBLEM_CODE).map(http::HeaderValue::as_bytes);
        response.status == StatusCode::SERVICE_UNAVAILABLE
            && code == Some(REVOCATIONS_STALE)
            && exchange.stale == Stale::Unseen
            && session.response_written().is_none()
            && !session.as_ref().retry_buffer_truncated()
            && self.pool(exchange).is_ok_and(|pool| pool.has_healthy(&exchange.tried))
    }
}

fn check_shape(request: &RequestHeader, path: &str) -> Result<(), Refusal> {
    let headers = &request.headers;
    let pairs: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers.len() > MAX_HEADERS || pairs + request.raw_path().len() > MAX_HEADER_BYTES {
        return Err(Refusal::HeadersTooLarge);
    }
    if request.method == Method::TRACE {
        return Err(Refusal::MethodNotAllowed);
    }
    if routes::is_plain(path) { Ok(()) } else { Err(Refusal::Malformed) }
}

fn refusal(error: &Error) -> Option<Refusal> {
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

#[async_trait]
impl ProxyHttp for Proxy {
    type CTX = Exchange;

    fn new_ctx(&self) -> Exchange {
        Exchange::new(&self.shared.open)
    }

    fn init_downstream_modules(&self, _modules: &mut HttpModules) {
        // No compression here: services and the frontend decide what is worth it.
    }

    async fn request_filter(&self, session: &mut Session, exchange: &mut Exchange) -> Result<bool> {
        self.describe(session, exchange);
        if session.get_keepalive().is_some() {
            session.set_keepalive(Some(CLIENT_IDLE_SECONDS));
        }
        session.set_read_timeout(Some(CLIENT_TIMEOUT));
        session.set_write_timeout(Some(CLIENT_TIMEOUT));
        let decided = self.decide(session, exchange);
        let Some(answer) = decided.unwrap_or_else(|refusal| Some(refusal.answer(exchange))) else {
            return Ok(false);
        };
        answer.send(session, exchange, &self.shared.config.origin).await?;
        Ok(true)
    }

    async fn upstream_peer(&self, _session: &mut Session, exchange: &mut Exchange) -> Result<Box<HttpPeer>> {
        let next = self.pool(exchange)?.next(&exchange.tried);
        let address =
            next.ok_or_else(|| Error::explain(ErrorType::HTTPStatus(503), "no instance left to try"))?;
        exchange.tried.push(address);
        exchange.body_bytes = 0;
        if exchange.stale == Stale::Retrying {
            exchange.stale = Stale::Retried;
        }
        let mut peer = HttpPeer::new(address, false, String::new());
        let read_timeout =
            if exchange.streams { STREAM_READ_TIMEOUT } else { self.shared.config.read_timeout };
        peer.options.connection_timeout = Some(CONNECT_TIMEOUT);
        peer.options.total_connection_timeout = Some(CONNECT_TIMEOUT);
        peer.options.read_timeout = Some(read_timeout);
        peer.options.write_timeout = Some(WRITE_TIMEOUT);
        peer.options.idle_timeout = Some(UPSTREAM_IDLE_TIMEOUT);
        peer.options.http_upstream_request_policy = HttpUpstreamRequestPolicy::deny_upgrades();
        Ok(Box::new(peer))
    }

    async fn upstream_request_filter(
        &self,
        _session: &mut Session,
        request: &mut RequestHeader,
        exchange: &mut Exchange,
    ) -> Result<()> {
        let facts = Facts {
            door: self.door,
            path: &exchange.path,
            request_id: &exchange.request_id,
            client: exchange.client,
            origin: &self.shared.config.origin,
        };
        hygiene::clean_request(request, &facts)
    }

    async fn request_body_filter(
        &self,
        _session: &mut Session,
        body: &mut Option<Bytes>,
        _end_of_stream: bool,
        exchange: &mut Exchange,
    ) -> Result<()> {
        exchange.body_bytes += body.as_ref().map_or(0, Bytes::len);
        if exchange.body_bytes > self.shared.config.max_body_bytes {
            let mut error = Error::explain(ErrorType::HTTPStatus(413), "the body is too large");
            error.as_down();
            return Err(error);
        }
        Ok(())
    }

    async fn upstream_response_filter(
        &self,
        session: &mut Session,
        response: &mut ResponseHeader,
        exchange: &mut Exchange,
    ) -> Result<()> {
        if self.retries_stale(session, response, exchange) {
            exchange.stale = Stale::Retrying;
            let mut error = Error::explain(STALE_ERROR, "the instance cannot know who is banned");
            error.as_up();
            error.set_retry(true);
            return Err(error);
        }
        Ok(())
    }

    async fn response_filter(
        &self,
        _session: &mut Session,
        response: &mut ResponseHeader,
        exchange: &mut Exchange,
    ) -> Result<()> {
        if exchange.streams {
            exchange.release();
        }
        hygiene::clean_response(response, &exchange.path, &exchange.request_id, &self.shared.config.origin)
    }

    fn fail_to_connect(
        &self,
        _session: &mut Session,
        _peer: &HttpPeer,
        exchange: &mut Exchange,
        mut error: Box<Error>,
    ) -> Box<Error> {
        self.avoid_last(exchange);
        // No byte of the request was sent, so even a purchase may be tried elsewhere.
        let retry = self.can_try_another(exchange);
        if retry {
            access::retried(exchange, Retry::Connect);
        }
        error.set_retry(retry);
        error
    }

    fn error_while_proxy(
        &self,
        peer: &HttpPeer,
        session: &mut Session,
        error: Box<Error>,
        exchange: &mut Exchange,
        _client_reused: bool,
    ) -> Box<Error> {
        let mut error = error.more_context(format!("Peer: {peer}"));
        if *error.esource() == ErrorSource::Upstream {
            self.avoid_last(exchange);
        }
        if exchange.stale == Stale::Retrying {
            access::retried(exchange, Retry::Stale);
            error.set_retry(true);
            return error;
        }
        let broken = matches!(
            error.etype(),
            ErrorType::ConnectionClosed | ErrorType::ReadError | ErrorType::WriteError | ErrorType::H1Error
        );
        let retry = *error.esource() == ErrorSource::Upstream
            && broken
            && routes::is_read(&exchange.method)
            && session.response_written().is_none()
            && !session.as_ref().retry_buffer_truncated()
            && self.can_try_another(exchange);
        if retry {
            access::retried(exchange, Retry::Broken);
        }
        error.set_retry(retry);
        error
    }

    async fn fail_to_proxy(
        &self,
        session: &mut Session,
        error: &Error,
        exchange: &mut Exchange,
    ) -> FailToProxy {
        let Some(refusal) = refusal(error) else {
            return FailToProxy { error_code: 0, can_reuse_downstream: false };
        };
        if session.response_written().is_none() {
            session.set_keepalive(None);
            let sent = refusal.answer(exchange).send(session, exchange, &self.shared.config.origin).await;
            if let Err(error) = sent {
                tracing::debug!(%error, request_id = exchange.request_id, "the client did not wait");
            }
        }
        FailToProxy { error_code: refusal.status().as_u16(), can_reuse_downstream: false }
    }

    async fn logging(&self, session: &mut Session, error: Option<&Error>, exchange: &mut Exchange) {
        access::finished(session, exchange, error);
    }

    // The access line carries the error, and ours says which instance is asked next: once is enough. Pingora's
    // own lines would hold the query too.
    fn suppress_error_log(&self, _session: &Session, _exchange: &Exchange, _error: &Error) -> bool {
        true
    }

    fn suppress_proxy_warn_log(
        &self,
        _session: &Session,
        _exchange: &Exchange,
        _error: &Error,
        _context: ProxyWarnLogContext,
    ) -> bool {
        true
    }

    fn request_summary(&self, _session: &Session, exchange: &Exchange) -> String {
        let service = exchange.service.map_or("ingress", Service::name);
        format!("{} {} for {service}, request {}", exchange.method, exchange.path, exchange.request_id)
    }
}
