//! Passkeys (`WebAuthn`, level 3): a key in a device that answers for its owner, by finger, face or PIN.
//!
//! User verification is required, so a passkey is two factors by itself: something one has, and something one is or knows.
//! Credentials are discoverable: whoever signs in with one names nobody before. Each ceremony is a row with the challenge
//! that the browser signs, good once and for five minutes. The library checks what the browser says: the origin and the id
//! of the relying party (both from `PUBLIC_ORIGIN`), the challenge, the flags, the signature, and that the counter grows
//! where there is one.

use crate::{account::Account, error::Error, state::Auth, store};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contracts::ids::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgTransaction;
use std::sync::Arc;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, Url},
};

/// How long a ceremony may take.
const CEREMONY_LASTS: TimeDelta = TimeDelta::minutes(5);
/// Passkeys of one account at most.
pub(crate) const OF_USER_MAX: i64 = 20;
/// What devices call us.
const NAME: &str = "Ticketing.dev";

/// What was begun and waits for the browser.
#[derive(Serialize, Deserialize)]
pub(crate) enum Ceremony {
    /// A new passkey.
    Adding(PasskeyRegistration),
    /// Any passkey that there is.
    Asking(DiscoverableAuthentication),
}

/// The relying party; absent where browsers would refuse it.
#[derive(Clone)]
pub(crate) struct RelyingParty(Option<Arc<Webauthn>>);

impl RelyingParty {
    /// Passkeys are bound to a domain name, so there are none on an origin without one, such as an address of a network.
    pub(crate) fn new(public_origin: &str) -> Self {
        let webauthn = Url::parse(public_origin).ok().and_then(|origin| {
            let domain = origin.domain()?.to_owned();
            WebauthnBuilder::new(&domain, &origin).ok()?.rp_name(NAME).build().ok()
        });
        if webauthn.is_none() {
            tracing::warn!(public_origin, "the origin has no domain name, so there are no passkeys");
        }
        Self(webauthn.map(Arc::new))
    }

    fn get(&self) -> Result<&Webauthn, Error> {
        self.0.as_deref().ok_or(Error::StateConflict("Passkeys need an address with a domain name"))
    }
}

