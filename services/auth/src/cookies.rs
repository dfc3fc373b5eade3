//! The cookies that carry a session.

use crate::{
    devices::{IDLE_DAYS, Signed},
    known_browsers::{self, KNOWN_DAYS},
    second_factor::{CHALLENGE_LASTS, Challenge},
    tokens::AccessToken,
};
use auth::cookies::CookieNames;
use axum::http::{HeaderMap, HeaderValue, header};

/// Seconds that a browser keeps the access token.
const ACCESS_SECONDS: i64 = auth::token::LIFE_SECONDS;
/// Seconds that a browser keeps the refresh token.
const REFRESH_SECONDS: i64 = IDLE_DAYS * 24 * 60 * 60;

/// Seconds that a browser is known for.
const BROWSER_SECONDS: i64 = KNOWN_DAYS * 24 * 60 * 60;

/// Headers that set the session's two cookies, and at a sign-in the one by which the browser is known; then a second step
/// that was asked for is over too. A refresh leaves both alone: somebody may be signing in beside it.
pub(crate) fn set(names: CookieNames, signed: &Signed) -> HeaderMap {
    let (refresh, browser) = (signed.refresh.text(), signed.browser.map(known_browsers::Browser::text));
    let mut cookies = vec![
        (names.access, signed.access.text.as_str(), ACCESS_SECONDS),
        (names.refresh, refresh.as_str(), REFRESH_SECONDS),
    ];
    if browser.is_some() {
        cookies.push((names.challenge, "", 0));
    }
    cookies
        .extend(browser.as_deref().map(|text| (known_browsers::name(names.secure), text, BROWSER_SECONDS)));
    headers(names, &cookies)
}

/// Headers that set the access token alone: the session says more of itself than before.
pub(crate) fn set_access(names: CookieNames, access: &AccessToken) -> HeaderMap {
    headers(names, &[(names.access, access.text.as_str(), ACCESS_SECONDS)])
}

/// Headers that set the challenge of a second step.
pub(crate) fn set_challenge(names: CookieNames, challenge: Challenge) -> HeaderMap {
    headers(names, &[(names.challenge, &challenge.text(), CHALLENGE_LASTS.num_seconds())])
}

/// Headers that remove the session's cookies; the browser stays known.
pub(crate) fn clear(names: CookieNames) -> HeaderMap {
    headers(names, &[(names.access, "", 0), (names.refresh, "", 0)])
}

fn headers(names: CookieNames, cookies: &[(&str, &str, i64)]) -> HeaderMap {
    let secure = if names.secure { "; Secure" } else { "" };
    let mut headers = HeaderMap::new();
    for (name, value, seconds) in cookies {
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_this_host_alone_and_out_of_reach_of_scripts() {
        let names = CookieNames::new(false);
        let browser = known_browsers::name(names.secure);
        let every = [names.access, names.refresh, names.challenge, browser].map(|name| (name, "x", 60));
        let headers = headers(names, &every);
        let set: Vec<_> =
            headers.get_all(header::SET_COOKIE).iter().map(|set| set.to_str().unwrap()).collect();
        assert_eq!(set.len(), every.len());
        for cookie in set {
            assert!(cookie.starts_with("__Host-"), "{cookie}");
            assert!(cookie.ends_with("; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        }
    }
}
