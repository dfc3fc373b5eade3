//! The instances of each service: found by name, checked every second, and taken in turn.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;
use pingora::lb::discovery::ServiceDiscovery;
use pingora::lb::health_check::HttpHealthCheck;
use pingora::lb::selection::RoundRobin;
use pingora::lb::{Backend, Backends, LoadBalancer};
use pingora::server::ShutdownWatch;
use pingora::services::ServiceReadyNotifier;
use pingora::services::background::BackgroundService;
use pingora::{Error, ErrorType, Result};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tracing::warn;

use crate::config::Upstream;
use crate::routes::Service;

const CHECK_EVERY: Duration = Duration::from_secs(1);
const CHECK_PATH: &[u8] = b"/livez";
/// One slow answer under load is not yet a dead instance.
const FAILURES_UNTIL_DOWN: usize = 2;
/// Names are resolved again after this many checks: instances come and go behind a name.
const CHECKS_PER_LOOKUP: u32 = 10;
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);
/// More instances of one service than anybody runs.
const MAX_INSTANCES: usize = 256;

/// How long an instance that just failed is asked last: until the checks or its lease have caught up.
const AVOIDED_FOR: Duration = Duration::from_secs(1);

/// The instances of one service.
pub(crate) struct Pool {
    service: Service,
    balancer: LoadBalancer<RoundRobin>,
    failed_at: Mutex<HashMap<SocketAddr, Instant>>,
}

impl Pool {
    fn new(upstream: &Upstream) -> Result<Self> {
        let names = Names { names: upstream.instances.clone(), known: Mutex::default() };
        let mut backends = Backends::new(Box::new(names));
        backends.set_health_check(Box::new(check(upstream.service)?));
        let balancer = LoadBalancer::from_backends(backends);
        Ok(Self { service: upstream.service, balancer, failed_at: Mutex::default() })
    }

    /// The next instance that was not tried: a healthy one, else one that failed just now, else any. The
    /// checks may be behind, and trying beats refusing.
    pub(crate) fn next(&self, tried: &[SocketAddr]) -> Option<SocketAddr> {
        let avoided = self.avoided(Instant::now());
        let select = |fits: &dyn Fn(&SocketAddr, bool) -> bool| {
            let accept = |backend: &Backend, healthy: bool| {
                let address = backend.addr.as_inet();
                address.is_some_and(|address| !tried.contains(address) && fits(address, healthy))
            };
            self.balancer.select_with(b"", MAX_INSTANCES, accept)
        };
        select(&|address, healthy| healthy && !avoided.contains(address))
            .or_else(|| select(&|_, healthy| healthy))
            .or_else(|| select(&|_, _| true))?
            .addr
            .as_inet()
            .copied()
    }

    /// Notes that an instance failed or refused: others are asked first for a moment.
    pub(crate) fn avoid(&self, address: SocketAddr) {
        self.failed_at.lock().unwrap_or_else(PoisonError::into_inner).insert(address, Instant::now());
    }

    fn avoided(&self, now: Instant) -> Vec<SocketAddr> {
        let mut failed_at = self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        failed_at.retain(|_, at| now.saturating_duration_since(*at) < AVOIDED_FOR);
        failed_at.keys().copied().collect()
    }

    /// Whether a healthy instance is left to try.
    pub(crate) fn has_healthy(&self, tried: &[SocketAddr]) -> bool {
        let backends = self.balancer.backends();
        backends.get_backend().iter().any(|backend| backends.ready(backend) && is_new(backend, tried))
    }

    /// Whether any instance is left to try.
    pub(crate) fn has_any(&self, tried: &[SocketAddr]) -> bool {
        self.balancer.backends().get_backend().iter().any(|backend| is_new(backend, tried))
    }

    fn count(&self) -> (usize, usize) {
        let backends = self.balancer.backends();
        let all = backends.get_backend();
        (all.iter().filter(|backend| backends.ready(backend)).count(), all.len())
    }

    async fn look_up(&self) {
        if let Err(error) = self.balancer.update().await {
            warn!(service = self.service.name(), %error, "no instance could be found");
        }
    }

    async fn check(&self) {
        self.balancer.backends().run_health_check(true).await;
        let (healthy, _) = self.count();
        let healthy = u32::try_from(healthy).unwrap_or(u32::MAX);
        gauge!("ingress_healthy_instances", "service" => self.service.name()).set(f64::from(healthy));
    }
}

