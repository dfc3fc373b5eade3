//! Signing up, in and out, and the account itself: `/api/auth`.

use super::second_factors::Entered;
use crate::{
    backend::{Answer, Api},
    config::CookieNames,
    error::AppError,
    loading::once,
    session::use_api,
    visit::{Viewer, Visit},
};
use contracts::{
    auth::{ChangePassword, DeviceView, SessionView, SignIn, SignUp, SignedIn, UserView},
    ids::SessionId,
};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// `POST /api/auth/signin`
pub async fn sign_in(api: &Api, request: &SignIn) -> Result<Answer<Entered>, AppError> {
    api.sign("/api/auth/signin", request).await
}

/// `POST /api/auth/signup`
pub async fn sign_up(api: &Api, request: &SignUp) -> Result<Answer<Entered>, AppError> {
    api.sign("/api/auth/signup", request).await
}

/// `POST /api/auth/signout`: by the cookies themselves, for it ends what they name.
pub async fn sign_out(api: &Api, visit: &Visit, names: CookieNames) -> Result<Answer<()>, AppError> {
    let cookies = [(names.access, &visit.access), (names.refresh, &visit.refresh)];
    let cookies = cookies.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
    api.with_cookies("/api/auth/signout", &cookies.collect::<Vec<_>>().join("; ")).await
}

/// `POST /api/auth/refresh`, where it is the refusal that matters.
pub async fn refresh(api: &Api, visit: &Visit, names: CookieNames) -> Result<Answer<SignedIn>, AppError> {
    let token = visit.refresh.as_ref().ok_or(AppError::Unauthenticated)?;
    api.with_cookies("/api/auth/refresh", &format!("{}={token}", names.refresh)).await
}

/// `GET /api/auth/session`
pub async fn current(api: &Api) -> Result<Option<UserView>, AppError> {
    Ok(api.get::<SessionView>("/api/auth/session").await?.user)
}

/// `GET /api/auth/sessions`
pub async fn devices(api: &Api) -> Result<Vec<DeviceView>, AppError> {
    Ok(api.get::<contracts::Page<DeviceView>>("/api/auth/sessions").await?.items)
}

/// `DELETE /api/auth/sessions/{id}`
pub async fn end_device(api: &Api, session: SessionId) -> Result<(), AppError> {
    api.delete(&format!("/api/auth/sessions/{session}")).await
}

/// `DELETE /api/auth/sessions`
pub async fn end_other_devices(api: &Api) -> Result<(), AppError> {
    api.delete("/api/auth/sessions").await
}

/// `PUT /api/auth/password`
pub async fn change_password(api: &Api, request: &ChangePassword) -> Result<(), AppError> {
    api.put("/api/auth/password", request).await
}

/// How long a name is remembered: it is on every page, and rarely changes.
const NAME_KEPT_FOR: Duration = Duration::from_mins(1);
/// How long a page waits for a name that only adorns it.
const NAME_WAIT: Duration = Duration::from_millis(1500);
/// The most names that are remembered.
const NAMES_MAX: usize = 10_000;

type Names = Mutex<HashMap<SessionId, (Instant, String)>>;
static NAMES: LazyLock<Names> = LazyLock::new(Names::default);

/// `Priya R.`, for the header; `Account` where auth does not answer in time.
pub async fn short_name(viewer: Viewer) -> Result<String, AppError> {
    let api = use_api()?;
    let known = NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(&viewer.session).cloned();
    if let Some((_, name)) = known.filter(|(since, _)| since.elapsed() < NAME_KEPT_FOR) {
        return Ok(name);
    }
    let user = tokio::time::timeout(NAME_WAIT, once(current(&api))).await;
    let Ok(Ok(Some(user))) = user else { return Ok("Account".to_owned()) };
    let name = shorten(&user.name);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if names.len() >= NAMES_MAX {
        names.retain(|_, (since, _)| since.elapsed() < NAME_KEPT_FOR);
    }
    names.insert(viewer.session, (Instant::now(), name.clone()));
    Ok(name)
}

/// First name and initial: people look over shoulders.
fn shorten(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or("Account");
    match words.next_back().and_then(|last| last.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened() {
        assert_eq!(shorten("Priya Raman"), "Priya R.");
        assert_eq!(shorten("Jan Amos Łukasz"), "Jan Ł.");
        assert_eq!(shorten("Cher"), "Cher");
        assert_eq!(shorten(" "), "Account");
    }
}
