//! From `main` to the last drained request.

use crate::{
    ConfigError, Env, Lifecycle,
    config::Common,
    health::{self, Details, Readiness},
    http, openapi,
    telemetry::{self, LogFormat},
};
use anyhow::Context;
use axum::{Json, Router, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::PgPool;
use std::{process::ExitCode, time::Duration};
use tokio::net::TcpListener;
use utoipa::openapi::OpenApi;

/// What a service is made of, once started.
pub struct App {
    /// Name of the service, as it stands in its paths: `/api/<name>/…`.
    pub name: &'static str,
    /// Its routes, at their full public paths.
    pub routes: Router,
    /// Its OpenAPI document.
    pub openapi: OpenApi,
    /// Its database, asked by `/readyz`.
    pub pool: Option<PgPool>,
    /// Facts for the body of `/readyz`.
    pub details: Option<Details>,
}

impl App {
    /// All routes with all layers: what is served.
    pub fn into_router(self) -> Router {
        self.router(telemetry::metrics())
    }

    fn router(self, metrics: PrometheusHandle) -> Router {
        let openapi = openapi::describe(&self.openapi).unwrap_or_else(|error| {
            tracing::error!(%error, "the OpenAPI document cannot be written");
            serde_json::Value::Null
        });
        let readiness = Readiness { pool: self.pool, details: self.details, metrics };
        let described = format!("/api/{}/openapi.json", self.name);
        let routes = self.routes.route(&described, get(async move || Json(openapi)));
        http::layers(routes.merge(health::routes(readiness)))
    }
}

/// Exit code of a bad configuration.
const EXIT_CONFIG: u8 = 2;

/// Runs a service until SIGTERM or SIGINT: reads the environment, starts it, serves it, drains it.
pub fn run(name: &'static str, start: impl AsyncFnOnce(&Env, &Lifecycle) -> anyhow::Result<App>) -> ExitCode {
    match serve(name, start) {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::FAILURE,
        Err(error) => report(name, &error),
    }
}

/// Says why a process could not run. 2 means that its configuration must change first.
pub fn report(name: &str, error: &anyhow::Error) -> ExitCode {
    if let Some(config) = error.downcast_ref::<ConfigError>() {
        eprintln!("{name}: {config}");
        return ExitCode::from(EXIT_CONFIG);
    }
    tracing::error!("could not run: {error:#}");
    eprintln!("{name}: {error:#}");
    ExitCode::FAILURE
}

fn serve(
    name: &'static str,
    start: impl AsyncFnOnce(&Env, &Lifecycle) -> anyhow::Result<App>,
) -> anyhow::Result<bool> {
    let env = Env::process();
    init_telemetry(name, &env)?;
    let common = Common::from_env(&env, name)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let failed = runtime.block_on(async {
        let lifecycle = Lifecycle::default();
        let app = tokio::select! {
            app = start(&env, &lifecycle) => app?,
            () = stop_signal() => return Ok(false),
        };
        let listener = TcpListener::bind(common.listen)
            .await
            .with_context(|| format!("cannot listen on {}", common.listen))?;
        tracing::info!(instance = common.instance, listen = %common.listen, "ready");
        let metrics = telemetry::metrics();
        lifecycle.spawn("metrics", telemetry::upkeep(metrics.clone(), lifecycle.stop.clone()));
        listen(listener, app.router(metrics), &lifecycle).await?;
        Ok::<_, anyhow::Error>(lifecycle.failed())
    })?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(failed)
}

/// Reads `LOG_FORMAT` and `RUST_LOG` and installs telemetry.
pub fn init_telemetry(name: &'static str, env: &Env) -> Result<(), ConfigError> {
    let (Some(format), Some(filter)) =
        (env.or("LOG_FORMAT", LogFormat::Text), env.or("RUST_LOG", "info".to_owned()))
    else {
        return Err(env.error());
    };
    telemetry::init(name, format, &filter);
    Ok(())
}

/// Serves until a signal or a failed background task; then lets requests in flight finish and drains.
async fn listen(listener: TcpListener, router: Router, lifecycle: &Lifecycle) -> anyhow::Result<()> {
    let ending = lifecycle.clone();
    let asked = async move {
        tokio::select! {
            () = stop_signal() => ending.stop.cancel(),
            // Nobody asked for it: something that the process cannot do without has ended.
            () = ending.stop.cancelled() => ending.fail(),
        }
        tracing::info!("stopping");
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(asked);
    let stop = lifecycle.stop.clone();
    let overdue = async move {
        stop.cancelled().await;
        tokio::time::sleep(crate::lifecycle::DRAIN_TIMEOUT).await;
    };
    tokio::select! {
        served = served => served?,
        () = overdue => tracing::warn!("some requests did not finish in time"),
    }
    lifecycle.drain().await;
    Ok(())
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_that_nobody_asked_to_end_has_failed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let lifecycle = Lifecycle::default();
        lifecycle.stop.cancel();
        listen(listener, Router::new(), &lifecycle).await.unwrap();
        assert!(lifecycle.failed());
    }
}
