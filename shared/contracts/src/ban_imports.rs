//! Lists of people to ban.

use crate::{
    auth::BannedTickets,
    ids::{BanId, BanImportId, UserId},
};
use chrono::{DateTime, Utc};

/// The most lines of a list.
pub const LINES_MAX: usize = 5_000;
/// The largest list, in bytes.
pub const LIST_MAX_BYTES: usize = 1_000_000;

words! {
    /// How far a list has come.
    pub enum BanImportState {
        /// It was read, and nothing has happened.
        Draft = "draft",
        /// It was confirmed; bans are being made.
        Running = "running",
        /// Every line was done or left out.
        Done = "done",
        /// Whoever confirmed it may ban no more, so the rest was left out.
        Stopped = "stopped",
    }
}

words! {
    /// Why a line is left out.
    pub enum BanImportProblem {
        /// It names nobody.
        UserMissing = "user_missing",
        /// There is no such account.
        UserUnknown = "user_unknown",
        /// The account is on an earlier line.
        Repeated = "repeated",
        /// It is the account of whoever bans.
        Own = "own",
        /// It is an admin's account: admins are banned one by one.
        Admin = "admin",
        /// The account is banned already.
        AlreadyBanned = "already_banned",
        /// The reason is missing, longer than 1,000 characters or has control characters.
        ReasonInvalid = "reason_invalid",
        /// The end is no day and no instant, or not in the future.
        UntilInvalid = "until_invalid",
        /// What becomes of tickets is neither `keep` nor `refuse`.
        TicketsInvalid = "tickets_invalid",
        /// The line has more or fewer cells than the first one.
        CellsWrong = "cells_wrong",
        /// The ban could not be made before the list was stopped.
        Stopped = "stopped",
    }
}

words! {
    /// Which lines of a list.
    pub enum BanImportLines {
        /// Every one.
        All = "all",
        /// Those that are left out.
        LeftOut = "left_out",
    }
}

dto! {
    /// A list of people to ban.
    pub struct BanImportView {
        /// The list.
        pub id: BanImportId,
        /// How far it has come.
        pub state: BanImportState,
        /// When it was read.
        pub created_at: DateTime<Utc>,
        /// Name of the admin who sent it.
        pub created_by: String,
        /// When it was confirmed.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// When the last line was done.
        pub finished_at: Option<DateTime<Utc>>,
        /// Lines, the first one with the columns' names left out.
        pub lines: u32,
        /// Lines that lead to a ban, or are still to.
        pub open: u32,
        /// Lines that were done.
        pub banned: u32,
        /// Lines that are left out.
        pub left_out: u32,
    }

    /// One line of a list.
    pub struct BanImportLine {
        /// Its number, as editors count.
        pub line: u32,
        /// Whom it names, as it was written.
        pub named: String,
        /// The account.
        pub user: Option<UserId>,
        /// How that is called.
        pub name: Option<String>,
        /// Shown to the banned person.
        pub reason: String,
        /// When the ban ends by itself; absent: never.
        pub until: Option<DateTime<Utc>>,
        /// What becomes of paid tickets.
        pub tickets: BannedTickets,
        /// Why it is left out.
        pub problem: Option<BanImportProblem>,
        /// The ban that came of it.
        pub ban: Option<BanId>,
    }
}
