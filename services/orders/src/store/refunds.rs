//! Refunds that were counted, so that each counts once however often it is told of.

use contracts::{
    Money,
    ids::{OrderId, RefundId},
};
use sqlx::PgConnection;

/// Notes a refund of an order; false where it was noted before.
pub(crate) async fn note(
    connection: &mut PgConnection,
    refund: RefundId,
    order: OrderId,
    amount: Money,
) -> sqlx::Result<bool> {
    let noted = sqlx::query(
        "INSERT INTO refunds (refund_id, order_id, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(refund)
    .bind(order)
    .bind(amount.amount)
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() == 1)
}
