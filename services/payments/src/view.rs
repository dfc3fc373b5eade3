//! Payments and refunds as the API shows them.

use crate::{payment::Payment, store::refunds::Refund};
use contracts::{
    Money,
    payments::{NextAction, PaymentStatus, PaymentView, RefundView},
};

/// A payment as its buyer sees it.
pub(crate) fn payment_view(payment: &Payment) -> PaymentView {
    let next_action = (payment.status == PaymentStatus::RequiresAction)
        .then(|| NextAction { kind: "challenge".to_owned(), url: payment.challenge_url.clone() });
    PaymentView {
        id: payment.id,
        order_id: payment.order,
        status: payment.status,
        amount: payment.amount,
        refunded: Money::new(payment.refunded, payment.amount.currency),
        next_action,
        created_at: payment.created_at,
    }
}

/// A refund as whoever asked for it sees it.
pub(crate) fn refund_view(refund: Refund) -> RefundView {
    RefundView {
        id: refund.id,
        payment_id: refund.payment,
        amount: refund.amount,
        reason: refund.reason,
        status: refund.status,
        created_at: refund.created_at,
    }
}
