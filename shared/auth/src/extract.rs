//! Extractors: who is calling, as a type in a handler's signature.

use crate::{Authority, Identity, Refusal, cookies};
use axum::extract::{FromRef, FromRequestParts};
use contracts::auth::Role;
use http::{header::AUTHORIZATION, request::Parts};
use std::{convert::Infallible, ops::Deref};

/// Somebody whose identity was proven by this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller(pub Identity);

/// An admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin(pub Identity);

/// Somebody, or anybody: anonymous wherever [`Caller`] would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaybeCaller(pub Option<Identity>);

impl Deref for Caller {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.0
    }
}

impl Deref for Admin {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.0
    }
}

impl<S> FromRequestParts<S> for Caller
where
    Authority: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        identify(parts, &Authority::from_ref(state)).map(Self)
    }
}

impl<S> FromRequestParts<S> for Admin
where
    Authority: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let identity = identify(parts, &Authority::from_ref(state))?;
        match identity.role {
            Role::Admin => Ok(Self(identity)),
            Role::User if identity.withheld == Some(Role::Admin) => Err(Refusal::SecondFactorRequired),
            Role::User => Err(Refusal::Forbidden),
        }
    }
}

impl<S> FromRequestParts<S> for MaybeCaller
where
    Authority: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(identify(parts, &Authority::from_ref(state)).ok()))
    }
}

fn identify(parts: &Parts, authority: &Authority) -> Result<Identity, Refusal> {
    if let Some(header) = parts.headers.get(AUTHORIZATION) {
        return authority.check(bearer(header).ok_or(Refusal::TokenInvalid)?);
    }
    let name = authority.cookies().access;
    let token = cookies::value(&parts.headers, name).ok_or(Refusal::Unauthenticated)?;
    // The browser adds a cookie to whatever page asks; a bearer token only our own code can add.
    authority.same_origin(&parts.method, &parts.headers)?;
    authority.check(token)
}

fn bearer(header: &http::HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
