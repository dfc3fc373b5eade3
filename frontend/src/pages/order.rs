//! Checkout, progress and result of an order.

mod ended;
mod pay;
mod progress;
mod result;
mod summary;

use crate::{
    api,
    app::param,
    backend::Api,
    error::AppError,
    forms::{Done, FormId, Forms, Outcome, Submission},
    loading::{Main, load},
    session::{require_user, use_api},
};
use contracts::{
    ids::OrderId,
    orders::{CancelReason, OrderStatus, OrderView},
    payments::{PaymentStatus, PaymentView},
    shows::Availability,
    tickets::TicketView,
};
use ended::{Ended, Expired};
use leptos::prelude::*;
use pay::Checkout;
use progress::{Challenge, Progress};
use result::Complete;

const CANCEL: FormId = "cancel";

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/orders/{id}")
        .on(pay::PAY, pay::pay)
        .on(progress::APPROVE, progress::approve)
        .on(progress::REFUSE, progress::refuse)
        .on(CANCEL, cancel)
        .on(ended::HOLD_AGAIN, ended::hold_again)
}

/// One order of the visitor, wherever it stands.
#[component]
pub fn OrderPage() -> impl IntoView {
    let id = param::<OrderId>("id");
    let stage = load(async move {
        require_user()?;
        let api = use_api()?;
        let order = api::orders::find(&api, id?).await?;
        Stage::of(&api, order).await
    });
    view! {
        <Main load=stage let:found>
            {match found.1 {
                Stage::Pay { declined } => view! { <Checkout order=found.0 declined/> }.into_any(),
                Stage::Challenge(payment) => view! { <Challenge order=found.0 payment/> }.into_any(),
                Stage::Progress => view! { <Progress order=found.0/> }.into_any(),
                Stage::Complete(tickets) => view! { <Complete order=found.0 tickets/> }.into_any(),
                Stage::Expired(stock) => view! { <Expired order=found.0 stock/> }.into_any(),
                Stage::Ended => view! { <Ended order=found.0/> }.into_any(),
            }}
        </Main>
    }
}

/// What the page is about: the order says most of it, its last payment and its tickets the rest.
enum Stage {
    /// The tickets are held; was the last card declined?
    Pay { declined: bool },
    /// The bank wants to know that it is really them.
    Challenge(PaymentView),
    /// The bank is being asked, or the money is being taken.
    Progress,
    /// Paid; fewer tickets than were bought are there while they are being issued.
    Complete(Option<Vec<TicketView>>),
    /// The hold ran out; what is free now.
    Expired(Option<Availability>),
    /// Cancelled otherwise, or refunded.
    Ended,
}

impl Stage {
    async fn of(api: &Api, order: OrderView) -> Result<(OrderView, Self), AppError> {
        let stage = match (order.status, order.cancel_reason) {
            (OrderStatus::AwaitingPayment, _) => Self::awaiting(api, &order).await,
            (OrderStatus::Confirming, _) => Self::Progress,
            (OrderStatus::Complete, _) => Self::Complete(api::tickets::of_order(api, order.id).await.ok()),
            (OrderStatus::Cancelled, Some(CancelReason::Expired)) => Self::expired(api, &order).await,
            (OrderStatus::Cancelled | OrderStatus::Refunded, _) => Self::Ended,
        };
        Ok((order, stage))
    }

    async fn awaiting(api: &Api, order: &OrderView) -> Self {
        // While payments does not answer there is still the form, which says so when it is sent.
        let last = api::payments::last_of(api, order.id).await.ok().flatten();
        let held = api::orders::is_held(order);
        match last.as_ref().map(|payment| payment.status) {
            Some(PaymentStatus::Pending | PaymentStatus::Authorized | PaymentStatus::Captured) => {
                Self::Progress
            }
            _ if !held => Self::expired(api, order).await,
            Some(PaymentStatus::RequiresAction) => last.map_or(Self::Progress, Self::Challenge),
            status => Self::Pay { declined: status == Some(PaymentStatus::Declined) },
        }
    }

    async fn expired(api: &Api, order: &OrderView) -> Self {
        Self::Expired(api::shows::availability(api, order.show.id).await.ok())
    }
}

fn path(order: OrderId) -> String {
    format!("/orders/{order}")
}

async fn cancel(form: Submission) -> Outcome {
    let id = form.param::<OrderId>("id")?;
    match api::orders::cancel(form.api(), id).await {
        // It was paid or ended in the meantime: the page says which.
        Ok(_) | Err(AppError::Conflict(_)) => Ok(Done::to(path(id))),
        Err(error) => Err(error.into()),
    }
}
