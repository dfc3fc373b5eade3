//! What the pages' server is told by its environment.

use contracts::validate::is_email;
use service::{ConfigError, Env};

/// Where `cargo leptos build` puts its output.
const SITE_ROOT: &str = "target/site";

/// The configuration of the pages' server.
#[derive(Clone, Debug)]
pub struct Config {
    /// The ingress's private listener, through which every service is reached.
    pub backend_url: String,
    /// What the browser sees.
    pub public_origin: String,
    /// Where somebody suspended writes to; absent where they answer the mail that told them.
    pub appeal_address: Option<String>,
    /// Names of the session's cookies.
    pub cookies: CookieNames,
    /// Where `cargo leptos build` put stylesheet, script and assets.
    pub site_root: String,
    /// Port of the development reloader, while `cargo leptos watch` runs.
    pub reload_port: Option<u32>,
}

/// Names of the cookies of a session, and of a sign-in under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// Holds the access token.
    pub access: &'static str,
    /// Holds the refresh token.
    pub refresh: &'static str,
    /// Holds the challenge of a sign-in whose second step is still to come.
    pub challenge: &'static str,
    /// Holds what the browser is known by when it signs in again.
    pub browser: &'static str,
}

impl CookieNames {
    /// The browser accepts the `__Host-` prefix only from a trustworthy origin.
    pub const fn new(plain: bool) -> Self {
        if plain {
            Self { access: "access", refresh: "refresh", browser: "browser", challenge: "challenge" }
        } else {
            Self {
                access: "__Host-access",
                refresh: "__Host-refresh",
                browser: "__Host-browser",
                challenge: "__Host-challenge",
            }
        }
    }
}

impl Config {
    /// Reads the configuration; every bad value is named at once.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let (backend_url, public_origin) = (url(env, "BACKEND_URL"), url(env, "PUBLIC_ORIGIN"));
        let appeal_address = match env.optional::<String>("APPEAL_ADDRESS") {
            Some(Some(address)) if !is_email(&address) => {
                env.reject("APPEAL_ADDRESS", "must be an e-mail address")
            }
            address => address,
        };
        let (plain, site_root) =
            (env.or("PLAIN_COOKIES", false), env.or("LEPTOS_SITE_ROOT", SITE_ROOT.to_owned()));
        // `cargo leptos watch` says where its reloader listens.
        let (watch, reload_port) =
            (env.optional::<String>("LEPTOS_WATCH"), env.or("LEPTOS_RELOAD_PORT", 3001));
        let (
            Some(backend_url),
            Some(public_origin),
            Some(appeal_address),
            Some(plain),
            Some(site_root),
            Some(watch),
            Some(reload_port),
        ) = (backend_url, public_origin, appeal_address, plain, site_root, watch, reload_port)
        else {
            return Err(env.error());
        };
        let reload_port = watch.map(|_| reload_port);
        let cookies = CookieNames::new(plain);
        Ok(Self { backend_url, public_origin, appeal_address, cookies, site_root, reload_port })
    }
}

fn url(env: &Env, name: &str) -> Option<String> {
    let url: String = env.required(name)?;
    if url.starts_with("http://") || url.starts_with("https://") {
        return Some(url.trim_end_matches('/').to_owned());
    }
    env.reject(name, "must begin with http:// or https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_value_is_named_at_once() {
        let env = Env::of([("BACKEND_URL", "nowhere"), ("PLAIN_COOKIES", "maybe"), ("APPEAL_ADDRESS", "us")]);
        let message = Config::from_env(&env).unwrap_err().to_string();
        for name in ["BACKEND_URL", "PUBLIC_ORIGIN", "PLAIN_COOKIES", "APPEAL_ADDRESS"] {
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn cookies_are_prefixed_unless_told_otherwise() {
        let env =
            Env::of([("BACKEND_URL", "http://127.0.0.1:3001/"), ("PUBLIC_ORIGIN", "http://localhost:3000")]);
        let config = Config::from_env(&env).unwrap();
        assert_eq!(config.cookies.access, "__Host-access");
        assert_eq!(config.backend_url, "http://127.0.0.1:3001");
    }
}
