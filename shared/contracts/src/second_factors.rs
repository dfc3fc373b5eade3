//! Second factors, passkeys, and proving anew who one is.

use crate::{
    ids::PasskeyId,
    validate::{FieldErrors, Validate},
};
use chrono::{DateTime, Utc};

dto! {
    /// The answer 202 to signing in: the password was right, and a second factor is needed.
    pub struct SecondFactorAsked {
        /// Opaque, for callers that keep no cookies. Good for one sign-in, until `expires_at`; no service takes it for
        /// an identity.
        pub challenge: String,
        /// When signing in has to begin anew.
        pub expires_at: DateTime<Utc>,
        /// Does the account have an authenticator app?
        pub totp: bool,
        /// Does the account have a passkey?
        pub passkey: bool,
    }

    /// `POST /api/auth/signin/code`
    #[serde(deny_unknown_fields)]
    pub struct SignInWithCode {
        /// Six digits of the authenticator app, or a recovery code.
        pub code: String,
        /// The challenge of the first step; absent where its cookie is sent.
        pub challenge: Option<String>,
    }

    /// `POST /api/auth/reauthenticate`
    #[serde(deny_unknown_fields)]
    pub struct Reauthenticate {
        /// The account's password.
        pub password: String,
        /// Where the account has a second factor: six digits of the authenticator app, or a recovery code.
        pub code: Option<String>,
    }

    /// `GET /api/auth/second-factors`
    pub struct SecondFactorsView {
        /// The authenticator app, once it was confirmed.
        pub totp: Option<TotpView>,
        /// Passkeys, the oldest first.
        pub passkeys: Vec<PasskeyView>,
        /// Recovery codes that were not used yet.
        pub recovery_codes_left: u32,
        /// Must the account have one? Then the last one cannot be removed.
        pub required: bool,
        /// Until when sensitive acts are done without proving anew who one is; absent where that is over.
        pub proven_until: Option<DateTime<Utc>>,
    }

    /// An authenticator app.
    pub struct TotpView {
        /// Confirmed.
        pub created_at: DateTime<Utc>,
        /// Last sign-in with it.
        pub last_used_at: Option<DateTime<Utc>>,
    }

    /// A passkey.
    pub struct PasskeyView {
        /// The passkey.
        pub id: PasskeyId,
        /// What its owner calls it.
        pub name: String,
        /// Added.
        pub created_at: DateTime<Utc>,
        /// Last sign-in with it.
        pub last_used_at: Option<DateTime<Utc>>,
        /// Is it kept by more than one device?
        pub backed_up: bool,
    }

    /// `POST` and `GET /api/auth/totp`: what an authenticator app has to know. It counts once a code of it has come back.
    pub struct TotpOffer {
        /// The secret in base 32, to type.
        pub secret: String,
        /// The secret as an `otpauth:` address.
        pub uri: String,
        /// The address as a QR code: an SVG drawing.
        pub qr: String,
    }

    /// `PUT /api/auth/totp`
    #[serde(deny_unknown_fields)]
    pub struct ConfirmTotp {
        /// Six digits that the app shows now.
        pub code: String,
    }

    /// What follows from a new second factor.
    pub struct SecondFactorAdded {
        /// With the first one: recovery codes. They are shown this once.
        pub recovery_codes: Vec<String>,
    }

    /// `POST /api/auth/recovery-codes`: the ones from before work no more.
    pub struct RecoveryCodes {
        /// Shown this once.
        pub codes: Vec<String>,
    }

    /// `POST /api/auth/passkeys`
    #[serde(deny_unknown_fields)]
    pub struct AddPasskey {
        /// What its owner calls it.
        pub name: String,
        /// `PublicKeyCredential.toJSON()` of what the browser made.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub credential: serde_json::Value,
    }

    /// `POST /api/auth/signin/passkey`
    #[serde(deny_unknown_fields)]
    pub struct SignInWithPasskey {
        /// `PublicKeyCredential.toJSON()` of what the browser gave.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub credential: serde_json::Value,
        /// The challenge of the first step where the passkey is the second; absent where its cookie is sent.
        pub challenge: Option<String>,
    }

    /// `POST /api/auth/reauthenticate/passkey`
    #[serde(deny_unknown_fields)]
    pub struct ReauthenticateWithPasskey {
        /// `PublicKeyCredential.toJSON()` of what the browser gave.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub credential: serde_json::Value,
    }
}

/// The longest name of a passkey, in characters.
pub const PASSKEY_NAME_MAX: usize = 60;
/// Longer than any code, with the spaces and dashes that people type.
const CODE_MAX: usize = 64;

impl Validate for SignInWithCode {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("code", "the code", &self.code, (1, CODE_MAX));
    }
}

impl Validate for Reauthenticate {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.check(!self.password.is_empty(), "password", "required", "Enter your password");
        if let Some(code) = &self.code {
            errors.text("code", "the code", code, (1, CODE_MAX));
        }
    }
}

impl Validate for ConfirmTotp {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("code", "the code", &self.code, (1, CODE_MAX));
    }
}

impl Validate for AddPasskey {
    fn validate(&self, errors: &mut FieldErrors) {
        errors.text("name", "a name", &self.name, (1, PASSKEY_NAME_MAX));
    }
}

impl Validate for SignInWithPasskey {
    fn validate(&self, _: &mut FieldErrors) {}
}

impl Validate for ReauthenticateWithPasskey {
    fn validate(&self, _: &mut FieldErrors) {}
}
