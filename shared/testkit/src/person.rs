//! People and the tokens that auth would give them.

use auth::{
    issue::{RevocationSigner, SecretKey, TokenSigner},
    keys::PublicKey,
    revocation::{Complete, Kind, LIFE_SECONDS, ReasonCode, Revocation},
    subjects,
    token::AccessClaims,
};
use contracts::{
    Timestamp,
    auth::{BannedTickets, Role},
    ids::{SessionId, UserId},
};
use ed25519_dalek::SigningKey;

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// The state that auth publishes of them.
    pub user: events::auth::User,
    /// Their session.
    pub session: SessionId,
}

impl Person {
    /// A user.
    pub fn new(name: &str) -> Self {
        let id: UserId = service::new_id();
        let user = events::auth::User {
            id,
            email: format!("{}-{id}@example.com", name.to_lowercase().replace(' ', "-")),
            name: name.to_owned(),
            role: Role::User,
            ban: None,
            generation: 1,
            version: 1,
        };
        Self { user, session: service::new_id() }
    }

    /// An admin.
    pub fn admin(name: &str) -> Self {
        let mut person = Self::new(name);
        person.user.role = Role::Admin;
        person
    }

    /// Their account.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// The state after a ban.
    #[must_use]
    pub fn banned(&self, reason: &str) -> events::auth::User {
        let ban = events::auth::UserBan {
            id: Some(service::new_id()),
            reason: reason.to_owned(),
            until: None,
            tickets: BannedTickets::Keep,
        };
        let (generation, version) = (self.user.generation + 1, self.user.version + 1);
        events::auth::User { ban: Some(ban), generation, version, ..self.user.clone() }
    }
}

/// Signs what auth signs.
#[derive(Clone, Debug)]
pub struct Issuer {
    signer: TokenSigner,
    revocations: RevocationSigner,
    token_seed: [u8; 32],
    token_public: [u8; 32],
    /// Public half of the revocation key, as services are configured with it.
    pub revocation_public_hex: String,
    origin: String,
}

impl Issuer {
    /// Fresh keys.
    pub fn new(origin: &str) -> Self {
        let (token_seed, revocation_seed): ([u8; 32], [u8; 32]) = (rand::random(), rand::random());
        let public = |seed: &[u8; 32]| SigningKey::from_bytes(seed).verifying_key().to_bytes();
        Self {
            signer: TokenSigner { kid: "test".to_owned(), key: SecretKey::new(&token_seed) },
            revocations: RevocationSigner(SecretKey::new(&revocation_seed)),
            token_seed,
            token_public: public(&token_seed),
            revocation_public_hex: hex::encode(public(&revocation_seed)),
            origin: origin.to_owned(),
        }
    }

    /// Somebody who has got hold of the signing key.
    pub fn forger(&self) -> crate::hostile::Forger {
        crate::hostile::Forger::new(&self.signer.kid, &self.token_seed, &self.origin)
    }

    /// An access token of 15 minutes.
    pub fn token(&self, person: &Person) -> String {
        let now = service::Clock::system().now().timestamp();
        let claims = AccessClaims {
            iss: self.origin.clone(),
            aud: self.origin.clone(),
            client_id: auth::token::CLIENT_ID.to_owned(),
            sub: person.user.id,
            sid: person.session,
            generation: person.user.generation,
            role: person.user.role,
            withheld: None,
            name: Some(person.user.name.clone()),
            iat: now,
            exp: now + auth::token::LIFE_SECONDS,
            nbf: None,
            jti: uuid::Uuid::now_v7(),
        };
        self.signer.sign(&claims).expect("a token can be signed")
    }

    /// The entries that auth writes at its start: its key, and that all revocations are there, in that stream.
    pub(crate) fn opening_entries(&self, stream: String, now: Timestamp) -> [(String, String); 2] {
        let key = PublicKey::new(&self.signer.kid, &self.token_public, now);
        let complete = Complete { stream, at: now, revocations: 0, position: None };
        [
            (subjects::key(&self.signer.kid), self.revocations.key(&key).expect("a key can be signed")),
            (subjects::COMPLETE.to_owned(), self.revocations.complete(&complete).expect("it can be signed")),
        ]
    }

    /// The entry of a ban of everybody below the user's new generation.
    pub(crate) fn ban_entry(&self, user: &events::auth::User, now: Timestamp) -> (String, String) {
        let revocation = Revocation {
            kind: Kind::User,
            id: user.id.uuid(),
            generation: user.generation,
            expires_at: now + chrono::Duration::seconds(LIFE_SECONDS),
            reason_code: ReasonCode::Banned,
            actor: None,
            at: now,
        };
        (revocation.subject(), self.revocations.revocation(&revocation).expect("a ban can be signed"))
    }
}
