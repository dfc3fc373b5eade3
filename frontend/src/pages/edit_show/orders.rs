//! Who bought tickets of a show, where each order stands, and what they brought.

use super::refund::Refund;
use crate::{
    app::query,
    components::{ButtonKind, Data, Empty, LinkButton, Pager, Price, When},
    pages::sell::{amounts, state::order_tag},
};
use contracts::{
    ids::OrderId,
    orders::{OrderStatus, SellerOrderView, SellerOrders},
    shows::ShowView,
};
use leptos::prelude::*;

/// No orders at all.
pub(super) const fn none() -> SellerOrders {
    SellerOrders { items: Vec::new(), next_cursor: None, takings: Vec::new() }
}

/// The orders, newest first.
#[component]
pub fn Orders(
    /// The show.
    show: ShowView,
    /// Its orders.
    orders: SellerOrders,
) -> impl IntoView {
    let here = format!("/sell/shows/{}", show.id);
    let cursor = query("cursor");
    if orders.items.is_empty() && cursor.is_none() {
        return view! {
            <Empty title="Nobody has ordered yet">
                <p>"When somebody holds tickets you see it here, with what becomes of it."</p>
            </Empty>
        }
        .into_any();
    }
    let refunded = query("refund").and_then(|id| id.parse::<OrderId>().ok());
    let refunded = orders.items.iter().find(|order| Some(order.id) == refunded && may_refund(order)).cloned();
    let zone = show.venue.timezone;
    let link = cursor
        .as_ref()
        .map_or_else(|| format!("{here}?refund="), |cursor| format!("{here}?cursor={cursor}&refund="));
    let rows = orders
        .items
        .into_iter()
        .map(|order| view! { <Row order zone=zone.clone() refund=link.clone()/> })
        .collect_view();
    let next = orders.next_cursor.map(|cursor| format!("{here}?cursor={cursor}#orders"));
    let first = cursor.map(|_| format!("{here}#orders"));
    view! {
        <p class="mb-3">
            "Paid orders brought you " <b class="num text-lg">{amounts(&orders.takings)}</b> ", fees left out."
        </p>
        {refunded.map(|order| view! { <Refund order back=format!("{here}#orders")/> })}
        <Data
            caption="Orders of this show, newest first"
            columns=vec!["Order", "Time", "Buyer", "Tickets", "State", ">Buyer pays", ">You get", "~What you can do"]
        >
            {rows}
        </Data>
        <Pager first next/>
    }
    .into_any()
}

/// Money was taken and has not gone back.
pub(super) fn may_refund(order: &SellerOrderView) -> bool {
    order.status == OrderStatus::Complete && order.payment_id.is_some()
}

/// The last letters of an order's number: enough to tell orders of one show apart.
pub(super) fn number(order: OrderId) -> String {
    let id = order.to_string().to_uppercase();
    id.get(id.len().saturating_sub(6)..).unwrap_or_default().to_owned()
}

/// `2 × Stalls (A1, A2)`
pub(super) fn tickets(order: &SellerOrderView) -> String {
    let item = |item: &contracts::orders::OrderItemView| {
        let seats =
            if item.seats.is_empty() { String::new() } else { format!(" ({})", item.seats.join(", ")) };
        format!("{} × {}{seats}", item.quantity, item.name)
    };
    order.items.iter().map(item).collect::<Vec<_>>().join(", ")
}

#[component]
fn Row(order: SellerOrderView, zone: String, refund: String) -> impl IntoView {
    let number = number(order.id);
    let refund = may_refund(&order).then(|| {
        let label = format!(" order {number}");
        let href = format!("{refund}{}#refund", order.id);
        view! { <LinkButton href kind=ButtonKind::Small>"Refund" <span class="sr-only">{label}</span></LinkButton> }
    });
    let tickets = tickets(&order);
    let part = order.refunded.filter(|_| order.status == OrderStatus::Complete);
    let returned = part.map(|part| {
        view! { <span class="block text-xs text-ink-2">{format!("{part} went back")}</span> }
    });
    view! {
        <tr>
            <th scope="row" class="num">{number}</th>
            <td data-l="Time"><When at=order.created_at zone/></td>
            <td data-l="Buyer">{order.buyer_name}</td>
            <td data-l="Tickets">{tickets}</td>
            <td data-l="State"><span>{order_tag(order.status, order.cancel_reason)}</span></td>
            <td class="r" data-l="Buyer pays"><span><Price of=order.total/> {returned}</span></td>
            <td class="r" data-l="You get"><Price of=order.net/></td>
            <td class="r">{refund}</td>
        </tr>
    }
}
