//! The service's own database.

use anyhow::Context;
use sqlx::{
    PgConnection, PgPool, Row,
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
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_clean(connection)))
        .connect_lazy_with(options);
    tokio::time::timeout(START_TIMEOUT, answer(&pool)).await.context("the database did not answer")?;
    migrator.run(&pool).await.context("the database could not be migrated")?;
    Ok(pool)
}

/// Does the connection answer, and outside of a transaction?
///
/// sqlx 0.9 gives a connection back with its transaction open where `begin` was dropped while it waited, as when a
/// client hangs up or a time limit is over: whatever was done next on it would not be committed. A transaction's clock
/// stands still, so a statement that began later than its transaction is inside of one; a transaction that has failed
/// refuses the question. This takes the place of sqlx's own ping, and costs the same round trip.
async fn is_clean(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let question = sqlx::raw_sql("SELECT now() = statement_timestamp()");
    question.fetch_one(connection).await?.try_get(0)
}

async fn answer(pool: &PgPool) {
    while let Err(error) = sqlx::query("SELECT 1").execute(pool).await {
        tracing::info!(%error, "waiting for the database");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Does the failure lie with the database's surroundings or with a tie that it broke, so that the same work may
/// succeed later? Everything else is the fault of the work itself.
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_transient_state(&code)),
        _ => false,
    }
}

/// By SQLSTATE: connections lost, the server stopping or starting, a standby that was a primary, resources used up
/// (class 53: connections, memory, disk), broken ties, locks not had in time.
fn is_transient_state(code: &str) -> bool {
    const STATES: &[&str] = &["57P01", "57P02", "57P03", "25006", "40001", "40P01", "55P03"];
    code.starts_with("08") || code.starts_with("53") || STATES.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::error::{DatabaseError, ErrorKind};
    use std::{borrow::Cow, error::Error, fmt};

    #[derive(Debug)]
    struct Refused(&'static str);

    impl fmt::Display for Refused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Refused {}

    impl DatabaseError for Refused {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn refused(code: &'static str) -> sqlx::Error {
        sqlx::Error::Database(Box::new(Refused(code)))
    }

    #[test]
    fn a_database_that_is_away_or_busy_may_answer_later() {
        let away = [
            sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()),
            sqlx::Error::Tls("handshake".into()),
            sqlx::Error::PoolTimedOut,
            sqlx::Error::PoolClosed,
            sqlx::Error::WorkerCrashed,
        ];
        let states = [
            "08000", "08006", "57P01", "57P02", "57P03", "53100", "53200", "53300", "25006", "40001",
            "40P01", "55P03",
        ]
        .map(refused);
        for error in away.iter().chain(&states) {
            assert!(is_transient(error), "{error:?}");
        }
    }

    #[test]
    fn what_the_work_itself_did_wrong_stays_wrong() {
        let wrong = [sqlx::Error::RowNotFound, sqlx::Error::ColumnNotFound("price".to_owned())];
        let states = ["23505", "22001", "42P01", "57014", "P0001"].map(refused);
        for error in wrong.iter().chain(&states) {
            assert!(!is_transient(error), "{error:?}");
        }
    }
}
