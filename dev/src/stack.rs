//! The whole system: servers, databases, bus, services, pages, ingress. The same for `up` and for `test`.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;

use crate::{
    address::PublicAddress,
    config::{Address, Instance, Plan, Tuning},
    credentials::Credentials,
    environment,
    link::{self, Link},
    log, nats,
    paths::Profile,
    ports::{self, Ports},
    postgres::{Durability, Postgres},
    process::Spec,
    processes::Processes,
    provision::{self, BusCare, Targets},
    ready::Probe,
    servers::{self, Servers},
    service::Service,
    session::Session,
    tools::Tools,
};

/// Servers keep their distance, so that services have the same ports whether or not there are private ones.
const POSTGRES_PORT: u16 = 40;
const NATS_PORT: u16 = 42;
const SERVER_TIMEOUT: Duration = Duration::from_mins(1);
const SERVICES_TIMEOUT: Duration = Duration::from_mins(2);

/// How to run the system.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) profile: Profile,
    /// What people open.
    pub(crate) public: PublicAddress,
    /// Where the search for free ports begins.
    pub(crate) first_port: u16,
    /// Instances of each service.
    pub(crate) instances: u32,
    pub(crate) tuning: Tuning,
    /// Variables of the user's environment that processes get.
    pub(crate) passed_on: Vec<&'static str>,
    /// Show warnings and errors of services only; their logs on disk have everything.
    pub(crate) quiet: bool,
    /// Servers of the user, instead of private ones.
    pub(crate) servers: Servers,
    /// Of the private Postgres.
    pub(crate) durability: Durability,
    /// Where the private NATS keeps its streams.
    pub(crate) bus_store: PathBuf,
    /// Whose last instance reaches the bus through a link that can be cut.
    pub(crate) linked: Option<Service>,
}

/// The running system; stops when dropped.
#[derive(Debug)]
pub(crate) struct Stack<'a> {
    session: &'a Session,
    profile: Profile,
    processes: Processes<'a>,
    pub(crate) plan: Plan,
    pub(crate) servers: Servers,
    quiet: bool,
    bus: BusCare<'a>,
}

impl<'a> Stack<'a> {
    /// Starts everything and waits until all of it is ready.
    pub(crate) fn start(session: &'a Session, tools: &Tools, options: &Options) -> Result<Self> {
        ports::require_free(options.public.port)?;
        let mut ports = Ports::from(options.first_port);
        ports.reserve(options.public.port);
        let credentials = Credentials::open(session, options.profile)?;
        let mut processes = Processes::new(session);
        let (postgres, admin_url) =
            start_postgres(&mut processes, session, tools, options, &credentials, &mut ports)?;
        let nats = start_nats(&mut processes, session, tools, options, &mut ports)?;
        let targets = Targets { admin_url, nats: nats.url() };
        session.record.change(|run| {
            run.postgres = Some(targets.admin_url.clone());
            run.nats = Some(targets.nats.clone());
            run.release = options.profile == Profile::Release;
        });
        log::timed("creating databases and roles", || {
            provision::databases(session, options.profile, &targets)
        })?;
        let user_nats = options.servers.nats.is_some();
        log::timed("creating streams and consumers", || {
            provision::bus(session, options.profile, &targets).map_err(|error| {
                if user_nats { servers::explain_refusal(&session.data, error) } else { error }
            })
        })?;
        let plan = plan(session, options, &mut ports, credentials, postgres, nats)?;
        session.record.change(|run| run.origin = Some(plan.public.origin.clone()));
        let mut stack = Self {
            session,
            profile: options.profile,
            processes,
            plan,
            servers: options.servers.clone(),
            bus: BusCare::new(session, options.profile, targets),
            quiet: options.quiet,
        };
        log::timed("starting services, pages and ingress", || stack.start_services())?;
        Ok(stack)
    }

