//! A look into the access token, without checking it: services check, pages only decide what to show.

use crate::visit::Viewer;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::{
    auth::Role,
    ids::{SessionId, UserId},
};

/// The claims that matter here.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
pub(super) struct Claims {
    sub: UserId,
    sid: SessionId,
    role: Role,
    withheld: Option<Role>,
    /// Seconds since 1970.
    pub(super) exp: i64,
}

impl Claims {
    /// The claims of a token, if it looks like one.
    pub(super) fn peek(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    pub(super) const fn viewer(&self) -> Viewer {
        Viewer { id: self.sub, session: self.sid, role: self.role, withheld: self.withheld }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_and_rubbish_is_not() {
        let id = "0198f3a0-0000-7000-8000-000000000001";
        let payload = format!(r#"{{"iss":"x","sub":"{id}","sid":"{id}","gen":1,"role":"admin","exp":5}}"#);
        let token = format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(payload));
        let claims = Claims::peek(&token).unwrap();
        assert_eq!((claims.exp, claims.role), (5, Role::Admin));
        assert_eq!(Claims::peek("a.b.c"), None);
        assert_eq!(Claims::peek(""), None);
    }
}
