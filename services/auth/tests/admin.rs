//! What admins see.

use crate::audience::{Browser, world};
use contracts::ProblemCode;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_searched_and_shown() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let ana = Browser::sign_up(&world, "Ana_100%").await;
    Browser::sign_up(&world, "Anax100y").await;
    let found = admin.get(&world, "/api/auth/admin/users?q=a_100%25").await.expect(200);
    assert_eq!(found.json["items"].as_array().unwrap().len(), 1, "{}", found.text);
    let first = admin.get(&world, "/api/auth/admin/users?limit=2").await.expect(200);
    assert_eq!(first.json["items"].as_array().unwrap().len(), 2);
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let second =
        admin.get(&world, &format!("/api/auth/admin/users?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(second.json["items"].as_array().unwrap().len(), 2);
    assert!(second.json["next_cursor"].is_null());
    admin.get(&world, "/api/auth/admin/users?status=odd").await.problem(ProblemCode::Malformed);

    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await.expect(200);
    _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud, twice" })).await.expect(200);
    let banned = admin.get(&world, "/api/auth/admin/users?status=banned").await.expect(200);
    assert_eq!(banned.json["items"][0]["id"], ana.id());
    let shown = admin.get(&world, &format!("/api/auth/admin/users/{}", ana.id())).await.expect(200);
    assert_eq!(shown.json["bans"].as_array().unwrap().len(), 1, "{}", shown.text);
    assert_eq!(shown.json["bans"][0]["reason"], "Fraud, twice");
    assert_eq!(shown.json["user"]["status"], "banned");

    let audit = admin.get(&world, "/api/auth/admin/audit").await.expect(200);
    let actions: Vec<_> =
        audit.json["items"].as_array().unwrap().iter().map(|act| act["action"].clone()).collect();
    assert_eq!(actions, ["user.ban_changed", "user.ban"]);
    ana.get(&world, "/api/auth/admin/audit").await.problem(ProblemCode::AccountSuspended);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_describes_every_endpoint_and_the_keys_are_public() {
    let world = world().await;
    let document = world.anybody().get("/api/auth/openapi.json").await.expect(200);
    let operations: usize = document.json["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|path| path.as_object().unwrap().len())
        .sum();
    assert!(operations >= 17, "{operations}");
    assert!(document.json["paths"]["/api/auth/whoami"]["get"].is_object());
    let keys = world.anybody().get("/api/auth/jwks.json").await.expect(200);
    assert_eq!(keys.json["keys"][0]["crv"], "Ed25519");
    assert!(!keys.text.contains("seed"));
}
