//! Second factors, and being asked anew who one is.

use crate::support::{Answer, Pages, problem, signed_in, token};
use axum::{
    Json, Router,
    http::header::{AUTHORIZATION, SET_COOKIE},
    response::AppendHeaders,
    routing::{get, post, put},
};
use contracts::ProblemCode;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

fn cookies(role: &str) -> String {
    format!("__Host-access={}", token(900, role))
}

/// An account with an app, whose session may or may not have proven itself lately.
fn factors(proven: bool) -> Value {
    json!({
        "totp": { "created_at": "2030-01-01T00:00:00Z", "last_used_at": null },
        "passkeys": [{ "id": "0198f3a0-0000-7000-8000-000000000009", "name": "My phone", "backed_up": true,
            "created_at": "2030-01-01T00:00:00Z", "last_used_at": null }],
        "recovery_codes_left": 9, "required": false,
        "proven_until": proven.then_some("2030-01-01T00:10:00Z"),
    })
}

/// Auth that does what is sensitive after a proof only.
fn guarded() -> Router {
    let proven = Arc::new(AtomicBool::new(false));
    let (seen, noted) = (proven.clone(), proven.clone());
    let renew = post(async move || {
        if seen.load(Ordering::SeqCst) {
            (StatusCode::OK, Json(json!({ "codes": ["AAAAA-BBBBB"] })))
        } else {
            let (status, Json(problem)) = problem(ProblemCode::ReauthenticationRequired);
            (status, Json(serde_json::to_value(problem).unwrap()))
        }
    });
    let prove = post(async move |Json(proof): Json<Value>| {
        if proof["password"] == "right" && proof["code"] == "123456" {
            noted.store(true, Ordering::SeqCst);
            return Ok(StatusCode::NO_CONTENT);
        }
        let wrong =
            json!([{ "field": "password", "code": "wrong_password", "message": "Enter the right one" }]);
        let (status, Json(mut problem)) = problem(ProblemCode::Invalid);
        problem.errors = serde_json::from_value(wrong).unwrap();
        Err((status, Json(problem)))
    });
    Router::new()
        .route("/api/auth/second-factors", get(async || Json(factors(false))))
        .route("/api/auth/recovery-codes", renew)
        .route("/api/auth/reauthenticate", prove)
}

#[tokio::test]
async fn a_right_password_leads_to_the_second_step_and_on_from_there() {
    let asked =
        json!({ "challenge": "c", "expires_at": "2030-01-01T00:00:00Z", "totp": true, "passkey": false });
    let challenge = AppendHeaders([(SET_COOKIE, "__Host-challenge=c; Path=/")]);
    let fresh = AppendHeaders([(SET_COOKIE, "__Host-access=a; Path=/")]);
    let first = post(async move || (StatusCode::ACCEPTED, challenge, Json(asked)));
    let second = post(async move |Json(body): Json<Value>| {
        assert_eq!(body, json!({ "code": "123456", "challenge": "c" }));
        (fresh, Json(signed_in()))
    });
    let services = Router::new().route("/api/auth/signin", first).route("/api/auth/signin/code", second);
    let pages = Pages::with(services).await;
    let form = "form=sign-in&email=ana%40example.com&password=correct+horse&next=/orders";
    let answer = pages.post("/signin", form).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/signin/code?next=%2Forders"));
    assert_eq!(answer.cookies(), ["__Host-challenge=c; Path=/"]);
    let form = "form=second-step&code=123456&next=/orders";
    let answer = pages.post_as("/signin/code", "__Host-challenge=c", form).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/orders"));
    assert_eq!(answer.cookies(), ["__Host-access=a; Path=/"]);
}

