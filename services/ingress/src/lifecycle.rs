//! Starts the two doors, and stops them without cutting anybody off.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use async_trait::async_trait;
use pingora::proxy::http_proxy_service_with_name;
use pingora::server::configuration::ServerConf;
use pingora::server::{ExecutionPhase, RunArgs, Server, ShutdownSignal, ShutdownSignalWatch};
use pingora::services::background::background_service;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tracing::info;

use crate::config::Config;
use crate::exchange::Open;
use crate::proxy::{Proxy, Shared};
use crate::retries::MAX_TRIES;
use crate::routes::Door;
use crate::telemetry;
use crate::upstreams::{Pools, Watch};

/// For each door.
const THREADS: usize = 2;
const KEPT_UPSTREAM_CONNECTIONS: usize = 64;
/// Requests under way get this long after SIGTERM.
const DRAIN: Duration = Duration::from_secs(8);
/// By when Pingora would stop, if the drain did not end the process before.
const PINGORA_GRACE_SECONDS: u64 = 9;
/// Lets a request that has just arrived be counted.
const SETTLE: Duration = Duration::from_millis(100);
const DRAIN_POLL: Duration = Duration::from_millis(20);

/// Runs until SIGTERM or SIGINT.
pub(crate) fn run(config: &Arc<Config>) -> anyhow::Result<()> {
    let metrics = telemetry::start(config)?;
    // Pingora would only lose the listening task and go on without it.
    check_free(config.listen)?;
    check_free(config.listen_private)?;

    let mut server = Server::new_with_opt_and_conf(None, settings());
    server.bootstrap();
    let pools = Pools::new(&config.upstreams).map_err(|error| anyhow::Error::new(*error))?;
    let open = Open::default();
    let watch = Watch { pools: pools.clone(), metrics: metrics.clone() };
    let watch = server.add_service(background_service("upstreams", watch));
    let shared = Arc::new(Shared { config: Arc::clone(config), pools, open: open.clone(), metrics });
    for (door, name, address) in
        [(Door::Public, "public", config.listen), (Door::Private, "private", config.listen_private)]
    {
        let proxy = Proxy::new(Arc::clone(&shared), door);
        let mut service = http_proxy_service_with_name(&server.configuration, proxy, name);
        service.add_tcp(&address.to_string());
        server.add_service(service).add_dependency(&watch);
    }
    let phases = server.watch_execution_phase();
    thread::Builder::new().name("drain".to_owned()).spawn(move || exit_when_drained(phases, &open))?;
    info!(listen = %config.listen, listen_private = %config.listen_private, "started");
    server.run(RunArgs { shutdown_signal: Box::new(Signals) });
    Ok(())
}

fn settings() -> ServerConf {
    ServerConf {
        threads: THREADS,
        upstream_keepalive_pool_size: KEPT_UPSTREAM_CONNECTIONS,
        max_retries: MAX_TRIES + 1,
        grace_period_seconds: Some(PINGORA_GRACE_SECONDS),
        graceful_shutdown_timeout_seconds: Some(0),
        ..ServerConf::default()
    }
}

fn check_free(address: SocketAddr) -> anyhow::Result<()> {
    TcpListener::bind(address).map(drop).with_context(|| format!("cannot listen on {address}"))
}

/// Pingora sleeps through its whole grace period, however idle it is. We leave as soon as nobody waits.
fn exit_when_drained(mut phases: Receiver<ExecutionPhase>, open: &Open) {
    loop {
        match phases.blocking_recv() {
            Ok(ExecutionPhase::GracefulTerminate) => break,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
    let deadline = Instant::now() + DRAIN;
    thread::sleep(SETTLE);
    while open.count() > 0 && Instant::now() < deadline {
        thread::sleep(DRAIN_POLL);
    }
    info!(unfinished = open.count(), "stopped");
    std::process::exit(0);
}

/// SIGTERM and SIGINT mean the same; Pingora would drop everything on SIGINT.
struct Signals;

#[async_trait]
impl ShutdownSignalWatch for Signals {
    async fn recv(&self) -> ShutdownSignal {
        tokio::select! {
            () = received(signal(SignalKind::terminate())) => {}
            () = received(signal(SignalKind::interrupt())) => {}
        }
        info!("stopping");
        ShutdownSignal::GracefulTerminate
    }
}

async fn received(signal: std::io::Result<Signal>) {
    match signal {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "a signal cannot be awaited");
            std::future::pending::<()>().await;
        }
    }
}
