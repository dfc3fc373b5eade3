//! Where people open the system, and what follows from it for cookies and for who may connect.

use anyhow::{Context as _, Result, bail};

/// The address that people type, and its consequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicAddress {
    /// Such as `http://localhost:3000`.
    pub(crate) origin: String,
    /// Where the ingress listens.
    pub(crate) port: u16,
    /// Whether cookies go without the `__Host-` prefix.
    pub(crate) plain_cookies: bool,
    /// Whether other machines may connect to the ingress itself.
    pub(crate) beyond_loopback: bool,
    /// Whether only this machine opens it: then development's mailbox is nobody else's business.
    pub(crate) own_machine: bool,
    /// What the user should know about it.
    pub(crate) warning: Option<String>,
}

impl PublicAddress {
    /// Judges an address; `http://localhost:<port>` where none is given.
    pub(crate) fn of(origin: Option<&str>, port: u16, plain_wanted: bool) -> Result<Self> {
        let origin = origin.map_or_else(|| format!("http://localhost:{port}"), str::to_owned);
        let (secure, host) = split(&origin).with_context(|| format!("--origin {origin} is not usable"))?;
        // Whoever opens https from elsewhere has something before the ingress that speaks it, on this machine.
        let beyond_loopback = !secure && !is_loopback(host);
        let warning = if beyond_loopback {
            Some(format!(
                "cookies go without the __Host- prefix, because browsers keep those only on https and on \
                 localhost; on {origin} whoever shares the network can read along"
            ))
        } else if plain_wanted {
            Some(
                "cookies go without the __Host- prefix, because of --plain-cookies: another program on this \
                 host can replace them"
                    .to_owned(),
            )
        } else {
            None
        };
        if !secure && port_of(&origin) != port {
            bail!("--origin {origin} does not name the port that is listened on: say --port too");
        }
        let (plain_cookies, own_machine) = (plain_wanted || beyond_loopback, is_loopback(host));
        Ok(Self { origin, port, plain_cookies, beyond_loopback, own_machine, warning })
    }

    /// What the ingress binds.
    pub(crate) fn listen(&self) -> String {
        let host = if self.beyond_loopback { "0.0.0.0" } else { "127.0.0.1" };
        format!("{host}:{}", self.port)
    }

    /// The ingress, for programs of this machine.
    pub(crate) fn local_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Whether it is https, and its host.
fn split(origin: &str) -> Result<(bool, &str)> {
    let (secure, authority) = match origin.split_once("://") {
        Some(("http", rest)) => (false, rest),
        Some(("https", rest)) => (true, rest),
        _ => bail!("it must begin with http:// or https://"),
    };
    if authority.contains(['/', '?', '#', '@']) {
        bail!("it must be a scheme, a host and perhaps a port, with nothing after them");
    }
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').context("its address has no end")?.0,
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    if host.is_empty() {
        bail!("it names no host");
    }
    Ok((secure, host))
}

/// The port that a browser connects to over plain http.
fn port_of(origin: &str) -> u16 {
    const HTTP: u16 = 80;
    let port = origin.rsplit_once(':').map(|(_, port)| port);
    port.and_then(|port| port.parse().ok()).unwrap_or(HTTP)
}

/// Where browsers treat plain http as secure.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(origin: Option<&str>, plain: bool) -> PublicAddress {
        PublicAddress::of(origin, 3000, plain).unwrap()
    }

    #[test]
    fn on_localhost_cookies_have_their_prefix_and_nobody_else_may_connect() {
        let address = of(None, false);
        assert_eq!(address.origin, "http://localhost:3000");
        assert_eq!((address.plain_cookies, address.warning.as_deref()), (false, None));
        assert_eq!(address.listen(), "127.0.0.1:3000");
        for origin in ["http://127.0.0.1:3000", "http://[::1]:3000"] {
            assert!(!of(Some(origin), false).plain_cookies, "{origin}");
        }
    }

    #[test]
    fn plain_cookies_can_be_asked_for_and_are_warned_of() {
        let address = of(None, true);
        assert!(address.plain_cookies && address.warning.unwrap().contains("--plain-cookies"));
        assert!(!address.beyond_loopback);
    }

    #[test]
    fn plain_http_elsewhere_means_plain_cookies_and_visitors_from_elsewhere() {
        let address = of(Some("http://192.168.1.7:3000"), false);
        assert!(address.plain_cookies);
        assert_eq!(address.listen(), "0.0.0.0:3000");
        assert_eq!(address.local_url(), "http://127.0.0.1:3000");
        assert!(address.warning.unwrap().contains("http://192.168.1.7:3000"));
    }

    #[test]
    fn https_keeps_the_prefix_and_comes_through_this_machine() {
        let address = of(Some("https://tickets.example"), false);
        assert_eq!((address.plain_cookies, address.warning.as_deref()), (false, None));
        assert_eq!(address.listen(), "127.0.0.1:3000");
    }

    #[test]
    fn plain_http_names_the_port_that_is_listened_on() {
        let refused =
            PublicAddress::of(Some("http://192.168.1.7:8080"), 3000, false).unwrap_err().to_string();
        assert!(refused.contains("--port"), "{refused}");
        assert!(PublicAddress::of(Some("http://tickets.test"), 80, false).is_ok());
    }

    #[test]
    fn the_mailbox_is_open_on_this_machine_only() {
        assert!(of(None, false).own_machine);
        for origin in ["http://192.168.1.7:3000", "https://tickets.example"] {
            assert!(!of(Some(origin), false).own_machine, "{origin}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for origin in ["tickets.example", "ftp://tickets.example", "http://", "http://a/b", "http://u@a"] {
            assert!(PublicAddress::of(Some(origin), 3000, false).is_err(), "{origin}");
        }
    }
}
