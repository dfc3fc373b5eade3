//! Tokens from enemies: every service refuses each of them over HTTP, and accepts a good one beside them.
//!
//! They are made by hand, letter by letter, and not with the library that reads them. What each is a case of: RFC 8725
//! (JSON Web Token Best Current Practices), by its section, and RFC 9068 (access tokens).

mod forger;
mod table;

pub use forger::Forger;

use crate::{Answer, World, caller::answer, eventually};
use contracts::ProblemCode;
use reqwest::Method;

/// Forgeries at least; fewer, and the table was lost on the way.
const LEAST: usize = 150;

/// A token that nobody may accept.
#[derive(Clone, Debug)]
pub struct Forgery {
    /// What is wrong with it.
    pub what: String,
    /// The token.
    pub token: String,
}

/// Asserts that a service which the test plays auth for refuses every forgery at `path`, which names the caller.
pub async fn refused_by(world: &World, path: &str) {
    let forger = world.issuer.forger();
    refused_with(world, path, &forger).await;
    // A good token of a generation that was revoked.
    world.revoke(forger.person()).await;
    let good = forger.good();
    eventually("the revoked generation is refused", || async {
        let answer = bearer(world, path, &good).await;
        (answer.json["code"] == ProblemCode::AccountSuspended.as_str()).then_some(())
    })
    .await;
}

/// The same without the revocation, with the key that the service itself signs with: for auth.
pub async fn refused_with(world: &World, path: &str, forger: &Forger) {
    let good = forger.good();
    eventually("a good token is accepted", || async {
        (bearer(world, path, &good).await.status == 200).then_some(())
    })
    .await;
    let table = forger.table();
    assert!(table.len() >= LEAST, "only {} forgeries", table.len());
    for Forgery { what, token } in &table {
        let refused = bearer(world, path, token).await;
        assert_eq!(refused.status, 401, "{what}, as a bearer token: {}", refused.text);
        assert_eq!(refused.json["code"], ProblemCode::TokenInvalid.as_str(), "{what}");
        assert_eq!(refused.headers["www-authenticate"], "Bearer error=\"invalid_token\"", "{what}");
        let refused = cookie(world, path, token).await;
        assert_eq!(refused.status, 401, "{what}, as a cookie: {}", refused.text);
    }
    _ = bearer(world, path, &forger.good()).await.expect(200);
    _ = cookie(world, path, &forger.good()).await.expect(200);
}

async fn bearer(world: &World, path: &str, token: &str) -> Answer {
    answer(world.anybody().request(Method::GET, path).bearer_auth(token)).await
}

/// With either name of the cookie: the service reads one of them.
async fn cookie(world: &World, path: &str, token: &str) -> Answer {
    let cookies = format!("__Host-access={token}; access={token}");
    answer(world.anybody().request(Method::GET, path).header("cookie", cookies)).await
}
