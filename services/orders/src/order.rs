//! An order and what may become of it.
//!
//! A transition consumes the order and gives what it has become together with the fact that tells of it, so
//! that no caller can change the one and forget the other. What may not happen is an error, never a no-op.

use contracts::{
    Money, Timestamp,
    ids::{OrderId, PaymentId, ShowId, UserId},
    money::MoneyError,
    orders::{CancelReason, OrderStatus},
};
use events::orders::{OrderFact, OrderItem};

/// A buyer's hold and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) buyer: UserId,
    pub(crate) show: ShowId,
    pub(crate) items: Vec<OrderItem>,
    pub(crate) total: Money,
    pub(crate) fee: Money,
    /// How much of the total went back.
    pub(crate) refunded: Money,
    pub(crate) hold_seconds: u32,
    pub(crate) expires_at: Timestamp,
    pub(crate) placed_at: Timestamp,
    pub(crate) state: OrderState,
    pub(crate) version: i64,
}

/// Where an order stands, with what only that state knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderState {
    /// Units are held until `expires_at`.
    AwaitingPayment,
    /// Its money is being captured: no deadline from here on.
    Confirming { payment: PaymentId },
    /// Paid, or free of charge where there is no payment.
    Complete { payment: Option<PaymentId>, refund_requested: bool },
    /// Ended without a sale.
    Cancelled { reason: CancelReason, payment: Option<PaymentId> },
    /// Its money went back.
    Refunded { payment: Option<PaymentId> },
}

/// What an order has become, and the fact that tells of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Changed {
    pub(crate) order: Order,
    pub(crate) fact: OrderFact,
    /// The payment whose authorisation was refused, in `authorization_refused`.
    pub(crate) refused_payment: Option<PaymentId>,
}

/// What is true at the moment at which an authorisation is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances {
    pub(crate) now: Timestamp,
    pub(crate) buyer_banned: bool,
    pub(crate) show_cancelled: bool,
    /// Does the money go back that was paid for a ticket of this order before, by who resells it?
    pub(crate) origin_ended: bool,
}

/// What a new order is made of.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) id: OrderId,
    pub(crate) buyer: UserId,
    pub(crate) show: ShowId,
    pub(crate) items: Vec<OrderItem>,
    pub(crate) hold_seconds: u32,
    /// When the hold ends at the latest, where it goes on from an earlier one.
    pub(crate) expires_by: Option<Timestamp>,
}

/// Why an order may not be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("an order holds at least one unit")]
    Empty,
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Why an authorisation is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfirmError {
    #[error("the order no longer awaits payment")]
    NotAwaiting,
    #[error("the hold ran out")]
    Expired,
    #[error("the amount is not the order's total")]
    Amount,
}

/// Why an order may not be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CancelError {
    #[error("the order is being confirmed")]
    Confirming,
    #[error("the order has ended")]
    Ended,
}

/// The order is not in the state that the transition begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is not in a state that allows it")]
pub(crate) struct WrongState;

impl Order {
    /// A new order whose units are held from `now` on.
    pub(crate) fn place(draft: Draft, now: Timestamp) -> Result<Changed, PlaceError> {
        let (total, fee) = sums(&draft.items)?;
        let full = now + chrono::Duration::seconds(i64::from(draft.hold_seconds));
        let order = Self {
            id: draft.id,
            buyer: draft.buyer,
            show: draft.show,
            items: draft.items,
            total,
            fee,
            refunded: Money::zero(total.currency),
            hold_seconds: draft.hold_seconds,
            expires_at: draft.expires_by.map_or(full, |by| full.min(by)),
            placed_at: now,
            state: OrderState::AwaitingPayment,
            version: 1,
        };
        Ok(Changed { order, fact: OrderFact::Placed, refused_payment: None })
    }

    /// Accepts an authorisation: from here on the order has no deadline.
    pub(crate) fn confirm(
        self,
        payment: PaymentId,
        amount: Money,
        now: Timestamp,
    ) -> Result<Changed, ConfirmError> {
        if self.state != OrderState::AwaitingPayment {
            return Err(ConfirmError::NotAwaiting);
        }
        if self.is_expired(now) {
            return Err(ConfirmError::Expired);
        }
        if amount != self.total {
            return Err(ConfirmError::Amount);
        }
        Ok(self.becomes(OrderState::Confirming { payment }, OrderFact::Confirming))
    }

