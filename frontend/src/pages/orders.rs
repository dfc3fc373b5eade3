//! A buyer's orders.

use crate::{
    api,
    app::query,
    components::{Data, Empty, Pager, Tab, Tabs, Title, When},
    loading::{Main, load},
    pages::sell::state::order_tag,
    session::{require_user, use_api},
    text,
};
use contracts::{
    Page, PageQuery,
    orders::{OrderStatus, OrderView},
};
use leptos::prelude::*;

/// Your orders, the newest first.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let cursor = query("cursor");
    let first = cursor.is_some().then(|| "/orders".to_owned());
    let orders = load(async move {
        require_user()?;
        api::orders::list(&use_api()?, &PageQuery { cursor, limit: Some(20) }).await
    });
    view! {
        <Title text="Your orders"/>
        <Main load=orders let:orders>
            <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"Your orders"</h1>
            <div class="mt-5"><MineTabs current="/orders"/></div>
            {if orders.items.is_empty() && first.is_none() {
                view! { <None/> }.into_any()
            } else {
                view! { <List orders first/> }.into_any()
            }}
        </Main>
    }
}

/// Tickets and orders: two views of what was bought.
#[component]
pub fn MineTabs(
    /// The address of the one that is shown.
    current: &'static str,
) -> impl IntoView {
    let tab = |href: &str, label: &str| Tab {
        href: href.to_owned(),
        label: label.to_owned(),
        current: href == current,
    };
    view! { <Tabs label="What you bought" tabs=vec![tab("/tickets", "Tickets"), tab("/orders", "Orders")]/> }
}

#[component]
fn None() -> impl IntoView {
    view! {
        <Empty title="You have not ordered anything yet">
            <p>"Whatever you hold or buy is listed here, with what became of it. " <a href="/">"What’s on"</a></p>
        </Empty>
    }
}

#[component]
fn List(orders: Page<OrderView>, first: Option<String>) -> impl IntoView {
    let next = orders.next_cursor.map(|cursor| format!("/orders?cursor={cursor}"));
    let rows = orders.items.into_iter().map(|order| view! { <Row order/> }).collect_view();
    view! {
        <div class="mt-6">
            <Data
                caption="Your orders, newest first"
                columns=vec!["Order", "Show", "Ordered", "Tickets", "State", ">Total"]
            >
                {rows}
            </Data>
        </div>
        <Pager first next/>
    }
}

#[component]
fn Row(order: OrderView) -> impl IntoView {
    let count: u32 = order.items.iter().map(|item| item.quantity).sum();
    let paid = matches!(
        order.status,
        OrderStatus::Complete | OrderStatus::AwaitingPayment | OrderStatus::Confirming
    );
    let total = order.total.to_string();
    let total = if paid { total.into_any() } else { view! { <s class="text-ink-2">{total}</s> }.into_any() };
    let zone = order.show.venue.timezone;
    view! {
        <tr>
            <th scope="row">
                <a class="num inline-block py-1" href=format!("/orders/{}", order.id)>
                    <span class="sr-only">"Order "</span>
                    {text::short_id(order.id)}
                </a>
            </th>
            <td class="wrap-anywhere">{order.show.title}</td>
            <td data-l="Ordered"><When at=order.created_at zone/></td>
            <td data-l="Tickets">{count}</td>
            <td data-l="State"><span>{order_tag(order.status, order.cancel_reason)}</span></td>
            <td class="r" data-l="Total">{total}</td>
        </tr>
    }
}
