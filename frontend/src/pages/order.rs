//! Checkout, progress and result of an order.

use crate::{
    api,
    app::param,
    components::{Button, ButtonKind, Title},
    forms::{Done, Form, FormId, Forms, Outcome, Submission},
    loading::{Main, load},
    session::{require_user, use_api},
};
use contracts::{
    ids::OrderId,
    orders::{OrderStatus, OrderView},
};
use leptos::prelude::*;

const CANCEL: FormId = "cancel";

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/orders/{id}").on(CANCEL, cancel)
}

/// One order of the visitor.
#[component]
pub fn OrderPage() -> impl IntoView {
    let id = param::<OrderId>("id");
    let order = load(async move {
        require_user()?;
        api::orders::find(&use_api()?, id?).await
    });
    view! {
        <Title text="Your order"/>
        <Main load=order let:order>
            <OrderDetail order/>
        </Main>
    }
}

#[component]
fn OrderDetail(order: OrderView) -> impl IntoView {
    let held = order.status == OrderStatus::AwaitingPayment;
    view! {
        <h1 class="pt-8 text-4xl md:pt-14 md:text-5xl">{order.show.title.clone()}</h1>
        {held.then(|| view! { <CancelForm/> })}
    }
}

#[component]
fn CancelForm() -> impl IntoView {
    view! {
        <Form id=CANCEL>
            <Button kind=ButtonKind::DangerLine>"Let these tickets go"</Button>
        </Form>
    }
}

async fn cancel(form: Submission) -> Outcome {
    let id = form.param::<OrderId>("id")?;
    api::orders::cancel(form.api(), id).await?;
    Ok(Done::to(format!("/orders/{id}")))
}
