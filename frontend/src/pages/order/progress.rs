//! While the bank is being asked.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::{
    path,
    summary::{Totals, tickets, tickets_in_words},
};
use crate::{
    api,
    components::{Button, ButtonKind, Hold, LinkButton, RefreshWithoutScript, Title},
    error::AppError,
    forms::{Done, FormFailure, FormId, Hidden, Outcome, RowForm, Submission},
    islands::{Again, LiveRegion},
};
use contracts::{
    ids::{OrderId, PaymentId},
    orders::{OrderStatus, OrderView},
    payments::PaymentView,
};
use leptos::prelude::*;

pub(super) const APPROVE: FormId = "approve";
pub(super) const REFUSE: FormId = "refuse";

/// The page moves on as soon as there is news; this often it looks by itself.
const LOOK_AGAIN_S: u32 = 5;

/// The bank's challenge. The sandbox asks here; a real provider has a page of its own.
#[component]
pub fn Challenge(order: OrderView, payment: PaymentView) -> impl IntoView {
    let elsewhere = payment.next_action.and_then(|action| action.url);
    let id = payment.id;
    let approve = if elsewhere.is_some() { "I have approved it" } else { "Approve" };
    view! {
        <Title text="Your bank asks whether it is you"/>
        <Hold order=order.clone()/>
        <div class="grid gap-x-14 gap-y-8 pt-6 pb-16 md:pt-10 lg:grid-cols-12">
            <div class="lg:col-span-7">
                <h1 class="text-3xl md:text-4xl">"Your bank asks whether it is you"</h1>
                <div class="mt-5 empty:hidden"><FormFailure id=APPROVE/><FormFailure id=REFUSE/></div>
                <p class="mt-4 max-w-[52ch] text-lg">
                    {format!("It wants your word before it lets {} go. Your tickets stay held while you answer.", payment.amount)}
                </p>
                <div class="mt-7 flex flex-wrap gap-3">
                    {elsewhere.map(|href| view! { <LinkButton href kind=ButtonKind::Ink>"Go to your bank"</LinkButton> })}
                    <RowForm id=APPROVE>
                        <Hidden name="payment" value=id.to_string()/>
                        <Button kind=ButtonKind::Spot>{approve}</Button>
                    </RowForm>
                    <RowForm id=REFUSE>
                        <Hidden name="payment" value=id.to_string()/>
                        <Button>"Refuse"</Button>
                    </RowForm>
                </div>
            </div>
            <div class="lg:col-span-5"><Totals order/></div>
        </div>
    }
}

/// What has happened so far. It moves on by itself.
#[component]
pub fn Progress(order: OrderView) -> impl IntoView {
    let confirming = order.status == OrderStatus::Confirming;
    let what = tickets_in_words(&order);
    let verb = if tickets(&order) == 1 { "is" } else { "are" };
    let steps = [
        (Step::Done, format!("Your {what} {verb} held")),
        (if confirming { Step::Done } else { Step::Now }, format!("Your bank reserves {}", order.total)),
        (if confirming { Step::Now } else { Step::Later }, "The money is taken".to_owned()),
        (Step::Later, format!("Your {what} {verb} issued")),
    ];
    let steps = steps.into_iter().map(|(step, words)| step.view(words)).collect_view();
    view! {
        <Title text="Confirming your payment"/>
        <RefreshWithoutScript seconds=2/>
        <Again seconds=LOOK_AGAIN_S/>
        <div class="grid gap-x-14 gap-y-8 pt-8 pb-16 md:pt-12 lg:grid-cols-12">
            <div class="lg:col-span-7">
                <h1 class="text-3xl md:text-4xl">"Confirming your payment"</h1>
                <LiveRegion id="progress".to_owned() src=format!("/api/orders/{}", order.id) version=order.version>
                    <ol class="mt-6 grid max-w-lg gap-3">{steps}</ol>
                    <p class="mt-6 max-w-[52ch] text-sm text-ink-2">
                        {if confirming {
                            "Nobody can take your tickets any more. This page moves on by itself; you may also close it."
                        } else {
                            "Some banks take a while. This page moves on by itself; you may also close it."
                        }}
                    </p>
                </LiveRegion>
                <p class="mt-6"><a class="inline-block py-1" href=path(order.id)>"Look again"</a></p>
            </div>
            <div class="lg:col-span-5"><Totals order/></div>
        </div>
    }
}

#[derive(Clone, Copy)]
enum Step {
    Done,
    Now,
    Later,
}

impl Step {
    fn view(self, words: String) -> impl IntoView {
        let (class, state) = match self {
            Self::Done => ("tag tag-ok", "Done"),
            Self::Now => ("tag tag-yours", "Now"),
            Self::Later => ("tag tag-mute", "Next"),
        };
        view! {
            <li class="grid grid-cols-[5rem_1fr] items-baseline gap-3">
                <span><span class=class>{state}</span></span>
                <span class="font-semibold">{words}</span>
            </li>
        }
    }
}

pub(super) async fn approve(form: Submission) -> Outcome {
    answer(&form, true).await
}

pub(super) async fn refuse(form: Submission) -> Outcome {
    answer(&form, false).await
}

async fn answer(form: &Submission, passed: bool) -> Outcome {
    let order = form.param::<OrderId>("id")?;
    let payment = form.parse::<PaymentId>("payment").ok_or(AppError::NotFound)?;
    match api::payments::confirm(form.api(), payment, passed).await {
        // Declined, too late or done already: the page shows how it stands now.
        Ok(_) | Err(AppError::Conflict(_)) => Ok(Done::to(path(order))),
        Err(error) => Err(error.into()),
    }
}
