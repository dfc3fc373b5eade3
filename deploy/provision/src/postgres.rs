//! One database and one role per service; a role owns its own database and can open no other.

use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use events::topology::SERVICES;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::credentials::Credentials;

/// Databases of the server itself, which anybody may open unless told otherwise.
const SYSTEM_DATABASES: [&str; 2] = ["postgres", "template1"];

/// Creates databases and roles on the server of `DATABASE_ADMIN_URL`.
pub(crate) async fn provision(credentials: &Credentials) -> Result<()> {
    let options = PgConnectOptions::from_str(&admin_url()?).context("DATABASE_ADMIN_URL is not usable")?;
    let mut connection =
        PgConnection::connect_with(&options).await.context("the database server does not answer")?;
    for service in SERVICES {
        let password = credentials.postgres.roles.get(*service);
        let password = password.with_context(|| format!("the credentials have no role {service}"))?;
        create(&mut connection, service, password)
            .await
            .with_context(|| format!("the database of {service} cannot be created"))?;
    }
    for database in SYSTEM_DATABASES {
        close_to_others(&mut connection, database).await?;
    }
    connection.close().await.context("the connection was lost")?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the one value of this program that must not be an argument")]
fn admin_url() -> Result<String> {
    std::env::var("DATABASE_ADMIN_URL").context("DATABASE_ADMIN_URL is not set")
}

async fn create(connection: &mut PgConnection, service: &str, password: &str) -> Result<()> {
    let role = quote_name(service);
    // NOINHERIT and no memberships: whatever is granted to others later does not reach this role.
    let verb = if exists(connection, ROLE, service).await? { "ALTER" } else { "CREATE" };
    let rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS";
    run(connection, format!("{verb} ROLE {role} {rights} PASSWORD {}", quote_text(password))).await?;
    if !exists(connection, DATABASE, service).await? {
        run(connection, format!("CREATE DATABASE {role} OWNER {role}")).await?;
    }
    close_to_others(connection, service).await
}

/// By default everybody may connect to every database.
async fn close_to_others(connection: &mut PgConnection, database: &str) -> Result<()> {
    run(connection, format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", quote_name(database))).await
}

const ROLE: &str = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";
const DATABASE: &str = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";

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
}
