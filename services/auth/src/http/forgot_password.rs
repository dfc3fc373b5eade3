//! `POST /api/auth/password/forgot`: a link by mail that sets a new password. The same answer and time for everybody.

use crate::{
    account::normal_email,
    attempts::{self, Bound, Network},
    error::Error,
    links::Purpose,
    state::Auth,
    store,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contracts::{Problem, auth::ForgotPassword};
use service::Valid;

/// Mails to one address, within the life of a link. What comes beyond is answered alike: its owner has mails enough, and
/// a link that works among them, so nobody who asks in their name keeps them out.
const PER_ADDRESS: Bound = Bound { max: 5, window: Purpose::ResetPassword.life(), grows: false };

/// Ask for a new password.
#[utoipa::path(post, path = "/api/auth/password/forgot", tag = "recovery", request_body = ForgotPassword, responses(
    (status = 202, description = "If an account has this address, a link is on its way to it"),
    (status = 422, description = "`invalid`: no address", body = Problem),
    (status = 429, description = "`rate_limited`: too many requests from this network", body = Problem),
))]
#[tracing::instrument(name = "auth.forgot_password", skip_all)]
pub(crate) async fn forgot_password(
    State(state): State<Auth>,
    headers: HeaderMap,
    Valid(request): Valid<ForgotPassword>,
) -> Result<StatusCode, Error> {
    let email = normal_email(&request.email);
    let now = state.clock.now();
    let mut db = state.pool.acquire().await?;
    let network = format!("forgot from {}", Network::of(&headers));
    attempts::take(&mut db, &network, Bound::from_network(state.network_attempts_max), now).await?;
    if attempts::took(&mut db, &format!("forgot {email}"), PER_ADDRESS, now).await? {
        store::password_requests::put(&mut db, &email, now).await?;
        state.password_requested.notify_one();
    }
    Ok(StatusCode::ACCEPTED)
}
