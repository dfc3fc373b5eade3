//! The second step of signing in, and what a role is worth without it.
//!
//! The first step gives a challenge: 256 random bits, stored hashed, good for one sign-in within five minutes. It is no
//! token: no service but this one knows what it is. The second step locks the account's row and looks again at all that
//! the first one saw, so a ban or a new password in between ends the challenge, as it ends everything else that gives
//! tokens.

use crate::{account::Account, devices, error::Error, secret::Secret};
use chrono::TimeDelta;
use contracts::{Timestamp, auth::Role, ids::UserId};
use sha2::{Digest, Sha256};

/// How long the second step may take.
pub(crate) const CHALLENGE_LASTS: TimeDelta = TimeDelta::minutes(5);

/// Second factors that an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Factors {
    /// An authenticator app that was confirmed.
    pub(crate) totp: bool,
    /// How many passkeys.
    pub(crate) passkeys: i64,
}

impl Factors {
    /// How many second factors there are. Recovery codes are none: they stand in for one that was lost.
    pub(crate) fn count(self) -> i64 {
        self.passkeys + i64::from(self.totp)
    }

    /// Is there one?
    pub(crate) fn any(self) -> bool {
        self.count() > 0
    }
}

/// The role that a session's tokens carry, and the one that is kept from it (ADR 12): nobody acts as an admin with a
/// password alone.
pub(crate) fn role(role: Role, second_factor: bool) -> (Role, Option<Role>) {
    match (role, second_factor) {
        (Role::Admin, false) => (Role::User, Some(Role::Admin)),
        (role, _) => (role, None),
    }
}

/// What whoever did the first step has in hand: only its hash is stored.
pub(crate) type Challenge = Secret;

/// A challenge as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct StoredChallenge {
    pub(crate) user_id: UserId,
    pub(crate) generation: i64,
    pub(crate) proven: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

impl StoredChallenge {
    /// What the first step saw of an account.
    pub(crate) fn of(account: &Account, now: Timestamp) -> Self {
        Self {
            user_id: account.id,
            generation: account.generation,
            proven: digest(&account.password_hash),
            expires_at: now + CHALLENGE_LASTS,
        }
    }

    /// Is all that the first step saw still so? Ask with the account locked.
    pub(crate) fn still_holds(&self, account: &Account, now: Timestamp) -> Result<(), Error> {
        devices::refuse_banned(account)?;
        let same = self.user_id == account.id
            && self.generation == account.generation
            && self.proven == digest(&account.password_hash);
        if same && now < self.expires_at { Ok(()) } else { Err(Error::ChallengeExpired) }
    }
}

/// A hash of a hash: the table of challenges is no second place where passwords can be guessed.
fn digest(password_hash: &str) -> Vec<u8> {
    Sha256::digest(password_hash).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::BanInForce;
    use contracts::auth::BannedTickets;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds)
    }

    fn holds(challenge: &StoredChallenge, account: &Account, now: Timestamp) -> bool {
        challenge.still_holds(account, now).is_ok()
    }

    #[test]
    fn a_challenge_holds_while_the_account_is_as_it_was() {
        let account = Account::sample();
        let challenge = StoredChallenge::of(&account, at(0));
        assert!(holds(&challenge, &account, at(299)));
        assert!(!holds(&challenge, &account, at(300)), "it is too old");
        let other_password = Account { password_hash: "another".to_owned(), ..account.clone() };
        assert!(!holds(&challenge, &other_password, at(1)));
        let ban = BanInForce {
            id: service::new_id(),
            reason: String::new(),
            until: None,
            tickets: BannedTickets::Keep,
        };
        let banned = account.ban(ban);
        assert!(!holds(&challenge, &banned, at(1)));
        assert!(!holds(&challenge, &banned.unban(), at(1)), "a ban that was lifted ends it too");
    }

    #[test]
    fn an_admin_is_one_with_two_factors_only() {
        assert_eq!(role(Role::Admin, true), (Role::Admin, None));
        assert_eq!(role(Role::Admin, false), (Role::User, Some(Role::Admin)));
        assert_eq!(role(Role::User, false), (Role::User, None));
    }
}
