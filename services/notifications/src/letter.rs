//! Letters: what they say, in HTML that mail programs understand and in plain text.
//!
//! To add a letter: a [`Kind`], a function below that writes it, and what asks for it in `consumers`.

mod account;
mod layout;
mod notice;
mod order_confirmed;
mod order_ended;
mod when;

pub(crate) use layout::escape;

use crate::store::{
    copies::{Reader, ShowCopy, TicketCopy},
    mails::Image,
};
use contracts::{Timestamp, ids::OrderId, shows::ShowStatus};
use events::{auth::UserBan, orders::Order};

/// What a letter tells. Each is told once per order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is paid: here are the tickets.
    OrderConfirmed,
    /// The show was cancelled while tickets were held; nothing was charged.
    OrderCancelled,
    /// The money is on its way back.
    OrderRefunded,
    /// The bank refused to hand over what it had authorised; nothing was charged.
    PaymentFailed,
}

/// What somebody is told of their account. Each is told once per ban.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Notice<'a> {
    /// It is suspended.
    Suspended(&'a UserBan),
    /// The suspension has ended.
    Reopened,
}

impl Notice<'_> {
    /// As it stands in the database, in the mailbox and in the fact.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Suspended(_) => "account_suspended",
            Self::Reopened => "account_reopened",
        }
    }
}

/// Everything that a letter may mention.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) reader: Reader,
    pub(crate) order: Order,
    pub(crate) show: ShowCopy,
    /// Those that admit somebody.
    pub(crate) tickets: Vec<TicketCopy>,
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) plain: String,
    pub(crate) images: Vec<Image>,
}

/// A letter could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error("the QR code could not be drawn")]
    Qr(#[from] qrcode::types::QrError),
}

/// No letter is called so.
#[derive(Debug, thiserror::Error)]
#[error("there is no letter of the kind {0}")]
pub(crate) struct UnknownKind(String);

impl Kind {
    const ALL: [Self; 4] =
        [Self::OrderConfirmed, Self::OrderCancelled, Self::OrderRefunded, Self::PaymentFailed];

    /// As it stands in the database, in the mailbox and in the fact.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OrderConfirmed => "order_confirmed",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderRefunded => "order_refunded",
            Self::PaymentFailed => "payment_failed",
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = UnknownKind;

    fn try_from(word: String) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownKind(word))
    }
}

/// Writes a letter, as of `now`. `origin` is where its links lead.
pub(crate) fn write(kind: Kind, facts: &Facts, origin: &str, now: Timestamp) -> Result<Written, WriteError> {
    let desk = Desk { reader: &facts.reader, origin, now };
    let (order, show) = (&facts.order, &facts.show);
    match kind {
        Kind::OrderConfirmed => order_confirmed::write(desk, order, show, &facts.tickets),
        Kind::OrderCancelled => Ok(order_ended::cancelled(desk, order, show)),
        Kind::OrderRefunded => Ok(order_ended::refunded(desk, order, show)),
        Kind::PaymentFailed => Ok(order_ended::payment_failed(desk, order, show)),
    }
}

/// Writes what somebody is told of their account. `reader` is in single lines.
pub(crate) fn notify(notice: Notice<'_>, reader: &Reader, origin: &str, now: Timestamp) -> Written {
    let desk = Desk { reader, origin, now };
    match notice {
        Notice::Suspended(ban) => account::suspended(desk, ban),
        Notice::Reopened => account::reopened(desk),
    }
}

/// Writes what auth has somebody told. `secret` is what the letter's link carries; `reader` is in single lines.
pub(crate) fn tell(
    notice: &events::auth::Notice,
    secret: Option<&str>,
    reader: &Reader,
    origin: &str,
    now: Timestamp,
) -> Written {
    notice::write(Desk { reader, origin, now }, notice, secret)
}

impl Facts {
    /// Will there be no show?
    pub(crate) fn is_cancelled(&self) -> bool {
        self.show.status == ShowStatus::Cancelled.as_str()
    }

    /// What people typed begins no line of its own, neither in a header nor in plain text.
    #[must_use]
    pub(crate) fn in_single_lines(mut self) -> Self {
        self.reader = self.reader.in_single_lines();
        let Self { reader: _, order, show, tickets } = &mut self;
        let venue = &mut show.venue;
        let mut typed = vec![&mut show.title, &mut venue.name, &mut venue.address, &mut venue.city];
        typed.extend(order.items.iter_mut().map(|item| &mut item.listing_name));
        typed.extend(
            tickets.iter_mut().flat_map(|ticket| {
                [Some(&mut ticket.listing_name), ticket.seat.as_mut()].into_iter().flatten()
            }),
        );
        for text in typed {
            *text = single_line(text);
        }
        self
    }
}

impl Reader {
    /// A name begins no line of its own.
    #[must_use]
    pub(crate) fn in_single_lines(mut self) -> Self {
        self.name = single_line(&self.name);
        self
    }
}

/// For whom a letter is written, when, and where its links lead.
#[derive(Clone, Copy)]
struct Desk<'a> {
    reader: &'a Reader,
    origin: &'a str,
    now: Timestamp,
}

impl Desk<'_> {
    /// How the reader is addressed: the first of their names.
    fn first_name(&self) -> &str {
        self.reader.name.split_whitespace().next().unwrap_or("Hello")
    }

    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin.trim_end_matches('/'))
    }
}

/// The last letters of an order's number, as the pages of the shop show it.
fn number(order: OrderId) -> String {
    let id = order.to_string().to_uppercase();
    id.get(id.len().saturating_sub(6)..).unwrap_or_default().to_owned()
}

/// `1 ticket`, `2 tickets`.
fn counted(tickets: usize) -> String {
    if tickets == 1 { "1 ticket".to_owned() } else { format!("{tickets} tickets") }
}

fn single_line(text: &str) -> String {
    let spaced: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
