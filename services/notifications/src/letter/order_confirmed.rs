//! An order is paid: its tickets, each with its QR code, and what was paid.

use super::{
    Desk, WriteError, Written, counted,
    layout::{self, BODY, DISPLAY, Page, escape},
    number, when,
};
use crate::{
    picture,
    store::{
        copies::{ShowCopy, TicketCopy},
        mails::Image,
    },
};
use contracts::Money;
use events::orders::Order;
use std::fmt::Write;

/// The confirmation of an order.
pub(super) fn write(
    desk: Desk<'_>,
    order: &Order,
    show: &ShowCopy,
    tickets: &[TicketCopy],
) -> Result<Written, WriteError> {
    let mut rows = String::new();
    let mut plain_rows = String::new();
    let mut images = Vec::new();
    for (index, ticket) in tickets.iter().enumerate() {
        let name = format!("qr-{}", index + 1);
        images.push(Image { name: name.clone(), png: picture::qr(&ticket.code)? });
        let place = (index + 1, tickets.len());
        rows.push_str(&row(desk, show, ticket, place, &name));
        plain_rows.push_str(&plain_row(show, ticket, place));
    }
    let rows = format!("{}{}", tickets_table(&rows), paid(order));
    plain_rows.push_str(&plain_paid(order));
    let (these, codes) = match tickets.len() {
        1 => ("Your ticket is", "code"),
        2 => ("Both tickets are", "codes"),
        _ => ("All your tickets are", "codes"),
    };
    let (order_number, total) = (number(order.id), order.total);
    let paid = if total.amount == 0 { "confirmed" } else { "paid" };
    let page = Page {
        subject: format!("Your tickets for {}, {}", show.title, when::day(show)),
        preheader: format!("Order {order_number}: {}, {total}. {these} inside.", counted(tickets.len())),
        heading: when::see_you(show, desk.now),
        opening: format!(
            "{}, order {order_number} is {paid}. {these} below; show the {codes} on your phone or print this page.",
            desk.first_name()
        ),
        button: Some(("Open my tickets", desk.link("/tickets"))),
        rows,
        plain_rows,
        closing: closing(desk, show),
    };
    Ok(Written { images, ..layout::write(desk, page) })
}

fn closing(desk: Desk<'_>, show: &ShowCopy) -> String {
    let resell = "If you cannot come, you can resell a ticket on its page.";
    if show.refund_until <= desk.now {
        return resell.to_owned();
    }
    let until = when::moment(show, show.refund_until);
    format!("You can ask for your money back until {until}, fees included. {resell}")
}

fn admission(ticket: &TicketCopy) -> String {
    match &ticket.seat {
        Some(seat) => format!("{}, seat {seat}", ticket.listing_name),
        None => ticket.listing_name.clone(),
    }
}

fn tickets_table(rows: &str) -> String {
    format!(
        r#"<tr><td class="pad" style="padding:24px 24px 0 24px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">{rows}</table></td></tr>
"#
    )
}

fn row(
    desk: Desk<'_>,
    show: &ShowCopy,
    ticket: &TicketCopy,
    (number, of): (usize, usize),
    image: &str,
) -> String {
    let (title, times) = (escape(&show.title), escape(&when::times(show)));
    let (venue, admission) = (escape(&show.venue.name), escape(&admission(ticket)));
    let (address, city) = (escape(&show.venue.address), escape(&show.venue.city));
    let (holder, code) = (escape(&desk.reader.name), escape(&ticket.code));
    format!(
        r#"<tr><td style="padding:0 0 16px 0"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border:1px solid #17181c;background:#ffffff"><tr>
<td class="cell" style="padding:20px;{BODY};font-size:16px;line-height:24px;vertical-align:top"><span style="font-size:13px;color:#48484d">Ticket {number} of {of}</span><br><strong style="{DISPLAY};font-size:26px;line-height:30px">{title}</strong><br>{times}<br><strong>{admission}</strong><br>{venue}, {address}, {city}<br><span style="font-size:13px;color:#48484d">Name</span> <strong>{holder}</strong></td>
<td class="cell" width="196" style="padding:16px;border-left:2px dotted #17181c;text-align:center;font-family:'Public Sans',Helvetica,Arial,sans-serif;font-size:13px;line-height:18px;color:#48484d;vertical-align:top"><img src="cid:{image}" width="164" height="164" alt="QR code of ticket {number}" style="display:block;margin:0 auto 6px auto;border:0">Code<br><span style="font-size:11px;line-height:15px;color:#17181c;word-break:break-all">{code}</span></td>
</tr></table></td></tr>"#
    )
}

fn plain_row(show: &ShowCopy, ticket: &TicketCopy, (number, of): (usize, usize)) -> String {
    let ShowCopy { title, venue, .. } = show;
    format!(
        "Ticket {number} of {of}: {title}\n{}\n{}\n{}, {}, {}\nCode: {}\n\n",
        when::times(show),
        admission(ticket),
        venue.name,
        venue.address,
        venue.city,
        ticket.code
    )
}

/// What was paid, line by line: fees are within the prices.
fn lines(order: &Order) -> Vec<(String, Money)> {
    order
        .items
        .iter()
        .map(|item| {
            let count = item.units.len();
            let sum = u32::try_from(count).ok().and_then(|count| item.unit_price.times(count).ok());
            let words = format!("{count} × {} at {}", item.listing_name, item.unit_price);
            (words, sum.unwrap_or(item.unit_price))
        })
        .collect()
}

fn paid(order: &Order) -> String {
    let mut rows = String::new();
    for (index, (words, sum)) in lines(order).into_iter().enumerate() {
        let border = if index == 0 { "2px solid #17181c" } else { "1px solid #cbc8bc" };
        let words = escape(&words);
        // Writing to a string cannot fail.
        let _ = write!(
            rows,
            r#"<tr><th scope="row" align="left" style="font-weight:normal;padding:8px 0;border-top:{border}">{words}</th><td align="right" style="border-top:{border}">{sum}</td></tr>"#
        );
    }
    let (fee, total) = (order.fee, order.total);
    format!(
        r#"<tr><td class="pad" style="padding:12px 24px 0 24px;{BODY};font-size:16px;line-height:24px"><h2 style="{DISPLAY};font-size:24px;line-height:28px;margin:0 0 8px 0">What you paid</h2>
<table width="100%" cellpadding="0" cellspacing="0" border="0" style="{BODY};font-size:16px;line-height:24px">{rows}<tr><th scope="row" align="left" style="padding:8px 0;border-top:1px solid #cbc8bc">Total, {fee} booking fee included</th><td align="right" style="border-top:1px solid #cbc8bc"><strong>{total}</strong></td></tr></table></td></tr>
"#
    )
}

fn plain_paid(order: &Order) -> String {
    let mut text = "What you paid\n".to_owned();
    for (words, sum) in lines(order) {
        let _ = writeln!(text, "{words}: {sum}");
    }
    let _ = writeln!(text, "Total, {} booking fee included: {}\n", order.fee, order.total);
    text
}
