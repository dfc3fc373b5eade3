//! Accounts, sessions, bans and their audit.

use crate::{
    ids::{BanId, SessionId, UserId},
    validate::{FieldErrors, Validate, is_email},
};
use chrono::{DateTime, Utc};

words! {
    /// What an account may do.
    pub enum Role {
        /// Buys, sells and organises.
        User = "user",
        /// Also bans and unbans.
        Admin = "admin",
    }
}

words! {
    /// Whether an account may be used.
    pub enum UserStatus {
        /// It may.
        Active = "active",
        /// It was banned and the ban has not ended.
        Banned = "banned",
    }
}

words! {
    /// What becomes of tickets that a banned person has paid for.
    pub enum BannedTickets {
        /// They stay valid.
        Keep = "keep",
        /// They are refused at the door while the ban lasts.
        Refuse = "refuse",
    }
}

words! {
    /// Why no report of an instance is awaited any more.
    pub enum InstanceGone {
        /// Its markers stopped for longer than a lease lives: it accepts nobody who must be known, and when it comes
        /// back it learns of the ban before it does.
        NoLease = "no_lease",
        /// Its markers go on, so by the lease's rules it has applied the ban or accepts nobody; its report was lost.
        ReportLost = "report_lost",
    }
}

dto! {
    /// `POST /api/auth/signup`
    #[serde(deny_unknown_fields)]
    pub struct SignUp {
        /// Where mail goes; the name of the account.
        pub email: String,
        /// 15 to 256 characters of any kind (NIST SP 800-63B-4: the only factor).
        pub password: String,
        /// How the person is called.
        pub name: String,
    }

    /// `POST /api/auth/signin`
    #[serde(deny_unknown_fields)]
    pub struct SignIn {
        /// The account's address.
        pub email: String,
        /// The account's password.
        pub password: String,
    }

    /// `PUT /api/auth/password`
    #[serde(deny_unknown_fields)]
    pub struct ChangePassword {
        /// The password until now.
        pub current: String,
        /// The password from now on.
        pub new: String,
    }

    /// Who somebody is.
    pub struct UserView {
        /// Account.
        pub id: UserId,
        /// Address.
        pub email: String,
        /// Name.
        pub name: String,
        /// Role.
        pub role: Role,
    }

    /// Answer to signing up and in.
    pub struct SignedIn {
        /// Who is signed in now.
        pub user: UserView,
        /// When the access token ends.
        pub expires_at: DateTime<Utc>,
    }

    /// `GET /api/auth/session`
    pub struct SessionView {
        /// Who is signed in, if anybody.
        pub user: Option<UserView>,
        /// When the access token ends.
        pub expires_at: Option<DateTime<Utc>>,
    }

    /// One signed-in device.
    pub struct DeviceView {
        /// The session.
        pub id: SessionId,
        /// What the browser called itself at sign-in.
        pub user_agent: String,
        /// Signed in.
        pub created_at: DateTime<Utc>,
        /// Last refresh.
        pub last_seen_at: DateTime<Utc>,
        /// Is it the one that asks?
        pub current: bool,
    }

    /// A user in the admin's list.
    pub struct AdminUserRow {
        /// Account.
        pub id: UserId,
        /// Address.
        pub email: String,
        /// Name.
        pub name: String,
        /// Role.
        pub role: Role,
        /// Active or banned.
        pub status: UserStatus,
        /// Signed up.
        pub created_at: DateTime<Utc>,
        /// Last sign-in or refresh.
        pub last_seen_at: Option<DateTime<Utc>>,
    }

    /// A user as an admin sees them.
    pub struct AdminUserView {
        /// The account.
        pub user: AdminUserRow,
        /// Live sessions.
        pub sessions: Vec<DeviceView>,
        /// All bans, newest first.
        pub bans: Vec<BanView>,
    }

    /// `PUT /api/auth/admin/users/{id}/ban`
    #[serde(deny_unknown_fields)]
    pub struct Ban {
        /// Shown to the banned person.
        pub reason: String,
        /// When the ban ends by itself; absent: never.
        pub until: Option<DateTime<Utc>>,
        /// What becomes of paid tickets; `keep` where absent.
        pub tickets: Option<BannedTickets>,
    }

    /// `DELETE /api/auth/admin/users/{id}/ban`
    #[serde(deny_unknown_fields)]
    pub struct Unban {
        /// Why, for the audit.
        pub note: String,
    }

    /// One ban.
    pub struct BanView {
        /// The ban.
        pub id: BanId,
        /// Shown to the banned person.
        pub reason: String,
        /// When it ends by itself.
        pub until: Option<DateTime<Utc>>,
        /// What becomes of paid tickets.
        pub tickets: BannedTickets,
        /// When it was made.
        pub created_at: DateTime<Utc>,
        /// Name of the admin who made it.
        pub created_by: String,
        /// When it was lifted.
        pub lifted_at: Option<DateTime<Utc>>,
        /// Why it was lifted.
        pub lift_note: Option<String>,
    }

    /// How far a ban has come: `GET /api/auth/admin/bans/{id}/receipt`.
    pub struct BanReceipt {
        /// The ban.
        pub ban: BanId,
        /// The banned account.
        pub user: UserId,
        /// Tokens of a lower generation are refused.
        pub generation: i64,
        /// When the ban was committed in auth's database.
        pub committed_at: DateTime<Utc>,
        /// When the bus acknowledged the revocation (T0); absent while it is out of reach.
        pub acknowledged_at: Option<DateTime<Utc>>,
        /// By then it is effective everywhere at the latest: T0 + 2 s.
        pub effective_by: Option<DateTime<Utc>>,
        /// Every live instance of every service.
        pub instances: Vec<InstanceReceipt>,
    }

    /// One instance in a receipt.
    pub struct InstanceReceipt {
        /// Service, such as `orders`.
        pub service: String,
        /// Instance, such as `orders-1`.
        pub instance: String,
        /// Milliseconds from T0 until the instance refused the user; absent while pending.
        pub applied_ms: Option<f64>,
        /// Why no report is awaited any more, so that the receipt ends; absent while one is, and once it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub gone: Option<InstanceGone>,
    }

    /// One admin act.
    pub struct AuditRow {
        /// Its id.
        pub id: uuid::Uuid,
        /// When.
        pub at: DateTime<Utc>,
        /// Who.
        pub actor_name: String,
        /// What, such as `user.ban`.
        pub action: String,
        /// Whom it concerned.
        pub subject: UserId,
        /// The name of whom it concerned.
        pub subject_name: String,
        /// Reason or note.
        pub note: String,
    }

    /// `GET /api/<service>/whoami`: who the token says the caller is.
    pub struct WhoAmI {
        /// Account.
        pub user: UserId,
        /// Session.
        pub session: SessionId,
        /// Role.
        pub role: Role,
        /// Generation of the token.
        pub generation: i64,
        /// Service that answers.
        pub service: String,
        /// Instance that answers.
        pub instance: String,
    }
}

