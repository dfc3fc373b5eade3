//! Subjects and streams of the revocation account, in one place.

use contracts::ids::{SessionId, UserId};

/// The stream of revocations and markers.
pub const REVOCATIONS: &str = "KV_revocations";
/// The stream of public keys.
pub const KEYS: &str = "KV_keys";
/// Every revocation of a user.
pub const ALL_USERS: &str = "$KV.revocations.u.>";
/// Every revocation of a session.
pub const ALL_SESSIONS: &str = "$KV.revocations.s.>";
/// Auth's own entries.
pub const ALL_AUTH: &str = "$KV.revocations.a.>";
/// Every marker of every instance.
pub const ALL_MARKERS: &str = "$KV.revocations.hb.>";
/// Every public key.
pub const ALL_KEYS: &str = "$KV.keys.>";
/// Auth has written every live revocation.
pub const COMPLETE: &str = "$KV.revocations.a.complete";
/// Which keys are retired, and when: [`crate::keys::Retirements`].
pub const RETIREMENTS: &str = "$KV.revocations.a.retirements";
/// What instances say they have applied.
pub const ALL_APPLIED: &str = "revocation_applied.>";

/// Where the revocation of a user is written.
pub fn user(id: UserId) -> String {
    format!("$KV.revocations.u.{id}")
}

/// Where the revocation of a session is written.
pub fn session(id: SessionId) -> String {
    format!("$KV.revocations.s.{id}")
}

/// Where an instance writes its markers.
pub fn marker(service: &str, instance: &str) -> String {
    format!("$KV.revocations.hb.{service}.{instance}")
}

/// Where an instance says what it has applied.
pub fn applied(service: &str, instance: &str) -> String {
    format!("revocation_applied.{service}.{instance}")
}

/// Where a public key is written.
pub fn key(kid: &str) -> String {
    format!("$KV.keys.{kid}")
}

/// Service and instance of a subject of [`marker`] or [`applied`].
pub fn instance_of(subject: &str) -> Option<(&str, &str)> {
    let rest = subject
        .strip_prefix("$KV.revocations.hb.")
        .or_else(|| subject.strip_prefix("revocation_applied."))?;
    rest.split_once('.')
}

/// May it be one token of a subject?
pub fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