    fn start_services(&mut self) -> Result<()> {
        let instances = self.plan.instances.clone();
        if let Some(link) = self.plan.link {
            self.processes.start(&link::spec(self.session, self.profile, &self.plan, link)?)?;
        }
        for instance in &instances {
            let spec = self.spec(*instance)?;
            self.processes.start(&spec)?;
        }
        let names: Vec<String> = instances.iter().map(|instance| instance.name()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.processes.wait_ready(&names, SERVICES_TIMEOUT)
    }

    fn spec(&self, instance: Instance) -> Result<Spec> {
        let program = self.session.workspace.binary(self.profile, &instance.service.binary());
        if !program.is_file() {
            bail!("{} is missing although the build succeeded", program.display());
        }
        let mut environment = vec![("PATH".to_owned(), self.session.path.clone())];
        environment
            .extend(self.plan.environment(instance)?.into_iter().map(|(name, value)| (name, value.into())));
        Ok(Spec {
            name: instance.name(),
            program,
            arguments: Vec::new(),
            environment,
            folder: self.session.workspace.root.clone(),
            probe: self.probe(instance),
            stop_signal: Signal::TERM,
            quiet: self.quiet,
        })
    }

    fn probe(&self, instance: Instance) -> Probe {
        match instance.service {
            // Its public listener belongs to visitors; the private one answers for both.
            Service::Ingress => Probe::Http { port: self.plan.private_port, path: "/readyz" },
            _ => Probe::Http { port: instance.port, path: "/readyz" },
        }
    }

    /// Restarts what died, and provisions a bus that came back. Call it again and again.
    pub(crate) fn tend(&mut self) {
        let restarted = self.processes.tend();
        if restarted.iter().any(|name| name == "nats") {
            self.bus.came_back();
        }
        self.bus.tend();
    }

    /// Whether a process ended by itself since this was last asked, in words.
    pub(crate) fn deaths(&mut self) -> Option<String> {
        self.processes.tend();
        let deaths = self.processes.deaths();
        let words: Vec<String> =
            deaths.iter().map(|(name, times)| format!("{name} ({times} times)")).collect();
        (!words.is_empty()).then(|| format!("processes ended by themselves: {}", words.join(", ")))
    }

    /// The ingress, for programs of this machine.
    pub(crate) fn local_url(&self) -> String {
        self.plan.public.local_url()
    }
}

fn start_postgres(
    processes: &mut Processes<'_>,
    session: &Session,
    tools: &Tools,
    options: &Options,
    credentials: &Credentials,
    ports: &mut Ports,
) -> Result<(Address, String)> {
    if let Some(url) = &options.servers.postgres {
        let address =
            Address::of_url(url, &["postgres", "postgresql"]).context("DATABASE_URL is not usable")?;
        log::say("using the Postgres of DATABASE_URL");
        return Ok((address, url.clone()));
    }
    let password = credentials.secret("/postgres/superuser")?;
    let folder = session.data.postgres();
    let postgres = Postgres::prepare(session, &tools.postgres_bin, &folder, password, options.durability)?;
    let port = ports.take_from(options.first_port + POSTGRES_PORT)?;
    processes.start(&postgres.spec(session, port))?;
    log::timed(&format!("starting Postgres on port {port}"), || {
        processes.wait_ready(&["postgres"], SERVER_TIMEOUT)
    })?;
    Ok((Address::local("postgres", port), postgres.admin_url(port)))
}

fn start_nats(
    processes: &mut Processes<'_>,
    session: &Session,
    tools: &Tools,
    options: &Options,
    ports: &mut Ports,
) -> Result<Address> {
    if let Some(url) = &options.servers.nats {
        log::say("using the NATS server of NATS_URL");
        let address = Address::of_url(url, &["nats", "tls"]).context("NATS_URL is not usable")?;
        // For that server to load: it must know our users and what each of them may do.
        let port = address.port().unwrap_or(nats::DEFAULT_PORT);
        nats::configure(session, options.profile, port, &options.bus_store)?;
        return Ok(address);
    }
    let port = ports.take_from(options.first_port + NATS_PORT)?;
    nats::configure(session, options.profile, port, &options.bus_store)?;
    processes.start(&nats::spec(session, &tools.nats_server, port))?;
    log::timed(&format!("starting NATS on port {port}"), || processes.wait_ready(&["nats"], SERVER_TIMEOUT))?;
    Ok(Address::local("nats", port))
}

/// Each instance of auth has a listener for services that the bus does not reach.
fn pull_ports(instances: &[Instance], ports: &mut Ports) -> Result<BTreeMap<u32, u16>> {
    let of_auth = instances.iter().filter(|instance| instance.service == Service::Auth);
    of_auth.map(|instance| Ok((instance.number, ports.take()?))).collect()
}

fn plan(
    session: &Session,
    options: &Options,
    ports: &mut Ports,
    credentials: Credentials,
    postgres: Address,
    nats: Address,
) -> Result<Plan> {
    let private_port = ports.take()?;
    let mut instances = Vec::new();
    for service in Service::ALL {
        let count = if service.may_be_many() { options.instances } else { 1 };
        for number in 1..=count {
            let port = if service == Service::Ingress { options.public.port } else { ports.take()? };
            instances.push(Instance { service, number, port });
        }
    }
    let pull_ports = pull_ports(&instances, ports)?;
    let link = match options.linked {
        Some(service) => Some(Link { service, number: options.instances, port: ports.take()? }),
        None => None,
    };
    let site_root = session.workspace.site_root(options.profile);
    let passed_on: BTreeMap<String, String> = options
        .passed_on
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), environment::variable(name)?)))
        .collect();
    Ok(Plan {
        public: options.public.clone(),
        release: options.profile == Profile::Release,
        site_root: fs::canonicalize(&site_root).unwrap_or(site_root).display().to_string(),
        instances,
        private_port,
        pull_ports,
        link,
        credentials,
        postgres,
        nats,
        tuning: options.tuning.clone(),
        passed_on,
    })
}
