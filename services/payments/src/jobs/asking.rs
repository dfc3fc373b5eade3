//! Payments with an open question at the provider: asked for, captured, given back, until the answer is definite.

use super::{backoff, lease, slots::Work, wake::Worker};
use crate::{
    error::Error,
    payment::{Payment, open::Step},
    provider::{Answer, Charge, Gateway, OutcomeUnknown},
    settle,
    state::Payments,
    store,
};

/// Payments, and how often each was asked for.
pub(super) struct Asking;

impl Work for Asking {
    type Piece = (Payment, i32);
    const WORKER: Worker = Worker::Asking;

    async fn claim(state: &Payments, limit: i64) -> Result<Vec<Self::Piece>, Error> {
        let mut connection = state.pool.acquire().await?;
        Ok(store::payments::claim_due(&mut connection, limit, lease(state)).await?)
    }

    #[tracing::instrument(name = "payments.advance", skip_all, fields(payment.id = %payment.id, asks))]
    async fn advance(state: Payments, (payment, asks): Self::Piece) {
        if let Err(error) = try_advance(&state, &payment, asks).await {
            // It is due again when the lease ends.
            tracing::warn!(%error, "what the provider said could not be written down");
        }
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
        // Whether or not the call that reserves has arrived: nothing is reserved for a dead order.
        Some(Step::Void) => gateway.void(&payment.authorization()).await,
        // After a first try its outcome is asked for before it is tried again.
        Some(Step::Capture) if asks > 1 => match gateway.find(key).await? {
            Some(answer) if answer.charge != Charge::Authorized => Ok(answer),
            _ => gateway.capture(key).await,
        },
        Some(Step::Capture) => gateway.capture(key).await,
    }
}
