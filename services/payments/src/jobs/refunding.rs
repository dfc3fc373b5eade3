//! Refunds that the provider has not sent on their way yet.

use super::{backoff, lease, slots::Work, wake::Worker};
use crate::{
    error::Error,
    provider::RefundOutcome,
    settle,
    state::Payments,
    store::{self, refunds::Refund},
};

/// Refunds, and how often each was tried.
pub(super) struct Refunding;

impl Work for Refunding {
    type Piece = (Refund, i32);
    const WORKER: Worker = Worker::Refunding;

    async fn claim(state: &Payments, limit: i64) -> Result<Vec<Self::Piece>, Error> {
        let mut connection = state.pool.acquire().await?;
        Ok(store::refunds::claim_due(&mut connection, limit, lease(state)).await?)
    }

    #[tracing::instrument(name = "payments.refund", skip_all, fields(refund.id = %refund.id, asks))]
    async fn advance(state: Payments, (refund, asks): Self::Piece) {
        if let Err(error) = try_advance(&state, &refund, asks).await {
            // It is due again when the lease ends.
            tracing::warn!(%error, "a refund could not be written down");
        }
    }
}

async fn try_advance(state: &Payments, refund: &Refund, asks: i32) -> Result<(), Error> {
    let mut connection = state.pool.acquire().await?;
    let payment = store::payments::find(&mut connection, refund.payment).await?.ok_or(Error::NotFound)?;
    drop(connection);
    match state.gateway.refund(&payment.key, &refund.key(), refund.amount).await {
        Ok(RefundOutcome::Issued) => settle::issued(state, refund).await,
        Ok(RefundOutcome::Refused(reason)) => {
            tracing::error!(reason, payment.id = %payment.id, "the provider refuses a refund for good");
            settle::refused(state, refund, &reason).await
        }
        Err(error) => {
            // The same key again: it goes out once, however often it is tried.
            tracing::warn!(%error, "a refund did not go out: trying again");
            let mut connection = state.pool.acquire().await?;
            Ok(store::refunds::postpone(&mut connection, refund.id, backoff(asks)).await?)
        }
    }
}
