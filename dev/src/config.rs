//! The environment of every process: who listens where, and who is told what.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use crate::{address::PublicAddress, credentials::Credentials, link::Link, service::Service};

/// Values of the user's environment that every process gets.
pub(crate) const AMBIENT: [&str; 6] = ["HOME", "LANG", "TZ", "TMPDIR", "RUST_LOG", "RUST_BACKTRACE"];
/// Settings of the user that services follow when people use the system. Tests do without: they must not send mail.
pub(crate) const SETTINGS: [&str; 5] =
    ["SMTP_URL", "MAIL_FROM", "PAYMENT_PROVIDER", "BOOKING_FEE_PERCENT", "HOLD_SECONDS_MIN"];

/// One process of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) service: Service,
    pub(crate) number: u32,
    pub(crate) port: u16,
}

impl Instance {
    /// `orders`; further ones are `orders-2`, `orders-3`.
    pub(crate) fn name(self) -> String {
        match self.number {
            1 => self.service.name().to_owned(),
            number => format!("{}-{number}", self.service.name()),
        }
    }
}

/// A server that services connect to: how, `host:port` and, for Postgres, the options after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) options: String,
}

impl Address {
    pub(crate) fn local(scheme: &str, port: u16) -> Self {
        Self { scheme: scheme.to_owned(), host: format!("127.0.0.1:{port}"), options: String::new() }
    }

    /// The server alone, without anybody's name.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }

    /// Its port, if it says one.
    pub(crate) fn port(&self) -> Option<u16> {
        self.host.rsplit_once(':')?.1.parse().ok()
    }

    /// Takes host and options from a URL; who connects, and to which database, is ours to say.
    pub(crate) fn of_url(url: &str, schemes: &[&str]) -> Result<Self> {
        let Some((scheme, rest)) = url.split_once("://") else { bail!("it is no URL") };
        if !schemes.contains(&scheme) {
            bail!("it must begin with {}://", schemes.join(":// or "));
        }
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        if host.is_empty() {
            bail!("it names no host");
        }
        let options = if options.is_empty() { String::new() } else { format!("?{options}") };
        Ok(Self { scheme: scheme.to_owned(), host: host.to_owned(), options })
    }
}

/// What differs between a run for people and a run for tests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tuning {
    /// The shortest hold that a show may ask for.
    pub(crate) hold_seconds_min: Option<u32>,
    /// Requests per minute and client, for everything; so many open streams; and so many questions an hour that could
    /// tell who has an account.
    pub(crate) rate_limit: Option<u32>,
}

/// Everything that the environments are made of.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) public: PublicAddress,
    pub(crate) release: bool,
    pub(crate) site_root: String,
    pub(crate) instances: Vec<Instance>,
    /// The ingress's listener for the pages' server.
    pub(crate) private_port: u16,
    /// Auth's listeners for services that the bus does not reach, by the number of the instance.
    pub(crate) pull_ports: BTreeMap<u32, u16>,
    /// The instance that reaches the bus through a link that can be cut.
    pub(crate) link: Option<Link>,
    pub(crate) credentials: Credentials,
    pub(crate) postgres: Address,
    pub(crate) nats: Address,
    pub(crate) tuning: Tuning,
    /// From the user's environment: see [`AMBIENT`] and [`SETTINGS`].
    pub(crate) passed_on: BTreeMap<String, String>,
}

