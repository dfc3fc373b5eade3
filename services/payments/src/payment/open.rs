//! What is open of a payment: what is to be done at the provider, and whose answer is awaited.

use super::{Payment, Wish};
use contracts::payments::PaymentStatus;

/// What is to be done at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Find out what became of the authorisation.
    Ask,
    /// Take the money.
    Capture,
    /// Give the reservation back.
    Void,
}

/// What somebody else has yet to say of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The provider: was money reserved?
    Authorize,
    /// Orders: shall the reserved money be taken or given back?
    Answer,
    /// The provider: was it taken?
    Capture,
    /// The provider: was it given back?
    Void,
}

impl Question {
    /// The word in the table.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Answer => "answer",
            Self::Capture => "capture",
            Self::Void => "void",
        }
    }
}

impl Payment {
    /// What is open, if anything.
    pub(crate) const fn question(&self) -> Option<Question> {
        match (self.next_step(), self.status) {
            (Some(Step::Ask), _) => Some(Question::Authorize),
            (Some(Step::Capture), _) => Some(Question::Capture),
            (Some(Step::Void), _) => Some(Question::Void),
            (None, PaymentStatus::Authorized) => Some(Question::Answer),
            (None, _) => None,
        }
    }

    /// What is to be done at the provider, if anything.
    pub(crate) const fn next_step(&self) -> Option<Step> {
        use PaymentStatus as P;
        match (self.status, self.wish) {
            // Nobody wants the money of a dead order any more: what may still be under way is ended, not made.
            (P::Pending | P::RequiresAction | P::Authorized, Some(Wish::Void)) => Some(Step::Void),
            (P::Pending, None | Some(Wish::Capture)) => Some(Step::Ask),
            (P::Authorized, Some(Wish::Capture)) => Some(Step::Capture),
            (P::RequiresAction, None | Some(Wish::Capture))
            | (P::Authorized, None)
            | (P::Captured | P::Declined | P::Voided | P::Failed | P::Refunded, _) => None,
        }
    }
}
