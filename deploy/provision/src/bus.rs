//! Streams, buckets and consumers, in both accounts of the bus.

use anyhow::{Context as _, Result};
use async_nats::jetstream;

use crate::credentials::Credentials;

/// One copy of every stream; a deployment with several servers will want three.
const REPLICAS: usize = 1;

/// Creates what is missing, and brings up to date what is there.
pub(crate) async fn provision(credentials: &Credentials, nats: &str) -> Result<()> {
    let password = &credentials.nats.provisioner;
    events::provision::events(&connect("provisioner", password, nats).await?, REPLICAS).await?;
    events::provision::revocations(&connect("provisioner-revocations", password, nats).await?, REPLICAS)
        .await?;
    Ok(())
}

async fn connect(user: &str, password: &str, nats: &str) -> Result<jetstream::Context> {
    let client = async_nats::ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        .connect(if nats.contains("://") { nats.to_owned() } else { format!("nats://{nats}") })
        .await
        .with_context(|| format!("the bus at {nats} does not let {user} in"))?;
    Ok(jetstream::new(client))
}
