//! `GET /api/auth/admin/audit`, and that no admin act is missing in it.

use crate::audience::{Browser, world};
use contracts::{Page, ProblemCode, auth::AuditRow};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{World, caller::answer};

async fn acts(world: &World, admin: &Browser, query: &str) -> Vec<AuditRow> {
    let path = format!("/api/auth/admin/audit?{query}");
    admin.get(world, &path).await.expect(200).read::<Page<AuditRow>>().items
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_are_found_by_who_whom_what_and_when() {
    let world = world().await;
    let (root, ada) = (Browser::admin(&world, "Root").await, Browser::admin(&world, "Ada").await);
    let (ana, ben) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Ben").await);
    for (admin, user) in [(&root, &ana), (&ada, &ben)] {
        let ban = format!("/api/auth/admin/users/{}/ban", user.id());
        _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await.expect(200);
    }
    let lift = format!("/api/auth/admin/users/{}/ban", ana.id());
    _ = ada.send(&world, Method::DELETE, &lift, &json!({ "note": "A mistake" })).await.expect(200);

    let actions = async |query: &str| {
        acts(&world, &root, query).await.into_iter().map(|act| act.action).collect::<Vec<_>>()
    };
    assert_eq!(actions("").await, ["user.unban", "user.ban", "user.ban"]);
    assert_eq!(actions(&format!("actor={}", ada.id())).await, ["user.unban", "user.ban"]);
    assert_eq!(actions(&format!("actor={}", ada.email.to_uppercase())).await, ["user.unban", "user.ban"]);
    assert_eq!(actions(&format!("subject={}", ana.email)).await, ["user.unban", "user.ban"]);
    assert_eq!(actions(&format!("subject={}&actor={}", ana.id(), root.id())).await, ["user.ban"]);
    assert_eq!(actions("action=user.unban").await, ["user.unban"]);
    assert!(actions("action=user.nothing").await.is_empty());
    for nobody in ["actor=nobody%40example.com", "subject=nobody%40example.com"] {
        assert!(actions(nobody).await.is_empty(), "{nobody}");
    }
    assert!(actions("to=2001-01-01").await.is_empty());
    assert_eq!(actions("from=2001-01-01").await.len(), 3);
    let all = acts(&world, &root, "").await;
    assert_eq!(all[0].actor.map(|id| id.to_string()).as_deref(), Some(ada.id()));

    let first: Page<AuditRow> = root.get(&world, "/api/auth/admin/audit?limit=2").await.expect(200).read();
    let next = format!("limit=2&cursor={}", first.next_cursor.unwrap());
    assert_eq!(acts(&world, &root, &next).await, all[2..]);
    for query in ["from=yesterday", "cursor=1"] {
        let path = format!("/api/auth/admin/audit?{query}");
        root.get(&world, &path).await.problem(ProblemCode::Malformed);
    }
}

/// Does each admin act that changes something, in an order in which all of them work.
async fn do_everything(world: &World, admin: &Browser) -> BTreeSet<String> {
    let ana = Browser::sign_up(world, "Ana").await;
    let user = format!("/api/auth/admin/users/{}", ana.id());
    let session = admin.get(world, &format!("{user}/sessions")).await.json["items"][0]["id"].clone();
    let mut done = BTreeSet::new();
    let mut act = async |method: Method, route: &str, path: &str, body: Value| {
        let answer = admin.send(world, method.clone(), path, &body).await;
        assert!(answer.status < 300, "{route}: {}", answer.text);
        done.insert(format!("{} {route}", method.as_str().to_lowercase()));
        answer.json
    };
    let end = format!("{user}/sessions/{}", session.as_str().unwrap());
    act(Method::DELETE, "/api/auth/admin/users/{id}/sessions/{session}", &end, Value::Null).await;
    let ban = format!("{user}/ban");
    act(Method::PUT, "/api/auth/admin/users/{id}/ban", &ban, json!({ "reason": "Fraud" })).await;
    act(Method::DELETE, "/api/auth/admin/users/{id}/ban", &ban, json!({ "note": "Back" })).await;
    let list = format!("user,reason\n{},Fraud\n", ana.email);
    let import = crate::ban_imports::send(world, admin, "key-1", &list).await.expect(201);
    // Reading a list changes nothing for anybody; confirming it does.
    let confirm = format!("/api/auth/admin/ban-imports/{}/confirm", import.json["id"].as_str().unwrap());
    act(Method::POST, "/api/auth/admin/ban-imports/{id}/confirm", &confirm, Value::Null).await;
    done
}

/// Acts that change nothing for anybody, so nothing is written down.
const WITHOUT_TRACE: [&str; 1] = ["post /api/auth/admin/ban-imports"];

#[tokio::test(flavor = "multi_thread")]
async fn every_admin_act_leaves_a_trace() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let document = answer(world.anybody().request(Method::GET, "/api/auth/openapi.json")).await.expect(200);
    let mut acts: BTreeSet<String> = BTreeSet::new();
    for (path, operations) in document.json["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let act = format!("{method} {path}");
            if path.contains("/admin/") && method != "get" && !WITHOUT_TRACE.contains(&&*act) {
                acts.insert(act);
            }
        }
    }
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(&world.pool).await.unwrap();
    let done = do_everything(&world, &admin).await;
    assert_eq!(done, acts, "an admin act that this test does not do: do it, and check its trace");
    let after: i64 = sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(&world.pool).await.unwrap();
    // The ban of the list comes a moment later, with a trace of its own.
    assert!(after - before >= i64::try_from(done.len()).unwrap(), "{before} {after} {done:?}");
}
