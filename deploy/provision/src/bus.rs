//! Streams, buckets and consumers.

use anyhow::{Context as _, Result};

use crate::credentials::{Credentials, PROVISIONER};

/// Creates what is missing on the bus.
pub(crate) async fn provision(credentials: &Credentials, nats: &str) -> Result<()> {
    let password = credentials.nats.events.get(PROVISIONER).context("the provisioner has no password")?;
    let url = format!("nats://{PROVISIONER}:{password}@{nats}");
    let client =
        async_nats::connect(&url).await.with_context(|| format!("the bus at {nats} does not answer"))?;
    client.flush().await.context("the bus does not answer")?;
    Ok(())
}
