//! The ledger: lines are added, never changed.

use super::orders;
use crate::{
    error::Error,
    ledger::{self, Line, PROVIDER, Shares},
    payment::Payment,
    store::refunds::Refund,
};
use contracts::ids::PaymentId;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a journal entry is about.
struct Entry<'a> {
    journal: &'static str,
    source: Uuid,
    payment: &'a Payment,
}

/// Money was taken: the provider holds it, and we owe the buyer for it.
pub(crate) async fn book_capture(connection: &mut PgConnection, payment: &Payment) -> Result<(), Error> {
    let lines = ledger::transfer(PROVIDER, &ledger::buyer(payment.buyer), payment.amount);
    let entry = Entry { journal: "capture", source: payment.id.uuid(), payment };
    Ok(book(connection, &entry, &lines).await?)
}

/// The money belongs to those who sold.
pub(crate) async fn book_sale(connection: &mut PgConnection, payment: &Payment) -> Result<(), Error> {
    let lines = shares(connection, payment).await?.sale(&ledger::buyer(payment.buyer));
    let entry = Entry { journal: "sale", source: payment.id.uuid(), payment };
    Ok(book(connection, &entry, &lines).await?)
}

/// Money went back, and with it the part of the sale that it stands for. `payment` is as it was before.
pub(crate) async fn book_refund(
    connection: &mut PgConnection,
    payment: &Payment,
    refund: &Refund,
) -> Result<(), Error> {
    let buyer = ledger::buyer(payment.buyer);
    let lines = ledger::transfer(&buyer, PROVIDER, refund.amount);
    let entry = Entry { journal: "refund", source: refund.id.uuid(), payment };
    book(&mut *connection, &entry, &lines).await?;
    if was_sold(&mut *connection, payment.id).await? {
        let shares = shares(&mut *connection, payment).await?;
        let lines = shares.reversal(&buyer, payment.refunded, refund.amount.amount);
        let entry = Entry { journal: "reversal", source: refund.id.uuid(), payment };
        let lines: Vec<Line> = lines.into_iter().filter(|line| line.amount != 0).collect();
        book(connection, &entry, &lines).await?;
    }
    Ok(())
}

async fn shares(connection: &mut PgConnection, payment: &Payment) -> Result<Shares, Error> {
    let order = orders::find(connection, payment.order).await?.ok_or(Error::NotYetKnown)?;
    Ok(Shares::of(&order.items, payment.amount))
}

async fn was_sold(connection: &mut PgConnection, payment: PaymentId) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM ledger WHERE payment_id = $1 AND journal = 'sale')")
        .bind(payment)
        .fetch_one(connection)
        .await
}

async fn book(connection: &mut PgConnection, entry: &Entry<'_>, lines: &[Line]) -> sqlx::Result<()> {
    let accounts: Vec<&str> = lines.iter().map(|line| line.account.as_str()).collect();
    let amounts: Vec<i64> = lines.iter().map(|line| line.amount).collect();
    sqlx::query(
        r"
        INSERT INTO ledger (journal, source, payment_id, order_id, currency, account, amount)
        SELECT $1, $2, $3, $4, $5, account, amount FROM UNNEST($6::text[], $7::bigint[]) AS line (account, amount)
        ",
    )
    .bind(entry.journal)
    .bind(entry.source)
    .bind(entry.payment.id)
    .bind(entry.payment.order)
    .bind(entry.payment.amount.currency.code())
    .bind(accounts)
    .bind(amounts)
    .execute(connection)
    .await?;
    Ok(())
}
