//! Accounts, sessions, bans and their audit.

use crate::{
    ids::{BanId, SessionId, UserId},
    validate::{FieldErrors, Validate, is_email},
};
use chrono::{DateTime, TimeDelta, Utc};

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

words! {
    /// What a person is told of their account by mail.
    pub enum NoticeKind {
        /// Somebody asked for a new password: a link that sets it.
        ResetPassword = "reset_password",
        /// A link that confirms the address of a new account.
        ConfirmEmail = "confirm_email",
        /// A link, sent to the new address, that makes it the account's.
        ConfirmNewEmail = "confirm_new_email",
        /// Somebody tried to sign up with an address that has an account.
        AddressTaken = "address_taken",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// The address was changed; told to the old one.
        EmailChanged = "email_changed",
        /// Somebody signed in with a browser that the account does not know.
        NewBrowser = "new_browser",
        /// A second factor was added.
        SecondFactorAdded = "second_factor_added",
        /// A second factor was removed.
        SecondFactorRemoved = "second_factor_removed",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey was removed.
        PasskeyRemoved = "passkey_removed",
        /// New recovery codes were made.
        RecoveryCodesMade = "recovery_codes_made",
    }
}

words! {
    /// What a ban does to somebody's business.
    pub enum BanEffectKind {
        /// Orders that awaited payment were cancelled.
        HoldsReleased = "holds_released",
        /// Places of those orders went back on sale.
        PlacesReleased = "places_released",
        /// Live streams of theirs were closed.
        StreamsClosed = "streams_closed",
        /// Listings are hidden while the ban lasts.
        ListingsHidden = "listings_hidden",
        /// Offers of resale were withdrawn for good.
        OffersWithdrawn = "offers_withdrawn",
        /// Unused tickets of theirs are refused at the door.
        TicketsRefused = "tickets_refused",
    }
}

