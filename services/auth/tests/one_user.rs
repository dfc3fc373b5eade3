//! What admins see of one account, and ending one of its sessions.

use crate::audience::{Browser, world};
use contracts::{
    Page, ProblemCode,
    auth::{AuditRow, BanView, DeviceView},
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::World;

async fn sessions(world: &World, admin: &Browser, query: &str, user: &Browser) -> Page<DeviceView> {
    admin
        .get(world, &format!("/api/auth/admin/users/{}/sessions?{query}", user.id()))
        .await
        .expect(200)
        .read()
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_paged_and_one_is_ended_with_a_trace() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let second = ana.sign_in(&world).await;
    let first = sessions(&world, &admin, "limit=1", &ana).await;
    let next = first.next_cursor.clone().unwrap();
    let rest = sessions(&world, &admin, &format!("limit=1&cursor={next}"), &ana).await;
    assert!(rest.next_cursor.is_none() && rest.items[0].id != first.items[0].id);

    let path = format!("/api/auth/admin/users/{}/sessions/{}", ana.id(), first.items[0].id);
    admin.send(&world, Method::DELETE, &path, &Value::Null).await.expect(204).headers.clear();
    second.get(&world, "/api/auth/whoami").await.problem(ProblemCode::SessionRevoked);
    second.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    _ = ana.get(&world, "/api/auth/whoami").await.expect(200);
    admin.send(&world, Method::DELETE, &path, &Value::Null).await.problem(ProblemCode::NotFound);
    assert_eq!(sessions(&world, &admin, "", &ana).await.items.len(), 1);

    let audit = format!("/api/auth/admin/audit?subject={}", ana.id());
    let acts: Page<AuditRow> = admin.get(&world, &audit).await.expect(200).read();
    assert_eq!(acts.items.len(), 1);
    assert_eq!(
        (acts.items[0].action.as_str(), acts.items[0].actor_name.as_str()),
        ("user.session_end", "Root")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_ends_sessions_and_no_session_of_others() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let ben = Browser::sign_up(&world, "Ben").await;
    let of_ana = sessions(&world, &admin, "", &ana).await.items[0].id;
    let path = format!("/api/auth/admin/users/{}/sessions/{of_ana}", ana.id());
    ben.send(&world, Method::DELETE, &path, &Value::Null).await.problem(ProblemCode::Forbidden);
    for (user, session) in [
        (ben.id(), of_ana.to_string()),
        (ana.id(), uuid::Uuid::now_v7().to_string()),
        (ana.id(), "x".to_owned()),
    ] {
        let path = format!("/api/auth/admin/users/{user}/sessions/{session}");
        admin.send(&world, Method::DELETE, &path, &Value::Null).await.problem(ProblemCode::NotFound);
    }
    let nobody = format!("/api/auth/admin/users/{}/sessions", uuid::Uuid::now_v7());
    admin.get(&world, &nobody).await.problem(ProblemCode::NotFound);
    _ = ana.get(&world, "/api/auth/whoami").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_are_paged() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    for reason in ["One", "Two", "Three"] {
        _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": reason })).await.expect(200);
        _ = admin.send(&world, Method::DELETE, &ban, &json!({ "note": "Back" })).await.expect(200);
    }
    let path = format!("/api/auth/admin/users/{}/bans?limit=2", ana.id());
    let first: Page<BanView> = admin.get(&world, &path).await.expect(200).read();
    let cursor = first.next_cursor.clone().unwrap();
    let rest: Page<BanView> = admin.get(&world, &format!("{path}&cursor={cursor}")).await.expect(200).read();
    let reasons: Vec<_> = first.items.iter().chain(&rest.items).map(|ban| ban.reason.as_str()).collect();
    assert_eq!(reasons, ["Three", "Two", "One"]);
}
