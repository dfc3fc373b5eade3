//! Roles and databases on a real server: each service opens its own database and no other.
#![expect(clippy::expect_used, reason = "where a test cannot go on, it fails")]

use events::topology::SERVICES;
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::PathBuf, process::Command, str::FromStr};

const PASSWORD: &str = "of-a-service";
/// The service whose name a role of somebody else has.
const SOMEBODY_ELSE: &str = "notifications";
/// The comment of what this test made, and may therefore remove.
const OURS: &str = "Made by a test of the provisioner";
/// Databases and roles of services' names that this test did not make. Roles that it had made own such a database.
const FOREIGN: &str = r"
    SELECT 'database ' || datname FROM pg_database
    WHERE datname = ANY($1) AND shobj_description(oid, 'pg_database') IS DISTINCT FROM $2
    UNION ALL
    SELECT 'role ' || rolname FROM pg_roles
    WHERE rolname = ANY($1) AND shobj_description(oid, 'pg_authid') IS DISTINCT FROM $2 AND NOT EXISTS (
        SELECT FROM pg_database AS own
        WHERE own.datdba = pg_roles.oid AND shobj_description(own.oid, 'pg_database') = $2
    )
";

/// The server's roles are few and shared, so everything is tried in one test, in order.
#[tokio::test]
async fn a_role_opens_its_own_database_and_no_other() {
    let server = Server::new();
    server.forget().await;

    let mut admin = server.admin().await;
    run(&mut admin, &format!("CREATE ROLE {SOMEBODY_ELSE} LOGIN PASSWORD 'theirs'")).await;
    run(&mut admin, &format!("COMMENT ON ROLE {SOMEBODY_ELSE} IS '{OURS}'")).await;
    let refused = server.provision();
    let told = String::from_utf8_lossy(&refused.stderr);
    server.mark().await;
    assert!(!refused.status.success());
    assert!(told.contains("a role notifications that was not made here"), "{told}");
    assert_eq!(told.trim().lines().count(), 1, "{told}");
    assert_eq!(server.connects(SOMEBODY_ELSE, "theirs", "postgres").await, None, "its password stays");
    run(&mut admin, &format!("DROP ROLE {SOMEBODY_ELSE}")).await;

    for _ in 0..2 {
        let done = server.provision();
        server.mark().await;
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    for service in SERVICES {
        assert_eq!(server.connects(service, PASSWORD, service).await, None, "{service} opens its own");
        let others = SERVICES.iter().filter(|other| *other != service);
        for database in others.chain(&["postgres", "template1"]) {
            let refusal = server.connects(service, PASSWORD, database).await;
            assert_eq!(refusal.as_deref(), Some("42501"), "{service} opens {database}");
        }
    }
    assert!(server.has_extension("auth", "pg_trgm").await, "names and addresses are searched with it");
    drop(admin);
    server.forget().await;
}

struct Server {
    url: String,
    credentials: PathBuf,
}

impl Server {
    fn new() -> Self {
        let url = environment("TEST_POSTGRES_URL");
        let (_, rest) = url.split_once("://").expect("TEST_POSTGRES_URL is a URL");
        let (login, _) = rest.rsplit_once('@').expect("TEST_POSTGRES_URL names a user");
        let (_, superuser) = login.split_once(':').expect("TEST_POSTGRES_URL names a password");
        let passwords: std::collections::BTreeMap<_, _> =
            SERVICES.iter().map(|service| (*service, PASSWORD)).collect();
        let text = serde_json::json!({
            "postgres": { "superuser": superuser, "roles": passwords },
            "nats": { "provisioner": "x", "events": passwords, "revocations": passwords },
        });
        let credentials = std::env::temp_dir().join(format!("provision-{}.json", std::process::id()));
        std::fs::write(&credentials, text.to_string()).expect("the credentials can be written");
        Self { url, credentials }
    }

    fn provision(&self) -> std::process::Output {
        Command::new(env!("CARGO_BIN_EXE_provision"))
            .args(["postgres", "--credentials"])
            .arg(&self.credentials)
            .env("DATABASE_ADMIN_URL", &self.url)
            .env("RUST_LOG", "error")
            .output()
            .expect("the provisioner runs")
    }

    async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("TEST_POSTGRES_URL answers")
    }

    /// `None` when the role may open the database, otherwise the server's SQLSTATE.
    async fn connects(&self, role: &str, password: &str, database: &str) -> Option<String> {
        let options = PgConnectOptions::from_str(&self.url).expect("TEST_POSTGRES_URL is a URL");
        let options = options.username(role).password(password).database(database);
        let refused = PgConnection::connect_with(&options).await.err()?;
        let state = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
        Some(state.map_or_else(|| refused.to_string(), std::borrow::Cow::into_owned))
    }

    async fn has_extension(&self, database: &str, extension: &str) -> bool {
        let options = PgConnectOptions::from_str(&self.url).expect("TEST_POSTGRES_URL is a URL");
        let mut connection = PgConnection::connect_with(&options.database(database)).await.expect(database);
        let question = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = $1)";
        sqlx::query_scalar(question).bind(extension).fetch_one(&mut connection).await.expect(question)
    }

    /// Marks what the provisioner has made as ours: there was nothing of these names before.
    async fn mark(&self) {
        let mut admin = self.admin().await;
        let made = "SELECT datname::text FROM pg_database WHERE datname = ANY($1)";
        let made: Vec<String> =
            sqlx::query_scalar(made).bind(SERVICES).fetch_all(&mut admin).await.expect(made);
        for database in made {
            run(&mut admin, &format!("COMMENT ON DATABASE {database} IS '{OURS}'")).await;
        }
    }

    /// Removes what this test makes, also what a run left that was interrupted; and nothing of anybody else.
    async fn forget(&self) {
        let mut admin = self.admin().await;
        let foreign: Vec<String> =
            sqlx::query_scalar(FOREIGN).bind(SERVICES).bind(OURS).fetch_all(&mut admin).await.expect(FOREIGN);
        assert!(foreign.is_empty(), "the server of TEST_POSTGRES_URL is in use: {}", foreign.join(", "));
        for service in SERVICES {
            run(&mut admin, &format!("DROP DATABASE IF EXISTS {service} WITH (FORCE)")).await;
            run(&mut admin, &format!("DROP ROLE IF EXISTS {service}")).await;
        }
        for database in ["postgres", "template1"] {
            run(&mut admin, &format!("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO PUBLIC")).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.credentials));
    }
}

async fn run(admin: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(admin).await.expect(statement);
}

#[expect(clippy::disallowed_methods, reason = "tests are told where their servers are by the environment")]
fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests with `cargo dev test`"))
}
