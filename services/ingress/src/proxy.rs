//! The steps of a request through Pingora: decide, pick an instance, rewrite, forward, note.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::modules::http::HttpModules;
use pingora::proxy::{FailToProxy, ProxyHttp, ProxyWarnLogContext, Session};
use pingora::upstreams::peer::{HttpPeer, HttpUpstreamRequestPolicy};
use pingora::{Error, ErrorSource, ErrorType, Result};
use serde_json::json;

use crate::access::{self, Retry};
use crate::admission::{Admission, Admitted};
use crate::answers::{self, Answer, Refusal};
use crate::config::Config;
use crate::docs;
use crate::exchange::{Exchange, Open, Stale};
use crate::failures;
use crate::hygiene::{self, Facts};
use crate::retries;
use crate::routes::{self, Door, Own, Service};
use crate::upstreams::{Pool, Pools};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Longest silence of a stream of events: services send a comment well before.
const STREAM_READ_TIMEOUT: Duration = Duration::from_secs(90);
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest silence of a client while it sends a body, and while it reads an answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);
const CLIENT_IDLE_SECONDS: u64 = 75;
const UPSTREAM_IDLE_TIMEOUT: Duration = Duration::from_mins(1);

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
    admission: Admission,
}

impl Proxy {
    pub(crate) fn new(shared: Arc<Shared>, door: Door) -> Self {
        let admission = Admission::new(Arc::clone(&shared.config), door);
        Self { shared, admission }
    }

    /// What we answer ourselves, if anything; else the exchange says who answers.
    fn answer(&self, request: &RequestHeader, exchange: &mut Exchange) -> Result<Option<Answer>, Refusal> {
        let answer = match self.admission.admit(request, exchange)? {
            Admitted::To(service) => {
                exchange.service = Some(service);
                return Ok(None);
            }
            Admitted::Docs(file) => docs::answer(file),
            Admitted::Own(own) => {
                exchange.own = true;
                self.own(own)
            }
        };
        Ok(Some(answer))
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
        exchange.tried.len() < retries::MAX_TRIES
            && self.pool(exchange).is_ok_and(|pool| pool.has_any(&exchange.tried))
    }

    /// A refusal for want of knowledge came before any effect, so another instance may be asked, once.
    fn retries_stale(&self, session: &Session, response: &ResponseHeader, exchange: &Exchange) -> bool {
        retries::is_stale(response)
            && exchange.stale == Stale::Unseen
            && !is_answered(session)
            && !session.as_ref().retry_buffer_truncated()
            && self.pool(exchange).is_ok_and(|pool| pool.has_healthy(&exchange.tried))
    }
}

/// Whether the client has the answer's header; `100 Continue` is not an answer yet.
fn is_answered(session: &Session) -> bool {
    session.response_written().is_some_and(|response| !response.status.is_informational())
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
        let peer = session.client_addr().and_then(|address| address.as_inet()).map(SocketAddr::ip);
        self.admission.describe(session.req_header(), peer, exchange);
        if session.get_keepalive().is_some() {
            session.set_keepalive(Some(CLIENT_IDLE_SECONDS));
        }
        session.set_read_timeout(Some(CLIENT_TIMEOUT));
        session.set_write_timeout(Some(CLIENT_TIMEOUT));
        let answer = self.answer(session.req_header(), exchange);
        let Some(answer) = answer.unwrap_or_else(|refusal| Some(refusal.answer(exchange))) else {
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
            door: self.admission.door(),
            service: exchange.service,
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
        if response.status.is_informational() {
            return Ok(());
        }
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
        let retry = retries::is_broken(&error)
            && routes::is_read(&exchange.method)
            && !is_answered(session)
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
        let Some(refusal) = failures::refusal(error) else {
            return FailToProxy { error_code: 0, can_reuse_downstream: false };
        };
        if !is_answered(session) {
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
