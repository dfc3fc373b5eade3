//! Links in mail, and what they do: `/api/auth/password`, `/api/auth/email`.

use crate::{backend::Api, error::AppError};
use contracts::auth::{ChangeEmail, ConfirmedEmail, FollowLink, ForgotPassword, ResetPassword};

/// `POST /api/auth/password/forgot`
pub async fn forgot_password(api: &Api, request: &ForgotPassword) -> Result<(), AppError> {
    api.post("/api/auth/password/forgot", request).await
}

/// `POST /api/auth/password/reset`
pub async fn reset_password(api: &Api, request: &ResetPassword) -> Result<(), AppError> {
    api.post("/api/auth/password/reset", request).await
}

/// `POST /api/auth/email/confirm`
pub async fn confirm_email(api: &Api, request: &FollowLink) -> Result<ConfirmedEmail, AppError> {
    api.post("/api/auth/email/confirm", request).await
}

/// `POST /api/auth/email/confirmation`
pub async fn send_confirmation(api: &Api) -> Result<(), AppError> {
    api.post("/api/auth/email/confirmation", &()).await
}

/// `PUT /api/auth/email`
pub async fn change_email(api: &Api, request: &ChangeEmail) -> Result<(), AppError> {
    api.put("/api/auth/email", request).await
}

/// `POST /api/auth/sessions/disown`
pub async fn disown_session(api: &Api, request: &FollowLink) -> Result<(), AppError> {
    api.post("/api/auth/sessions/disown", request).await
}