/// Begins to add a passkey to an account that has these; gives what the browser is asked.
pub(crate) async fn begin_adding(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    session: SessionId,
) -> Result<Value, Error> {
    let known = store::passkeys::credential_ids(tx, account.id).await?;
    if i64::try_from(known.len()).is_ok_and(|known| known >= OF_USER_MAX) {
        return Err(Error::StateConflict(
            "That is as many passkeys as an account may have: remove one first",
        ));
    }
    let (mut options, adding) = state.relying_party.get()?.start_passkey_registration(
        account.id.uuid(),
        &account.email,
        &account.name,
        Some(known),
    )?;
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        // It must be found without an address being named.
        selection.resident_key = Some(webauthn_rs_proto::ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(&options.public_key.challenge);
    put(state, tx, &challenge, Some(session), &Ceremony::Adding(adding)).await?;
    Ok(serde_json::to_value(options.public_key)?)
}

/// What the browser made, if it is what this session asked for.
pub(crate) async fn finish_adding(
    state: &Auth,
    credential: Value,
    session: SessionId,
) -> Result<Passkey, Error> {
    let Some((Some(asked_by), Ceremony::Adding(adding))) = take(state, &credential).await? else {
        return Err(Error::PasskeyRefused);
    };
    if asked_by != session {
        return Err(Error::PasskeyRefused);
    }
    let made = serde_json::from_value(credential).map_err(|_| Error::PasskeyRefused)?;
    state.relying_party.get()?.finish_passkey_registration(&made, &adding).map_err(refused)
}

/// Begins to ask for any passkey; gives what the browser is asked.
pub(crate) async fn begin_asking(state: &Auth) -> Result<Value, Error> {
    let (options, asking) = state.relying_party.get()?.start_discoverable_authentication()?;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(&options.public_key.challenge);
    let mut tx = state.pool.begin().await?;
    put(state, &mut tx, &challenge, None, &Ceremony::Asking(asking)).await?;
    tx.commit().await?;
    Ok(serde_json::to_value(options.public_key)?)
}

/// An answer to [`begin_asking`] whose ceremony is used up, and which is not verified yet.
pub(crate) struct Answer {
    /// Whose passkey it says it is.
    pub(crate) user: UserId,
    credential: PublicKeyCredential,
    asking: DiscoverableAuthentication,
}

/// Takes the ceremony that an answer belongs to, whatever comes of it: a challenge is good once.
pub(crate) async fn answer(state: &Auth, credential: Value) -> Result<Answer, Error> {
    let Some((None, Ceremony::Asking(asking))) = take(state, &credential).await? else {
        return Err(Error::PasskeyRefused);
    };
    let credential = serde_json::from_value(credential).map_err(|_| Error::PasskeyRefused)?;
    let (user, _) =
        state.relying_party.get()?.identify_discoverable_authentication(&credential).map_err(refused)?;
    Ok(Answer { user: UserId::from_uuid(user), credential, asking })
}

/// Is it a passkey of that user, and did it sign? Notes its use. The user must be locked, so that of two answers with one
/// counter the second is refused.
pub(crate) async fn verify(state: &Auth, tx: &mut PgTransaction<'_>, answer: Answer) -> Result<(), Error> {
    let id = answer.credential.get_credential_id();
    let found = store::passkeys::find(tx, answer.user, id).await?.ok_or(Error::PasskeyRefused)?;
    let mut passkey: Passkey = serde_json::from_value(found.credential)?;
    let used = state
        .relying_party
        .get()?
        .finish_discoverable_authentication_v2(&answer.credential, answer.asking, &passkey)
        .map_err(refused)?;
    if !used.user_verified() {
        return Err(Error::PasskeyRefused);
    }
    passkey.update_credential(&used);
    let now = state.clock.now();
    store::passkeys::used(tx, found.id, &serde_json::to_value(&passkey)?, used.backup_state(), now).await?;
    Ok(())
}

/// Is it kept by more than one device?
pub(crate) fn is_backed_up(passkey: &Passkey) -> Result<bool, Error> {
    let credential = serde_json::to_value(passkey)?;
    Ok(credential["cred"]["backup_state"].as_bool().unwrap_or(false))
}

async fn put(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    challenge: &str,
    session: Option<SessionId>,
    ceremony: &Ceremony,
) -> Result<(), Error> {
    let until = state.clock.now() + CEREMONY_LASTS;
    Ok(store::ceremonies::insert(tx, challenge, session, &serde_json::to_value(ceremony)?, until).await?)
}

async fn take(state: &Auth, credential: &Value) -> Result<Option<(Option<SessionId>, Ceremony)>, Error> {
    let Some(challenge) = challenge_of(credential) else { return Ok(None) };
    let mut db = state.pool.acquire().await?;
    let taken = store::ceremonies::take(&mut db, &challenge, state.clock.now()).await?;
    Ok(match taken {
        Some((session, ceremony)) => Some((session, serde_json::from_value(ceremony)?)),
        None => None,
    })
}

/// The challenge that the browser says it has signed. Whether it has is found out later.
fn challenge_of(credential: &Value) -> Option<String> {
    let said = credential["response"]["clientDataJSON"].as_str()?;
    let said: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
    said["challenge"].as_str().map(str::to_owned)
}

/// What is wrong with an answer is for the log: whoever sent it knows, or should not.
#[expect(clippy::needless_pass_by_value, reason = "the signature that `map_err` asks for")]
fn refused(error: webauthn_rs::prelude::WebauthnError) -> Error {
    tracing::info!(?error, "a passkey was refused");
    metrics::counter!("auth_passkeys_refused_total").increment(1);
    Error::PasskeyRefused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_domain_name() {
        for origin in ["http://localhost:3000", "https://tickets.example"] {
            assert!(RelyingParty::new(origin).get().is_ok(), "{origin}");
        }
        for origin in ["http://192.0.2.7:3000", "nonsense"] {
            assert!(RelyingParty::new(origin).get().is_err(), "{origin}");
        }
    }

    #[test]
    fn the_challenge_is_read_from_what_the_browser_says() {
        let said = BASE64_URL_SAFE_NO_PAD.encode(r#"{"type":"webauthn.get","challenge":"abc"}"#);
        let credential = serde_json::json!({ "response": { "clientDataJSON": said } });
        assert_eq!(challenge_of(&credential).as_deref(), Some("abc"));
        assert_eq!(challenge_of(&serde_json::json!({})), None);
        assert_eq!(challenge_of(&serde_json::json!({ "response": { "clientDataJSON": "?" } })), None);
    }
}
