//! An account was suspended, or opened again.

use super::{
    Desk, Written,
    layout::{self, Page},
    single_line, when,
};
use contracts::auth::BannedTickets;
use events::auth::UserBan;

/// The account is suspended: why, until when, what becomes of tickets, and how to object.
pub(super) fn suspended(desk: Desk<'_>, ban: &UserBan) -> Written {
    let reason = single_line(&ban.reason);
    let end = match ban.until {
        Some(until) => format!("It ends by itself on {}.", when::utc(until)),
        None => "It has no end date.".to_owned(),
    };
    let tickets = match ban.tickets {
        BannedTickets::Keep => "Tickets that you have paid for stay valid and open the door.",
        BannedTickets::Refuse => "Tickets that you have paid for are refused at the door while it lasts.",
    };
    let page = Page {
        subject: "Your account is suspended".to_owned(),
        preheader: format!("Why: {reason}. {end}"),
        heading: "Your account is suspended".to_owned(),
        opening: format!(
            "{}, your account on Ticketing.dev is suspended. The reason: {reason}. {end} You cannot sign in, buy or \
             sell meanwhile: what you sell is not on sale, what you offered for resale was withdrawn for good, and \
             tickets that you held without paying went back on sale. {tickets}",
            desk.first_name()
        ),
        button: Some(("What a suspension means", desk.link("/suspended"))),
        rows: String::new(),
        plain_rows: String::new(),
        closing:
            "If you think that this is wrong, answer this mail, once and in your own words. Somebody who did \
                  not make the decision reads it."
                .to_owned(),
    };
    layout::write(desk, page)
}

/// The suspension has ended.
pub(super) fn reopened(desk: Desk<'_>) -> Written {
    let page = Page {
        subject: "Your account is open again".to_owned(),
        preheader: "You can sign in, buy and sell as before.".to_owned(),
        heading: "Welcome back".to_owned(),
        opening: format!(
            "{}, the suspension of your account has ended. You can sign in, buy and sell as before. Your tickets are \
             valid, and the tickets that you sell for your own shows are on sale again. Tickets that you offered for \
             resale were withdrawn: they are yours, and you can offer them again. Tickets that you held without paying \
             are not held any more.",
            desk.first_name()
        ),
        button: Some(("Sign in", desk.link("/signin"))),
        rows: String::new(),
        plain_rows: String::new(),
        closing: "You were signed out on every device when it began.".to_owned(),
    };
    layout::write(desk, page)
}
