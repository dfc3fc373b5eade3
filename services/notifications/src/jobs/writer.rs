//! Writes letters whose parts are all known. A letter becomes at most one mail, however many write it.

use crate::{
    letter::{self, Facts, Kind},
    state::Notifications,
    store::{
        copies, letters,
        letters::Ready,
        mails::{self, Addressed},
    },
};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How often the writer looks when nobody wakes it: whoever wakes it may not have committed yet.
const POLL: Duration = Duration::from_millis(200);
/// Letters looked at in one round.
const BATCH: i64 = 32;

/// Why a letter was not written.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Write(#[from] letter::WriteError),
}

/// How often letters that wait are counted.
const COUNT_EVERY: Duration = Duration::from_mins(1);
/// A letter that waits this long waits for a message that may never come, in seconds.
const OVERDUE_SECONDS: i64 = 300;

/// Writes until the process stops.
pub(super) async fn run(state: Notifications) {
    let mut counted = Instant::now();
    while !state.stop.is_cancelled() {
        match once(&state).await {
            Ok(true) => {}
            Ok(false) => pause(&state).await,
            Err(error) => {
                tracing::warn!(%error, "the writer could not work");
                pause(&state).await;
            }
        }
        if counted.elapsed() > COUNT_EVERY {
            counted = Instant::now();
            count_overdue(&state).await;
        }
    }
}

/// Tells operators of letters that still wait.
async fn count_overdue(state: &Notifications) {
    let counting = async { letters::overdue(&mut *state.pool.acquire().await?, OVERDUE_SECONDS).await };
    match counting.await {
        Ok(overdue) => {
            metrics::gauge!("letters_overdue").set(f64::from(i32::try_from(overdue).unwrap_or(i32::MAX)));
            if overdue > 0 {
                tracing::warn!(overdue, "letters wait for a user, a show or tickets that are not known here");
            }
        }
        Err(error) => tracing::warn!(%error, "letters that wait could not be counted"),
    }
}

async fn pause(state: &Notifications) {
    tokio::select! {
        () = state.stop.cancelled() => {}
        _ = timeout(POLL, state.letters.notified()) => {}
    }
}

/// One round. True where there may be more to write.
async fn once(state: &Notifications) -> Result<bool, sqlx::Error> {
    let mut connection = state.pool.acquire().await?;
    let claimed = letters::claim(&mut connection, BATCH).await?;
    let full = i64::try_from(claimed.len()).is_ok_and(|count| count == BATCH);
    let ready = letters::ready(&mut connection, &claimed).await?;
    drop(connection);
    for letter in ready {
        if let Err(error) = write(state, &letter).await {
            tracing::error!(letter = %letter.id, kind = letter.kind.as_str(), %error, "a letter could not be written");
            let mut connection = state.pool.acquire().await?;
            letters::put_off(&mut connection, letter.id).await?;
        }
    }
    Ok(full)
}

async fn write(state: &Notifications, ready: &Ready) -> Result<(), Error> {
    let Some(facts) = facts(state, ready).await? else { return Ok(()) };
    let now = state.clock.now();
    let written = match fate(state, ready, &facts).await? {
        Fate::Write => Some(letter::write(ready.kind, &facts, state.authority.public_origin(), now)?),
        Fate::Drop(why) => {
            tracing::info!(letter = %ready.id, order = %ready.order_id, why, "a confirmation is not sent");
            None
        }
        Fate::Wait => return Ok(()),
    };
    let mut tx = state.pool.begin().await?;
    // Whoever notes it first keeps the mail; a second writer finds it noted.
    if letters::done(&mut tx, ready.id).await?
        && let Some(written) = &written
    {
        let (order, kind) = (Some(ready.order_id), ready.kind.as_str());
        let addressed = Addressed { id: ready.id, recipient: ready.recipient, order, kind };
        mails::insert(&mut tx, &addressed, &facts.reader, written, (state.sends, now)).await?;
        metrics::counter!("mails_written_total", "kind" => ready.kind.as_str()).increment(1);
    }
    tx.commit().await?;
    state.mails.notify_one();
    Ok(())
}

/// What the letter may mention; nothing where the copies do not know it after all.
async fn facts(state: &Notifications, ready: &Ready) -> Result<Option<Facts>, Error> {
    let mut connection = state.pool.acquire().await?;
    let reader = copies::reader(&mut connection, ready.recipient).await?;
    let show = copies::show(&mut connection, ready.show_id).await?;
    let (Some(reader), Some(show)) = (reader, show) else { return Ok(None) };
    let tickets = copies::live_tickets(&mut connection, ready.order_id).await?;
    Ok(Some(Facts { reader, order: ready.details.clone(), show, tickets }.in_single_lines()))
}

/// What becomes of a letter that could be written.
enum Fate {
    Write,
    /// There is nothing to confirm: another letter tells how it ended, or its tickets went to somebody else.
    Drop(&'static str),
    /// Something is not known yet.
    Wait,
}

/// Nobody is told to come to a show that is off, or with tickets that went back: the refund is told instead. While it is
/// only known that tickets are void, or that their money goes back, that letter is waited for, and the waiting is counted.
/// Tickets that are void for another reason are confirmed to nobody: they were resold, or could not be had.
async fn fate(state: &Notifications, ready: &Ready, facts: &Facts) -> Result<Fate, Error> {
    if ready.kind != Kind::OrderConfirmed {
        return Ok(Fate::Write);
    }
    if facts.is_cancelled() {
        return Ok(Fate::Drop("the show is cancelled"));
    }
    let mut connection = state.pool.acquire().await?;
    if letters::is_asked(&mut connection, ready.order_id, Kind::OrderRefunded).await? {
        return Ok(Fate::Drop("the order was refunded"));
    }
    if !facts.tickets.is_empty() {
        return Ok(Fate::Write);
    }
    Ok(if copies::may_be_refunded(&mut connection, ready.order_id).await? {
        Fate::Wait
    } else {
        Fate::Drop("its tickets are void and not for a refund")
    })
}
