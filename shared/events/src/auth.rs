//! Published by auth.

use contracts::{
    Timestamp,
    auth::{BannedTickets, Role},
    ids::{SessionId, UserId},
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
}

aggregate!(User, "auth", "user", UserFact, id);
aggregate!(Session, "auth", "session", SessionFact, id);
