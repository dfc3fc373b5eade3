//! Orders as sellers ask for them.

use super::row::{OrderRow, order_columns};
use crate::order::Order;
use contracts::{
    Currency, Money,
    ids::{OrderId, ShowId, UserId},
};
use sqlx::PgConnection;

/// What somebody is to a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Scope {
    /// They put it on.
    pub(crate) organiser: bool,
    /// They have offered tickets for it.
    pub(crate) seller: bool,
}

/// An order with its buyer's name.
#[derive(Debug)]
pub(crate) struct Sold {
    pub(crate) order: Order,
    pub(crate) buyer_name: String,
}

#[derive(sqlx::FromRow)]
struct SoldRow {
    #[sqlx(flatten)]
    order: OrderRow,
    buyer_name: String,
}

#[derive(sqlx::FromRow)]
struct TakingsRow {
    #[sqlx(try_from = "String")]
    currency: Currency,
    amount: i64,
}

/// What the user is to the show; nothing where the show is unknown.
pub(crate) async fn scope(
    connection: &mut PgConnection,
    show: ShowId,
    user: UserId,
) -> sqlx::Result<Option<Scope>> {
    sqlx::query_as(
        r"
        SELECT s.organiser = $2 AS organiser,
            EXISTS (SELECT FROM listings l WHERE l.show_id = s.id AND l.seller = $2) AS seller
        FROM shows s WHERE s.id = $1
        ",
    )
    .bind(show)
    .bind(user)
    .fetch_optional(connection)
    .await
}

/// Orders of the show before `before`, the newest first: all for its organiser, else those with items of `seller`.
pub(crate) async fn orders(
    connection: &mut PgConnection,
    show: ShowId,
    seller: UserId,
    scope: Scope,
    before: Option<OrderId>,
    limit: i64,
) -> sqlx::Result<Vec<Sold>> {
    let rows: Vec<SoldRow> = sqlx::query_as(concat!(
        "SELECT ",
        order_columns!(),
        ", coalesce(u.name, '') AS buyer_name FROM orders o LEFT JOIN users u ON u.id = o.buyer \
         WHERE o.show_id = $1 \
         AND ($3 OR o.items @> jsonb_build_array(jsonb_build_object('seller', $2::text))) \
         AND ($4::uuid IS NULL OR o.id < $4) ORDER BY o.id DESC LIMIT $5"
    ))
    .bind(show)
    .bind(seller.to_string())
    .bind(scope.organiser)
    .bind(before)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let sold = |row: SoldRow| Ok(Sold { order: row.order.try_into()?, buyer_name: row.buyer_name });
    rows.into_iter().map(sold).collect()
}

/// What complete orders of the show brought the seller, fees and refunds left out; one entry per currency.
///
/// A part that went back is shared among sellers and fees as in the ledger of payments: cut from the whole at
/// running totals, in the order of the sellers' ids, so that all parts together are exactly what went back.
pub(crate) async fn takings(
    connection: &mut PgConnection,
    show: ShowId,
    seller: UserId,
) -> sqlx::Result<Vec<Money>> {
    let rows: Vec<TakingsRow> = sqlx::query_as(
        r#"
        WITH shares AS (
            SELECT o.id, o.currency, o.total, o.refunded::numeric AS refunded, item ->> 'seller' AS seller, sum(
                ((item -> 'unit_price' ->> 'amount')::bigint - (item -> 'unit_fee' ->> 'amount')::bigint)
                * jsonb_array_length(item -> 'units')
            ) AS net
            FROM orders o CROSS JOIN LATERAL jsonb_array_elements(o.items) AS item
            WHERE o.show_id = $1 AND o.status = 'complete'
                AND o.items @> jsonb_build_array(jsonb_build_object('seller', $2::text))
            GROUP BY o.id, item ->> 'seller'
        ),
        running AS (
            SELECT *, sum(net) OVER (PARTITION BY id ORDER BY seller COLLATE "C") AS upto FROM shares
        )
        SELECT currency, sum(net - CASE
            WHEN refunded = 0 THEN 0
            ELSE div(refunded * upto, total) - div(refunded * (upto - net), total)
        END)::bigint AS amount
        FROM running WHERE seller = $2 GROUP BY currency ORDER BY currency
        "#,
    )
    .bind(show)
    .bind(seller.to_string())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| Money::new(row.amount, row.currency)).collect())
}