words! {
    /// What an admin's list of accounts goes by.
    pub enum UserSort {
        /// When they signed up.
        Registered = "registered",
        /// How they are called.
        Name = "name",
        /// When they were last there; those who never were come last or first together.
        LastSeen = "last_seen",
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

    /// `POST /api/auth/password/forgot`
    #[serde(deny_unknown_fields)]
    pub struct ForgotPassword {
        /// Where the link goes, if an account has this address.
        pub email: String,
    }

    /// `POST /api/auth/password/reset`
    #[serde(deny_unknown_fields)]
    pub struct ResetPassword {
        /// What the link carries.
        pub token: String,
        /// The password from now on.
        pub new: String,
    }

    /// What a link in a mail carries: `POST /api/auth/email/confirm`, `POST /api/auth/sessions/disown`
    #[serde(deny_unknown_fields)]
    pub struct FollowLink {
        /// What the link carries.
        pub token: String,
    }

    /// `PUT /api/auth/email`
    #[serde(deny_unknown_fields)]
    pub struct ChangeEmail {
        /// The password of the account.
        pub password: String,
        /// The address from now on, once a link sent to it was followed.
        pub email: String,
    }

    /// Answer to following a link that confirms an address.
    pub struct ConfirmedEmail {
        /// The address of the account, confirmed.
        pub email: String,
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
        /// Was a link followed that was sent to the address?
        #[serde(default)]
        pub email_confirmed: bool,
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

    /// One page of the admin's list of accounts.
    pub struct AdminUserPage {
        /// At most `limit` accounts.
        pub items: Vec<AdminUserRow>,
        /// Give it as `cursor` to get the next page; absent on the last one.
        pub next_cursor: Option<String>,
        /// Give it as `cursor` to get the page before; absent on the first one.
        pub previous_cursor: Option<String>,
        /// How many accounts fit.
        pub found: Found,
    }

    /// How many there are, counted up to a bound.
    #[derive(Copy, Eq)]
    pub struct Found {
        /// So many at least.
        pub count: u32,
        /// Are there more than that? They are not counted.
        pub more: bool,
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
        /// What each service that acts on bans says that it did.
        #[serde(default)]
        pub effects: Vec<ServiceEffects>,
    }

    /// What one service did because of a ban.
    pub struct ServiceEffects {
        /// Service, such as `orders`.
        pub service: String,
        /// When it acted last; absent while nothing is heard of it.
        pub acted_at: Option<DateTime<Utc>>,
        /// What it did, in figures; zero where there was nothing to do.
        pub effects: Vec<BanEffect>,
    }

    /// One kind of effect, counted.
    #[derive(Copy)]
    pub struct BanEffect {
        /// What was done.
        pub kind: BanEffectKind,
        /// How often.
        pub count: u32,
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
        /// Who, where it was a person and no job.
        #[serde(default)]
        pub actor: Option<UserId>,
        /// How they were called then.
        pub actor_name: String,
        /// What, such as `user.ban`.
        pub action: String,
        /// Whose account it concerned; absent where it concerned none, as a rotation of keys.
        pub subject: Option<UserId>,
        /// The name of whom, or of what, it concerned.
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

/// So long after a ban every token of before it has ended, whatever the bus took.
pub const TOKENS_GONE_AFTER: TimeDelta = TimeDelta::minutes(16);

impl BanReceipt {
    /// Is no token left that the ban is about? Then nobody refuses anything because of it any more.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.committed_at >= TOKENS_GONE_AFTER
    }

    /// Will nothing more come? Either it is over, or the bus has taken the ban, every instance has refused or is not
    /// waited for, and every service that runs has said what it did.
    pub fn is_final(&self, now: DateTime<Utc>) -> bool {
        let answered = |instance: &InstanceReceipt| instance.applied_ms.is_some() || instance.gone.is_some();
        let refused = self.acknowledged_at.is_some() && self.instances.iter().all(answered);
        let told = self.effects.iter().all(|told| told.acted_at.is_some() || !self.runs(&told.service));
        (refused && told) || self.is_over(now)
    }

    /// A service that is away says what it did when it is back: nobody waits for that.
    fn runs(&self, service: &str) -> bool {
        self.instances.iter().any(|instance| instance.service == service && instance.gone.is_none())
    }
}

/// The fewest characters of a password (NIST SP 800-63B-4: the only factor).
pub const PASSWORD_MIN: usize = 15;
/// The most characters of a password.
pub const PASSWORD_MAX: usize = 256;

impl Validate for SignUp {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("name", "your name", &self.name, (1, 100));
        check_email(errors, "email", &self.email);
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

impl Validate for ForgotPassword {
    fn validate(&self, errors: &mut FieldErrors) {
        check_email(errors, "email", &self.email);
    }
}

impl Validate for ResetPassword {
    fn validate(&self, errors: &mut FieldErrors) {
        check_password(errors, "new", &self.new);
    }
}

impl Validate for FollowLink {
    fn validate(&self, _: &mut FieldErrors) {}
}

impl Validate for ChangeEmail {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check(!self.password.is_empty(), "password", "required", "Enter your password");
        check_email(errors, "email", &self.email);
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

fn check_email(errors: &mut FieldErrors, field: &str, email: &str) {
    errors.check(
        is_email(email.trim()),
        field,
        "invalid_email",
        "Enter an e-mail address, such as ana@example.com",
    );
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

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = "2026-11-16T19:32:10Z";

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().unwrap()
    }

    fn receipt(acknowledged: bool, applied_ms: Option<f64>, acted: bool) -> BanReceipt {
        let instance =
            InstanceReceipt { service: "orders".into(), instance: "orders-1".into(), applied_ms, gone: None };
        let id = "0198f3a0-0000-7000-8000-000000000001";
        BanReceipt {
            ban: id.parse().unwrap(),
            user: id.parse().unwrap(),
            generation: 2,
            committed_at: at(COMMITTED),
            acknowledged_at: acknowledged.then(|| at(COMMITTED)),
            effective_by: None,
            instances: vec![instance],
            effects: vec![ServiceEffects {
                service: "orders".into(),
                acted_at: acted.then(|| at(COMMITTED)),
                effects: Vec::new(),
            }],
        }
    }

    #[test]
    fn a_receipt_is_final_when_everybody_has_answered_or_no_token_is_left() {
        let soon = at("2026-11-16T19:32:11Z");
        assert!(receipt(true, Some(3.0), true).is_final(soon));
        for open in
            [receipt(false, Some(3.0), true), receipt(true, None, true), receipt(true, Some(3.0), false)]
        {
            assert!(!open.is_final(soon));
            assert!(!open.is_final(at(COMMITTED) + TOKENS_GONE_AFTER - TimeDelta::seconds(1)));
            assert!(open.is_final(at(COMMITTED) + TOKENS_GONE_AFTER));
        }
    }

    #[test]
    fn nobody_waits_for_a_service_that_is_away() {
        let mut away = receipt(true, None, false);
        for instance in &mut away.instances {
            instance.gone = Some(InstanceGone::NoLease);
        }
        assert!(away.is_final(at(COMMITTED)));
    }
}
