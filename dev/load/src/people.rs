//! People who take part in a measurement.

use crate::system::{Account, System};
use anyhow::Context;
use contracts::auth::SessionView;
use contracts::ids::UserId;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use seed::api::{self, Session};

/// What new people sign in with.
pub(crate) const PASSWORD: &str = "correct horse battery staple 9";
/// Each sign-up costs a password hash.
const AT_ONCE: usize = 4;

/// Signs in with an account of the samples.
pub(crate) async fn known(system: &System, account: &Account) -> anyhow::Result<Session> {
    let credentials = (account.email.as_str(), account.password.as_str());
    match &account.totp {
        Some(secret) => api::session_with_code(&system.base, credentials, secret).await,
        None => api::session(&system.base, credentials, &account.name).await,
    }
}

/// Signs up so many new people; gives their addresses.
pub(crate) async fn emails(system: &System, count: usize) -> anyhow::Result<Vec<String>> {
    let sessions = new(system, count).await?;
    let asking = sessions.iter().map(async |session| {
        let view: SessionView = session.get("/api/auth/session").await?;
        Ok(view.user.context("nobody is signed in")?.email)
    });
    stream::iter(asking).buffer_unordered(AT_ONCE).try_collect().await
}

/// Signs up so many new people.
pub(crate) async fn new(system: &System, count: usize) -> anyhow::Result<Vec<Session>> {
    let sign_up = async |number: usize| {
        let email = format!("load-{}@example.com", uuid::Uuid::now_v7().simple());
        api::session(&system.base, (&email, PASSWORD), &format!("Load {number}")).await
    };
    stream::iter((0..count).map(sign_up)).buffer_unordered(AT_ONCE).try_collect().await
}

/// Which account a session belongs to.
pub(crate) async fn id(session: &Session) -> anyhow::Result<UserId> {
    let view: SessionView = session.get("/api/auth/session").await?;
    Ok(view.user.context("nobody is signed in")?.id)
}
