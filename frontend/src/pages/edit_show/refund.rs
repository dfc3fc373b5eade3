//! Giving a buyer their money back.

use super::{
    back,
    orders::{number, tickets},
};
use crate::{
    api,
    components::{Button, ButtonKind, LinkButton},
    forms::{Field, Form, FormErrors, FormId, Hidden, Outcome, Submission},
};
use contracts::{
    ids::{PaymentId, ShowId},
    orders::SellerOrderView,
    payments::RequestRefund,
};
use leptos::prelude::*;

pub(super) const REFUND: FormId = "refund-order";

/// Asks once more, and why.
#[component]
pub fn Refund(
    /// The order.
    order: SellerOrderView,
    /// Where one goes on without it.
    back: String,
) -> impl IntoView {
    let payment = order.payment_id.map(|payment| payment.to_string()).unwrap_or_default();
    let title = format!("Refund {} to {}?", order.total, order.buyer_name);
    let what = format!("Order {}: {}.", number(order.id), tickets(&order));
    view! {
        <section class="mb-6 max-w-3xl border-[1.5px] border-danger p-5" aria-labelledby="refund">
            <h3 class="text-xl" id="refund">{title}</h3>
            <p class="mt-2">
                {what} " All of it goes back, fees included. The tickets are void at once, and their places are for sale again."
            </p>
            <div class="mt-4">
                <Form id=REFUND>
                    <Hidden name="payment" value=payment/>
                    <Field name="reason" label="Why" hint="For the books; such as “asked for by the buyer”."/>
                    <div class="flex flex-wrap gap-3">
                        <Button kind=ButtonKind::Danger>{format!("Refund {}", order.total)}</Button>
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
    let request = RequestRefund { amount: None, reason: form.text("reason") };
    FormErrors::check(&request)?;
    api::payments::refund(form.api(), payment, &request, &form.idempotency_key()).await?;
    Ok(back(id, "refund", "orders"))
}
