//! The service's own database.

use anyhow::Context;
use sqlx::{
    PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// The most connections of one process.
pub const MAX_CONNECTIONS: u32 = 12;
/// How long a request waits for a connection.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a starting service waits for its database.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Connects to the database named by `DATABASE_URL`, waiting for it up to a minute, and migrates it.
pub async fn open(url: &str, migrator: &Migrator) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(url).context("DATABASE_URL is not usable")?;
    let pool = PgPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_mins(1))
        .connect_lazy_with(options);
    tokio::time::timeout(START_TIMEOUT, answer(&pool)).await.context("the database did not answer")?;
    migrator.run(&pool).await.context("the database could not be migrated")?;
    Ok(pool)
}

async fn answer(pool: &PgPool) {
    while let Err(error) = sqlx::query("SELECT 1").execute(pool).await {
        tracing::info!(%error, "waiting for the database");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
