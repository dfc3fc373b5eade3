//! What a right password leads to: a session, or the question for a second factor.

use crate::{
    account::Account,
    cookies,
    devices::Signed,
    error::Error,
    second_factor::{Challenge, Factors, StoredChallenge},
    store,
};
use auth::cookies::CookieNames;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use contracts::{Timestamp, auth::SignedIn, second_factors::SecondFactorAsked};
use sqlx::PgConnection;

/// What a right password leads to.
pub(super) enum Entered {
    /// A session.
    Signed(Box<Signed>),
    /// The second step.
    Asked(Asked),
}

/// A second factor is asked for.
pub(super) struct Asked {
    challenge: Challenge,
    factors: Factors,
    expires_at: Timestamp,
}

impl Asked {
    /// Begins the second step for a user who is locked and not banned.
    pub(super) async fn begin(
        db: &mut PgConnection,
        account: &Account,
        factors: Factors,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let (challenge, stored) = (Challenge::random(), StoredChallenge::of(account, now));
        store::signin_challenges::insert(db, &challenge.hash(), &stored).await?;
        Ok(Self { challenge, factors, expires_at: stored.expires_at })
    }
}

impl Entered {
    /// 200 or 201 with both cookies, or 202 with the challenge's.
    pub(super) fn answer(self, names: CookieNames, signed: StatusCode) -> Response {
        match self {
            Self::Signed(entered) => {
                let body = SignedIn { user: entered.account.view(), expires_at: entered.access.expires_at };
                (signed, cookies::set(names, &entered), Json(body)).into_response()
            }
            Self::Asked(Asked { challenge, factors, expires_at }) => {
                let (totp, passkey) = (factors.totp, factors.passkeys > 0);
                let body = SecondFactorAsked { challenge: challenge.text(), expires_at, totp, passkey };
                (StatusCode::ACCEPTED, cookies::set_challenge(names, challenge), Json(body)).into_response()
            }
        }
    }
}
