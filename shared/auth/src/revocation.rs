//! Revocations, and the set of those this instance knows.
//!
//! "Tokens of this user below generation *g* are refused until *t*", or "this session is refused until *t*". The
//! generation of a user only grows, so no clocks are compared, and the newest entry says all: an unban is the same
//! generation written again.

use contracts::{
    Timestamp,
    ids::{SessionId, UserId},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, hash::Hash};
use uuid::Uuid;

use crate::{
    Identity, Refusal,
    pull::Position,
    subjects,
    sync::{PoisonError, RwLock},
};

/// The type of a revocation's signature.
pub const TYPE: &str = "revocation+jwt";
/// The type of the signature of `a.complete`.
pub const COMPLETE_TYPE: &str = "complete+jwt";
/// How long an entry lives: an access token's life, the leeway, and a margin.
pub const LIFE_SECONDS: i64 = 16 * 60;

/// What a revocation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A user: tokens below the generation.
    User,
    /// A session: all its tokens.
    Session,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The user was banned.
    Banned,
    /// The ban was lifted; tokens from before it stay dead.
    Unbanned,
    /// The user signed out.
    SignedOut,
    /// The user ended the session from another device.
    SessionEnded,
    /// The password was changed.
    PasswordChanged,
    /// A refresh token was used that had been replaced: theft.
    TokenReuse,
    /// The account had more sessions than it may have, and this one was used longest ago.
    Displaced,
    /// A reason of a newer auth; it revokes like any other.
    #[serde(other)]
    Other,
}

/// One revocation, as auth signs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// A user or a session.
    pub kind: Kind,
    /// Which.
    pub id: Uuid,
    /// Tokens of a lower generation are refused (users only).
    #[serde(rename = "gen")]
    pub generation: i64,
    /// From then on no token can be alive that it is about.
    pub expires_at: Timestamp,
    /// Why.
    pub reason_code: ReasonCode,
    /// Who did it; absent for jobs.
    pub actor: Option<UserId>,
    /// When it was written.
    pub at: Timestamp,
}

impl Revocation {
    /// Where it is written.
    pub fn subject(&self) -> String {
        match self.kind {
            Kind::User => subjects::user(UserId::from_uuid(self.id)),
            Kind::Session => subjects::session(SessionId::from_uuid(self.id)),
        }
    }
}

/// Auth has written every live revocation into the stream: the value of `a.complete`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complete {
    /// The stream it had written them into: see [`crate::stream_created`]. In any other stream it says nothing.
    pub stream: String,
    /// When it had.
    pub at: Timestamp,
    /// How many there were.
    pub revocations: u64,
    /// Whoever has read them knows everything up to there; absent where an auth of before wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// What an instance publishes when it has applied a revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// A user or a session.
    pub kind: Kind,
    /// Which.
    pub id: Uuid,
    /// The generation.
    #[serde(rename = "gen")]
    pub generation: i64,
    /// Why.
    pub reason_code: ReasonCode,
}

/// What is remembered of a revocation. Ordered: the greater one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    generation: i64,
    at: Timestamp,
    reason: ReasonCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Remembered {
    entry: Entry,
    expires_at: Timestamp,
}

impl Remembered {
    fn of(revocation: &Revocation) -> Self {
        let entry =
            Entry { generation: revocation.generation, at: revocation.at, reason: revocation.reason_code };
        Self { entry, expires_at: revocation.expires_at }
    }
}

const SHARDS: usize = 16;

/// The revocations this instance knows; what it knows it keeps until it expires.
#[derive(Debug, Default)]
pub struct Revocations {
    users: Sharded<UserId>,
    sessions: Sharded<SessionId>,
}

impl Revocations {
    /// Learns a revocation; `true` where it said something new.
    ///
    /// Any order of the same revocations ends in the same set.
    pub fn apply(&self, revocation: &Revocation) -> bool {
        let new = Remembered::of(revocation);
        match revocation.kind {
            Kind::User => self.users.learn(UserId::from_uuid(revocation.id), new),
            Kind::Session => self.sessions.learn(SessionId::from_uuid(revocation.id), new),
        }
    }

    /// Would it change nothing?
    pub(crate) fn knows(&self, revocation: &Revocation) -> bool {
        let new = Remembered::of(revocation);
        let known = match revocation.kind {
            Kind::User => self.users.get(&UserId::from_uuid(revocation.id)),
            Kind::Session => self.sessions.get(&SessionId::from_uuid(revocation.id)),
        };
        known.is_some_and(|known| known.entry >= new.entry && known.expires_at >= new.expires_at)
    }

    /// Is somebody with that identity refused at that time, and why?
    pub fn refusal(&self, identity: &Identity, now: Timestamp) -> Option<Refusal> {
        let user = self.users.get(&identity.user);
        if let Some(known) = user
            && now < known.expires_at
            && identity.generation < known.entry.generation
        {
            return Some(match known.entry.reason {
                ReasonCode::Banned => Refusal::AccountSuspended,
                _ => Refusal::SessionRevoked,
            });
        }
        let session = self.sessions.get(&identity.session);
        session.is_some_and(|known| now < known.expires_at).then_some(Refusal::SessionRevoked)
    }

    /// Forgets what has expired.
    pub fn prune(&self, now: Timestamp) {
        self.users.prune(now);
        self.sessions.prune(now);
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.users.len() + self.sessions.len()
    }

    /// Is none remembered?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A map in shards, so that requests on several cores do not wait for one another.
#[derive(Debug)]
struct Sharded<K>([RwLock<HashMap<K, Remembered>>; SHARDS]);

impl<K> Default for Sharded<K> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| RwLock::default()))
    }
}

trait ShardKey: Copy + Eq + Hash {
    fn last_byte(self) -> u8;
}

impl ShardKey for UserId {
    fn last_byte(self) -> u8 {
        self.uuid().as_bytes()[15]
    }
}

impl ShardKey for SessionId {
    fn last_byte(self) -> u8 {
        self.uuid().as_bytes()[15]
    }
}

impl<K: ShardKey> Sharded<K> {
    fn shard(&self, key: K) -> &RwLock<HashMap<K, Remembered>> {
        &self.0[usize::from(key.last_byte()) % SHARDS]
    }

    fn get(&self, key: &K) -> Option<Remembered> {
        self.shard(*key).read().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    fn learn(&self, key: K, new: Remembered) -> bool {
        let mut shard = self.shard(key).write().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = shard.get_mut(&key) else {
            shard.insert(key, new);
            return true;
        };
        let before = *known;
        known.entry = known.entry.max(new.entry);
        known.expires_at = known.expires_at.max(new.expires_at);
        (before.entry.generation, before.entry.reason) != (known.entry.generation, known.entry.reason)
    }

    fn prune(&self, now: Timestamp) {
        for shard in &self.0 {
            shard.write().unwrap_or_else(PoisonError::into_inner).retain(|_, known| now < known.expires_at);
        }
    }

    fn len(&self) -> usize {
        self.0.iter().map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }
}
