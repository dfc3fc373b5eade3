//! Errors as RFC 9457 problem details, with a closed list of codes.

use serde::{Deserialize, Serialize};

words! {
    /// What went wrong, for programs: a closed, stable list.
    pub enum ProblemCode {
        /// 400: the request could not be read.
        Malformed = "malformed",
        /// 400: `Idempotency-Key` is missing or not 1 to 200 visible characters.
        IdempotencyKeyInvalid = "idempotency_key_invalid",
        /// 401: no identity was given.
        Unauthenticated = "unauthenticated",
        /// 401: the token is not valid or has expired.
        TokenInvalid = "token_invalid",
        /// 401: the session was ended.
        SessionRevoked = "session_revoked",
        /// 401: the first step of signing in was too long ago, or is no longer true: begin anew.
        ChallengeExpired = "challenge_expired",
        /// 401: address or password is wrong.
        WrongCredentials = "wrong_credentials",
        /// 402: the card was declined.
        CardDeclined = "card_declined",
        /// 403: the account is suspended; `detail` says why.
        AccountSuspended = "account_suspended",
        /// 403: known, but not allowed.
        Forbidden = "forbidden",
        /// 403: prove anew who you are, then send it again.
        ReauthenticationRequired = "reauthentication_required",
        /// 403: the account's role needs a second factor; add one, or sign in with it.
        SecondFactorRequired = "second_factor_required",
        /// 403: an unsafe request came from another site.
        CrossSite = "cross_site",
        /// 404: unknown, or not yours to know.
        NotFound = "not_found",
        /// 405: the path exists, the method does not.
        MethodNotAllowed = "method_not_allowed",
        /// 409: not enough is left; `left` says how much is.
        SoldOut = "sold_out",
        /// 409: sale has not begun, has ended, or the listing is not on sale.
        NotOnSale = "not_on_sale",
        /// 409: the buyer already holds tickets for this show; `order_id` names the order.
        HoldExists = "hold_exists",
        /// 409: the hold ran out.
        HoldExpired = "hold_expired",
        /// 409: the order is being confirmed and can no longer be cancelled.
        Confirming = "confirming",
        /// 409: another attempt to pay is under way.
        PaymentInProgress = "payment_in_progress",
        /// 409: too many attempts to pay for one order were refused.
        AttemptsExhausted = "attempts_exhausted",
        /// 409: somebody else changed it first; `version` says the current one.
        VersionConflict = "version_conflict",
        /// 409: the ticket was already used; `used_at` says when.
        AlreadyUsed = "already_used",
        /// 409: the ticket is for another show.
        WrongShow = "wrong_show",
        /// 409: the ticket is void or listed for resale.
        TicketNotValid = "ticket_not_valid",
        /// 409: the state does not allow it; `detail` says why.
        StateConflict = "state_conflict",
        /// 409: an account with this address exists.
        EmailTaken = "email_taken",
        /// 409: the link of a mail is unknown, was used, or has run out.
        LinkInvalid = "link_invalid",
        /// 409: one cannot ban oneself or the last admin.
        LastAdmin = "last_admin",
        /// 413: the body is too large.
        TooLarge = "too_large",
        /// 415: the body is not JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// 422: fields are invalid; `errors` names each.
        Invalid = "invalid",
        /// 422: one order holds tickets of one show and one currency.
        MixedOrder = "mixed_order",
        /// 422: the key was used before with another request.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// 428: `If-Match` is missing.
        PreconditionRequired = "precondition_required",
        /// 429: too many requests.
        RateLimited = "rate_limited",
        /// 500: our fault.
        Internal = "internal",
        /// 503: this copy does not know the id yet; try again.
        NotYetKnown = "not_yet_known",
        /// 503: this instance cannot know who is banned; try again.
        RevocationsStale = "revocations_stale",
        /// 503: something this needs is not available; try again.
        Unavailable = "unavailable",
    }
}

