//! The cookies that carry a session.

use crate::devices::{IDLE_DAYS, Signed};
use auth::cookies::CookieNames;
use axum::http::{HeaderMap, HeaderValue, header};

/// Seconds that a browser keeps the access token.
const ACCESS_SECONDS: i64 = auth::token::LIFE_SECONDS;
/// Seconds that a browser keeps the refresh token.
const REFRESH_SECONDS: i64 = IDLE_DAYS * 24 * 60 * 60;

/// Headers that set both cookies.
pub(crate) fn set(names: CookieNames, signed: &Signed) -> HeaderMap {
    headers(
        names,
        [
            (names.access, signed.access.text.as_str(), ACCESS_SECONDS),
            (names.refresh, &signed.refresh.text(), REFRESH_SECONDS),
        ],
    )
}

/// Headers that remove both cookies.
pub(crate) fn clear(names: CookieNames) -> HeaderMap {
    headers(names, [(names.access, "", 0), (names.refresh, "", 0)])
}

fn headers(names: CookieNames, cookies: [(&str, &str, i64); 2]) -> HeaderMap {
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
