//! A payment and what may become of it.
//!
//! A payment moves for two reasons: the provider says where its charge stands ([`Payment::learn`]), or orders
//! says what shall become of it ([`Payment::want_capture`], [`Payment::abandon`]). Each transition consumes the
//! payment and gives what it has become, the fact that tells of it, and what it means in money.

pub(crate) mod open;

use crate::provider::{Answer, Authorization, Charge};
use contracts::{
    Money, Timestamp,
    ids::{OrderId, PaymentId, UserId},
    payments::PaymentStatus,
};
use events::payments::PaymentFact;

/// What shall become of a payment, as orders decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Its order is confirming: take the money.
    Capture,
    /// Its order is dead: give the reservation back.
    Void,
}

impl Wish {
    /// The word in the table.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Void => "void",
        }
    }
}

/// One attempt to pay for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) order: OrderId,
    pub(crate) buyer: UserId,
    /// The provider's idempotency key: `order:<id>:<attempt>`.
    pub(crate) key: String,
    /// The provider's own name of the charge.
    pub(crate) reference: Option<String>,
    pub(crate) method: String,
    pub(crate) amount: Money,
    pub(crate) status: PaymentStatus,
    /// Where the provider asks the buyer, while `requires_action`.
    pub(crate) challenge_url: Option<String>,
    pub(crate) wish: Option<Wish>,
    /// How much was asked to go back; what has gone back is within it.
    pub(crate) reserved: i64,
    /// How much has gone back.
    pub(crate) refunded: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) version: i64,
}

/// What a change means in money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing moved.
    None,
    /// Money was taken for an order that entered `confirming` in time.
    Sold,
    /// Money was taken although its order is dead: all of it must go back.
    LateMoney,
}

/// What a payment has become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) payment: Payment,
    pub(crate) fact: Option<PaymentFact>,
    pub(crate) effect: Effect,
}

/// What becomes of the payment of a dead order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Abandoned {
    /// Nothing was reserved, or it is being given back already.
    Nothing,
    /// Give the reservation back, as soon as there is one.
    Void(Payment),
    /// Money was taken: this much must go back.
    Refund(Payment, Money),
}

/// The payment is not in a state that allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payment is not in a state that allows it")]
pub(crate) struct WrongState;

/// Why an amount cannot go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefundError {
    #[error("no money was taken")]
    NotCaptured,
    #[error("nothing is left to go back")]
    NothingLeft,
    #[error("it is of another currency")]
    Currency,
    #[error("it is more than what is left")]
    TooMuch,
}

