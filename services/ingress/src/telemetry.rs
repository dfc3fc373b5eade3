//! Log lines and metrics.

use std::io::IsTerminal;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::access::DURATION;
use crate::config::{Config, LogFormat};

/// Upper bounds of the duration histogram, in seconds: a page should take under 50 ms, a stream 90 s.
const DURATION_BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Starts logging and hands out what renders the metrics.
pub(crate) fn start(config: &Config) -> anyhow::Result<PrometheusHandle> {
    let filter = EnvFilter::try_new(&config.log_filter)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stdout().is_terminal());
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).init(),
    }
    let builder = PrometheusBuilder::new()
        .add_global_label("instance_name", &config.instance)
        .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &DURATION_BUCKETS)?;
    Ok(builder.install_recorder()?)
}
