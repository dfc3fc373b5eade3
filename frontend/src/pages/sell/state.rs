//! What a show and its orders are called on the seller's pages.

use crate::{
    components::{Tag, TagKind},
    visit::now,
};
use contracts::{
    Timestamp,
    orders::{CancelReason, OrderStatus},
    shows::ShowStatus,
};
use leptos::prelude::*;

/// A show's state and whether it has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShowState {
    /// Only its organiser sees it.
    Draft,
    /// Everybody sees it.
    Published,
    /// It has begun.
    Begun,
    /// It will not take place.
    Cancelled,
}

impl ShowState {
    /// The state of a show that begins at `starts_at`.
    pub(crate) fn of(status: ShowStatus, starts_at: Timestamp) -> Self {
        match status {
            ShowStatus::Draft => Self::Draft,
            ShowStatus::Published if starts_at <= now() => Self::Begun,
            ShowStatus::Published => Self::Published,
            ShowStatus::Cancelled => Self::Cancelled,
        }
    }

    /// The word with its mark.
    pub(crate) fn tag(self) -> impl IntoView + use<> {
        let (kind, word) = match self {
            Self::Draft => (TagKind::Warn, "Draft"),
            Self::Published => (TagKind::Ok, "Published"),
            Self::Begun => (TagKind::Mute, "Begun"),
            Self::Cancelled => (TagKind::Danger, "Cancelled"),
        };
        view! { <Tag kind>{word}</Tag> }
    }
}

/// Where an order stands, in a word or two.
pub(crate) fn order_tag(status: OrderStatus, reason: Option<CancelReason>) -> impl IntoView + use<> {
    let (kind, words) = match status {
        OrderStatus::AwaitingPayment => (TagKind::Warn, "Held"),
        OrderStatus::Confirming => (TagKind::Info, "Confirming"),
        OrderStatus::Complete => (TagKind::Ok, "Paid"),
        OrderStatus::Cancelled => (TagKind::Mute, ended(reason)),
        OrderStatus::Refunded => (TagKind::Info, "Refunded"),
    };
    view! { <Tag kind>{words}</Tag> }
}

const fn ended(reason: Option<CancelReason>) -> &'static str {
    match reason {
        Some(CancelReason::Buyer) => "Let go",
        Some(CancelReason::Expired) => "Hold ran out",
        Some(CancelReason::Banned) => "Buyer suspended",
        Some(CancelReason::ShowCancelled) => "Show cancelled",
        Some(CancelReason::PaymentFailed) => "Payment failed",
        None => "Cancelled",
    }
}