    /// Answers an authorisation, always with exactly one of two facts: `confirming` or `authorization_refused`.
    /// An order that cannot be paid any more is cancelled first. One whose resold ticket is void by now is only refused:
    /// nothing is charged, and its hold runs out or is let go.
    pub(crate) fn answer(self, payment: PaymentId, amount: Money, at: Circumstances) -> Vec<Changed> {
        let lost = match self.state {
            OrderState::AwaitingPayment if at.buyer_banned => Some(CancelReason::Banned),
            OrderState::AwaitingPayment if at.show_cancelled => Some(CancelReason::ShowCancelled),
            OrderState::AwaitingPayment if self.is_expired(at.now) => Some(CancelReason::Expired),
            _ => None,
        };
        if let Some(reason) = lost
            && let Ok(cancelled) = self.clone().cancel(reason)
        {
            let refused = cancelled.order.clone().refuse(payment);
            return vec![cancelled, refused];
        }
        if at.origin_ended {
            return vec![self.refuse(payment)];
        }
        match self.clone().confirm(payment, amount, at.now) {
            Ok(confirming) => vec![confirming],
            Err(_) => vec![self.refuse(payment)],
        }
    }

    /// Says that an authorisation is refused. The order stays as it is.
    pub(crate) fn refuse(self, payment: PaymentId) -> Changed {
        let state = self.state;
        let refused = self.becomes(state, OrderFact::AuthorizationRefused);
        Changed { refused_payment: Some(payment), ..refused }
    }

    /// The money that was accepted was taken.
    pub(crate) fn complete(self, payment: PaymentId) -> Result<Changed, WrongState> {
        if self.state != (OrderState::Confirming { payment }) {
            return Err(WrongState);
        }
        let state = OrderState::Complete { payment: Some(payment), refund_requested: false };
        Ok(self.becomes(state, OrderFact::Completed))
    }

    /// Completes an order that costs nothing.
    pub(crate) fn complete_free(self) -> Result<Changed, WrongState> {
        if self.state != OrderState::AwaitingPayment || self.total.amount != 0 {
            return Err(WrongState);
        }
        let state = OrderState::Complete { payment: None, refund_requested: false };
        Ok(self.becomes(state, OrderFact::Completed))
    }

    /// The capture of the accepted payment was definitively refused.
    pub(crate) fn fail(self, payment: PaymentId) -> Result<Changed, WrongState> {
        if self.state != (OrderState::Confirming { payment }) {
            return Err(WrongState);
        }
        let state = OrderState::Cancelled { reason: CancelReason::PaymentFailed, payment: Some(payment) };
        Ok(self.becomes(state, OrderFact::Cancelled))
    }

    /// Lets the units go.
    pub(crate) fn cancel(self, reason: CancelReason) -> Result<Changed, CancelError> {
        match self.state {
            OrderState::AwaitingPayment => {
                let state = OrderState::Cancelled { reason, payment: None };
                Ok(self.becomes(state, OrderFact::Cancelled))
            }
            OrderState::Confirming { .. } => Err(CancelError::Confirming),
            OrderState::Complete { .. } | OrderState::Cancelled { .. } | OrderState::Refunded { .. } => {
                Err(CancelError::Ended)
            }
        }
    }

    /// Asks for the money to go back; where none was paid the order is refunded at once.
    pub(crate) fn request_refund(self) -> Result<Changed, WrongState> {
        match self.state {
            OrderState::Complete { payment: None, .. } => {
                Ok(self.becomes(OrderState::Refunded { payment: None }, OrderFact::Refunded))
            }
            OrderState::Complete { payment, refund_requested: false } => {
                let state = OrderState::Complete { payment, refund_requested: true };
                Ok(self.becomes(state, OrderFact::RefundRequested))
            }
            _ => Err(WrongState),
        }
    }

