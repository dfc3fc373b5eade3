//! Published by auth.

use contracts::{
    Timestamp,
    auth::{BannedTickets, NoticeKind, Role},
    ids::{BanId, NoticeId, SessionId, UserId},
};

facts! {
    /// What can happen to a user.
    pub enum UserFact {
        /// Signed up.
        Registered = "registered",
        /// Name, address, role or password changed.
        Changed = "changed",
        /// Banned (OpenID RISC `account-disabled`).
        Banned = "banned",
        /// The ban ended (OpenID RISC `account-enabled`).
        Unbanned = "unbanned",
    }
}

facts! {
    /// What can happen to a session.
    pub enum SessionFact {
        /// Ended before its time (OpenID CAEP `session-revoked`).
        Revoked = "revoked",
    }
}

facts! {
    /// What can happen to a notice.
    pub enum NoticeFact {
        /// Its reader shall get it by mail.
        Issued = "issued",
    }
}

states! {
    /// A person with an account.
    pub struct User {
        /// The account.
        pub id: UserId,
        /// Where mail goes.
        pub email: String,
        /// How they are called.
        pub name: String,
        /// What they may do.
        pub role: Role,
        /// The ban in force, if any.
        pub ban: Option<UserBan>,
        /// Tokens of a lower generation are refused after a ban.
        pub generation: i64,
        /// Goes up with every change.
        pub version: i64,
    }

    /// A ban in force.
    pub struct UserBan {
        /// The ban, for those who answer what they did because of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<BanId>,
        /// Shown to the banned person.
        pub reason: String,
        /// When it ends by itself.
        pub until: Option<Timestamp>,
        /// What becomes of paid tickets.
        pub tickets: BannedTickets,
    }

    /// One signed-in device that was ended.
    pub struct Session {
        /// The session.
        pub id: SessionId,
        /// Whose.
        pub user: UserId,
        /// Goes up with every change.
        pub version: i64,
    }

    /// Something that a person is told of their account. It holds no secret: where the mail carries a link, its
    /// secret is derived from the id ([`crate::link::LinkKey`]).
    pub struct Notice {
        /// The notice.
        pub id: NoticeId,
        /// Whom it concerns.
        pub user: UserId,
        /// What it tells.
        pub kind: NoticeKind,
        /// Where the mail goes: not always the address of the account.
        pub email: String,
        /// How the reader is called.
        pub name: String,
        /// When it happened.
        pub at: Timestamp,
        /// What the browser calls itself, where one took part.
        pub user_agent: Option<String>,
        /// When its link ends, where it has one.
        pub expires_at: Option<Timestamp>,
        /// Goes up with every change.
        pub version: i64,
    }
}

aggregate!(User, "auth", "user", UserFact, id);
aggregate!(Session, "auth", "session", SessionFact, id);
aggregate!(Notice, "auth", "notice", NoticeFact, id);