impl Plan {
    /// Two instances of auth and of orders, on servers of somebody else.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        let instance = |service, number, port| Instance { service, number, port };
        Self {
            public: PublicAddress::of(Some("http://192.0.2.7:3000"), 3000, false).unwrap(),
            release: false,
            site_root: "/site".to_owned(),
            instances: vec![
                instance(Service::Orders, 1, 4103),
                instance(Service::Orders, 2, 4113),
                instance(Service::Auth, 1, 4101),
                instance(Service::Ingress, 1, 3000),
            ],
            private_port: 4100,
            pull_ports: BTreeMap::from([(1, 4121), (2, 4122)]),
            link: None,
            credentials: Credentials::for_tests(),
            postgres: Address::of_url("postgres://me:pw@db:5432/x?sslmode=require", &["postgres"]).unwrap(),
            nats: Address::of_url("tls://me:pw@bus:4222", &["nats", "tls"]).unwrap(),
            tuning: Tuning { hold_seconds_min: Some(2), rate_limit: None },
            passed_on: BTreeMap::new(),
        }
    }

    /// The whole environment of a process, but `PATH`.
    pub(crate) fn environment(&self, instance: Instance) -> Result<BTreeMap<String, String>> {
        let mut values = self.passed_on.clone();
        values.extend(self.common(instance));
        values.extend(match instance.service {
            Service::Ingress => self.ingress(),
            Service::Frontend => self.frontend(instance),
            _ => self.service(instance).context("an environment cannot be made")?,
        });
        Ok(values)
    }

    fn common(&self, instance: Instance) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);
        set("INSTANCE", format!("{}-{}", instance.service.name(), instance.number));
        set("LISTEN", format!("127.0.0.1:{}", instance.port));
        set("PUBLIC_ORIGIN", self.public.origin.clone());
        set("PLAIN_COOKIES", self.public.plain_cookies.to_string());
        // Whoever is behind a proxy reaches this machine without it.
        set("NO_PROXY", "127.0.0.1,localhost".to_owned());
        set("LOG_FORMAT", "json".to_owned());
        values
    }

    fn service(&self, instance: Instance) -> Result<BTreeMap<String, String>> {
        let (service, name) = (instance.service, instance.service.name());
        let secret = |pointer: &str| self.credentials.secret(pointer).map(str::to_owned);
        let mut values = self.second_path(instance)?;
        let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);
        set("DATABASE_URL", self.database_url(name)?);
        let bus = self.bus_of(instance);
        set("NATS_URL", self.nats_url(&bus, name, name, "events")?);
        let user = format!("{name}-revocations");
        set("NATS_REVOCATIONS_URL", self.nats_url(&bus, &user, name, "revocations")?);
        set("REVOCATION_PUBLIC_KEY", secret("/revocation_keys/public")?);
        match service {
            Service::Auth => {
                set("REVOCATION_SECRET_KEY", secret("/revocation_keys/secret")?);
                set("REFRESH_TOKEN_KEY", secret("/refresh_token_key")?);
                set("SECOND_FACTOR_KEY", secret("/second_factor_key")?);
                set("MAIL_LINK_KEY", secret("/mail_link_key")?);
                if let Some(limit) = self.tuning.rate_limit {
                    set("NETWORK_ATTEMPTS", limit.to_string());
                }
            }
            Service::Tickets => {
                set("TICKET_CODE_KEY", secret("/ticket_code_key")?);
                if let Some(seconds) = self.tuning.hold_seconds_min {
                    set("HOLD_SECONDS_MIN", seconds.to_string());
                }
            }
            Service::Notifications => {
                set("MAIL_LINK_KEY", secret("/mail_link_key")?);
                set("DEV_MAIL", self.public.own_machine.to_string());
            }
            _ => {}
        }
        Ok(values)
    }

    fn ingress(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        values.insert("LISTEN".to_owned(), self.public.listen());
        values.insert("LISTEN_PRIVATE".to_owned(), format!("127.0.0.1:{}", self.private_port));
        // It shows everybody's mail to anybody.
        values.insert("DEV_MAIL".to_owned(), self.public.own_machine.to_string());
        for service in Service::ALL.into_iter().filter(|service| *service != Service::Ingress) {
            let addresses: Vec<String> = self
                .instances
                .iter()
                .filter(|instance| instance.service == service)
                .map(|instance| format!("127.0.0.1:{}", instance.port))
                .collect();
            values.insert(format!("UPSTREAM_{}", service.name().to_uppercase()), addresses.join(","));
        }
        if let Some(limit) = self.tuning.rate_limit {
            for zone in ["API", "SIGNIN", "PRIVATE"] {
                values.insert(format!("RATE_LIMIT_{zone}_PER_MINUTE"), limit.to_string());
            }
            values.insert("STREAMS_PER_ADDRESS".to_owned(), limit.to_string());
        }
        values
    }

    fn frontend(&self, instance: Instance) -> BTreeMap<String, String> {
        let mode = if self.release { "PROD" } else { "DEV" };
        [
            ("BACKEND_URL", format!("http://127.0.0.1:{}", self.private_port)),
            ("APPEAL_ADDRESS", "appeals@example.com".to_owned()),
            ("LEPTOS_OUTPUT_NAME", "app".to_owned()),
            ("LEPTOS_SITE_ROOT", self.site_root.clone()),
            ("LEPTOS_SITE_PKG_DIR", "pkg".to_owned()),
            ("LEPTOS_SITE_ADDR", format!("127.0.0.1:{}", instance.port)),
            ("LEPTOS_HASH_FILES", "true".to_owned()),
            ("LEPTOS_HASH_FILE_NAME", "hash.txt".to_owned()),
            ("LEPTOS_ENV", mode.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The database of a service, as its own role.
    pub(crate) fn database_url(&self, service: &str) -> Result<String> {
        let password = self.credentials.secret(&format!("/postgres/roles/{service}"))?;
        let Address { scheme, host, options } = &self.postgres;
        Ok(format!("{scheme}://{service}:{password}@{host}/{service}{options}"))
    }

    /// The bus as an instance reaches it.
    fn bus_of(&self, instance: Instance) -> Address {
        let own = |link: &Link| (link.service, link.number) == (instance.service, instance.number);
        match self.link.filter(own) {
            Some(link) => Address::local(&self.nats.scheme, link.port),
            None => self.nats.clone(),
        }
    }

    /// A user of one of the two accounts of the bus.
    fn nats_url(&self, bus: &Address, user: &str, service: &str, account: &str) -> Result<String> {
        let password = self.credentials.secret(&format!("/nats/{account}/{service}"))?;
        let Address { scheme, host, .. } = bus;
        Ok(format!("{scheme}://{user}:{password}@{host}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan::for_tests()
    }

    fn environment(service: Service, number: u32) -> BTreeMap<String, String> {
        plan().environment(Instance { service, number, port: 4103 }).unwrap()
    }

    #[test]
    fn a_service_gets_its_own_database_and_its_own_users() {
        let values = environment(Service::Orders, 2);
        assert_eq!(values["INSTANCE"], "orders-2");
        assert_eq!(values["LISTEN"], "127.0.0.1:4103");
        assert!(values["DATABASE_URL"].starts_with("postgres://orders:"));
        assert!(values["DATABASE_URL"].ends_with("@db:5432/orders?sslmode=require"));
        assert!(values["NATS_URL"].starts_with("tls://orders:"));
        assert!(values["NATS_REVOCATIONS_URL"].starts_with("tls://orders-revocations:"));
        assert!(values["NATS_URL"].ends_with("@bus:4222"));
    }

    #[test]
    fn secrets_go_only_to_those_who_need_them() {
        assert!(environment(Service::Auth, 1).contains_key("REVOCATION_SECRET_KEY"));
        for service in Service::ALL.into_iter().filter(|service| *service != Service::Auth) {
            let values = environment(service, 1);
            assert!(!values.contains_key("REVOCATION_SECRET_KEY"), "{service:?}");
            assert!(!values.contains_key("REFRESH_TOKEN_KEY"), "{service:?}");
            assert!(!values.contains_key("SECOND_FACTOR_KEY"), "{service:?}");
            let writes_mail = service == Service::Notifications;
            assert_eq!(values.contains_key("MAIL_LINK_KEY"), writes_mail, "{service:?}");
            assert_eq!(values.contains_key("DATABASE_URL"), service.has_data(), "{service:?}");
        }
        assert_eq!(environment(Service::Tickets, 1)["HOLD_SECONDS_MIN"], "2");
    }

    #[test]
    fn one_instance_reaches_the_bus_through_its_link() {
        let link = Some(Link { service: Service::Orders, number: 2, port: 4130 });
        let plan = Plan { link, ..plan() };
        let of =
            |number| plan.environment(Instance { service: Service::Orders, number, port: 4103 }).unwrap();
        assert!(of(2)["NATS_URL"].ends_with("@127.0.0.1:4130"));
        assert!(of(2)["NATS_REVOCATIONS_URL"].ends_with("@127.0.0.1:4130"));
        assert!(of(1)["NATS_URL"].ends_with("@bus:4222"));
    }

    #[test]
    fn the_ingress_knows_every_instance() {
        let values = environment(Service::Ingress, 1);
        assert_eq!(values["UPSTREAM_ORDERS"], "127.0.0.1:4103,127.0.0.1:4113");
        assert_eq!(values["LISTEN_PRIVATE"], "127.0.0.1:4100");
        // Only the ingress, and only its public side, is for other machines.
        assert_eq!(values["LISTEN"], "0.0.0.0:3000");
        assert_eq!((&*values["PUBLIC_ORIGIN"], &*values["PLAIN_COOKIES"]), ("http://192.0.2.7:3000", "true"));
        assert!(!values.contains_key("RATE_LIMIT_API_PER_MINUTE"));
    }

    #[test]
    fn a_server_of_the_user_is_recognised() {
        let nats = |url| Address::of_url(url, &["nats", "tls"]);
        assert_eq!(
            nats("nats://a:b@bus:4222").unwrap(),
            Address { scheme: "nats".to_owned(), host: "bus:4222".to_owned(), options: String::new() }
        );
        assert_eq!(nats("tls://bus:4223").unwrap().url(), "tls://bus:4223");
        assert_eq!(nats("tls://bus").unwrap().port(), None);
        assert!(nats("http://bus").is_err());
        assert!(nats("bus:4222").is_err());
        assert!(nats("nats:///x").is_err());
    }
}
