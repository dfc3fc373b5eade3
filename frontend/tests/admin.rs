//! The account page, the admin's pages, and what a suspended person sees.

use crate::support::{Pages, problem, signed_in, token};
use axum::{
    Json, Router,
    extract::RawQuery,
    http::{HeaderMap, Uri},
    response::IntoResponse,
    routing::{delete, get, post, put},
};
use contracts::{Problem, ProblemCode};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ADMIN: &str = "0198f3a0-0000-7000-8000-000000000001";
const MAREK: &str = "0198f3a0-0000-7000-8000-000000000002";
const BAN: &str = "0198f3a0-0000-7000-8000-0000000000b1";

fn cookies(role: &str) -> String {
    format!("__Host-access={}; __Host-refresh=old", token(900, role))
}

fn row(id: &str, status: &str) -> Value {
    json!({
        "id": id, "email": "marek@example.net", "name": "Marek Novak", "role": "user", "status": status,
        "created_at": "2025-02-04T11:20:37Z", "last_seen_at": "2026-11-16T19:31:02Z"
    })
}

fn device(id: &str, user_agent: &str, current: bool) -> Value {
    json!({
        "id": id, "user_agent": user_agent, "created_at": "2026-11-16T19:31:02Z",
        "last_seen_at": "2026-11-16T19:31:02Z", "current": current
    })
}

fn user(status: &str) -> Value {
    let bans = if status == "banned" {
        json!([{
            "id": BAN, "reason": "Holding to block others", "until": null, "tickets": "refuse",
            "created_at": "2026-11-16T19:32:10Z", "created_by": "Noor A.", "lifted_at": null, "lift_note": null
        }])
    } else {
        json!([])
    };
    json!({ "user": row(MAREK, status), "sessions": [device(MAREK, "curl/8.5.0", false)], "bans": bans })
}

/// Of a ban of five minutes ago, one instance of which is being waited for.
fn receipt() -> Value {
    receipt_of(5)
}

fn receipt_of(minutes_ago: i64) -> Value {
    let at = (frontend::visit::now() - chrono::TimeDelta::minutes(minutes_ago)).to_rfc3339();
    json!({
        "ban": BAN, "user": MAREK, "generation": 2, "committed_at": at, "acknowledged_at": at, "effective_by": at,
        "instances": [
            { "service": "orders", "instance": "orders-1", "applied_ms": 37.6 },
            { "service": "tickets", "instance": "tickets-1", "applied_ms": null }
        ],
        "effects": [
            { "service": "orders", "acted_at": at, "effects": [
                { "kind": "holds_released", "count": 1 }, { "kind": "places_released", "count": 4 },
                { "kind": "streams_closed", "count": 0 }
            ] },
            { "service": "tickets", "acted_at": null, "effects": [] }
        ]
    })
}

fn services(status: &'static str) -> Router {
    Router::new()
        .route(
            "/api/auth/admin/users",
            get(async move || {
                let found = json!({ "count": 1000, "more": true });
                Json(json!({
                    "items": [row(MAREK, status)], "next_cursor": "x", "previous_cursor": "w", "found": found
                }))
            }),
        )
        .route("/api/auth/admin/users/{id}", get(async move || Json(user(status))))
        .route("/api/auth/admin/bans/{id}/receipt", get(async || Json(receipt())))
        .route(
            "/api/auth/admin/users/{id}/sessions",
            get(async move || Json(list(&user(status)["sessions"]))),
        )
        .route("/api/auth/admin/users/{id}/bans", get(async move || Json(list(&user(status)["bans"]))))
        .route("/api/auth/admin/audit", get(audit))
}

fn list(items: &Value) -> Value {
    json!({ "items": items, "next_cursor": "further" })
}

async fn audit(RawQuery(query): RawQuery) -> Json<Value> {
    let act = json!({
        "id": BAN, "at": "2026-11-16T19:32:10Z", "actor": ADMIN, "actor_name": "Noor A.", "action": "user.ban",
        "subject": MAREK, "subject_name": "Marek Novak", "note": query
    });
    Json(list(&json!([act])))
}

