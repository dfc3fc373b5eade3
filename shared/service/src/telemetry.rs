//! Logs, spans with W3C trace context, and metrics.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use std::{io::IsTerminal, time::Duration};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json"),
        }
    }
}

/// Installs logs and trace context for the whole process. A second call changes nothing.
pub fn init(service: &'static str, format: LogFormat, filter: &str) {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let tracer = SdkTracerProvider::builder().build().tracer(service);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_ansi(std::io::stdout().is_terminal());
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
    };
    let installed = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(tracing_opentelemetry::layer().with_tracer(tracer))
        .try_init();
    if let Err(error) = installed {
        tracing::debug!(%error, "telemetry was installed before");
    }
}

/// Bounds of the buckets of every duration, in seconds: from a copy in memory to the longest request.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0];
/// How often what was measured is moved into the buckets; until then every single measurement is kept.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installs the recorder of metrics, or gives a detached one where the process has one already (tests).
pub fn metrics() -> PrometheusHandle {
    let recorder = recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::debug!("metrics were installed before");
    }
    handle
}

/// Keeps the memory of measurements bounded, also where nobody asks for `/metrics`.
pub(crate) async fn upkeep(metrics: PrometheusHandle, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        metrics.run_upkeep();
    }
}

fn recorder() -> PrometheusRecorder {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    match PrometheusBuilder::new().set_buckets_for_metric(seconds, SECONDS) {
        Ok(builder) => builder.build_recorder(),
        Err(error) => {
            tracing::error!(%error, "durations have no buckets");
            PrometheusBuilder::new().build_recorder()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_in_buckets() {
        let recorder = recorder();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("http_request_seconds", "route" => "/").record(0.03);
        });
        let text = recorder.handle().render();
        assert!(text.contains("http_request_seconds_bucket{route=\"/\",le=\"0.05\"} 1"), "{text}");
        assert!(text.contains("http_request_seconds_bucket{route=\"/\",le=\"0.025\"} 0"), "{text}");
    }
}
