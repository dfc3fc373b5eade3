//! An account and what can happen to it.

use auth::revocation::{Kind, LIFE_SECONDS, ReasonCode, Revocation};
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    auth::{AdminUserRow, BannedTickets, Role, UserStatus, UserView},
    ids::{BanId, UserId},
};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(crate) role: Role,
    pub(crate) generation: i64,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen_at: Option<Timestamp>,
    /// When a link that was sent to the address was followed.
    pub(crate) email_confirmed_at: Option<Timestamp>,
    pub(crate) ban: Option<BanInForce>,
}

/// The ban in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BanInForce {
    pub(crate) id: BanId,
    pub(crate) reason: String,
    pub(crate) until: Option<Timestamp>,
    pub(crate) tickets: BannedTickets,
}

impl Account {
    /// Bans: the generation rises, so tokens from before are refused. A ban of somebody who is banned already
    /// changes its terms and nothing else.
    pub(crate) fn ban(mut self, ban: BanInForce) -> Self {
        if self.ban.is_none() {
            self.generation += 1;
        }
        self.version += 1;
        self.ban = Some(ban);
        self
    }

    /// Lifts the ban; the generation stays, so tokens from before it stay dead.
    pub(crate) fn unban(mut self) -> Self {
        self.version += 1;
        self.ban = None;
        self
    }

    /// Refuses all tokens below the account's generation.
    pub(crate) fn revocation(&self, reason: ReasonCode, actor: Option<UserId>, now: Timestamp) -> Revocation {
        Revocation {
            kind: Kind::User,
            id: self.id.uuid(),
            generation: self.generation,
            expires_at: now + TimeDelta::seconds(LIFE_SECONDS),
            reason_code: reason,
            actor,
            at: now,
        }
    }

    /// The public state, as other services keep it.
    pub(crate) fn state(&self) -> events::auth::User {
        events::auth::User {
            id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            ban: self.ban.as_ref().map(|ban| events::auth::UserBan {
                id: Some(ban.id),
                reason: ban.reason.clone(),
                until: ban.until,
                tickets: ban.tickets,
            }),
            generation: self.generation,
            version: self.version,
        }
    }

    /// As the person sees it.
    pub(crate) fn view(&self) -> UserView {
        UserView {
            id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            email_confirmed: self.email_confirmed_at.is_some(),
        }
    }

    /// As an admin sees it in a list.
    pub(crate) fn row(&self) -> AdminUserRow {
        AdminUserRow {
            id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            status: if self.ban.is_some() { UserStatus::Banned } else { UserStatus::Active },
            created_at: self.created_at,
            last_seen_at: self.last_seen_at,
        }
    }
}

/// How an address is stored and compared.
pub(crate) fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
impl Account {
    /// Somebody.
    pub(crate) fn sample() -> Self {
        Self {
            id: service::new_id(),
            email: "ana@example.com".to_owned(),
            name: "Ana".to_owned(),
            password_hash: String::new(),
            role: Role::User,
            generation: 1,
            version: 1,
            created_at: Timestamp::default(),
            last_seen_at: None,
            email_confirmed_at: None,
            ban: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::ids::BanId;

    fn terms(reason: &str) -> BanInForce {
        let id: BanId = service::new_id();
        BanInForce { id, reason: reason.to_owned(), until: None, tickets: BannedTickets::Keep }
    }

    #[test]
    fn the_generation_rises_once_per_ban_and_never_falls() {
        let banned = Account::sample().ban(terms("fraud"));
        assert_eq!((banned.generation, banned.version), (2, 2));
        let changed = banned.ban(terms("fraud, again"));
        assert_eq!((changed.generation, changed.version), (2, 3));
        let free = changed.unban();
        assert_eq!((free.generation, free.version, free.ban.clone()), (2, 4, None));
        assert_eq!(free.ban(terms("once more")).generation, 3);
    }
}
