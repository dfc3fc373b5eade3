//! What services are told about a request, and what clients are told about an answer.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, StatusCode, header};
use pingora::Result;
use pingora::http::{RequestHeader, ResponseHeader};
use uuid::Uuid;

use crate::config::{Origin, Scheme};
use crate::cookies;
use crate::routes::{self, Door, Service};

/// Two years, as the preload lists ask for.
const HSTS: &str = "max-age=63072000; includeSubDomains";
/// Files below `/pkg` carry a hash of their content in their name.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Said about a client only by us.
const CLAIMS: [&str; 5] = ["forwarded", "x-real-ip", "x-request-id", "tracestate", "baggage"];
const REQUEST_ID: &str = "x-request-id";

/// What we tell services about the request.
pub(crate) struct Facts<'a> {
    pub(crate) door: Door,
    /// Who answers.
    pub(crate) service: Option<Service>,
    pub(crate) path: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) client: Option<IpAddr>,
    pub(crate) origin: &'a Origin,
}

/// Rewrites the headers of a request for the service that answers it. Hop-by-hop headers are gone already:
/// the peer's policy strips them.
pub(crate) fn clean_request(request: &mut RequestHeader, facts: &Facts<'_>) -> Result<()> {
    let trace = request.headers.get("traceparent").filter(|value| is_traceparent(value.as_bytes())).cloned();
    for name in claims(&request.headers) {
        request.remove_header(&name);
    }
    if let Some(trace) = trace {
        request.insert_header("traceparent", trace)?;
    }
    if !keeps_refresh(facts) {
        strip_refresh(request)?;
    }
    request.insert_header(REQUEST_ID, facts.request_id)?;
    if let Some(client) = facts.client {
        request.insert_header("x-forwarded-for", client.to_string())?;
    }
    request.insert_header("x-forwarded-proto", facts.origin.scheme.as_str())?;
    if facts.door == Door::Private {
        // The frontend reached us by an inner name; services know the product by its public one.
        request.insert_header(header::HOST, &facts.origin.host)?;
    }
    if let Some(host) = request.headers.get(header::HOST).cloned() {
        request.insert_header("x-forwarded-host", host)?;
    }
    Ok(())
}

fn claims(headers: &HeaderMap) -> Vec<HeaderName> {
    let ours =
        |name: &str| name.starts_with("x-forwarded-") || name == "traceparent" || CLAIMS.contains(&name);
    headers.keys().filter(|name| ours(name.as_str())).cloned().collect()
}

/// Auth rotates refresh tokens, and the frontend server asks it to while it renders. Nobody else sees one.
fn keeps_refresh(facts: &Facts<'_>) -> bool {
    match facts.service {
        Some(Service::Auth) => true,
        Some(Service::Frontend) => !routes::is_asset(facts.path),
        _ => false,
    }
}

fn strip_refresh(request: &mut RequestHeader) -> Result<()> {
    let kept: Vec<Vec<u8>> = request
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| cookies::without_secrets(value.as_bytes()))
        .collect();
    request.remove_header(&header::COOKIE);
    for value in kept {
        request.append_header(header::COOKIE, value)?;
    }
    Ok(())
}

/// The request's id: a new one, or the frontend server's, so that a page and what it asks for share one.
pub(crate) fn request_id(door: Door, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).filter(|_| door == Door::Private);
    let given = given.and_then(|value| Uuid::try_parse_ascii(value.as_bytes()).ok());
    given.unwrap_or_else(Uuid::now_v7).to_string()
}

/// W3C Trace Context, version 00: `00-<32 hex>-<16 hex>-<2 hex>`, ids not all zero.
fn is_traceparent(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|byte| *byte == b'-').collect();
    let [b"00", trace, span, flags] = parts.as_slice() else { return false };
    let hex = |part: &[u8], length| {
        part.len() == length && part.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let zero = |part: &[u8]| part.iter().all(|byte| *byte == b'0');
    hex(trace, 32) && hex(span, 16) && hex(flags, 2) && !zero(trace) && !zero(span)
}

