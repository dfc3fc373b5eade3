//! Signing keys: made at first start, replaced by the operator, kept in the database, published on the bus.
//!
//! A rotation publishes the new key long before its first use, and keeps the old one until its last token has died. Which
//! key signs is read in the very transaction that gives the token: every instance goes over to the new one at its time,
//! and none signs with one that was retired meanwhile. See `docs/adr/0010-key-rotation.md`.

use crate::{config::public_half, store};
use auth::{
    issue::{SecretKey, TokenSigner},
    keys::{PublicKey, RETIREMENTS_MAX, Retirement, Retirements},
    revocation, token,
};
use chrono::TimeDelta;
use contracts::Timestamp;
use sqlx::{PgConnection, PgPool, PgTransaction};
use store::signing_keys::{PublicHalf, SigningKey};

/// How long a retired key is remembered and its end published: far longer than an instance is cut off and goes on
/// running.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// A key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("a stored signing key is damaged")]
    Damaged,
    #[error("there is no key to sign with")]
    None,
    #[error("a rotation is under way: its key signs from {0} on")]
    UnderWay(Timestamp),
}

/// How keys are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// The new key signs after so long. The old ones retire when their last token has died.
    After(TimeDelta),
    /// The old keys have leaked: they retire now, all their tokens are refused, and the new key signs now.
    Leaked,
}

/// What a rotation has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rotated {
    /// The new key, with its first use.
    pub(crate) public: PublicKey,
    /// The keys it replaces.
    pub(crate) old: Vec<String>,
    /// When their signatures cease to count.
    pub(crate) old_retire_at: Timestamp,
}

/// Makes the very first key, which is used at once: services refuse tokens of keys they do not know, and know none
/// before it is published.
pub(crate) async fn make_first(pool: &PgPool, now: Timestamp) -> Result<(), KeyError> {
    let mut tx = pool.begin().await?;
    store::signing_keys::lock(&mut tx).await?;
    if store::signing_keys::current(&mut tx, now).await?.is_none() {
        store::signing_keys::insert(&mut tx, &new_key(now), now).await?;
    }
    Ok(tx.commit().await?)
}

/// The key to sign with, in the transaction that gives the token.
pub(crate) async fn signer(tx: &mut PgConnection, now: Timestamp) -> Result<TokenSigner, KeyError> {
    let key = store::signing_keys::current(tx, now).await?.ok_or(KeyError::None)?;
    let seed: [u8; 32] = key.seed.try_into().map_err(|_| KeyError::Damaged)?;
    Ok(TokenSigner { kid: key.kid, key: SecretKey::new(&seed) })
}

/// Replaces the keys.
pub(crate) async fn rotate(
    tx: &mut PgTransaction<'_>,
    rotation: Rotation,
    now: Timestamp,
) -> Result<Rotated, KeyError> {
    store::signing_keys::lock(tx).await?;
    let (signs_at, old_retire_at) = match rotation {
        // So long ago that no clock has another opinion: neither a reader's, nor that of an instance of auth, which would
        // find no key to sign with.
        Rotation::Leaked => {
            let long_ago = now - TimeDelta::seconds(2 * token::LEEWAY_SECONDS);
            (long_ago, long_ago)
        }
        Rotation::After(ahead) => {
            if let Some(next) = store::signing_keys::next(tx, now).await? {
                return Err(KeyError::UnderWay(next));
            }
            // A token of the last moment lives as long as the entry that would revoke it.
            (now + ahead, now + ahead + TimeDelta::seconds(revocation::LIFE_SECONDS))
        }
    };
    let key = new_key(signs_at);
    store::signing_keys::insert(tx, &key, now).await?;
    let old = store::signing_keys::retire_others(tx, &key.kid, old_retire_at).await?;
    let public = PublicKey::new(&key.kid, &public_half_of(&key)?, signs_at);
    Ok(Rotated { public, old, old_retire_at })
}

fn public_half_of(key: &SigningKey) -> Result<[u8; 32], KeyError> {
    key.public.as_slice().try_into().map_err(|_| KeyError::Damaged)
}

fn new_key(not_before: Timestamp) -> SigningKey {
    let seed: [u8; 32] = rand::random();
    SigningKey {
        kid: service::new_id::<uuid::Uuid>().to_string(),
        seed: seed.to_vec(),
        public: public_half(&seed).to_vec(),
        not_before,
    }
}

/// Every public key whose signatures count or will, and every one whose end not everybody may have heard of.
pub(crate) async fn published(pool: &PgPool, now: Timestamp) -> Result<Vec<PublicKey>, KeyError> {
    let mut db = pool.acquire().await?;
    let limit = i64::try_from(RETIREMENTS_MAX).unwrap_or(i64::MAX);
    let keys = store::signing_keys::known(&mut db, now - REMEMBERED, limit).await?;
    keys.iter().map(public_key).collect()
}

/// The ends of those keys.
pub(crate) fn retirements(keys: &[PublicKey]) -> Retirements {
    let ends = keys.iter().filter_map(|key| Some(Retirement { kid: key.kid.clone(), at: key.retires_at? }));
    Retirements { keys: ends.collect() }
}

fn public_key(key: &PublicHalf) -> Result<PublicKey, KeyError> {
    let public: [u8; 32] = key.public.as_slice().try_into().map_err(|_| KeyError::Damaged)?;
    Ok(PublicKey { retires_at: key.retires_at, ..PublicKey::new(&key.kid, &public, key.not_before) })
}
