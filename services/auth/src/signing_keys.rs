//! Signing keys: made at first start, kept in the database, published on the bus.

use crate::{config::public_half, store};
use auth::{
    issue::{SecretKey, TokenSigner},
    keys::PublicKey,
};
use contracts::Timestamp;
use sqlx::PgPool;
use store::signing_keys::SigningKey;

/// The stored key cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the database cannot be used")]
    Database(#[from] sqlx::Error),
    #[error("the stored signing key is damaged")]
    Damaged,
}

/// The key to sign with. The very first one is made here and used at once; services refuse tokens of keys they
/// do not know, and know none before it is published.
pub(crate) async fn signer(pool: &PgPool, now: Timestamp) -> Result<TokenSigner, KeyError> {
    let mut tx = pool.begin().await?;
    store::signing_keys::lock(&mut tx).await?;
    let known = store::signing_keys::current(&mut tx, now).await?;
    let key = if let Some(key) = known {
        key
    } else {
        let key = new_key(now);
        store::signing_keys::insert(&mut tx, &key, now).await?;
        key
    };
    tx.commit().await?;
    let seed: [u8; 32] = key.seed.try_into().map_err(|_| KeyError::Damaged)?;
    Ok(TokenSigner { kid: key.kid, key: SecretKey::new(&seed) })
}

fn new_key(now: Timestamp) -> SigningKey {
    let seed: [u8; 32] = rand::random();
    SigningKey {
        kid: service::new_id::<uuid::Uuid>().to_string(),
        seed: seed.to_vec(),
        public: public_half(&seed).to_vec(),
        not_before: now,
        retires_at: None,
    }
}

/// Every public key whose signatures count or will.
pub(crate) async fn published(pool: &PgPool, now: Timestamp) -> Result<Vec<PublicKey>, KeyError> {
    let mut db = pool.acquire().await?;
    let keys = store::signing_keys::published(&mut db, now).await?;
    keys.into_iter().map(|key| public_key(&key)).collect()
}

fn public_key(key: &SigningKey) -> Result<PublicKey, KeyError> {
    let public: [u8; 32] = key.public.as_slice().try_into().map_err(|_| KeyError::Damaged)?;
    Ok(PublicKey { retires_at: key.retires_at, ..PublicKey::new(&key.kid, &public, key.not_before) })
}