/// Rewrites the headers of an answer, ours or a service's, for the client.
pub(crate) fn clean_response(
    response: &mut ResponseHeader,
    path: &str,
    request_id: &str,
    origin: &Origin,
) -> Result<()> {
    for name in ["server", "x-powered-by", "keep-alive", "proxy-connection", "proxy-authenticate"] {
        response.remove_header(name);
    }
    response.insert_header(REQUEST_ID, request_id)?;
    response.insert_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")?;
    if origin.scheme == Scheme::Https {
        response.insert_header(header::STRICT_TRANSPORT_SECURITY, HSTS)?;
    }
    if response.headers.contains_key(header::SET_COOKIE) {
        response.insert_header(header::CACHE_CONTROL, "no-store")?;
    } else if routes::is_under(path, "/pkg") && response.status == StatusCode::OK {
        response.insert_header(header::CACHE_CONTROL, IMMUTABLE)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &str)]) -> RequestHeader {
        let mut request = RequestHeader::build("GET", b"/", None).unwrap();
        for (name, value) in headers {
            request.append_header(*name, *value).unwrap();
        }
        request
    }

    fn clean(door: Door, path: &str, headers: &[(&'static str, &str)]) -> RequestHeader {
        let service = match routes::find(door, &http::Method::GET, path, true) {
            routes::Target::To(service) => Some(service),
            _ => None,
        };
        let origin = Origin { scheme: Scheme::Https, host: "tickets.example".to_owned() };
        let client = "192.0.2.7".parse().ok();
        let mut request = request(headers);
        let facts = Facts { door, service, path, request_id: "id", client, origin: &origin };
        clean_request(&mut request, &facts).unwrap();
        request
    }

    #[test]
    fn claims_about_the_client_are_replaced() {
        let told = [
            ("host", "evil.example"),
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-anything", "x"),
            ("forwarded", "for=1.1.1.1"),
            ("x-real-ip", "1.1.1.1"),
            ("x-request-id", "mine"),
            ("baggage", "a=b"),
        ];
        let request = clean(Door::Public, "/", &told);
        let get = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(get("x-forwarded-for"), Some("192.0.2.7"));
        assert_eq!(get("x-forwarded-proto"), Some("https"));
        assert_eq!(get("x-forwarded-host"), Some("evil.example"));
        assert_eq!(get("x-request-id"), Some("id"));
        for name in ["x-forwarded-anything", "forwarded", "x-real-ip", "baggage"] {
            assert_eq!(get(name), None, "{name}");
        }
    }

    #[test]
    fn the_private_door_shows_services_the_public_host() {
        let request = clean(Door::Private, "/api/shows", &[("host", "127.0.0.1:3001")]);
        assert_eq!(request.headers.get("host").unwrap(), "tickets.example");
        assert_eq!(request.headers.get("x-forwarded-host").unwrap(), "tickets.example");
    }

    #[test]
    fn only_a_valid_traceparent_stays() {
        let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(
            clean(Door::Public, "/", &[("traceparent", valid)]).headers.get("traceparent").unwrap(),
            valid
        );
        let zero = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
        for wrong in ["", "x", zero, "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"] {
            assert!(clean(Door::Public, "/", &[("traceparent", wrong)]).headers.get("traceparent").is_none());
        }
    }

    #[test]
    fn the_refresh_cookie_goes_to_auth_and_pages_only() {
        let cookie = |path| {
            let request =
                clean(Door::Public, path, &[("cookie", "access=a; refresh=r"), ("cookie", "refresh=s")]);
            let values = request.headers.get_all("cookie").iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(" | ")
        };
        for path in ["/", "/orders/1", "/fn/pay", "/api/auth/refresh"] {
            assert_eq!(cookie(path), "access=a; refresh=r | refresh=s", "{path}");
        }
        let others = ["/api/orders", "/api/authx", "/dev/mail", "/dev/mail/1", "/dev/mail.json"];
        let files = ["/pkg/app.js", "/fonts/a.woff2", "/posters/1.svg", "/favicon.ico"];
        for path in others.into_iter().chain(files) {
            assert_eq!(cookie(path), "access=a", "{path}");
        }
    }

    #[test]
    fn the_frontends_request_id_is_kept_and_others_are_not() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        let headers = request(&[("x-request-id", id)]);
        assert_eq!(request_id(Door::Private, &headers.headers), id);
        assert_ne!(request_id(Door::Public, &headers.headers), id);
        assert_ne!(request_id(Door::Private, &request(&[("x-request-id", "x\"")]).headers), "x\"");
    }

    #[test]
    fn answers_with_cookies_are_never_stored() {
        let origin = Origin { scheme: Scheme::Http, host: "h".to_owned() };
        let mut response = ResponseHeader::build(200, None).unwrap();
        response.insert_header("set-cookie", "a=b").unwrap();
        response.insert_header("server", "x").unwrap();
        clean_response(&mut response, "/pkg/app.js", "id", &origin).unwrap();
        assert_eq!(response.headers.get("cache-control").unwrap(), "no-store");
        assert!(response.headers.get("server").is_none());
        assert!(response.headers.get("strict-transport-security").is_none());
    }
}
