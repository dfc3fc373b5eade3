//! Who is signed in, as far as pages care, and what they require.

use crate::{
    backend::{Api, Backend},
    error::AppError,
    pages::link::WITH_SECRETS,
    visit::{Viewer, Visit},
};
use contracts::auth::Role;
use leptos::prelude::*;

/// The services on behalf of the visitor of this page. Call it before the first `await`.
pub fn use_api() -> Result<Api, AppError> {
    // Absent only while the routes are being listed, when nothing is loaded.
    let backend = use_context::<Backend>().ok_or(AppError::Broken { request_id: None })?;
    Ok(backend.on_behalf_of(Visit::current()))
}

/// Who is signed in, if anybody.
pub fn viewer() -> Option<Viewer> {
    Visit::current().viewer
}

/// Whoever is signed in; otherwise the page sends to sign-in and back, or says why it cannot know.
pub fn require_user() -> Result<Viewer, AppError> {
    viewer().ok_or_else(|| Visit::current().nobody())
}

/// An admin. One without a second factor is led to add one; others are told that it is not theirs to do.
pub fn require_admin() -> Result<Viewer, AppError> {
    let viewer = require_user()?;
    match (viewer.role, viewer.withheld) {
        (Role::Admin, _) => Ok(viewer),
        (Role::User, Some(Role::Admin)) => Err(AppError::SecondFactorRequired),
        (Role::User, _) => Err(AppError::Forbidden),
    }
}

/// The sign-in page that comes back to `path`.
pub fn sign_in_path(path: &str) -> String {
    match serde_urlencoded::to_string([("next", path)]) {
        Ok(query) if safe_path(path).is_some_and(|path| path != "/") => format!("/signin?{query}"),
        _ => "/signin".to_owned(),
    }
}

/// The longest path that sign-in comes back to: with the seats that were chosen before.
const PATH_MAX_BYTES: usize = 2000;

/// Where one signs in or out, or proves who one is.
const SIGNING_IN: [&str; 6] =
    ["/signin", "/signin/code", "/signup", "/signout", "/forgot-password", "/reauthenticate"];

/// A path on this site, or nothing: an address that a stranger put into a link must not lead elsewhere.
///
/// Browsers read `//host`, `/\host` and control characters in between as another host.
pub fn safe_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let elsewhere = rest.starts_with(['/', '\\']);
    let odd = path.chars().any(|c| c.is_control() || c == '\\' || !c.is_ascii());
    // Signing in leads neither back to itself nor to a page whose address carries a secret.
    let page = path.split(['?', '#']).next().unwrap_or_default();
    let again = SIGNING_IN.contains(&page) || WITH_SECRETS.contains(&page);
    (!elsewhere && !odd && !again && path.len() <= PATH_MAX_BYTES).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_safe() {
        for good in ["/", "/orders/1", "/?q=a%20b", "/shows/1#x"] {
            assert_eq!(safe_path(good), Some(good));
        }
        for bad in [
            "",
            "orders",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "/signin?next=/",
            "/reauthenticate?next=/",
            "/reset-password?token=secret",
        ] {
            assert_eq!(safe_path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn sign_in_comes_back_to_where_one_was() {
        assert_eq!(sign_in_path("/orders/1?a=b"), "/signin?next=%2Forders%2F1%3Fa%3Db");
        assert_eq!(sign_in_path("//evil.example"), "/signin");
    }
}
