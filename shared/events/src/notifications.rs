//! Published by notifications.

use contracts::ids::{MailId, OrderId, UserId};

facts! {
    /// What can happen to a mail.
    pub enum MailFact {
        /// It was handed to the mail server.
        Sent = "sent",
    }
}

states! {
    /// One outgoing mail; its text stays at home.
    pub struct Mail {
        /// The mail.
        pub id: MailId,
        /// To whom.
        pub recipient: UserId,
        /// About which order.
        pub order: Option<OrderId>,
        /// What it is, such as `order_confirmed`.
        pub kind: String,
        /// Goes up with every change.
        pub version: i64,
    }
}

aggregate!(Mail, "notifications", "mail", MailFact, id);
