//! The same `Idempotency-Key` gives the same answer, also to requests that come at the same time.

use crate::error::Error;
use contracts::ids::UserId;
use serde::{Serialize, de::DeserializeOwned};
use service::IdempotencyKey;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// How long a key is remembered.
pub(crate) const KEEP_HOURS: i32 = 25;

/// One use of a key.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    user: UserId,
    key: &'a IdempotencyKey,
    hash: Vec<u8>,
}

impl<'a> Attempt<'a> {
    /// `what` names operation and target; with the request it must be the same at every use of the key.
    pub(crate) fn new(
        user: UserId,
        key: &'a IdempotencyKey,
        what: &str,
        request: &impl Serialize,
    ) -> Result<Self, Error> {
        let mut hash = Sha256::new();
        hash.update(what);
        hash.update([0]);
        hash.update(serde_json::to_vec(request)?);
        Ok(Self { user, key, hash: hash.finalize().to_vec() })
    }

    /// The answer that was given before. None where this request is the first; a second one that comes
    /// meanwhile waits here until the first has committed or failed.
    pub(crate) async fn earlier<T: DeserializeOwned>(
        &self,
        db: &mut PgConnection,
    ) -> Result<Option<T>, Error> {
        let first = sqlx::query(
            r"
            INSERT INTO idempotency (user_id, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            ",
        )
        .bind(self.user)
        .bind(&self.key.0)
        .bind(&self.hash)
        .execute(&mut *db)
        .await?;
        if first.rows_affected() == 1 {
            return Ok(None);
        }
        let (hash, answer): (Vec<u8>, serde_json::Value) =
            sqlx::query_as("SELECT request_hash, response FROM idempotency WHERE user_id = $1 AND key = $2")
                .bind(self.user)
                .bind(&self.key.0)
                .fetch_one(db)
                .await?;
        if hash != self.hash {
            return Err(Error::KeyReused);
        }
        Ok(Some(serde_json::from_value(answer)?))
    }

    /// Keeps the answer, when and only when the transaction commits.
    pub(crate) async fn keep(&self, db: &mut PgConnection, answer: &impl Serialize) -> Result<(), Error> {
        sqlx::query("UPDATE idempotency SET response = $3 WHERE user_id = $1 AND key = $2")
            .bind(self.user)
            .bind(&self.key.0)
            .bind(serde_json::to_value(answer)?)
            .execute(db)
            .await?;
        Ok(())
    }
}

/// Forgets old keys, `limit` at most; says how many.
pub(crate) async fn forget(db: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let forgotten = sqlx::query(
        r"
        DELETE FROM idempotency WHERE (user_id, key) IN (
            SELECT user_id, key FROM idempotency WHERE created_at < now() - make_interval(hours => $1)
            ORDER BY created_at LIMIT $2
        )
        ",
    )
    .bind(KEEP_HOURS)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(forgotten.rows_affected())
}
