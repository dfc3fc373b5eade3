//! Mail that was written.

use crate::letter::Written;
use contracts::{
    Timestamp,
    ids::{MailId, OrderId, UserId},
};
use sqlx::PgConnection;
use std::time::Duration;

use super::copies::Reader;

/// For whom a mail is, and what it is about.
#[derive(Clone, Debug)]
pub(crate) struct Addressed {
    /// The letter's.
    pub(crate) id: MailId,
    pub(crate) recipient: UserId,
    pub(crate) order: Option<OrderId>,
    pub(crate) kind: &'static str,
}

/// A mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Mail {
    pub(crate) id: MailId,
    pub(crate) recipient: UserId,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) kind: String,
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) plain: String,
    pub(crate) state: String,
    pub(crate) created_at: Timestamp,
    pub(crate) tries: i32,
    pub(crate) version: i64,
}

/// A picture that a mail shows by `cid:<name>`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Image {
    pub(crate) name: String,
    pub(crate) png: Vec<u8>,
}

macro_rules! columns {
    () => {
        "id, recipient, order_id, kind, address, name, subject, html, plain, state, created_at, tries, version"
    };
}

/// Keeps a mail; to be sent at once where there is a mail server.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    addressed: &Addressed,
    reader: &Reader,
    written: &Written,
    (sends, now): (bool, Timestamp),
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        INSERT INTO mails (id, recipient, order_id, kind, address, name, subject, html, plain, created_at, state,
            next_try_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $11 THEN 'queued' ELSE 'stored' END,
            CASE WHEN $11 THEN clock_timestamp() END)
        ",
    )
    .bind(addressed.id)
    .bind(addressed.recipient)
    .bind(addressed.order)
    .bind(addressed.kind)
    .bind(&reader.email)
    .bind(&reader.name)
    .bind(&written.subject)
    .bind(&written.html)
    .bind(&written.plain)
    .bind(now)
    .bind(sends)
    .execute(&mut *connection)
    .await?;
    let (names, pngs): (Vec<&str>, Vec<&[u8]>) =
        written.images.iter().map(|image| (image.name.as_str(), image.png.as_slice())).unzip();
    sqlx::query(
        r"
        INSERT INTO mail_images (mail_id, name, png)
        SELECT $1, name, png FROM UNNEST($2::text[], $3::bytea[]) AS image (name, png)
        ",
    )
    .bind(addressed.id)
    .bind(names)
    .bind(pngs)
    .execute(connection)
    .await?;
    Ok(())
}

/// The pictures of a mail.
pub(crate) async fn images(connection: &mut PgConnection, id: MailId) -> sqlx::Result<Vec<Image>> {
    sqlx::query_as("SELECT name, png FROM mail_images WHERE mail_id = $1 ORDER BY name")
        .bind(id)
        .fetch_all(connection)
        .await
}

/// The newest mail, of one address where one is given.
pub(crate) async fn newest(
    connection: &mut PgConnection,
    address: Option<&str>,
    limit: i64,
) -> sqlx::Result<Vec<Mail>> {
    sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM mails WHERE $1::text IS NULL OR lower(address) = lower($1) ORDER BY created_at DESC, id DESC LIMIT $2"
    ))
    .bind(address)
    .bind(limit)
    .fetch_all(connection)
    .await
}

/// One mail.
pub(crate) async fn find(connection: &mut PgConnection, id: MailId) -> sqlx::Result<Option<Mail>> {
    sqlx::query_as(concat!("SELECT ", columns!(), " FROM mails WHERE id = $1"))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// Takes mail that is due for `lease`; nobody else sends it meanwhile.
pub(crate) async fn claim_due(
    connection: &mut PgConnection,
    limit: i64,
    lease: Duration,
) -> sqlx::Result<Vec<Mail>> {
    sqlx::query_as(concat!(
        "UPDATE mails SET next_try_at = clock_timestamp() + $2 * interval '1 ms', tries = tries + 1
         WHERE id IN (
             SELECT id FROM mails WHERE next_try_at <= clock_timestamp()
             ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
         )
         RETURNING ",
        columns!()
    ))
    .bind(limit)
    .bind(millis(lease))
    .fetch_all(connection)
    .await
}

/// The mail server has taken it; false where that was known.
pub(crate) async fn sent(connection: &mut PgConnection, mail: &Mail, now: Timestamp) -> sqlx::Result<bool> {
    let sent = sqlx::query(
        r"
        UPDATE mails SET state = 'sent', sent_at = $3, next_try_at = NULL, version = version + 1
        WHERE id = $1 AND version = $2 AND state = 'queued'
        ",
    )
    .bind(mail.id)
    .bind(mail.version)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(sent.rows_affected() == 1)
}

/// It is tried again later; without a `pause` never again.
pub(crate) async fn not_sent(
    connection: &mut PgConnection,
    id: MailId,
    pause: Option<Duration>,
) -> sqlx::Result<()> {
    sqlx::query(
        r"
        UPDATE mails SET state = CASE WHEN $2::bigint IS NULL THEN 'failed' ELSE 'queued' END,
            next_try_at = clock_timestamp() + $2 * interval '1 ms'
        WHERE id = $1 AND state = 'queued'
        ",
    )
    .bind(id)
    .bind(pause.map(millis))
    .execute(connection)
    .await?;
    Ok(())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
