//! What requests to pay were answered: the same key gives the same answer.

use contracts::ids::{OrderId, PaymentId, UserId};
use sqlx::PgConnection;

/// An earlier request of the same key.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Earlier {
    pub(crate) id: PaymentId,
    pub(crate) order_id: OrderId,
    pub(crate) method: String,
}

/// The buyer's request of this key, if there was one.
pub(crate) async fn find(
    connection: &mut PgConnection,
    buyer: UserId,
    key: &str,
) -> sqlx::Result<Option<Earlier>> {
    sqlx::query_as(
        r"
        SELECT id, order_id, method FROM payments
        WHERE buyer = $1 AND idempotency_key = $2
        ",
    )
    .bind(buyer)
    .bind(key)
    .fetch_optional(connection)
    .await
}

/// What the request that made a payment was answered, once it was.
pub(crate) async fn answer(
    connection: &mut PgConnection,
    id: PaymentId,
) -> sqlx::Result<Option<(i16, serde_json::Value)>> {
    sqlx::query_as("SELECT answer_status, answer FROM payments WHERE id = $1 AND answer_status IS NOT NULL")
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Keeps what a request is answered, unless it was answered before. Gives what is kept: that is the answer.
pub(crate) async fn keep_answer(
    connection: &mut PgConnection,
    id: PaymentId,
    status: u16,
    answer: &serde_json::Value,
) -> sqlx::Result<(i16, serde_json::Value)> {
    sqlx::query_as(
        r"
        UPDATE payments
        SET answer_status = coalesce(answer_status, $2),
            answer = CASE WHEN answer_status IS NULL THEN $3 ELSE answer END
        WHERE id = $1
        RETURNING answer_status, answer
        ",
    )
    .bind(id)
    .bind(i16::try_from(status).unwrap_or_default())
    .bind(answer)
    .fetch_one(connection)
    .await
}
