//! One request of one visitor: what pages and forms may know about it.

use crate::error::AppError;
use contracts::{
    Timestamp,
    auth::Role,
    ids::{SessionId, UserId},
};
use leptos::prelude::*;
use std::{sync::Arc, time::SystemTime};

/// Facts about the request that is being answered. In the request's extensions and in the context of its page.
#[derive(Clone, Debug, Default)]
pub struct Visit(Arc<Facts>);

/// What is known about a request once its cookies are fresh.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Path and query.
    pub path: String,
    /// Finds the request in every service's logs.
    pub request_id: String,
    /// W3C trace context, passed on as it came.
    pub traceparent: Option<String>,
    /// The visitor's address, as the ingress says.
    pub client_address: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// The access token.
    pub access: Option<String>,
    /// The refresh token: for sign-out alone.
    pub refresh: Option<String>,
    /// Were both tokens had for this very request? Then others are not had by asking again.
    pub is_renewed: bool,
    /// The cookie that the browser is known by, name and value: for signing in alone.
    pub browser: Option<String>,
    /// The challenge of a sign-in whose second step is still to come.
    pub challenge: Option<String>,
    /// Who the access token says it is. Services check it; here it only decides what is shown.
    pub viewer: Option<Viewer>,
    /// What came of making the session fresh.
    pub standing: Standing,
    /// A script asks, and nobody reads the answer as a page: what it says must still be said afterwards.
    pub in_background: bool,
}

/// What is known about a visitor's session before the page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is fresh, or there is none.
    #[default]
    Settled,
    /// It has to be renewed, and auth does not answer: perhaps somebody is signed in.
    Unsettled,
    /// It was refused because the account is suspended.
    Suspended {
        /// As the admin wrote it.
        reason: String,
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
}

/// In how many seconds it is worth asking again whether a session can be renewed.
const RENEW_AGAIN_S: u32 = 5;

/// Who looks at the page, by an unchecked token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Account.
    pub id: UserId,
    /// Session.
    pub session: SessionId,
    /// Role that the session may use.
    pub role: Role,
    /// Role that it may not use for want of a second factor.
    pub withheld: Option<Role>,
}

impl Visit {
    /// Wraps what is known.
    pub fn new(facts: Facts) -> Self {
        Self(Arc::new(facts))
    }

    /// The visit that this page answers; an empty one while the routes are being listed.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// What it means here that somebody would have to be signed in.
    pub fn nobody(&self) -> AppError {
        match &self.standing {
            Standing::Settled => AppError::Unauthenticated,
            Standing::Unsettled => AppError::Unavailable { retry_after: RENEW_AGAIN_S },
            Standing::Suspended { reason, until } => {
                AppError::Suspended { reason: reason.clone(), until: *until }
            }
        }
    }

    /// Perhaps somebody is signed in: auth cannot be asked.
    pub fn is_unsettled(&self) -> bool {
        self.standing == Standing::Unsettled
    }
}

impl std::ops::Deref for Visit {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

/// Now, for what was a while ago.
pub fn now() -> contracts::Timestamp {
    chrono::DateTime::from_timestamp_millis(now_ms()).unwrap_or_default()
}

/// Now, in milliseconds since 1970, as the browser's countdowns need it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one clock of the pages; rules about time are the services'"
)]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
