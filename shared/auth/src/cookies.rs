//! Names of the cookies, and reading one.

use http::{HeaderMap, header::COOKIE};

/// Cookie names, with the `__Host-` prefix unless plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// Carries the access token.
    pub access: &'static str,
    /// Carries the refresh token.
    pub refresh: &'static str,
    /// Carries the challenge of a sign-in whose second step is still to come.
    pub challenge: &'static str,
    /// Are cookies marked `Secure`?
    pub secure: bool,
}

impl CookieNames {
    /// The names; plain ones are for development in browsers that drop `Secure` cookies on localhost.
    pub const fn new(plain: bool) -> Self {
        if plain {
            Self { access: "access", refresh: "refresh", challenge: "challenge", secure: false }
        } else {
            Self {
                access: "__Host-access",
                refresh: "__Host-refresh",
                challenge: "__Host-challenge",
                secure: true,
            }
        }
    }
}

/// The value of the first cookie of that name.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}