#[tokio::test]
async fn a_second_step_that_took_too_long_says_where_to_begin() {
    let services =
        Router::new().route("/api/auth/signin/code", post(async || problem(ProblemCode::ChallengeExpired)));
    let answer = Pages::with(services).await.post("/signin/code", "form=second-step&code=123456").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("Because.") && answer.html.contains(r#"href="/signin""#), "{}", answer.html);
    assert!(!answer.html.contains("123456"), "a code is not shown again");
}

const RENEW: &str = "form=renew-recovery-codes&idempotency_key=abcdefghij&extra=kept";

#[tokio::test]
async fn a_form_that_needs_a_proof_asks_for_it_in_its_place_and_loses_nothing() {
    let pages = Pages::with(guarded()).await;
    let answer = pages.post_as("/account/security", &cookies("user"), RENEW).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for part in [
        "Confirm that it is you",
        r#"name="form" value="renew-recovery-codes""#,
        r#"name="idempotency_key" value="abcdefghij""#,
        r#"name="extra" value="kept""#,
        r#"name="proof_password""#,
        r#"name="proof_code""#,
    ] {
        assert!(answer.html.contains(part), "{part}: {}", answer.html);
    }
    let wrong = format!("{RENEW}&proof_password=wrong&proof_code=123456");
    let answer = pages.post_as("/account/security", &cookies("user"), &wrong).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.html.contains("Enter the right one") && answer.html.contains(r#"value="kept""#));
    assert!(!answer.html.contains(r#"value="wrong""#) && !answer.html.contains("123456"));
    let right = format!("{RENEW}&proof_password=right&proof_code=123456");
    let answer = pages.post_as("/account/security", &cookies("user"), &right).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.html.contains("AAAAA-BBBBB") && answer.html.contains("Your recovery codes"));
}

#[tokio::test]
async fn a_page_that_needs_a_proof_asks_for_it_and_comes_back_to_this_site_only() {
    let pages = Pages::with(guarded()).await;
    let answer = pages.get("/account/security/passkey", &cookies("user")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for part in [r#"action="/reauthenticate""#, r#"name="next" value="/account/security/passkey""#] {
        assert!(answer.html.contains(part), "{part}: {}", answer.html);
    }
    let prove = |next: &str| format!("form=prove&proof_password=right&proof_code=123456&next={next}");
    for (next, to) in [
        ("/account/security/passkey", "/account/security/passkey"),
        ("//evil.example", "/account"),
        ("/reauthenticate?next=/", "/account"),
    ] {
        let answer = pages.post_as("/reauthenticate", &cookies("user"), &prove(next)).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, to), "{next}");
    }
}

#[tokio::test]
async fn a_confirmed_app_brings_recovery_codes_and_the_cookie_of_the_stronger_session() {
    let stronger = AppendHeaders([(SET_COOKIE, "__Host-access=stronger; Path=/")]);
    let confirm = put(async move |headers: HeaderMap| {
        assert!(headers[AUTHORIZATION].to_str().unwrap().starts_with("Bearer "));
        (stronger, Json(json!({ "recovery_codes": ["AAAAA-BBBBB"] })))
    });
    let pages = Pages::with(Router::new().route("/api/auth/totp", confirm)).await;
    let form = "form=confirm-app&code=123456";
    let answer = pages.post_as("/account/security/app", &cookies("user"), form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.html.contains("AAAAA-BBBBB"));
    assert_eq!(answer.cookies(), ["__Host-access=stronger; Path=/"]);
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn an_admin_without_a_second_factor_is_led_to_one() {
    let pages = Pages::with(Router::new()).await;
    let withheld = format!("__Host-access={}", crate::support::token_without_role(900));
    let answer = pages.get("/admin/users", &withheld).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.html.contains("Add a second factor first")
            && answer.html.contains(r#"href="/account/security""#)
    );
    assert_eq!(pages.get("/admin/users", &cookies("user")).await.status, StatusCode::FORBIDDEN);
}

fn loads_script(answer: &Answer) -> bool {
    answer.html.contains("/scripts/passkeys.js")
}

#[tokio::test]
async fn the_script_of_passkeys_is_on_pages_with_their_button_alone_and_has_their_nonce() {
    let pages = Pages::with(guarded()).await;
    let sign_in = pages.get("/signin", "").await;
    let policy = sign_in.headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    let script = sign_in.html.split("<script").find(|part| part.contains("/scripts/passkeys.js")).unwrap();
    assert!(script.split('>').next().unwrap().contains(&format!("nonce=\"{nonce}\"")), "{script}");
    assert!(sign_in.html.contains("Passkeys need JavaScript"));
    for path in ["/", "/signup", "/account/security"] {
        assert!(!loads_script(&pages.get(path, &cookies("user")).await), "{path}");
    }
}

#[tokio::test]
async fn a_passkey_that_no_script_made_is_asked_for_again() {
    let services = Router::new().route("/api/auth/second-factors", get(async || Json(factors(true))));
    let form = "form=add-passkey&name=My+phone&passkey_credential=";
    let answer =
        Pages::with(services).await.post_as("/account/security/passkey", &cookies("user"), form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["Press “Make the passkey”; it needs JavaScript.", r#"value="My phone""#] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn the_page_of_an_app_that_nobody_offers_leads_to_where_one_begins() {
    let services = Router::new().route("/api/auth/totp", get(async || problem(ProblemCode::NotFound)));
    let answer = Pages::with(services).await.get("/account/security/app", &cookies("user")).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account/security"));
}
