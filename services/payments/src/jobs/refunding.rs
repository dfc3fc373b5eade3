//! Refunds that the provider has not sent on their way yet.

use super::{AT_ONCE, backoff, lease};
use crate::{
    error::Error,
    settle,
    state::Payments,
    store::{self, refunds::Refund},
};
use futures::future::join_all;

/// Does what is due. True where something was.
pub(super) async fn once(state: &Payments) -> Result<bool, Error> {
    let mut connection = state.pool.acquire().await?;
    let due = store::refunds::claim_due(&mut connection, AT_ONCE, lease(state)).await?;
    drop(connection);
    let some = !due.is_empty();
    join_all(due.into_iter().map(|(refund, asks)| advance(state, refund, asks))).await;
    Ok(some)
}

#[tracing::instrument(name = "payments.refund", skip_all, fields(refund.id = %refund.id, asks))]
async fn advance(state: &Payments, refund: Refund, asks: i32) {
    if let Err(error) = try_advance(state, &refund, asks).await {
        // It is due again when the lease ends.
        tracing::warn!(%error, "a refund could not be written down");
    }
}

async fn try_advance(state: &Payments, refund: &Refund, asks: i32) -> Result<(), Error> {
    let mut connection = state.pool.acquire().await?;
    let payment = store::payments::find(&mut connection, refund.payment).await?.ok_or(Error::NotFound)?;
    drop(connection);
    match state.gateway.refund(&payment.key, &refund.key(), refund.amount).await {
        Ok(()) => settle::issued(state, refund).await,
        Err(error) => {
            // The same key again: it goes out once, however often it is tried.
            tracing::warn!(%error, "a refund did not go out: trying again");
            let mut connection = state.pool.acquire().await?;
            Ok(store::refunds::postpone(&mut connection, refund.id, backoff(asks)).await?)
        }
    }
}
