//! Which second factors an account has.

use crate::second_factor::Factors;
use contracts::ids::UserId;
use sqlx::PgConnection;

/// The second factors of an account. Read them with the account locked.
pub(crate) async fn of(db: &mut PgConnection, user: UserId) -> Result<Factors, sqlx::Error> {
    sqlx::query_as(
        r"
        SELECT EXISTS (SELECT 1 FROM totp WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
               (SELECT count(*) FROM passkeys WHERE user_id = $1) AS passkeys
        ",
    )
    .bind(user)
    .fetch_one(db)
    .await
}
