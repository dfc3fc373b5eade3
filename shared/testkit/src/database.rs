//! A database of a test's own, copied from one that was migrated once per test program, and opened with the
//! permissions of production: by a role that owns its database and is nobody else's.

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{path::Path, str::FromStr, time::Duration};
use tokio::sync::OnceCell;

/// Databases and roles that a test program left behind are removed after this time.
const LEFT_BEHIND: Duration = Duration::from_mins(15);
/// Password of a program's role; the permissions are what is tested, not the secrecy.
const PASSWORD: &str = "test";

/// A fresh database, dropped some time after the value.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    /// The database's own URL, as a service's role.
    pub url: String,
}

impl TestDatabase {
    /// Creates a database on the server at `TEST_POSTGRES_URL`. In tests of a service it has the service's tables
    /// already, as far as they are in `migrations/`: migrating it again finds nothing to do.
    pub async fn create() -> Self {
        static PROGRAM: OnceCell<Program> = OnceCell::const_new();
        let server = crate::environment("TEST_POSTGRES_URL");
        let program = PROGRAM.get_or_init(|| Program::prepare(&server)).await;
        let name = fresh_name("test");
        let (role, template) = (&program.role, &program.template);
        let mut admin = PgConnection::connect(&server).await.expect("TEST_POSTGRES_URL answers");
        run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {role}")).await;
        admin.close().await.expect("the connection closes");
        let url = url_of(&server, role, &name);
        Self { server, name, url }
    }

    /// A pool for the test's own looks into it.
    pub async fn pool(&self) -> PgPool {
        PgPool::connect(&self.url).await.expect("the test database answers")
    }
}

impl Drop for TestDatabase {
    /// Nobody waits for it: dropping a database makes the server write down everything that it holds. What the end
    /// of the program leaves is removed by a later one.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        in_background(async move {
            let mut admin = PgConnection::connect(&server).await.ok()?;
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut admin).await.ok().map(|_| ())
        });
    }
}

/// What the tests of one program share.
#[derive(Debug)]
struct Program {
    role: String,
    template: String,
}

impl Program {
    async fn prepare(server: &str) -> Self {
        let (role, template) = (fresh_name("test_role"), fresh_name("test_template"));
        let mut admin = PgConnection::connect(server).await.expect("TEST_POSTGRES_URL answers");
        let rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS";
        run(&mut admin, format!("CREATE ROLE {role} {rights} PASSWORD '{PASSWORD}'")).await;
        run(&mut admin, format!("CREATE DATABASE {template} OWNER {role}")).await;
        admin.close().await.expect("the connection closes");
        migrate(&url_of(server, &role, &template)).await;
        let server = server.to_owned();
        in_background(async move { sweep(&server).await.ok() });
        Self { role, template }
    }
}

/// Makes the tables that the service under test makes at its start. Cargo names its folder to tests.
async fn migrate(url: &str) {
    let Some(folder) = crate::optional("CARGO_MANIFEST_DIR") else { return };
    let folder = Path::new(&folder);
    if !folder.parent().is_some_and(|parent| parent.ends_with("services")) {
        return;
    }
    let migrator = Migrator::new(folder.join("migrations")).await.expect("the migrations can be read");
    // Connections that are left would forbid to copy the database.
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.expect("the template answers");
    migrator.run(&pool).await.expect("the template is migrated");
    events::backbone::migrate(&pool).await.expect("the template has the messaging tables");
    pool.close().await;
}

/// Removes what programs left behind that ended a while ago.
async fn sweep(server: &str) -> sqlx::Result<()> {
    let mut admin = PgConnection::connect(server).await?;
    let names = r"
        SELECT datname FROM pg_database
        WHERE datname ~ '^test_(template_)?[0-9a-f]{32}$'
            AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)
    ";
    let databases: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut admin).await?;
    let roles = "SELECT rolname FROM pg_roles WHERE rolname ~ '^test_role_[0-9a-f]{32}$'";
    let roles: Vec<String> = sqlx::query_scalar(roles).fetch_all(&mut admin).await?;
    let databases = databases.iter().filter(|name| is_old(name));
    let databases = databases.map(|name| format!("DROP DATABASE IF EXISTS {name}"));
    let roles = roles.iter().filter(|name| is_old(name)).map(|name| format!("DROP ROLE IF EXISTS {name}"));
    for statement in databases.chain(roles) {
        // A role that still owns a database stays; another program may be removing the same.
        drop(sqlx::query(AssertSqlSafe(statement)).execute(&mut admin).await);
    }
    admin.close().await
}

fn fresh_name(kind: &str) -> String {
    format!("{kind}_{}", uuid::Uuid::now_v7().simple())
}

/// The name says when it was made.
fn is_old(name: &str) -> bool {
    let made = name.rsplit('_').next().and_then(|id| id.parse::<uuid::Uuid>().ok());
    let made = made.and_then(|id| id.get_timestamp()).map(|at| at.to_unix().0);
    let now = service::Clock::system().now().timestamp().unsigned_abs();
    made.is_some_and(|made| made + LEFT_BEHIND.as_secs() < now)
}

fn url_of(server: &str, role: &str, database: &str) -> String {
    let options = PgConnectOptions::from_str(server).expect("TEST_POSTGRES_URL is a URL");
    let (host, port) = (options.get_host(), options.get_port());
    format!("postgres://{role}:{PASSWORD}@{host}:{port}/{database}")
}

async fn run(admin: &mut PgConnection, statement: String) {
    let what = statement.clone();
    sqlx::query(AssertSqlSafe(statement)).execute(admin).await.expect(&what);
}

/// A thread with a runtime of its own: the test's runtime may be about to end.
fn in_background(work: impl Future<Output = Option<()>> + Send + 'static) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(work)
    });
}