impl ProblemCode {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::IdempotencyKeyInvalid => 400,
            Self::Unauthenticated
            | Self::TokenInvalid
            | Self::SessionRevoked
            | Self::ChallengeExpired
            | Self::WrongCredentials => 401,
            Self::CardDeclined => 402,
            Self::AccountSuspended
            | Self::Forbidden
            | Self::ReauthenticationRequired
            | Self::SecondFactorRequired
            | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::SoldOut
            | Self::NotOnSale
            | Self::HoldExists
            | Self::HoldExpired
            | Self::Confirming
            | Self::PaymentInProgress
            | Self::AttemptsExhausted
            | Self::VersionConflict
            | Self::AlreadyUsed
            | Self::WrongShow
            | Self::TicketNotValid
            | Self::StateConflict
            | Self::EmailTaken
            | Self::LinkInvalid
            | Self::LastAdmin => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid | Self::MixedOrder | Self::IdempotencyKeyReused => 422,
            Self::PreconditionRequired => 428,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::NotYetKnown | Self::RevocationsStale | Self::Unavailable => 503,
        }
    }

    /// A short sentence for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The request could not be read",
            Self::IdempotencyKeyInvalid => "The Idempotency-Key is missing or invalid",
            Self::Unauthenticated => "Sign in first",
            Self::TokenInvalid => "The token is not valid",
            Self::SessionRevoked => "The session was ended",
            Self::ChallengeExpired => "Sign in from the beginning",
            Self::WrongCredentials => "The address or the password is wrong",
            Self::CardDeclined => "The card was declined",
            Self::AccountSuspended => "The account is suspended",
            Self::Forbidden => "Not allowed",
            Self::ReauthenticationRequired => "Confirm that it is you",
            Self::SecondFactorRequired => "This needs a second factor",
            Self::CrossSite => "Requests from other sites are refused",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::SoldOut => "Not enough tickets are left",
            Self::NotOnSale => "Not on sale",
            Self::HoldExists => "You already hold tickets for this show",
            Self::HoldExpired => "The hold ran out",
            Self::Confirming => "The order is being confirmed",
            Self::PaymentInProgress => "A payment is under way",
            Self::AttemptsExhausted => "Too many cards were declined",
            Self::VersionConflict => "Somebody else changed it first",
            Self::AlreadyUsed => "The ticket was already used",
            Self::WrongShow => "The ticket is for another show",
            Self::TicketNotValid => "The ticket is not valid",
            Self::StateConflict => "The state does not allow it",
            Self::EmailTaken => "An account with this address exists",
            Self::LinkInvalid => "This link works no more",
            Self::LastAdmin => "This account cannot be suspended",
            Self::TooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body must be JSON",
            Self::Invalid => "Some fields are invalid",
            Self::MixedOrder => "One order is for one show and one currency",
            Self::IdempotencyKeyReused => "The Idempotency-Key was used for another request",
            Self::PreconditionRequired => "If-Match is required",
            Self::RateLimited => "Too many requests",
            Self::Internal => "That broke, and it was us",
            Self::NotYetKnown => "Not known here yet",
            Self::RevocationsStale => "Identity cannot be checked right now",
            Self::Unavailable => "Not available right now",
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Path of the field, such as `venue.city`.
    pub field: String,
    /// Stable word for programs, such as `too_long`.
    pub code: String,
    /// Sentence for people: what to do.
    pub message: String,
}

/// An error answer: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {}", code, detail.as_deref().unwrap_or(title))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Identifies the kind of problem: `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short sentence, the same for every problem of the kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable word for programs.
    pub code: ProblemCode,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// One entry per invalid field.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    /// Give it to support.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
    /// Facts of this kind of problem, such as `left` or `used_at`.
    #[serde(flatten)]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem with nothing said beyond its code.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            errors: Vec::new(),
            request_id: None,
            facts: serde_json::Map::new(),
        }
    }

    /// Says what happened this time. Never put the cause of a 5xx here.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a fact for programs, such as how much is left.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// A 422 with one entry per field.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(ProblemCode::Invalid) }
    }
}
