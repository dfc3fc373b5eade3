//! `auth-service rotate-keys [--in SECONDS] [--leaked]`: new signing keys while everything runs.
//!
//! This program publishes the new key, commits the change, and publishes the ends of the old keys; it waits until the
//! bus has acknowledged them. Running instances of auth need not be told: they look which key signs whenever they sign.

use crate::{
    revoker::Revoker,
    signing_keys::{self, Rotated, Rotation},
    store::audit,
};
use anyhow::{Context, bail};
use auth::{
    issue::{RevocationSigner, SecretKey},
    keys::PublicKey,
};
use chrono::TimeDelta;
use contracts::Timestamp;
use service::{Clock, Env};
use sqlx::PgPool;

/// Seconds from the publication of a new key to its first use, where nothing else is said. Also those who keep the key
/// set of `/api/auth/jwks.json` for its minute have it by then.
const AHEAD_SECONDS: u32 = 600;
/// The least: two leases. Whoever has not heard of the key by then cannot know who is banned either, and asks to wait.
const AHEAD_SECONDS_MIN: u32 = 4;
/// The most: a day.
const AHEAD_SECONDS_MAX: u32 = 86_400;

/// Replaces the signing keys; says what was done.
pub async fn rotate_keys(env: &Env, arguments: &[String]) -> anyhow::Result<String> {
    let (Some(database_url), Some(nats_url), Some(secret)) = (
        env.required::<String>("DATABASE_URL"),
        env.required::<String>("NATS_REVOCATIONS_URL"),
        env.secret::<32>("REVOCATION_SECRET_KEY"),
    ) else {
        return Err(env.error().into());
    };
    let rotation = rotation(arguments)?;
    let pool = service::db::open(&database_url, &sqlx::migrate!()).await?;
    let client = auth::connect_client(&nats_url, "auth", "rotate-keys").await?;
    let signer = RevocationSigner(SecretKey::new(&secret));
    let revoker = Revoker::over(client, signer, pool.clone(), Clock::system());
    let rotated = commit(&pool, &revoker, rotation, Clock::system().now()).await?;
    let published = revoker.write_keys().await;
    // Whoever runs auth writes all of it again within half a minute.
    published.with_context(|| {
        format!("{}; the bus has not acknowledged it, and auth goes on trying", said(&rotated, rotation))
    })?;
    Ok(said(&rotated, rotation))
}

fn rotation(arguments: &[String]) -> anyhow::Result<Rotation> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seconds = match arguments.as_slice() {
        ["--leaked"] => return Ok(Rotation::Leaked),
        [] => AHEAD_SECONDS,
        ["--in", seconds] => seconds.parse().context("--in takes seconds")?,
        _ => bail!("rotate-keys takes --in SECONDS, or --leaked"),
    };
    if !(AHEAD_SECONDS_MIN..=AHEAD_SECONDS_MAX).contains(&seconds) {
        bail!("--in takes from {AHEAD_SECONDS_MIN} to {AHEAD_SECONDS_MAX} seconds");
    }
    Ok(Rotation::After(TimeDelta::seconds(seconds.into())))
}

/// The keys and the audit, in one transaction.
async fn commit(
    pool: &PgPool,
    revoker: &Revoker,
    rotation: Rotation,
    now: Timestamp,
) -> anyhow::Result<Rotated> {
    let mut tx = pool.begin().await?;
    let rotated = signing_keys::rotate(&mut tx, rotation, now).await?;
    let (action, note) = match rotation {
        Rotation::After(_) => {
            ("keys.rotate", format!("Signs from {}", rotated.public.not_before.to_rfc3339()))
        }
        Rotation::Leaked => ("keys.retire_leaked", format!("Retired {}", rotated.old.join(", "))),
    };
    audit::write_of_operator(&mut tx, now, action, &rotated.public.kid, &note).await?;
    // Before the commit, from which on a leaked key's successor signs: nobody shall see a token of a key unknown. The
    // transaction waits for the bus, and holds nothing but the keys' lock. A bus that is away does not stop it.
    if let Err(error) = revoker.announce(&rotated.public).await {
        tracing::warn!(%error, "the new key is not published yet");
    }
    tx.commit().await?;
    Ok(rotated)
}

fn said(rotated: &Rotated, rotation: Rotation) -> String {
    let Rotated { public: PublicKey { kid, not_before, .. }, old, old_retire_at } = rotated;
    let (old, signs_at) = (old.join(", "), not_before.to_rfc3339());
    match rotation {
        Rotation::After(_) => {
            format!("the key {kid} signs from {signs_at}; {old} retire at {}", old_retire_at.to_rfc3339())
        }
        Rotation::Leaked => format!("the key {kid} signs now; all tokens of {old} are refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> anyhow::Result<Rotation> {
        rotation(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_key_is_published_before_its_first_use_by_a_stated_minimum() {
        assert_eq!(read(&[]).unwrap(), Rotation::After(TimeDelta::minutes(10)));
        assert_eq!(read(&["--in", "60"]).unwrap(), Rotation::After(TimeDelta::seconds(60)));
        assert_eq!(read(&["--leaked"]).unwrap(), Rotation::Leaked);
        for wrong in
            [&["--in", "3"][..], &["--in", "86401"], &["--in"], &["--in", "x"], &["--leaked", "--in", "9"]]
        {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
        let lease = auth::lease::LIFE.as_secs();
        assert!(u64::from(AHEAD_SECONDS_MIN) >= 2 * lease);
    }
}
