//! An order ended without a visit: refunded, or cancelled before anything was charged.

use super::{
    Desk, Written, counted,
    layout::{self, Page},
    number, when,
};
use crate::store::copies::ShowCopy;
use contracts::shows::ShowStatus;
use events::orders::Order;

/// The money is on its way back.
pub(super) fn refunded(desk: Desk<'_>, order: &Order, show: &ShowCopy) -> Written {
    let (show_cancelled, show_at) = (is_cancelled(show), format!("{}, {}", show.title, when::start(show)));
    let (subject, why) = if show_cancelled {
        (format!("{} is cancelled: your money comes back", show.title), format!("{show_at}, is cancelled."))
    } else {
        (format!("Refund for {}", show.title), format!("your order for {show_at}, was refunded."))
    };
    let (total, number) = (order.total, number(order.id));
    let money = match total.amount {
        0 => format!("Order {number} cost nothing, so there is nothing to pay back."),
        _ => format!(
            "What you paid for order {number}, {total}, fees included, is on its way back to the card you paid \
             with. Your bank decides when it shows there. You need not do anything."
        ),
    };
    let page = Page {
        subject,
        preheader: format!("Order {number}: {total} goes back to you."),
        heading: (if show_cancelled { "The show is cancelled" } else { "Your money comes back" }).to_owned(),
        opening: format!("{}, {why} {money}", desk.first_name()),
        button: Some(("Open the order", desk.link(&format!("/orders/{}", order.id)))),
        rows: String::new(),
        plain_rows: String::new(),
        closing: "The tickets of this order no longer admit anybody.".to_owned(),
    };
    layout::write(desk, page)
}

/// The show was cancelled while the tickets were held.
pub(super) fn cancelled(desk: Desk<'_>, order: &Order, show: &ShowCopy) -> Written {
    let tickets = counted(order.items.iter().map(|item| item.units.len()).sum());
    let page = Page {
        subject: format!("{} is cancelled", show.title),
        preheader: format!("Your hold of {tickets} has ended. Nothing was charged."),
        heading: "The show is cancelled".to_owned(),
        opening: format!(
            "{}, {}, {}, will not take place. Your hold of {tickets} has ended, and nothing was charged.",
            desk.first_name(),
            show.title,
            when::start(show)
        ),
        button: Some(("Find another show", desk.link("/"))),
        rows: String::new(),
        plain_rows: String::new(),
        closing: format!("Order {} is closed.", number(order.id)),
    };
    layout::write(desk, page)
}

/// The bank refused to hand over what it had authorised.
pub(super) fn payment_failed(desk: Desk<'_>, order: &Order, show: &ShowCopy) -> Written {
    let page = Page {
        subject: format!("Your payment for {} did not go through", show.title),
        preheader: "Nothing was charged.".to_owned(),
        heading: "Your bank refused the payment".to_owned(),
        opening: format!(
            "{}, your bank did not hand over the {} for {}. Nothing was charged, and the tickets went back on sale.",
            desk.first_name(),
            order.total,
            show.title
        ),
        button: Some(("Hold tickets again", desk.link(&format!("/shows/{}", order.show)))),
        rows: String::new(),
        plain_rows: String::new(),
        closing: format!("Order {} is closed.", number(order.id)),
    };
    layout::write(desk, page)
}

fn is_cancelled(show: &ShowCopy) -> bool {
    show.status == ShowStatus::Cancelled.as_str()
}
