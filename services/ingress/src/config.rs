//! Configuration from the environment, parsed purely and with every bad value named at once.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;
use std::time::Duration;

use http::Uri;
use tracing_subscriber::EnvFilter;

use crate::routes::Service;

/// Pingora's own connection chatter is of no use to operators; its warnings are.
const DEFAULT_FILTER: &str = "info,pingora_core=warn,pingora_proxy=warn";
const DEFAULT_API_PER_MINUTE: u32 = 600;
const DEFAULT_SIGN_IN_PER_MINUTE: u32 = 20;
/// A page asks for several things on behalf of its reader.
const DEFAULT_PRIVATE_PER_MINUTE: u32 = 3_000;
/// A person has a few tabs open; many people share an address.
const DEFAULT_STREAMS_PER_ADDRESS: usize = 20;
const DEFAULT_STREAMS_IN_ALL: usize = 2_000;
const DEFAULT_READ_TIMEOUT_SECONDS: u32 = 30;
const DEFAULT_MAX_BODY_BYTES: usize = 1024 * 1024;

/// Everything the ingress is told.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) instance: String,
    pub(crate) listen: SocketAddr,
    pub(crate) listen_private: SocketAddr,
    pub(crate) origin: Origin,
    pub(crate) upstreams: Vec<Upstream>,
    pub(crate) rates: Rates,
    pub(crate) streams: MaxStreams,
    pub(crate) max_body_bytes: usize,
    /// Longest silence of a service that was asked for anything but a stream.
    pub(crate) read_timeout: Duration,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) dev_mail: bool,
    pub(crate) log_format: LogFormat,
    pub(crate) log_filter: String,
}

/// What the browser sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: String,
}

/// How the browser speaks to us, whatever stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The instances of one service, as `host:port`.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) service: Service,
    pub(crate) instances: Vec<String>,
}

/// Requests per address and minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) api: NonZeroU32,
    pub(crate) sign_in: NonZeroU32,
    pub(crate) private: NonZeroU32,
}

/// Streams of events that may be open at each door.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MaxStreams {
    pub(crate) per_address: NonZeroUsize,
    pub(crate) in_all: NonZeroUsize,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Every value that is missing or wrong.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is wrong:\n{}", .0.join("\n"))]
pub(crate) struct BadConfig(Vec<String>);

impl Config {
    /// Reads the process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(crate) fn from_environment() -> Result<Self, BadConfig> {
        Self::parse(|name| std::env::var(name).ok())
    }

    /// Reads from `lookup`.
    pub(crate) fn parse(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BadConfig> {
        let mut values = Values { lookup, bad: Vec::new() };
        let config = (|| {
            let instance = values.or("INSTANCE", "ingress", |text| Ok::<_, String>(text.to_owned()));
            let listen = values.required("LISTEN", from_str::<SocketAddr>);
            let listen_private = values.required("LISTEN_PRIVATE", from_str::<SocketAddr>);
            let origin = values.required("PUBLIC_ORIGIN", origin);
            let upstreams: Vec<Option<Upstream>> =
                Service::ALL.iter().map(|service| upstream(&mut values, *service)).collect();
            let rates = rates(&mut values);
            let streams = max_streams(&mut values);
            let max_body = NonZeroUsize::new(DEFAULT_MAX_BODY_BYTES);
            let max_body_bytes = values.or_else("MAX_BODY_BYTES", max_body, from_str::<NonZeroUsize>);
            let read_timeout = NonZeroU32::new(DEFAULT_READ_TIMEOUT_SECONDS);
            let read_timeout = values.or_else("READ_TIMEOUT_SECONDS", read_timeout, from_str::<NonZeroU32>);
            let trusted_proxies = values.or("TRUSTED_PROXIES", "", addresses);
            let dev_mail = values.or("DEV_MAIL", "false", from_str::<bool>);
            let log_format = values.or("LOG_FORMAT", "text", log_format);
            let log_filter = values.or("RUST_LOG", DEFAULT_FILTER, filter);
            // `None` anywhere means that a complaint was noted.
            Some(Self {
                instance: instance?,
                listen: listen?,
                listen_private: listen_private?,
                origin: origin?,
                upstreams: upstreams.into_iter().collect::<Option<_>>()?,
                rates: rates?,
                streams: streams?,
                max_body_bytes: max_body_bytes?.get(),
                read_timeout: Duration::from_secs(read_timeout?.get().into()),
                trusted_proxies: trusted_proxies?,
                dev_mail: dev_mail?,
                log_format: log_format?,
                log_filter: log_filter?,
            })
        })();
        config.ok_or(BadConfig(values.bad))
    }
}

struct Values<F> {
    lookup: F,
    bad: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Values<F> {
    fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn required<T, E: Display>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        let Some(text) = self.text(name) else {
            self.bad.push(format!("  {name} is missing"));
            return None;
        };
        self.check(name, &text, parse)
    }

    fn or<T, E: Display>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name).unwrap_or_else(|| default.to_owned());
        self.check(name, &text, parse)
    }

    fn or_else<T, E: Display>(
        &mut self,
        name: &str,
        default: Option<T>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.text(name) {
            Some(text) => self.check(name, &text, parse),
            None => default,
        }
    }

    fn check<T, E: Display>(
        &mut self,
        name: &str,
        text: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(text).map_err(|error| self.bad.push(format!("  {name} is {text:?}: {error}"))).ok()
    }
}

fn from_str<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.parse()
}

