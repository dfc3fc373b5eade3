//! Answers to who asked for a new password, by mail and after the answer on the web.
//!
//! The web answers everybody alike and at once: it only notes the address. So neither words nor time tell who has an
//! account (ASVS 6.3.8), also not by what a lookup, a lock or an outbox row would cost.

use crate::{
    devices,
    error::Error,
    links::{self, About, Purpose},
    state::Auth,
    store,
};
use sqlx::PgTransaction;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often the job looks when nobody wakes it.
const POLL: Duration = Duration::from_secs(1);

/// Answers until the process stops.
pub(crate) async fn answer(state: Auth, stop: CancellationToken) {
    let mut poll = interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = state.password_requested.notified() => {}
            _ = poll.tick() => {}
        }
        loop {
            match answer_one(&state).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "requests for new passwords were not answered: trying again");
                    break;
                }
            }
        }
    }
}

/// Answers one request; true where there may be more. One account is locked at a time. A crash before the commit leaves
/// the request where it was.
async fn answer_one(state: &Auth) -> Result<bool, Error> {
    let mut tx = state.pool.begin().await?;
    let Some(email) = store::password_requests::take(&mut tx).await? else { return Ok(false) };
    send_link(state, &mut tx, &email).await?;
    tx.commit().await?;
    state.backbone.wake();
    Ok(true)
}

/// Nobody who is banned gets a link, and who has no account gets no mail.
async fn send_link(state: &Auth, tx: &mut PgTransaction<'_>, email: &str) -> Result<(), Error> {
    let Some(known) = store::users::find_by_email(tx, email).await? else { return Ok(()) };
    let Some(account) = store::users::lock(tx, known.id).await? else { return Ok(()) };
    if account.email != email || devices::refuse_banned(&account).is_err() {
        return Ok(());
    }
    // Earlier links stay: somebody else who asks must not make the owner's useless.
    links::send(state, tx, &account, Purpose::ResetPassword, About::default(), state.clock.now()).await
}