    /// All of the order's money went back.
    pub(crate) fn refund(self, payment: PaymentId) -> Result<Changed, WrongState> {
        match self.state {
            OrderState::Complete { payment: Some(paid), .. } if paid == payment => {
                let whole = Self { refunded: self.total, ..self };
                Ok(whole.becomes(OrderState::Refunded { payment: Some(paid) }, OrderFact::Refunded))
            }
            _ => Err(WrongState),
        }
    }

    /// A part of the order's money went back; the order stands.
    pub(crate) fn refund_part(self, payment: PaymentId, part: Money) -> Result<Changed, WrongState> {
        let refunded = self.refunded.plus(part).map_err(|_| WrongState)?;
        match self.state {
            OrderState::Complete { payment: Some(paid), .. }
                if paid == payment && part.amount > 0 && refunded.amount <= self.total.amount =>
            {
                let state = self.state;
                Ok(Self { refunded, ..self }.becomes(state, OrderFact::PartlyRefunded))
            }
            _ => Err(WrongState),
        }
    }

    /// The order as it was when it was placed, whatever became of it: what a repeated request is answered.
    pub(crate) fn as_placed(&self) -> Self {
        let (state, version) = match self.total.amount {
            0 => (OrderState::Complete { payment: None, refund_requested: false }, 2),
            _ => (OrderState::AwaitingPayment, 1),
        };
        Self { state, version, refunded: Money::zero(self.total.currency), ..self.clone() }
    }

    /// Has the hold run out?
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// The word for its state.
    pub(crate) const fn status(&self) -> OrderStatus {
        match self.state {
            OrderState::AwaitingPayment => OrderStatus::AwaitingPayment,
            OrderState::Confirming { .. } => OrderStatus::Confirming,
            OrderState::Complete { .. } => OrderStatus::Complete,
            OrderState::Cancelled { .. } => OrderStatus::Cancelled,
            OrderState::Refunded { .. } => OrderStatus::Refunded,
        }
    }

    /// Why it was cancelled.
    pub(crate) const fn cancel_reason(&self) -> Option<CancelReason> {
        match self.state {
            OrderState::Cancelled { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The payment that was accepted.
    pub(crate) const fn payment(&self) -> Option<PaymentId> {
        match self.state {
            OrderState::AwaitingPayment => None,
            OrderState::Confirming { payment } => Some(payment),
            OrderState::Complete { payment, .. }
            | OrderState::Cancelled { payment, .. }
            | OrderState::Refunded { payment } => payment,
        }
    }

    /// Is its refund under way?
    pub(crate) const fn is_refund_requested(&self) -> bool {
        matches!(self.state, OrderState::Complete { refund_requested: true, .. })
    }

    fn becomes(self, state: OrderState, fact: OrderFact) -> Changed {
        let order = Self { state, version: self.version + 1, ..self };
        Changed { order, fact, refused_payment: None }
    }
}

impl Changed {
    /// The order's whole public state after the fact.
    pub(crate) fn snapshot(&self) -> events::orders::Order {
        let order = &self.order;
        events::orders::Order {
            id: order.id,
            buyer: order.buyer,
            show: order.show,
            items: order.items.clone(),
            total: order.total,
            fee: order.fee,
            status: order.status(),
            cancel_reason: order.cancel_reason(),
            expires_at: order.expires_at,
            payment: order.payment(),
            refused_payment: self.refused_payment,
            refunded: Some(order.refunded),
            placed_at: order.placed_at,
            version: order.version,
        }
    }
}

/// What the items cost together, and the fees within it.
fn sums(items: &[OrderItem]) -> Result<(Money, Money), PlaceError> {
    let Some(first) = items.first() else { return Err(PlaceError::Empty) };
    let zero = Money::zero(first.unit_price.currency);
    items.iter().try_fold((zero, zero), |(total, fee), item| {
        let count = u32::try_from(item.units.len()).map_err(|_| MoneyError::Overflow)?;
        if count == 0 {
            return Err(PlaceError::Empty);
        }
        Ok((total.plus(item.unit_price.times(count)?)?, fee.plus(item.unit_fee.times(count)?)?))
    })
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
