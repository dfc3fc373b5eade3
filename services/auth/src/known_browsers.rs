//! Browsers in which somebody has signed in before: each keeps a cookie, and the account keeps its hash.
//!
//! The cookie signs nobody in. It says two things: a sign-in without it is worth a mail, and wrong passwords in it are
//! counted apart from those of strangers in the same network (OWASP's device cookies).

use crate::{
    account::Account,
    attempts::{self, Bound, For, Network},
    devices::Entry,
    error::Error,
    links::{self, About, Purpose},
    secret::Secret,
    state::Auth,
    store,
};
use axum::http::{HeaderMap, header};
use chrono::TimeDelta;
use contracts::{Timestamp, ids::SessionId};
use sqlx::PgTransaction;

/// What a known browser keeps.
pub(crate) type Browser = Secret;

/// Days that a browser is known for after it was last used.
pub(crate) const KNOWN_DAYS: i64 = 365;
/// Browsers that an account knows at most.
const KNOWN_MAX: i64 = 50;
/// Mails about new browsers to one account: a program that signs in without cookies shall not flood its owner.
const MAILS: Bound = Bound { max: 10, window: TimeDelta::days(1), grows: false };

/// What the request carries.
pub(crate) fn of(state: &Auth, headers: &HeaderMap) -> Option<Browser> {
    auth::cookies::value(headers, name(state.authority.cookies().secure)).and_then(Browser::parse)
}

/// The cookie's name.
pub(crate) const fn name(secure: bool) -> &'static str {
    if secure { "__Host-browser" } else { "browser" }
}

/// What the browser calls itself.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// By what wrong passwords are counted: the network, or the browser where the account knows it. It asks the database
/// the same question whether somebody has the address or not.
pub(crate) async fn counted_by<'a>(
    state: &Auth,
    headers: &HeaderMap,
    email: &'a str,
) -> Result<For<'a>, Error> {
    let from = For::SignIn(email, Network::of(headers));
    let Some(browser) = of(state, headers) else { return Ok(from) };
    let mut db = state.pool.acquire().await?;
    let known = store::known_browsers::is_known(&mut db, email, &browser.hash()).await?;
    Ok(if known { For::SignInAgain(email, browser) } else { from })
}

/// A session begins: notes its browser, and tells the owner of one that is new. Gives the cookie to set.
pub(crate) async fn greet(
    state: &Auth,
    tx: &mut PgTransaction<'_>,
    account: &Account,
    entry: Entry<'_>,
    session: SessionId,
    now: Timestamp,
) -> Result<Browser, Error> {
    let shown = of(state, entry.headers);
    if let Some(browser) = shown
        && store::known_browsers::seen(tx, account.id, &browser.hash(), now).await?
    {
        return Ok(browser);
    }
    // A browser that several people use keeps one cookie; one that we never gave is not taken.
    let browser = match shown {
        Some(shown) if store::known_browsers::is_anybodys(tx, &shown.hash()).await? => shown,
        _ => Browser::random(),
    };
    let others = store::known_browsers::count(tx, account.id).await?;
    store::known_browsers::insert(tx, account.id, &browser.hash(), session, now).await?;
    if others >= KNOWN_MAX {
        store::known_browsers::forget_beyond(tx, account.id, KNOWN_MAX).await?;
    }
    // Who has just made the account need not be told. An account that knows no browser may be old, or the operator's: there
    // the first one may be a thief's.
    if !entry.first && attempts::took(tx, &format!("new browser of {}", account.id), MAILS, now).await? {
        let about =
            About { session: Some(session), user_agent: Some(user_agent(entry.headers)), email: None };
        links::send(state, tx, account, Purpose::NotMe, about, now).await?;
    }
    Ok(browser)
}
