//! Makes the session fresh before anything is rendered, once per request.

use super::{AppState, assets::ROOT_FILES, claims::Claims};
use crate::{
    config::CookieNames,
    error::AppError,
    visit::{Facts, Standing, Visit, now_ms},
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::OnceCell;

/// An access token that ends within this time is renewed: it must last until the page is rendered.
const RENEW_BEFORE_S: i64 = 30;
/// How long the outcome of a refresh is shared with the browser's other requests.
const SHARED_FOR: Duration = Duration::from_secs(10);

/// What came of a refresh.
#[derive(Clone, Debug)]
enum Outcome {
    /// `Set-Cookie` headers, as auth gave them.
    Fresh(Vec<HeaderValue>),
    /// The session is over.
    Ended,
    /// The session is over because the account is suspended.
    Suspended(Standing),
    /// Auth does not answer: cookies stay as they are.
    Unknown,
}

type Shared = Arc<OnceCell<Outcome>>;

/// Requests of one browser that arrive together share one refresh.
#[derive(Clone, Debug, Default)]
pub struct Refresher(Arc<Mutex<HashMap<String, (Instant, Shared)>>>);

impl Refresher {
    async fn refresh(&self, state: &AppState, visit: &Visit, token: &str) -> Outcome {
        let shared = {
            let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            running.retain(|_, (since, _)| since.elapsed() < SHARED_FOR);
            running.entry(token.to_owned()).or_insert_with(|| (Instant::now(), Shared::default())).1.clone()
        };
        let api = state.backend.on_behalf_of(visit.clone());
        let cookie = format!("{}={token}", state.config.cookies.refresh);
        // Spawned: a browser that goes away in the middle must not lose the rotated token.
        let asked = tokio::spawn(async move {
            let ask = async || match api.with_cookies::<serde_json::Value>("/api/auth/refresh", &cookie).await
            {
                Ok(answer) => Outcome::Fresh(answer.cookies),
                Err(AppError::Unauthenticated | AppError::Conflict(_)) => Outcome::Ended,
                Err(AppError::Suspended { reason, until }) => {
                    Outcome::Suspended(Standing::Suspended { reason, until })
                }
                Err(error) => {
                    tracing::warn!(%error, "the session could not be refreshed");
                    Outcome::Unknown
                }
            };
            shared.get_or_init(ask).await.clone()
        });
        let outcome = asked.await.unwrap_or(Outcome::Unknown);
        if matches!(outcome, Outcome::Unknown) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
        }
        outcome
    }
}

/// Refreshes where needed, tells the page who visits, and hands new cookies to the browser.
pub(super) async fn refresh(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if ["/pkg/", "/fonts/", "/scripts/", "/posters/"].iter().any(|files| path.starts_with(files))
        || ROOT_FILES.contains(&path)
    {
        return next.run(request).await;
    }
    let names = state.config.cookies;
    let mut facts = facts(&request, names);
    let mut cookies = Vec::new();
    if let Some(token) = facts.refresh.clone().filter(|_| !is_fresh(facts.access.as_deref())) {
        match state.refresher.refresh(&state, &Visit::new(facts.clone()), &token).await {
            Outcome::Fresh(fresh) => {
                facts.access = value_in(&fresh, names.access).or(facts.access);
                facts.refresh = value_in(&fresh, names.refresh).or(facts.refresh);
                facts.is_renewed = true;
                cookies = fresh;
            }
            Outcome::Ended => {
                (facts.access, facts.refresh) = (None, None);
                cookies = ended(names);
            }
            Outcome::Suspended(standing) => {
                (facts.access, facts.refresh, facts.standing) = (None, None, standing);
                // The refresh token is what the reason is found by.
                cookies = if facts.in_background { Vec::new() } else { ended(names) };
            }
            // A token that still works for a moment is better than none.
            Outcome::Unknown if !is_over(facts.access.as_deref()) => {}
            Outcome::Unknown => (facts.access, facts.standing) = (None, Standing::Unsettled),
        }
    }
    facts.viewer = facts.access.as_deref().and_then(Claims::peek).map(|claims| claims.viewer());
    request.extensions_mut().insert(Visit::new(facts));
    let mut response = next.run(request).await;
    add_cookies(response.headers_mut(), cookies);
    response
}