fn rates<F: Fn(&str) -> Option<String>>(values: &mut Values<F>) -> Option<Rates> {
    let mut rate =
        |name: &str, default| values.or_else(name, NonZeroU32::new(default), from_str::<NonZeroU32>);
    let api = rate("RATE_LIMIT_API_PER_MINUTE", DEFAULT_API_PER_MINUTE);
    let sign_in = rate("RATE_LIMIT_SIGNIN_PER_MINUTE", DEFAULT_SIGN_IN_PER_MINUTE);
    let private = rate("RATE_LIMIT_PRIVATE_PER_MINUTE", DEFAULT_PRIVATE_PER_MINUTE);
    Some(Rates { api: api?, sign_in: sign_in?, private: private? })
}

fn max_streams<F: Fn(&str) -> Option<String>>(values: &mut Values<F>) -> Option<MaxStreams> {
    let mut most =
        |name: &str, default| values.or_else(name, NonZeroUsize::new(default), from_str::<NonZeroUsize>);
    let per_address = most("STREAMS_PER_ADDRESS", DEFAULT_STREAMS_PER_ADDRESS);
    let in_all = most("STREAMS_IN_ALL", DEFAULT_STREAMS_IN_ALL);
    Some(MaxStreams { per_address: per_address?, in_all: in_all? })
}

fn upstream<F: Fn(&str) -> Option<String>>(values: &mut Values<F>, service: Service) -> Option<Upstream> {
    let name = format!("UPSTREAM_{}", service.name().to_ascii_uppercase());
    let instances = values.required(&name, instances)?;
    Some(Upstream { service, instances })
}

fn instances(text: &str) -> Result<Vec<String>, String> {
    let list: Vec<String> =
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
    let wrong = list.iter().find(|item| {
        let parts = item.rsplit_once(':');
        !parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
    });
    match wrong {
        Some(item) => Err(format!("{item:?} is not host:port")),
        None if list.is_empty() => Err("names no instance".to_owned()),
        None => Ok(list),
    }
}

fn origin(text: &str) -> Result<Origin, String> {
    let wrong = || "is not http://host or https://host, without a path".to_owned();
    let uri = text.parse::<Uri>().map_err(|_| wrong())?;
    let scheme = match uri.scheme_str() {
        Some("http") => Scheme::Http,
        Some("https") => Scheme::Https,
        _ => return Err(wrong()),
    };
    let host = uri.authority().map(|authority| authority.as_str().to_owned()).ok_or_else(wrong)?;
    let bare = uri.path() == "/" && uri.query().is_none() && !text.ends_with('/') && !host.contains('@');
    if bare { Ok(Origin { scheme, host }) } else { Err(wrong()) }
}

fn addresses(text: &str) -> Result<Vec<IpAddr>, String> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(|item| item.parse().map_err(|_| format!("{item:?} is not an IP address"))).collect()
}

fn log_format(text: &str) -> Result<LogFormat, &'static str> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is neither text nor json"),
    }
}

fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 10] = [
        ("LISTEN", "127.0.0.1:3000"),
        ("LISTEN_PRIVATE", "127.0.0.1:3001"),
        ("PUBLIC_ORIGIN", "http://localhost:3000"),
        ("UPSTREAM_AUTH", "127.0.0.1:4101"),
        ("UPSTREAM_TICKETS", "tickets-1:4102, tickets-2:4102"),
        ("UPSTREAM_ORDERS", "127.0.0.1:4103"),
        ("UPSTREAM_EXPIRATION", "127.0.0.1:4104"),
        ("UPSTREAM_PAYMENTS", "127.0.0.1:4105"),
        ("UPSTREAM_NOTIFICATIONS", "127.0.0.1:4106"),
        ("UPSTREAM_FRONTEND", "[::1]:3100"),
    ];

    fn parse(changes: &[(&str, &str)]) -> Result<Config, BadConfig> {
        let find = |list: &[(&str, &str)], name: &str| {
            list.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Config::parse(|name| find(changes, name).or_else(|| find(&GOOD, name)))
    }

    #[test]
    fn a_good_configuration_has_defaults() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.origin, Origin { scheme: Scheme::Http, host: "localhost:3000".to_owned() });
        assert_eq!(config.upstreams[1].instances, ["tickets-1:4102", "tickets-2:4102"]);
        assert_eq!(config.max_body_bytes, 1024 * 1024);
        assert_eq!(config.rates.api.get(), 600);
        assert_eq!(config.streams.per_address.get(), 20);
        assert!(!config.dev_mail);
        assert!(config.trusted_proxies.is_empty());
    }

    #[test]
    fn every_bad_value_is_named_at_once() {
        let bad = [
            ("LISTEN", ""),
            ("LISTEN_PRIVATE", "here"),
            ("PUBLIC_ORIGIN", "localhost"),
            ("UPSTREAM_ORDERS", "orders"),
            ("RATE_LIMIT_API_PER_MINUTE", "0"),
            ("STREAMS_PER_ADDRESS", "none"),
            ("DEV_MAIL", "yes"),
            ("TRUSTED_PROXIES", "10.0.0.1,somewhere"),
            ("LOG_FORMAT", "xml"),
        ];
        let message = parse(&bad).unwrap_err().to_string();
        for (name, _) in bad {
            assert!(message.contains(name), "{name} is not in {message}");
        }
        assert!(!message.contains("UPSTREAM_AUTH"), "{message}");
    }

    #[test]
    fn an_origin_has_no_path() {
        for text in ["ftp://a", "http://a/", "http://a/b", "http://a?b", "http://u@a", "a"] {
            assert!(parse(&[("PUBLIC_ORIGIN", text)]).is_err(), "{text}");
        }
        assert_eq!(parse(&[("PUBLIC_ORIGIN", "https://a.example")]).unwrap().origin.scheme, Scheme::Https);
    }
}
