//! Second factors, and proving anew who one is: `/api/auth`.

use crate::{
    backend::{Answer, Api},
    error::AppError,
};
use contracts::{
    auth::SignedIn,
    ids::PasskeyId,
    second_factors::{
        AddPasskey, ConfirmTotp, Reauthenticate, ReauthenticateWithPasskey, RecoveryCodes, SecondFactorAdded,
        SecondFactorAsked, SecondFactorsView, SignInWithCode, SignInWithPasskey, TotpOffer,
    },
};
use serde::Deserialize;

/// What a right password leads to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Entered {
    /// A session.
    Signed(SignedIn),
    /// The question for a second factor.
    Asked(SecondFactorAsked),
}

/// `POST /api/auth/signin/code`
pub async fn sign_in_with_code(api: &Api, request: &SignInWithCode) -> Result<Answer<SignedIn>, AppError> {
    api.sign("/api/auth/signin/code", request).await
}

/// `POST /api/auth/signin/passkey`
pub async fn sign_in_with_passkey(
    api: &Api,
    request: &SignInWithPasskey,
) -> Result<Answer<SignedIn>, AppError> {
    api.sign("/api/auth/signin/passkey", request).await
}

/// `POST /api/auth/passkeys`: the answer sets a cookie, for the session may do more now.
pub async fn add_passkey(api: &Api, request: &AddPasskey) -> Result<Answer<SecondFactorAdded>, AppError> {
    api.post_for_cookies("/api/auth/passkeys", request).await
}

/// `DELETE /api/auth/passkeys/{id}`
pub async fn remove_passkey(api: &Api, passkey: PasskeyId) -> Result<(), AppError> {
    api.delete(&format!("/api/auth/passkeys/{passkey}")).await
}

/// `POST /api/auth/reauthenticate/passkey`
pub async fn reauthenticate_with_passkey(
    api: &Api,
    request: &ReauthenticateWithPasskey,
) -> Result<(), AppError> {
    api.post("/api/auth/reauthenticate/passkey", request).await
}

/// `POST /api/auth/reauthenticate`
pub async fn reauthenticate(api: &Api, request: &Reauthenticate) -> Result<(), AppError> {
    api.post("/api/auth/reauthenticate", request).await
}

/// `GET /api/auth/second-factors`
pub async fn list(api: &Api) -> Result<SecondFactorsView, AppError> {
    api.get("/api/auth/second-factors").await
}

/// `POST /api/auth/totp`
pub async fn offer_totp(api: &Api) -> Result<TotpOffer, AppError> {
    api.post("/api/auth/totp", &()).await
}

/// `GET /api/auth/totp`
pub async fn totp_offer(api: &Api) -> Result<TotpOffer, AppError> {
    api.get("/api/auth/totp").await
}

/// `PUT /api/auth/totp`: the answer sets a cookie, for the session may do more now.
pub async fn confirm_totp(api: &Api, request: &ConfirmTotp) -> Result<Answer<SecondFactorAdded>, AppError> {
    api.put_for_cookies("/api/auth/totp", request).await
}

/// `DELETE /api/auth/totp`
pub async fn remove_totp(api: &Api) -> Result<(), AppError> {
    api.delete("/api/auth/totp").await
}

/// `POST /api/auth/recovery-codes`
pub async fn renew_recovery_codes(api: &Api) -> Result<RecoveryCodes, AppError> {
    api.post("/api/auth/recovery-codes", &()).await
}
