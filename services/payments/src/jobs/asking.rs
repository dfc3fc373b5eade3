//! Payments with an open question at the provider: asked for, captured, given back, until the answer is definite.

use super::{AT_ONCE, backoff, lease};
use crate::{
    error::Error,
    payment::{Payment, Step},
    provider::{Answer, Charge, Gateway, OutcomeUnknown},
    settle,
    state::Payments,
    store,
};
use futures::future::join_all;

/// Does what is due. True where something was.
pub(super) async fn once(state: &Payments) -> Result<bool, Error> {
    let mut connection = state.pool.acquire().await?;
    let due = store::payments::claim_due(&mut connection, AT_ONCE, lease(state)).await?;
    drop(connection);
    let some = !due.is_empty();
    join_all(due.into_iter().map(|(payment, asks)| advance(state, payment, asks))).await;
    Ok(some)
}

#[tracing::instrument(name = "payments.advance", skip_all, fields(payment.id = %payment.id, asks))]
async fn advance(state: &Payments, payment: Payment, asks: i32) {
    if let Err(error) = try_advance(state, &payment, asks).await {
        // It is due again when the lease ends.
        tracing::warn!(%error, "what the provider said could not be written down");
    }
}

async fn try_advance(state: &Payments, payment: &Payment, asks: i32) -> Result<(), Error> {
    let answer = match ask(&state.gateway, payment, asks).await {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::info!(%error, "the outcome is unknown: asking again");
            None
        }
    };
    let mut tx = state.pool.begin().await?;
    let after = match &answer {
        Some(answer) => settle::learn(&mut tx, payment.id, answer, state.clock.now()).await?,
        None => payment.clone(),
    };
    if after.version == payment.version {
        let again = payment.next_step().map(|_| backoff(asks));
        store::payments::postpone(&mut tx, payment, again).await?;
    }
    tx.commit().await?;
    state.backbone.wake();
    Ok(())
}

/// What the provider says, after what is to be done was done.
async fn ask(gateway: &Gateway, payment: &Payment, asks: i32) -> Result<Answer, OutcomeUnknown> {
    let key = payment.key.as_str();
    match payment.next_step() {
        // The call that reserves may never have arrived. Made again with the same key it makes no second charge,
        // and its answer is definite; to declare the attempt dead instead would be a guess.
        None | Some(Step::Ask) => match gateway.find(key).await? {
            Some(answer) => Ok(answer),
            None => gateway.authorize(&payment.authorization()).await,
        },
        Some(Step::Void) => gateway.void(key).await,
        // After a first try its outcome is asked for before it is tried again.
        Some(Step::Capture) if asks > 1 => match gateway.find(key).await? {
            Some(answer) if answer.charge != Charge::Authorized => Ok(answer),
            _ => gateway.capture(key).await,
        },
        Some(Step::Capture) => gateway.capture(key).await,
    }
}
