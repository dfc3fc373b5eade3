//! Giving a buyer their money back.

use super::{
    back,
    orders::{number, tickets},
};
use crate::{
    api,
    components::{Button, ButtonKind, LinkButton},
    forms::{Field, FieldKind, Form, FormErrors, FormId, Hidden, Outcome, Submission},
};
use contracts::{
    Currency, Money,
    ids::{PaymentId, ShowId},
    orders::SellerOrderView,
    payments::RequestRefund,
};
use leptos::prelude::*;

pub(super) const REFUND: FormId = "refund-order";

/// What has not gone back yet.
fn left(order: &SellerOrderView) -> Money {
    order.refunded.and_then(|refunded| order.total.minus(refunded).ok()).unwrap_or(order.total)
}

/// Asks once more, how much, and why.
#[component]
pub fn Refund(
    /// The order.
    order: SellerOrderView,
    /// Where one goes on without it.
    back: String,
) -> impl IntoView {
    let payment = order.payment_id.map(|payment| payment.to_string()).unwrap_or_default();
    let left = left(&order);
    let title = format!("Refund {left} to {}?", order.buyer_name);
    let label = format!("Amount, {}", left.currency.symbol().trim());
    let what = format!("Order {}: {}.", number(order.id), tickets(&order));
    view! {
        <section class="mb-6 max-w-3xl border-[1.5px] border-danger p-5" aria-labelledby="refund">
            <h3 class="text-xl" id="refund">{title}</h3>
            <p class="mt-2">
                {what} " When all of it goes back, fees included, the tickets are void at once, and their places are for sale again. When a part goes back, they stay good."
            </p>
            <div class="mt-4">
                <Form id=REFUND>
                    <Hidden name="payment" value=payment/>
                    <Hidden name="left" value=left.decimal()/>
                    <Hidden name="currency" value=left.currency.code()/>
                    <div class="max-w-xs"><Field name="amount" label kind=FieldKind::Money value=left.decimal()/></div>
                    <Field name="reason" label="Why" hint="For the books; such as “asked for by the buyer”."/>
                    <div class="flex flex-wrap gap-3">
                        <Button kind=ButtonKind::Danger>"Refund this amount"</Button>
                        <LinkButton href=back>"Do not refund"</LinkButton>
                    </div>
                </Form>
            </div>
        </section>
    }
}

pub(super) async fn refund(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let Some(payment) = form.parse::<PaymentId>("payment") else {
        return Err(FormErrors::form("Choose the order again.").into());
    };
    let (amount, errors) = amount(&form);
    let request = RequestRefund { amount, reason: form.text("reason") };
    let request = errors.join(FormErrors::check(&request).err().unwrap_or_default()).or(request)?;
    api::payments::refund(form.api(), payment, &request, &form.idempotency_key()).await?;
    Ok(back(id, "refund", "orders"))
}

/// What was entered; nothing, which means all that is left, where the amount was left as it stood.
fn amount(form: &Submission) -> (Option<Money>, FormErrors) {
    let (entered, left) = (form.text("amount"), form.text("left"));
    let currency = form.parse::<Currency>("currency").unwrap_or(Currency::GBP);
    if entered == left {
        return (None, FormErrors::default());
    }
    match Money::parse(&entered, currency) {
        Ok(amount) => (Some(amount), FormErrors::default()),
        Err(_) => (None, FormErrors::field("amount", format!("Enter an amount up to {left}"))),
    }
}