/// Cookies that end the session in the browser.
pub(crate) fn ended(names: CookieNames) -> Vec<HeaderValue> {
    [names.access, names.refresh].into_iter().filter_map(gone).collect()
}

/// The cookie with which the browser forgets its access token, where another one may be had for the refresh token.
///
/// A service may refuse a token whose session lives, as when the key that signed it was retired. The next request
/// then comes without it, and is made fresh. One that this very request was given is refused for another reason: so it
/// is tried once, whatever the age of a token, and nobody is sent in circles.
pub(crate) fn renewing(visit: &Visit, names: CookieNames) -> Option<HeaderValue> {
    let may_help = visit.access.is_some() && visit.refresh.is_some() && !visit.is_renewed;
    if may_help { gone(names.access) } else { None }
}

fn gone(name: &str) -> Option<HeaderValue> {
    let secure = if name.starts_with("__Host-") { " Secure;" } else { "" };
    HeaderValue::from_str(&format!("{name}=; Path=/;{secure} HttpOnly; SameSite=Lax; Max-Age=0")).ok()
}

/// The handler's own cookies win: whoever signs out stays signed out.
fn add_cookies(headers: &mut HeaderMap, cookies: Vec<HeaderValue>) {
    for cookie in cookies {
        let taken = headers.get_all(header::SET_COOKIE).iter().any(|own| name_of(own) == name_of(&cookie));
        if !taken {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    if headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn name_of(cookie: &HeaderValue) -> Option<&str> {
    cookie.to_str().ok()?.split('=').next()
}

fn value_in(cookies: &[HeaderValue], name: &str) -> Option<String> {
    let texts = cookies.iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    texts
        .filter_map(|pair| pair.split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

fn is_fresh(access: Option<&str>) -> bool {
    lasts(access, RENEW_BEFORE_S)
}

fn is_over(access: Option<&str>) -> bool {
    !lasts(access, 0)
}

fn lasts(access: Option<&str>, seconds: i64) -> bool {
    access.and_then(Claims::peek).is_some_and(|claims| claims.exp > now_ms() / 1000 + seconds)
}

fn facts(request: &Request, names: CookieNames) -> Facts {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let cookie = |name: &str| {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            pairs.flat_map(|pairs| pairs.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value.to_owned())
    };
    Facts {
        path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        request_id: text("x-request-id").unwrap_or_else(|| uuid::Uuid::now_v7().to_string()),
        traceparent: text("traceparent"),
        client_address: text("x-forwarded-for"),
        user_agent: text("user-agent"),
        access: cookie(names.access),
        refresh: cookie(names.refresh),
        challenge: cookie(names.challenge),
        browser: cookie(names.browser).map(|value| format!("{}={value}", names.browser)),
        is_renewed: false,
        viewer: None,
        standing: Standing::Settled,
        in_background: text("sec-fetch-mode").is_some_and(|mode| mode != "navigate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handlers_own_cookies_win() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("access=; Max-Age=0"));
        let fresh = vec![HeaderValue::from_static("access=new"), HeaderValue::from_static("refresh=new")];
        add_cookies(&mut headers, fresh);
        let set: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(set, ["access=; Max-Age=0", "refresh=new"]);
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn values_are_found_in_set_cookie_headers() {
        let cookies = [HeaderValue::from_static("access=a.b.c; Path=/; HttpOnly")];
        assert_eq!(value_in(&cookies, "access").as_deref(), Some("a.b.c"));
        assert_eq!(value_in(&cookies, "acc"), None);
    }
}
