//! What goes on in the background: the reconciler, the end of timed bans, forgetting.

use crate::{ban_imports, bans, error::Error, known_browsers, presence, signing_keys, state::Auth, store};
use contracts::Timestamp;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often everything is written to the bus again.
const RECONCILE_EVERY: Duration = Duration::from_secs(30);
/// How often what is pending is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// How often bans that have run out and receipts that cannot are looked for.
const LIFT_EVERY: Duration = Duration::from_secs(1);
/// How often old rows are deleted.
const FORGET_EVERY: Duration = Duration::from_hours(1);
/// Batches of a kind that are deleted in a row.
const FORGET_BATCHES: usize = 500;
/// How long it can be seen what became of a list of bans. The bans and their audit stay.
const IMPORTS_DAYS: i64 = 90;
/// How long an ended session is kept, so that the use of its tokens is recognised.
const ENDED_SESSIONS_DAYS: i64 = 7;

/// Writes everything to the bus at start, every 30 s, and whenever the stream was opened anew.
pub(crate) async fn reconcile(state: Auth, stop: CancellationToken) {
    let mut sessions = state.authority.sessions();
    let mut everything = interval(RECONCILE_EVERY);
    let mut retry = interval(RETRY_EVERY);
    everything.set_missed_tick_behavior(MissedTickBehavior::Delay);
    retry.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failed = false;
    loop {
        let full = tokio::select! {
            () = stop.cancelled() => return,
            _ = everything.tick() => true,
            _ = sessions.changed() => true,
            () = state.revoker.pending.notified() => false,
            _ = retry.tick() => failed,
        };
        let writing = async {
            if full { state.revoker.write_everything().await } else { state.revoker.write_pending().await }
        };
        let written = tokio::select! {
            () = stop.cancelled() => return,
            written = writing => written,
        };
        if full {
            failed = written.is_err();
        }
        if let Err(error) = written {
            tracing::warn!(%error, full, "revocations could not all be written: trying again");
        }
    }
}

/// Ends bans whose time has come, and receipts whose last report will not come.
pub(crate) async fn end_what_is_due(state: Auth, stop: CancellationToken) {
    let mut tick = interval(LIFT_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = lift_due(&state).await {
            tracing::warn!(%error, "bans that have run out were not lifted");
        }
        if let Err(error) = presence::end_receipts(&state).await {
            tracing::warn!(%error, "receipts were not ended");
        }
    }
}

async fn lift_due(state: &Auth) -> Result<(), Error> {
    let due = {
        let mut db = state.pool.acquire().await?;
        store::bans::run_out(&mut db, state.clock.now()).await?
    };
    for user in due {
        bans::lift(state, user, None, "The ban ran out").await?;
    }
    Ok(())
}

/// Deletes rows that nobody needs any more.
pub(crate) async fn forget(state: Auth, stop: CancellationToken) {
    let mut tick = interval(FORGET_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let now = state.clock.now();
        if let Err(error) = forget_before(&state, now).await {
            tracing::warn!(%error, "old rows were not deleted");
        }
    }
}

async fn forget_before(state: &Auth, now: Timestamp) -> Result<(), sqlx::Error> {
    let mut db = state.pool.acquire().await?;
    store::revocations::forget(&mut db, now).await?;
    store::pulls::forget(&mut db, now - chrono::TimeDelta::hours(1)).await?;
    store::signing_keys::forget(&mut db, now, now - signing_keys::REMEMBERED).await?;
    for _ in 0..FORGET_BATCHES {
        if store::ceremonies::forget(&mut db, now).await? == 0 {
            break;
        }
    }
    for _ in 0..FORGET_BATCHES {
        if store::signin_challenges::forget(&mut db, now).await? == 0 {
            break;
        }
    }
    let ended = now - chrono::TimeDelta::days(ENDED_SESSIONS_DAYS);
    let counted = chrono::TimeDelta::hours(store::password_attempts::REMEMBERED_HOURS);
    let known = chrono::TimeDelta::days(known_browsers::KNOWN_DAYS);
    for _ in 0..FORGET_BATCHES {
        if store::sessions::forget(&mut db, ended).await? == 0 {
            break;
        }
    }
    for _ in 0..FORGET_BATCHES {
        if store::password_attempts::forget(&mut db, now - counted).await? == 0 {
            break;
        }
    }
    for _ in 0..FORGET_BATCHES {
        if store::links::forget(&mut db, now).await? == 0 {
            break;
        }
    }
    for _ in 0..FORGET_BATCHES {
        if store::known_browsers::forget(&mut db, now - known).await? == 0 {
            break;
        }
    }
    let (drafts, done) = (now - ban_imports::DRAFT_LIFE, now - chrono::TimeDelta::days(IMPORTS_DAYS));
    for _ in 0..FORGET_BATCHES {
        if !store::ban_imports::forget(&mut db, drafts, done).await? {
            break;
        }
    }
    Ok(())
}
