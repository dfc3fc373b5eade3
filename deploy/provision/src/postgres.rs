//! One database and one role per service; a role owns its own database and can open no other.

use std::str::FromStr as _;

use anyhow::{Context as _, Result, bail};
use events::topology::SERVICES;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::credentials::Credentials;

/// Databases of the server itself, which anybody may open unless told otherwise.
const SYSTEM_DATABASES: [&str; 2] = ["postgres", "template1"];
/// The oldest server that has what the services' tables use, such as `uuidv7()`.
const MIN_VERSION: i32 = 180_000;

/// Extensions that services' tables need. All are trusted ones (`trusted = true` in their control files): where they
/// cannot be made here, since the server is somebody else's, the service makes them, which owns its database.
const EXTENSIONS: [(&str, &str); 1] = [("auth", "pg_trgm")];

/// Creates databases and roles on the server of `DATABASE_ADMIN_URL`.
pub(crate) async fn provision(credentials: &Credentials) -> Result<()> {
    let url = admin_url()?;
    let options = PgConnectOptions::from_str(&url).context("DATABASE_ADMIN_URL is not usable")?;
    let mut connection =
        PgConnection::connect_with(&options).await.context("the database server does not answer")?;
    check_version(&mut connection).await?;
    for service in SERVICES {
        let password = credentials.postgres.roles.get(*service);
        let password = password.with_context(|| format!("the credentials have no role {service}"))?;
        create(&mut connection, service, password)
            .await
            .with_context(|| format!("the database of {service} cannot be created"))?;
    }
    for (service, extension) in EXTENSIONS {
        extend(options.clone().database(service), service, extension).await;
    }
    // On a server of others it is not for us to decide who may open them; they hold nothing of ours.
    if is_ours_alone(&url, credentials.postgres.superuser.as_deref()) {
        for database in SYSTEM_DATABASES {
            close_to_others(&mut connection, database).await?;
        }
    }
    connection.close().await.context("the connection was lost")?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the one value of this program that must not be an argument")]
fn admin_url() -> Result<String> {
    std::env::var("DATABASE_ADMIN_URL").context("DATABASE_ADMIN_URL is not set")
}

/// We know the superuser's password because we made the server.
fn is_ours_alone(url: &str, superuser: Option<&str>) -> bool {
    let login = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map(|(login, _)| login);
    let password = login.and_then(|login| login.split_once(':')).map(|(_, password)| password);
    superuser.is_some() && password == superuser
}

async fn check_version(connection: &mut PgConnection) -> Result<()> {
    let question = "SELECT current_setting('server_version_num')::int, current_setting('server_version')";
    let (number, name): (i32, String) = sqlx::query_as(question).fetch_one(connection).await?;
    refuse_old(number, &name)
}

fn refuse_old(number: i32, name: &str) -> Result<()> {
    if number < MIN_VERSION {
        bail!("the database server is Postgres {name}, and {} or newer is needed", MIN_VERSION / 10_000);
    }
    Ok(())
}

async fn create(connection: &mut PgConnection, service: &str, password: &str) -> Result<()> {
    let role = quote_name(service);
    let role_exists = exists(connection, ROLE, service).await?;
    if role_exists && !exists(connection, OUR_ROLE, service).await? {
        bail!(
            "the server has a role {service} that was not made here: its password stays as it is (if it is a service's \
             all the same, say so with: COMMENT ON ROLE {role} IS '{OURS}')"
        );
    }
    if exists(connection, FOREIGN_DATABASE, service).await? {
        bail!("the server has a database {service} that belongs to another role");
    }
    // NOINHERIT and no memberships: whatever is granted to others later does not reach this role. The comment
    // stands in the same transaction and says that the role is ours.
    let verb = if role_exists { "ALTER" } else { "CREATE" };
    let rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS";
    let password = quote_text(password);
    let statements =
        format!("{verb} ROLE {role} {rights} PASSWORD {password}; COMMENT ON ROLE {role} IS '{OURS}'");
    run(connection, statements).await?;
    if !exists(connection, DATABASE, service).await? {
        run(connection, format!("CREATE DATABASE {role} OWNER {role}")).await?;
    }
    close_to_others(connection, service).await
}

/// Makes an extension in a service's database, or says that the service will have to.
async fn extend(options: PgConnectOptions, service: &str, extension: &str) {
    let making = async {
        let mut connection = PgConnection::connect_with(&options).await?;
        run(&mut connection, format!("CREATE EXTENSION IF NOT EXISTS {}", quote_name(extension))).await?;
        anyhow::Ok(connection.close().await?)
    };
    if let Err(error) = making.await {
        tracing::warn!(service, extension, %error, "not made here: the service makes it, where the server allows that");
    }
}

/// By default everybody may connect to every database.
async fn close_to_others(connection: &mut PgConnection, database: &str) -> Result<()> {
    run(connection, format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", quote_name(database))).await
}

const ROLE: &str = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";
const DATABASE: &str = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
/// The comment of roles that were made here.
const OURS: &str = "A service of Ticketing.dev";
/// Made here, or owner of the service's database, as roles are that were made before they had the comment.
const OUR_ROLE: &str = r"
    SELECT EXISTS (
        SELECT FROM pg_roles WHERE rolname = $1 AND (
            shobj_description(oid, 'pg_authid') = 'A service of Ticketing.dev'
            OR EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datdba = pg_roles.oid)
        )
    )
";
const FOREIGN_DATABASE: &str = r"
    SELECT EXISTS (
        SELECT FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname = $1 AND rolname <> $1
    )
";

async fn exists(connection: &mut PgConnection, question: &'static str, name: &str) -> Result<bool> {
    Ok(sqlx::query_scalar(question).bind(name).fetch_one(connection).await?)
}

/// Statements that create things take no parameters; every name and text in them was quoted.
async fn run(connection: &mut PgConnection, statement: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_cannot_be_left() {
        assert_eq!(quote_name("a\"b"), "\"a\"\"b\"");
        assert_eq!(quote_text("a'b"), "'a''b'");
    }

    #[test]
    fn a_server_is_ours_alone_where_its_superuser_s_password_is() {
        assert!(is_ours_alone("postgres://postgres:s3cret@127.0.0.1:5432/postgres", Some("s3cret")));
        for (url, superuser) in [
            ("postgres://postgres:other@127.0.0.1:5432/postgres", Some("s3cret")),
            ("postgres://postgres:s3cret@127.0.0.1:5432/postgres", None),
            ("postgres://127.0.0.1:5432/postgres", None),
            ("postgres://127.0.0.1:5432/postgres", Some("s3cret")),
        ] {
            assert!(!is_ours_alone(url, superuser), "{url}");
        }
    }

    #[test]
    fn an_old_server_is_refused_in_one_sentence() {
        assert!(refuse_old(180_000, "18.0").is_ok());
        let refused = refuse_old(170_004, "17.4").unwrap_err().to_string();
        assert_eq!(refused, "the database server is Postgres 17.4, and 18 or newer is needed");
    }
}
