//! What somebody bought.

use super::sections::{Cursors, List, Pages};
use crate::{
    components::{Data, Empty, When, WhenStyle},
    pages::sell::state::order_tag,
    text,
};
use contracts::{Page, ids::UserId, orders::OrderView};
use leptos::prelude::*;

/// Orders, the newest first.
#[component]
pub fn Orders(
    /// One page of them.
    orders: Page<OrderView>,
    /// Where the page's lists are.
    cursors: Cursors,
    /// Whose.
    user: UserId,
) -> impl IntoView {
    if orders.items.is_empty() {
        return view! { <Empty title="Never ordered anything"><p>"Whatever they hold or buy stands here."</p></Empty> }
            .into_any();
    }
    let rows = orders.items.into_iter().map(|order| view! { <Row order/> }).collect_view();
    view! {
        <Data caption="Their orders, the newest first" columns=vec!["Order", "Show", "Ordered", "Tickets", "State", ">Total"]>
            {rows}
        </Data>
        <Pages list=List::Orders cursors user next=orders.next_cursor/>
    }
    .into_any()
}

#[component]
fn Row(order: OrderView) -> impl IntoView {
    let count: u32 = order.items.iter().map(|item| item.quantity).sum();
    view! {
        <tr>
            <th scope="row"><span class="num"><span class="sr-only">"Order "</span>{text::short_id(order.id)}</span></th>
            <td class="wrap-anywhere" data-l="Show">
                <a class="inline-block py-0.5" href=format!("/shows/{}", order.show.id)>{order.show.title}</a>
            </td>
            <td data-l="Ordered"><When at=order.created_at style=WhenStyle::DayAndYear/></td>
            <td data-l="Tickets">{count}</td>
            <td data-l="State"><span>{order_tag(order.status, order.cancel_reason)}</span></td>
            <td class="r" data-l="Total">{order.total.to_string()}</td>
        </tr>
    }
}