fn is_new(backend: &Backend, tried: &[SocketAddr]) -> bool {
    backend.addr.as_inet().is_some_and(|address| !tried.contains(address))
}

/// `GET /livez`, because a paused process still accepts connections.
fn check(service: Service) -> Result<HttpHealthCheck> {
    let mut check = HttpHealthCheck::new(service.name(), false);
    check.consecutive_failure = FAILURES_UNTIL_DOWN;
    check.req.set_raw_path(CHECK_PATH)?;
    check.validator = Some(Box::new(|response| {
        // Any sensible answer shows life; whether it is ready to serve is not asked, for the reasons in `bans.md`.
        if response.status.is_server_error() {
            Error::e_explain(ErrorType::HTTPStatus(503), "not alive")
        } else {
            Ok(())
        }
    }));
    check.backend_summary_callback =
        Some(Box::new(move |backend| format!("{} at {}", service.name(), backend.addr)));
    Ok(check)
}

/// Every pool, by service.
#[derive(Clone)]
pub(crate) struct Pools(Arc<Vec<Arc<Pool>>>);

impl Pools {
    pub(crate) fn new(upstreams: &[Upstream]) -> Result<Self> {
        let pools: Result<Vec<_>> =
            upstreams.iter().map(|upstream| Pool::new(upstream).map(Arc::new)).collect();
        Ok(Self(Arc::new(pools?)))
    }

    pub(crate) fn of(&self, service: Service) -> Option<&Pool> {
        self.0.iter().find(|pool| pool.service == service).map(AsRef::as_ref)
    }

    /// How many instances of each service are healthy.
    pub(crate) fn summary(&self) -> Value {
        let pools = self.0.iter().map(|pool| {
            let (healthy, known) = pool.count();
            (pool.service.name().to_owned(), json!({ "healthy": healthy, "known": known }))
        });
        Value::Object(pools.collect())
    }

    async fn each<F: Future<Output = ()> + Send + 'static>(&self, act: impl Fn(Arc<Pool>) -> F + Send) {
        let mut tasks = JoinSet::new();
        for pool in self.0.iter() {
            tasks.spawn(act(Arc::clone(pool)));
        }
        while tasks.join_next().await.is_some() {}
    }
}

/// Looks instances up and checks them for as long as the process runs.
pub(crate) struct Watch {
    pub(crate) pools: Pools,
    pub(crate) metrics: PrometheusHandle,
}

#[async_trait]
impl BackgroundService for Watch {
    async fn start_with_ready_notifier(&self, mut shutdown: ShutdownWatch, ready: ServiceReadyNotifier) {
        self.pools.each(|pool| async move { pool.look_up().await }).await;
        ready.notify_ready();
        let mut clock = tokio::time::interval(CHECK_EVERY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 1_u32.. {
            tokio::select! {
                _ = clock.tick() => {}
                _ = shutdown.changed() => return,
            }
            self.pools.each(|pool| async move { pool.check().await }).await;
            self.metrics.run_upkeep();
            if round % CHECKS_PER_LOOKUP == 0 {
                self.pools.each(|pool| async move { pool.look_up().await }).await;
            }
        }
    }
}

/// Resolves `host:port`, and remembers the last answer for the moments when a name server is silent.
struct Names {
    names: Vec<String>,
    known: Mutex<HashMap<String, Vec<SocketAddr>>>,
}

#[async_trait]
impl ServiceDiscovery for Names {
    async fn discover(&self) -> Result<(BTreeSet<Backend>, HashMap<u64, bool>)> {
        for name in &self.names {
            match tokio::time::timeout(LOOKUP_TIMEOUT, tokio::net::lookup_host(name)).await {
                Ok(Ok(found)) => self.remember(name, found.collect()),
                Ok(Err(error)) => warn!(name, %error, "name not found"),
                Err(_) => warn!(name, "name lookup timed out"),
            }
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let backends: Result<BTreeSet<_>> =
            known.values().flatten().map(|address| Backend::new(&address.to_string())).collect();
        Ok((backends?, HashMap::new()))
    }
}

impl Names {
    fn remember(&self, name: &str, found: Vec<SocketAddr>) {
        if !found.is_empty() {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), found);
        }
    }
}