/// The fewest characters of a password (NIST SP 800-63B-4: the only factor).
pub const PASSWORD_MIN: usize = 15;
/// The most characters of a password.
pub const PASSWORD_MAX: usize = 256;

impl Validate for SignUp {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("name", "your name", &self.name, (1, 100));
        errors.check(
            is_email(self.email.trim()),
            "email",
            "invalid_email",
            "Enter an e-mail address, such as ana@example.com",
        );
        check_password(errors, "password", &self.password);
    }
}

impl Validate for SignIn {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check(!self.email.trim().is_empty(), "email", "required", "Enter your e-mail address");
        errors.check(!self.password.is_empty(), "password", "required", "Enter your password");
    }
}

impl Validate for ChangePassword {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check(!self.current.is_empty(), "current", "required", "Enter your current password");
        check_password(errors, "new", &self.new);
    }
}

impl Validate for Ban {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("reason", "a reason", &self.reason, (1, 1000));
    }
}

impl Validate for Unban {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("note", "a note", &self.note, (1, 1000));
    }
}

fn check_password(errors: &mut FieldErrors, field: &str, password: &str) {
    let length = password.chars().count();
    errors.check(
        length >= PASSWORD_MIN,
        field,
        "too_short",
        "Use at least 15 characters; several words are fine",
    );
    errors.check(length <= PASSWORD_MAX, field, "too_long", "Use at most 256 characters");
}
