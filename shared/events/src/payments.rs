//! Published by payments.

use contracts::{
    Money,
    ids::{OrderId, PaymentId, RefundId, UserId},
    payments::{PaymentStatus, RefundStatus},
};

facts! {
    /// What can happen to a payment.
    pub enum PaymentFact {
        /// Money is reserved: orders answers with `confirming` or `authorization_refused`.
        Authorized = "authorized",
        /// The card was declined; the hold stays.
        Declined = "declined",
        /// Money was taken.
        Captured = "captured",
        /// The reservation was given back.
        Voided = "voided",
        /// The capture was definitively refused.
        Failed = "failed",
        /// Money went back, a part or all of it: `refunded` says how much so far.
        Refunded = "refunded",
    }
}

facts! {
    /// What can happen to a refund.
    pub enum RefundFact {
        /// The money is on its way back.
        Issued = "issued",
        /// The provider refused for good: the money did not go back.
        Failed = "failed",
    }
}

states! {
    /// One attempt to pay for an order.
    pub struct Payment {
        /// The payment.
        pub id: PaymentId,
        /// What it pays for.
        pub order: OrderId,
        /// Who pays.
        pub buyer: UserId,
        /// How much.
        pub amount: Money,
        /// How much went back.
        pub refunded: Money,
        /// Where it stands.
        pub status: PaymentStatus,
        /// Goes up with every change.
        pub version: i64,
    }

    /// Money on its way back.
    pub struct Refund {
        /// The refund.
        pub id: RefundId,
        /// Of which payment.
        pub payment: PaymentId,
        /// Of which order.
        pub order: OrderId,
        /// How much.
        pub amount: Money,
        /// Has all of the payment gone back with it?
        pub full: bool,
        /// Why.
        pub reason: String,
        /// Where it stands.
        pub status: RefundStatus,
        /// Goes up with every change.
        pub version: i64,
    }
}

aggregate!(Payment, "payments", "payment", PaymentFact, id);
aggregate!(Refund, "payments", "refund", RefundFact, id);
