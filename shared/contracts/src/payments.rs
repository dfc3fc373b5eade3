//! Payments: money authorised, captured, voided and refunded.

use crate::{
    Money,
    ids::{OrderId, PaymentId, RefundId},
    validate::{FieldErrors, Validate},
};
use chrono::{DateTime, Utc};

words! {
    /// Where a payment stands.
    pub enum PaymentStatus {
        /// The provider is being asked.
        Pending = "pending",
        /// The buyer must pass a challenge first.
        RequiresAction = "requires_action",
        /// Money is reserved, not taken.
        Authorized = "authorized",
        /// Money was taken.
        Captured = "captured",
        /// The card was declined; nothing was charged.
        Declined = "declined",
        /// The reservation was given back; nothing was charged.
        Voided = "voided",
        /// The capture was definitively refused; nothing was charged.
        Failed = "failed",
        /// All of it went back.
        Refunded = "refunded",
    }
}

words! {
    /// Where a refund stands.
    pub enum RefundStatus {
        /// The provider is being asked.
        Pending = "pending",
        /// The money is on its way.
        Issued = "issued",
        /// The provider refused for good: the money stays where it is, and may be asked for again.
        Failed = "failed",
    }
}

dto! {
    /// `POST /api/payments` with `Idempotency-Key`
    #[serde(deny_unknown_fields)]
    pub struct Pay {
        /// The order.
        pub order_id: OrderId,
        /// A provider's token of a payment method, never a card number: such as `pm_card_visa`.
        pub method: String,
    }

    /// One attempt to pay.
    pub struct PaymentView {
        /// The payment.
        pub id: PaymentId,
        /// What it pays for.
        pub order_id: OrderId,
        /// Where it stands.
        pub status: PaymentStatus,
        /// How much.
        pub amount: Money,
        /// How much went back.
        pub refunded: Money,
        /// What the buyer must do, while `requires_action`.
        pub next_action: Option<NextAction>,
        /// When it was begun.
        pub created_at: DateTime<Utc>,
    }

    /// What the buyer must do before the payment goes on.
    pub struct NextAction {
        /// Always `challenge`: confirm with `POST /api/payments/{id}/confirm`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Where the provider asks; absent for the sandbox, whose challenge is on our own page.
        pub url: Option<String>,
    }

    /// `POST /api/payments/{id}/confirm`; the body may be left out.
    #[serde(deny_unknown_fields)]
    pub struct ConfirmPayment {
        /// Did the buyer pass the challenge? Only the sandbox, whose challenge is on our own page, needs to be
        /// told; a real provider knows. True where absent.
        pub passed: Option<bool>,
    }

    /// `POST /api/payments/{id}/refunds` with `Idempotency-Key`
    #[serde(deny_unknown_fields)]
    pub struct RequestRefund {
        /// How much; all that is left where absent.
        pub amount: Option<Money>,
        /// Why.
        pub reason: String,
    }

    /// Money on its way back.
    pub struct RefundView {
        /// The refund.
        pub id: RefundId,
        /// Of which payment.
        pub payment_id: PaymentId,
        /// How much.
        pub amount: Money,
        /// Why.
        pub reason: String,
        /// Where it stands.
        pub status: RefundStatus,
        /// When it was asked for.
        pub created_at: DateTime<Utc>,
    }
}

impl Validate for Pay {
    fn validate(&self, errors: &mut FieldErrors) {
        let token = (3..=255).contains(&self.method.len())
            && self.method.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        errors.check(token, "method", "invalid_method", "Choose how to pay");
    }
}

impl Validate for RequestRefund {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("reason", "a reason", &self.reason, (1, 500));
        let positive = self.amount.is_none_or(|amount| amount.amount > 0);
        errors.check(positive, "amount", "out_of_range", "Enter an amount above zero");
    }
}