impl Payment {
    /// The first step: the attempt is written down before the provider hears of it.
    pub(crate) fn begin(
        id: PaymentId,
        order: &crate::store::orders::OrderCopy,
        attempt: i32,
        method: String,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            order: order.id,
            buyer: order.buyer,
            key: format!("order:{}:{attempt}", order.id),
            reference: None,
            method,
            amount: order.total,
            status: PaymentStatus::Pending,
            challenge_url: None,
            wish: None,
            reserved: 0,
            refunded: 0,
            created_at: now,
            version: 1,
        }
    }

    /// What the provider says of the charge. None where that changes nothing.
    pub(crate) fn learn(&self, answer: &Answer) -> Option<Changed> {
        use PaymentStatus as P;
        let (to, fact, effect) = match (self.status, &answer.charge, self.wish) {
            (P::Pending, Charge::Challenge { .. }, _) => (P::RequiresAction, None, Effect::None),
            // A method that takes the money at once is reserved as far as orders is concerned: it is kept when
            // the order is confirmed and goes back when it is not.
            (P::Pending | P::RequiresAction, Charge::Authorized | Charge::Captured, _) => {
                (P::Authorized, Some(PaymentFact::Authorized), Effect::None)
            }
            (P::Pending | P::RequiresAction, Charge::Voided, Some(Wish::Void))
            | (P::Authorized, Charge::Declined | Charge::Voided | Charge::Failed, Some(Wish::Void)) => {
                (P::Voided, Some(PaymentFact::Voided), Effect::None)
            }
            (P::Pending | P::RequiresAction, Charge::Declined | Charge::Voided | Charge::Failed, _) => {
                (P::Declined, Some(PaymentFact::Declined), Effect::None)
            }
            (P::Authorized, Charge::Captured, Some(Wish::Capture)) => {
                (P::Captured, Some(PaymentFact::Captured), Effect::Sold)
            }
            (P::Authorized, Charge::Captured, Some(Wish::Void)) => {
                (P::Captured, Some(PaymentFact::Captured), Effect::LateMoney)
            }
            (P::Authorized, Charge::Declined | Charge::Voided | Charge::Failed, Some(Wish::Capture)) => {
                (P::Failed, Some(PaymentFact::Failed), Effect::None)
            }
            // The provider is not done, says what we know, or orders has not decided yet; or the payment has
            // ended, and what comes now is old news.
            (
                P::Pending
                | P::RequiresAction
                | P::Authorized
                | P::Captured
                | P::Declined
                | P::Voided
                | P::Failed
                | P::Refunded,
                _,
                _,
            ) => return None,
        };
        let challenge_url = match &answer.charge {
            Charge::Challenge { url } => url.clone(),
            _ => None,
        };
        let reference = answer.reference.clone().or_else(|| self.reference.clone());
        let payment = Self { reference, challenge_url, ..self.becomes(to) };
        Some(Changed { payment, fact, effect })
    }

    /// The buyer came back from the challenge: the provider is asked again.
    pub(crate) fn confirm(&self) -> Result<Self, WrongState> {
        match self.status {
            PaymentStatus::RequiresAction => Ok(self.becomes(PaymentStatus::Pending)),
            _ => Err(WrongState),
        }
    }

    /// Its order is confirming. None where that is known.
    pub(crate) fn want_capture(&self) -> Result<Option<Self>, WrongState> {
        use PaymentStatus as P;
        match (self.status, self.wish) {
            (P::Authorized, None) => Ok(Some(self.wishes(Wish::Capture))),
            (P::Authorized | P::Captured | P::Failed | P::Refunded, Some(Wish::Capture)) => Ok(None),
            (_, _) => Err(WrongState),
        }
    }

    /// Its order is dead.
    pub(crate) fn abandon(&self) -> Result<Abandoned, WrongState> {
        use PaymentStatus as P;
        match (self.status, self.wish) {
            (P::Pending | P::RequiresAction | P::Authorized, None) => {
                Ok(Abandoned::Void(self.wishes(Wish::Void)))
            }
            (P::Pending | P::RequiresAction | P::Authorized, Some(Wish::Void))
            | (P::Declined | P::Voided | P::Failed | P::Refunded, _) => Ok(Abandoned::Nothing),
            (P::Captured, _) => match self.reserve(None) {
                Ok((payment, amount)) => Ok(Abandoned::Refund(payment, amount)),
                Err(_) => Ok(Abandoned::Nothing),
            },
            // What is being captured belongs to an order that is confirming, and such an order does not die.
            (P::Pending | P::RequiresAction | P::Authorized, Some(Wish::Capture)) => Err(WrongState),
        }
    }

    /// Sets an amount aside to go back; all that is left where none is named.
    pub(crate) fn reserve(&self, amount: Option<Money>) -> Result<(Self, Money), RefundError> {
        match self.status {
            PaymentStatus::Captured => {}
            PaymentStatus::Refunded => return Err(RefundError::NothingLeft),
            _ => return Err(RefundError::NotCaptured),
        }
        let left = Money::new(self.amount.amount - self.reserved, self.amount.currency);
        let amount = amount.unwrap_or(left);
        if amount.currency != left.currency {
            return Err(RefundError::Currency);
        }
        if left.amount == 0 {
            return Err(RefundError::NothingLeft);
        }
        if amount.amount > left.amount || amount.amount <= 0 {
            return Err(RefundError::TooMuch);
        }
        let reserved = self.reserved + amount.amount;
        Ok((Self { reserved, ..self.becomes(self.status) }, amount))
    }

    /// An amount that was set aside has gone back.
    pub(crate) fn give_back(&self, amount: Money) -> Result<Self, WrongState> {
        let refunded = self.refunded + amount.amount;
        if self.status != PaymentStatus::Captured || refunded > self.reserved {
            return Err(WrongState);
        }
        let all = refunded == self.amount.amount;
        let status = if all { PaymentStatus::Refunded } else { PaymentStatus::Captured };
        Ok(Self { refunded, ..self.becomes(status) })
    }

    /// An amount that was set aside stays: the provider refused to send it back.
    pub(crate) fn keep(&self, amount: Money) -> Result<Self, WrongState> {
        let reserved = self.reserved - amount.amount;
        if self.status != PaymentStatus::Captured || reserved < self.refunded {
            return Err(WrongState);
        }
        Ok(Self { reserved, ..self.becomes(self.status) })
    }

    /// What the provider shall reserve.
    pub(crate) fn authorization(&self) -> Authorization {
        Authorization { key: self.key.clone(), method: self.method.clone(), amount: self.amount }
    }

    /// The public state that others copy.
    pub(crate) fn snapshot(&self) -> events::payments::Payment {
        events::payments::Payment {
            id: self.id,
            order: self.order,
            buyer: self.buyer,
            amount: self.amount,
            refunded: Money::new(self.refunded, self.amount.currency),
            status: self.status,
            version: self.version,
        }
    }

    fn becomes(&self, status: PaymentStatus) -> Self {
        Self { status, version: self.version + 1, ..self.clone() }
    }

    fn wishes(&self, wish: Wish) -> Self {
        Self { wish: Some(wish), ..self.becomes(self.status) }
    }
}

#[cfg(test)]
#[path = "payment_tests.rs"]
mod tests;
