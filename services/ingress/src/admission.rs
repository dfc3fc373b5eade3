//! Who may pass: shape, route, rate and length of a request, before anything is asked of anybody.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, header};
use pingora::http::RequestHeader;

use crate::access;
use crate::answers::Refusal;
use crate::clients;
use crate::config::Config;
use crate::exchange::Exchange;
use crate::hygiene;
use crate::limits::{Limiter, TooOften};
use crate::routes::{self, Docs, Door, Own, Service, Target, Zone};
use crate::streams::{Full, Streams};

/// Request line and headers together.
const MAX_HEADER_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
/// What a header costs beside its name and value: a colon, a space and a line end.
const HEADER_OVERHEAD_BYTES: usize = 4;
/// When one of an address's streams may have ended.
const RETRY_STREAM: Duration = Duration::from_secs(5);
const EVENT_STREAM: &[u8] = b"text/event-stream";

/// The rules of one door.
pub(crate) struct Admission {
    config: Arc<Config>,
    door: Door,
    api: Limiter,
    sign_in: Limiter,
    streams: Streams,
}

/// Who answers a request that may pass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    To(Service),
    Docs(Docs),
    Own(Own),
}

impl Admission {
    pub(crate) fn new(config: Arc<Config>, door: Door) -> Self {
        let api = match door {
            Door::Public => config.rates.api,
            Door::Private => config.rates.private,
        };
        let sign_in = Limiter::new(config.rates.sign_in);
        let streams = Streams::new(config.streams.per_address.get(), config.streams.in_all.get());
        Self { config, door, api: Limiter::new(api), sign_in, streams }
    }

    pub(crate) const fn door(&self) -> Door {
        self.door
    }

    /// Notes what is asked, and by whom.
    pub(crate) fn describe(&self, request: &RequestHeader, peer: Option<IpAddr>, exchange: &mut Exchange) {
        exchange.client = clients::address(self.door, peer, &request.headers, &self.config.trusted_proxies);
        exchange.request_id = hygiene::request_id(self.door, &request.headers);
        exchange.method = request.method.clone();
        request.uri.path().clone_into(&mut exchange.path);
        let accept = request.headers.get(header::ACCEPT).map(HeaderValue::as_bytes).unwrap_or_default();
        exchange.streams = accept.windows(EVENT_STREAM.len()).any(|part| part == EVENT_STREAM);
    }

    /// Lets a request pass, or says why not.
    pub(crate) fn admit(
        &self,
        request: &RequestHeader,
        exchange: &mut Exchange,
    ) -> Result<Admitted, Refusal> {
        check_shape(request, &exchange.path)?;
        let target = routes::find(self.door, &exchange.method, &exchange.path, self.config.dev_mail);
        if !matches!(target, Target::Own(_)) {
            self.check_rate(exchange).map_err(|often| Refusal::TooOften(often.retry_after))?;
        }
        match target {
            Target::Nothing => Err(Refusal::NotFound),
            Target::To(service) => {
                self.check_length(request)?;
                self.find_place(exchange)?;
                Ok(Admitted::To(service))
            }
            Target::Docs(_) | Target::Own(_) if !is_get(&exchange.method) => Err(Refusal::MethodNotAllowed),
            Target::Docs(file) => Ok(Admitted::Docs(file)),
            Target::Own(own) => Ok(Admitted::Own(own)),
        }
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

    /// A stream stays open for as long as its reader likes: it takes a place until then.
    fn find_place(&self, exchange: &mut Exchange) -> Result<(), Refusal> {
        if !exchange.streams {
            return Ok(());
        }
        let slot = self.streams.open(exchange.client).map_err(|full| {
            access::refused("streams");
            match full {
                Full::Address => Refusal::TooOften(RETRY_STREAM),
                Full::InAll => Refusal::Unavailable,
            }
        })?;
        exchange.slot = Some(slot);
        Ok(())
    }

    fn check_length(&self, request: &RequestHeader) -> Result<(), Refusal> {
        let Some(length) = request.headers.get(header::CONTENT_LENGTH) else { return Ok(()) };
        let length = length.to_str().ok().and_then(|text| text.trim().parse::<usize>().ok());
        // An unreadable length was refused by Pingora already; one that overflows is too large.
        if length.is_none_or(|length| length > self.config.max_body_bytes) {
            return Err(Refusal::BodyTooLarge);
        }
        Ok(())
    }
}

/// The methods that some route of ours takes; with any other, nobody can say whether it has a body.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

fn is_get(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn check_shape(request: &RequestHeader, path: &str) -> Result<(), Refusal> {
    let headers = &request.headers;
    let size = |(name, value): (&http::HeaderName, &HeaderValue)| {
        name.as_str().len() + value.len() + HEADER_OVERHEAD_BYTES
    };
    let bytes = headers.iter().map(size).sum::<usize>() + request.raw_path().len();
    if headers.len() > MAX_HEADERS || bytes > MAX_HEADER_BYTES {
        return Err(Refusal::HeadersTooLarge);
    }
    if !METHODS.contains(&request.method) {
        return Err(Refusal::MethodNotAllowed);
    }
    if routes::is_plain(path) { Ok(()) } else { Err(Refusal::Malformed) }
}
