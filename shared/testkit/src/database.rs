//! A database of a test's own.

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

/// A fresh database, dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    /// The database's own URL.
    pub url: String,
}

impl TestDatabase {
    /// Creates an empty database on the server at `TEST_POSTGRES_URL`.
    pub async fn create() -> Self {
        let server = crate::environment("TEST_POSTGRES_URL");
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(&server).await.expect("TEST_POSTGRES_URL answers");
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut connection).await.expect("databases can be created");
        connection.close().await.expect("the connection closes");
        let (base, _) = server.rsplit_once('/').expect("TEST_POSTGRES_URL names a database");
        let url = format!("{base}/{name}");
        Self { server, name, url }
    }

    /// A pool for the test's own looks into it.
    pub async fn pool(&self) -> PgPool {
        PgPool::connect(&self.url).await.expect("the test database answers")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread with a runtime of its own, since the test's runtime is about to end.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await.ok()?;
                let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                sqlx::query(drop).execute(&mut connection).await.ok()
            })
        });
        drop(dropping.join());
    }
}