#[tokio::test]
async fn users_are_searched_in_pages() {
    let path = "/admin/users?q=marek&status=banned&order=z_to_a&from=2026-01-01";
    let answer = Pages::with(services("banned")).await.get(path, &cookies("admin")).await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in [
        "Marek Novak",
        "Banned",
        r#"value="marek""#,
        "order=z_to_a&amp;cursor=x",
        "order=z_to_a&amp;cursor=w",
        "More than 1,000 accounts. Name, Z to A.",
        r#"value="2026-01-01""#,
        &format!("/admin/users/{MAREK}"),
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn a_ban_shows_how_far_it_has_come() {
    let path = format!("/admin/users/{MAREK}");
    let answer = Pages::with(services("banned")).await.get(&path, &cookies("admin")).await;
    for part in [
        "38",
        "1 of 2 instances have refused the account. One is waiting.",
        "orders-1",
        "waiting",
        "What the services did",
        "1 hold released, 4 places back on sale",
        "Holding to block others",
        "their tickets are refused",
        "Lift the ban",
        "curl, no browser",
        "Look again",
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn a_ban_needs_a_reason_and_an_end_that_lies_ahead() {
    let path = format!("/admin/users/{MAREK}?ban=ask");
    let pages = Pages::with(services("active")).await;
    let form = "form=ban&reason=&length=until&until=2020-01-01&tickets=refuse";
    let answer = pages.post_as(&path, &cookies("admin"), form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["Enter a reason", "Choose today or a later day", "2020-01-01", "Ban Marek Novak?"] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
    for end in ["%2B262142-12-31", "-262143-01-01", "9999999-01-01"] {
        let form = format!("form=ban&reason=Stolen+cards&length=until&until={end}&tickets=keep");
        let answer = pages.post_as(&path, &cookies("admin"), &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{end}");
        assert!(answer.html.contains("Choose today or a later day"), "{end}");
    }
}

#[tokio::test]
async fn a_page_without_scripts_leaves_what_is_typed_alone_once_the_ban_is_old() {
    let fresh = admin_page_of(receipt_of(0)).await;
    assert!(fresh.contains(r#"http-equiv="refresh""#) && fresh.contains("Look again"));
    let old = admin_page_of(receipt_of(5)).await;
    assert!(!old.contains(r#"http-equiv="refresh""#) && old.contains("Look again"));
}

#[tokio::test]
async fn a_receipt_is_followed_only_while_something_may_come() {
    const FOLLOWED: &str = r#"data-component="LiveRegion"#;
    assert!(admin_page_of(receipt_of(5)).await.contains(FOLLOWED));
    let over = admin_page_of(receipt_of(17)).await;
    assert!(!over.contains(FOLLOWED) && !over.contains("Look again"));
    assert!(over.contains("1 of 2 instances have refused the account. One is no longer waited for."));
}

async fn admin_page_of(receipt: Value) -> String {
    let services = Router::new()
        .route("/api/auth/admin/users/{id}", get(async || Json(user("banned"))))
        .route("/api/auth/admin/bans/{id}/receipt", get(async move || Json(receipt)));
    Pages::with(services).await.get(&format!("/admin/users/{MAREK}"), &cookies("admin")).await.html
}

#[tokio::test]
async fn a_ban_is_sent_as_it_was_entered() {
    let banned = put(async |Json(body): Json<Value>| {
        assert_eq!((&body["reason"], &body["tickets"]), (&json!("Stolen cards"), &json!("keep")), "{body}");
        assert!(body["until"].is_null());
        Json(receipt())
    });
    let unbanned = delete(async |Json(body): Json<Value>| {
        assert_eq!(body, json!({ "note": "A mistake" }));
        Json(receipt())
    });
    let services = services("active").route("/api/auth/admin/users/{id}/ban", banned.merge(unbanned));
    let pages = Pages::with(services).await;
    let path = format!("/admin/users/{MAREK}");
    let form = "form=ban&reason=Stolen+cards&length=ever&tickets=keep";
    assert_eq!(pages.post_as(&path, &cookies("admin"), form).await.location(), path);
    assert_eq!(pages.post_as(&path, &cookies("admin"), "form=lift&note=A+mistake").await.location(), path);
}

#[tokio::test]
async fn oneself_cannot_be_banned() {
    let mut own = user("active");
    own["user"]["id"] = json!(ADMIN);
    let services = Router::new().route("/api/auth/admin/users/{id}", get(async move || Json(own)));
    let answer =
        Pages::with(services).await.get(&format!("/admin/users/{ADMIN}?ban=ask"), &cookies("admin")).await;
    assert!(answer.html.contains("This is you") && !answer.html.contains("Ban this"), "{}", answer.html);
}

#[tokio::test]
async fn the_question_before_a_ban_asks_for_nothing_that_it_does_not_show() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let note = async move |uri: Uri| {
        noted.lock().unwrap().push(uri.path().to_owned());
        problem(ProblemCode::NotFound)
    };
    let user = get(async || Json(user("banned")));
    let services = Router::new().route("/api/auth/admin/users/{id}", user).fallback(note);
    let pages = Pages::with(services).await;
    let of_lists = || {
        let list = |path: &&String| path.contains("/admin/");
        asked.lock().unwrap().iter().filter(list).count()
    };
    let question = pages.get(&format!("/admin/users/{MAREK}?ban=ask"), &cookies("admin")).await;
    assert!(question.html.contains("Marek Novak"), "{}", question.html);
    assert_eq!(of_lists(), 0);
    pages.get(&format!("/admin/users/{MAREK}"), &cookies("admin")).await;
    assert_eq!(of_lists(), 6, "five lists and the receipt");
}

#[tokio::test]
async fn services_that_do_not_answer_are_said() {
    let who = json!({
        "user": ADMIN, "session": ADMIN, "role": "admin", "generation": 1, "service": "auth", "instance": "auth-1"
    });
    let services = Router::new()
        .route("/api/auth/whoami", get(async move || Json(who)))
        .route("/api/orders/whoami", get(async || problem(ProblemCode::RevocationsStale)))
        .route(
            "/readyz",
            get(async || Json(json!({ "services": { "auth": { "healthy": 1, "known": 2 } } }))),
        );
    let answer = Pages::with(services).await.get("/admin/system", &cookies("admin")).await;
    for part in ["auth-1 answered", "1 of 2", "No answer."] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn devices_are_listed_in_words_and_signed_out() {
    let devices = json!({
        "items": [
            device(ADMIN, "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", true),
            device(MAREK, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1", false),
        ],
        "next_cursor": null
    });
    let session = json!({ "user": signed_in()["user"], "expires_at": null });
    let services = Router::new()
        .route("/api/auth/session", get(async move || Json(session)))
        .route("/api/auth/sessions", get(async move || Json(devices)))
        .route("/api/auth/sessions/{id}", delete(async || StatusCode::NO_CONTENT));
    let pages = Pages::with(services).await;
    let answer = pages.get("/account", &cookies("user")).await;
    for part in
        ["Firefox on Linux", "This device", "Safari on iPhone", "Sign out all the others", "ana@example.com"]
    {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
    let form = format!("form=end-device&device={MAREK}");
    let answer = pages.post_as("/account", &cookies("user"), &form).await;
    assert_eq!(answer.location(), "/account?done=device#devices");
    let wrong =
        pages.post_as("/account", &cookies("user"), "form=change-password&current=old&new=short").await;
    assert!(wrong.html.contains("Use at least 15 characters") && !wrong.html.contains(r#"value="short""#));
}

#[tokio::test]
async fn whoever_is_suspended_learns_why_whichever_service_refuses() {
    let silent = get(async || {
        let problem = Problem::new(ProblemCode::AccountSuspended);
        (StatusCode::FORBIDDEN, Json(problem))
    });
    let why = post(async || {
        let problem = Problem::new(ProblemCode::AccountSuspended).detail("Stolen cards");
        (StatusCode::FORBIDDEN, Json(problem.fact("until", "2030-12-16T19:32:00Z")))
    });
    let services = Router::new().route("/api/shows", silent).route("/api/auth/refresh", why);
    let answer = Pages::with(services).await.get("/sell", &cookies("user")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for part in
        ["your account is suspended", "Stolen cards", "16 December 2030", "mailto:appeals@example.com"]
    {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
    assert!(answer.cookies().iter().any(|cookie| cookie.contains("Max-Age=0")));
}

#[tokio::test]
async fn lists_of_one_user_fail_alone_and_are_paged_alone() {
    let services =
        services("active").route("/api/orders/admin/orders", get(async || problem(ProblemCode::Unavailable)));
    let path = format!("/admin/users/{MAREK}?sessions=a&bans=b");
    let answer = Pages::with(services).await.get(&path, &cookies("admin")).await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in [
        "curl, no browser",
        "Orders: not available right now",
        "Listings: not available right now",
        r#"<td data-l="Who">Noor A.</td><td data-l="What"><b>Banned this account</b></td>"#,
        "Never banned",
        &format!("/admin/users/{MAREK}?sessions=further&amp;bans=b#sessions"),
        &format!("/admin/users/{MAREK}?bans=b#sessions"),
        &format!("/admin/users/{MAREK}?sessions=a&amp;bans=b&amp;acts=further#acts"),
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

#[tokio::test]
async fn the_audit_log_is_searched() {
    let pages = Pages::with(services("active")).await;
    let path = "/admin/audit?actor=noor%40example.com&action=user.ban&from=2026-01-01&to=soon";
    let answer = pages.get(path, &cookies("admin")).await;
    for part in [
        "actor=noor%40example.com&amp;action=user.ban&amp;from=2026-01-01&amp;limit=50",
        r#"value="noor@example.com""#,
        r#"<option value="keys.retire_leaked">Retired leaked keys</option>"#,
        "cursor=further",
        &format!("/admin/users/{ADMIN}"),
    ] {
        assert!(answer.html.contains(part), "{part} is not in {}", answer.html);
    }
}

const IMPORT: &str = "0198f3a0-0000-7000-8000-0000000000c1";

fn import(state: &str) -> Value {
    json!({
        "id": IMPORT, "state": state, "created_at": "2026-11-16T19:32:10Z", "created_by": "Noor A.",
        "confirmed_at": null, "finished_at": null, "lines": 3, "open": 1, "banned": 1, "left_out": 1
    })
}

fn line(number: u32, problem: Option<&str>, ban: Option<&str>) -> Value {
    json!({
        "line": number, "named": "marek@example.net", "user": MAREK, "name": "Marek Novak", "reason": "Touting",
        "until": "2099-01-31T00:00:00Z", "tickets": "refuse", "problem": problem, "ban": ban
    })
}

fn imports(state: &'static str) -> Router {
    let sent = post(async |headers: HeaderMap, body: String| {
        assert_eq!(headers["content-type"], "text/csv");
        assert!(!headers["idempotency-key"].is_empty());
        if body.starts_with("user") {
            return (StatusCode::CREATED, Json(import("draft"))).into_response();
        }
        let error = json!({ "field": "file", "code": "unreadable", "message": "Name the columns" });
        let errors = serde_json::from_value(json!([error])).unwrap();
        (StatusCode::UNPROCESSABLE_ENTITY, Json(Problem::invalid(errors))).into_response()
    });
    let lines = json!([line(2, None, None), line(3, Some("admin"), None), line(4, None, Some(BAN))]);
    Router::new()
        .route("/api/auth/admin/ban-imports", sent)
        .route("/api/auth/admin/ban-imports/{id}", get(async move || Json(import(state))))
        .route("/api/auth/admin/ban-imports/{id}/lines", get(async move || Json(list(&lines))))
        .route(
            "/api/auth/admin/ban-imports/{id}/confirm",
            post(async || (StatusCode::ACCEPTED, Json(import("running")))),
        )
}

#[tokio::test]
async fn a_list_of_bans_is_sent_as_a_file() {
    let pages = Pages::with(imports("draft")).await;
    let form = pages.get("/admin/bans", &cookies("admin")).await;
    assert!(form.html.contains(r#"enctype="multipart/form-data""#), "{}", form.html);
    let sent =
        pages.upload_as("/admin/bans", &cookies("admin"), "list", "user,reason\nmarek,Touting\n").await;
    assert_eq!(sent.location(), format!("/admin/bans/{IMPORT}"));
    let wrong = pages.upload_as("/admin/bans", &cookies("admin"), "list", "marek,Touting\n").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.html.contains("Name the columns") && wrong.html.contains(r##"href="#list-file""##),
        "{}",
        wrong.html
    );
    let none = pages.upload_as("/admin/bans", &cookies("admin"), "list", "").await;
    assert!(none.html.contains("Choose a file"), "{}", none.html);
    let large = "x".repeat(1_000_001);
    let large = pages.upload_as("/admin/bans", &cookies("admin"), "list", &large).await;
    assert!(large.html.contains("at most 1 MB"), "{}", large.html);
}

#[tokio::test]
async fn a_list_is_shown_confirmed_and_followed() {
    let path = format!("/admin/bans/{IMPORT}");
    let pages = Pages::with(imports("draft")).await;
    let draft = pages.get(&path, &cookies("admin")).await;
    for part in
        ["Ban 1 account?", "1 line is left out", "Admins are banned one by one", "To be banned", "Show these"]
    {
        assert!(draft.html.contains(part), "{part} is not in {}", draft.html);
    }
    let confirmed = pages.post_as(&path, &cookies("admin"), "form=confirm").await;
    assert_eq!(confirmed.location(), path);
    let running = Pages::with(imports("running")).await.get(&path, &cookies("admin")).await;
    for part in [
        "2 of 3 lines are done: 1 account banned. 1 line was left out.",
        "LiveRegion",
        r#"http-equiv="refresh""#,
    ] {
        assert!(running.html.contains(part), "{part} is not in {}", running.html);
    }
    let done = Pages::with(imports("done")).await.get(&path, &cookies("admin")).await;
    assert!(done.html.contains("1 account banned") && !done.html.contains("LiveRegion"), "{}", done.html);
}
