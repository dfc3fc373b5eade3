//! Writing down what was learned or decided: the payment, its fact and its money, in one transaction.

use crate::{
    error::Error,
    payment::{Abandoned, Changed, Effect, Payment},
    provider::Answer,
    state::Payments,
    store::{self, refunds::Asked, refunds::Refund},
};
use contracts::{Money, Timestamp, ids::PaymentId, payments::RefundStatus};
use events::{
    outbox,
    payments::{PaymentFact, RefundFact},
};
use sqlx::{PgConnection, PgTransaction};
use std::time::Duration;

/// Writes down what the provider said of a payment, which is locked first. Gives the payment as it is then.
pub(crate) async fn learn(
    tx: &mut PgTransaction<'_>,
    id: PaymentId,
    answer: &Answer,
    now: Timestamp,
) -> Result<Payment, Error> {
    let payment = store::payments::lock(tx, id).await?.ok_or(Error::NotFound)?;
    match payment.learn(answer) {
        Some(changed) => apply(tx, changed, now).await,
        None => Ok(payment),
    }
}

async fn apply(tx: &mut PgTransaction<'_>, changed: Changed, now: Timestamp) -> Result<Payment, Error> {
    let Changed { payment, fact, effect } = changed;
    store::payments::save(tx, &payment, Duration::ZERO).await?;
    if let Some(fact) = fact {
        outbox::publish(tx, fact, &payment.snapshot()).await?;
        metrics::counter!("payments_total", "status" => payment.status.as_str()).increment(1);
    }
    match effect {
        Effect::None => Ok(payment),
        Effect::Sold => {
            store::ledger::book_capture(tx, &payment).await?;
            store::ledger::book_sale(tx, &payment).await?;
            Ok(payment)
        }
        Effect::LateMoney => {
            tracing::warn!(payment = %payment.id, order = %payment.order, "money came late: it goes back");
            store::ledger::book_capture(tx, &payment).await?;
            let (payment, amount) = payment.reserve(None)?;
            store::payments::save(tx, &payment, Duration::ZERO).await?;
            send_back(tx, &payment, amount, "The order ended before the money arrived", now).await?;
            Ok(payment)
        }
    }
}

/// The order of a payment is dead: whatever was reserved or taken goes back.
pub(crate) async fn abandon(
    tx: &mut PgTransaction<'_>,
    payment: &Payment,
    now: Timestamp,
) -> Result<(), Error> {
    match payment.abandon() {
        Ok(Abandoned::Nothing) => Ok(()),
        Ok(Abandoned::Void(payment)) => store::payments::save(tx, &payment, Duration::ZERO).await,
        Ok(Abandoned::Refund(payment, amount)) => {
            store::payments::save(tx, &payment, Duration::ZERO).await?;
            send_back(tx, &payment, amount, "The order ended before the money arrived", now).await
        }
        Err(_) => Err(Error::StateConflict("The payment is being captured")),
    }
}

/// All that is left of a payment shall go back. Nothing where all of it is on its way already.
pub(crate) async fn refund_the_rest(
    tx: &mut PgTransaction<'_>,
    payment: &Payment,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    match payment.reserve(None) {
        Ok((payment, amount)) => {
            store::payments::save(tx, &payment, Duration::ZERO).await?;
            send_back(tx, &payment, amount, reason, now).await
        }
        Err(crate::payment::RefundError::NothingLeft) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn send_back(
    tx: &mut PgTransaction<'_>,
    payment: &Payment,
    amount: Money,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let refund = new_refund(payment, amount, reason, now);
    store::refunds::insert(tx, &refund, None).await?;
    Ok(())
}

/// Writes down a refund that somebody asked for.
pub(crate) async fn refund_asked(
    tx: &mut PgTransaction<'_>,
    payment: &Payment,
    reason: &str,
    asked: &Asked,
    now: Timestamp,
) -> Result<Refund, Error> {
    let (payment, amount) = payment.reserve(asked.amount)?;
    store::payments::save(tx, &payment, Duration::ZERO).await?;
    let refund = new_refund(&payment, amount, reason, now);
    if !store::refunds::insert(tx, &refund, Some(asked)).await? {
        return Err(Error::Suspended);
    }
    Ok(refund)
}

fn new_refund(payment: &Payment, amount: Money, reason: &str, now: Timestamp) -> Refund {
    Refund {
        id: service::new_id(),
        payment: payment.id,
        order: payment.order,
        amount,
        reason: reason.to_owned(),
        status: RefundStatus::Pending,
        created_at: now,
        version: 1,
    }
}

/// Locks a refund and its payment; nothing where it has ended already.
async fn lock_pending(tx: &mut PgConnection, refund: &Refund) -> Result<Option<(Payment, Refund)>, Error> {
    let payment = store::payments::lock(tx, refund.payment).await?.ok_or(Error::NotFound)?;
    let refund = store::refunds::lock(tx, refund.id).await?.ok_or(Error::NotFound)?;
    Ok((refund.status == RefundStatus::Pending).then_some((payment, refund)))
}

/// The provider has sent a refund on its way: payment, refund, ledger and fact.
pub(crate) async fn issued(state: &Payments, refund: &Refund) -> Result<(), Error> {
    let mut tx = state.pool.begin().await?;
    let Some((payment, refund)) = lock_pending(&mut tx, refund).await? else { return Ok(()) };
    let after = payment
        .give_back(refund.amount)
        .map_err(|_| Error::StateConflict("More would go back than was set aside"))?;
    store::ledger::book_refund(&mut tx, &payment, &refund).await?;
    store::payments::save(&mut tx, &after, Duration::ZERO).await?;
    let refund = Refund { status: RefundStatus::Issued, version: refund.version + 1, ..refund };
    store::refunds::save_ended(&mut tx, &refund, None).await?;
    outbox::publish(&mut tx, PaymentFact::Refunded, &after.snapshot()).await?;
    let full = after.refunded == after.amount.amount;
    outbox::publish(&mut tx, RefundFact::Issued, &refund.snapshot(full)).await?;
    tx.commit().await?;
    state.backbone.wake();
    metrics::counter!("refunds_total", "outcome" => "issued").increment(1);
    Ok(())
}

/// The provider will not send a refund on its way: what was set aside for it is free to be asked for again. The alarm
/// counts what the system had asked for until somebody does.
pub(crate) async fn refused(state: &Payments, refund: &Refund, reason: &str) -> Result<(), Error> {
    let mut tx = state.pool.begin().await?;
    let Some((payment, refund)) = lock_pending(&mut tx, refund).await? else { return Ok(()) };
    let after = payment
        .keep(refund.amount)
        .map_err(|_| Error::StateConflict("More would be kept than was set aside"))?;
    store::payments::save(&mut tx, &after, Duration::ZERO).await?;
    let refund = Refund { status: RefundStatus::Failed, version: refund.version + 1, ..refund };
    store::refunds::save_ended(&mut tx, &refund, Some(reason)).await?;
    outbox::publish(&mut tx, RefundFact::Failed, &refund.snapshot(false)).await?;
    tx.commit().await?;
    state.backbone.wake();
    metrics::counter!("refunds_total", "outcome" => "refused").increment(1);
    Ok(())
}
