//! Who asked for a new password and was not answered yet.

use contracts::Timestamp;
use sqlx::PgConnection;

/// Notes a request; asking again before the answer is asking once.
pub(crate) async fn put(db: &mut PgConnection, email: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO password_requests (email, requested_at) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING",
    )
    .bind(email)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the oldest request; nobody else takes it meanwhile.
pub(crate) async fn take(db: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        r"
        DELETE FROM password_requests WHERE email IN (
            SELECT email FROM password_requests ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING email
        ",
    )
    .fetch_optional(db)
    .await
}
