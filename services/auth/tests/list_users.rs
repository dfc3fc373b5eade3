//! `GET /api/auth/admin/users`

use crate::audience::{Browser, world};
use contracts::{
    ProblemCode,
    auth::{AdminUserPage, AdminUserRow, UserStatus},
};
use reqwest::Method;
use serde_json::json;
use std::collections::HashSet;
use testkit::World;

/// So many more people, who signed up one after the other and were seen in another order or never.
async fn people(world: &World, count: i32) {
    sqlx::query(
        r"
        INSERT INTO users (id, email, name, password_hash, role, created_at, last_seen_at)
        SELECT gen_random_uuid(), 'person' || n || '@example.org', (ARRAY['Zoe', 'ana', 'Ben'])[1 + n % 3] || ' ' || n % 7, '',
            'user', now() - make_interval(mins => n),
            CASE WHEN n % 4 = 0 THEN NULL ELSE now() - make_interval(mins => n * 13 % 50) END
        FROM generate_series(1, $1) AS n
        ",
    )
    .bind(count)
    .execute(&world.pool)
    .await
    .unwrap();
}

async fn page(world: &World, admin: &Browser, query: &str) -> AdminUserPage {
    admin.get(world, &format!("/api/auth/admin/users?{query}")).await.expect(200).read()
}

/// From the first page to the last.
async fn forwards(world: &World, admin: &Browser, query: &str) -> Vec<AdminUserPage> {
    let mut pages = vec![page(world, admin, query).await];
    while let Some(cursor) = pages.last().unwrap().next_cursor.clone() {
        pages.push(page(world, admin, &format!("{query}&cursor={cursor}")).await);
    }
    pages
}

fn rows(pages: &[AdminUserPage]) -> Vec<AdminUserRow> {
    pages.iter().flat_map(|page| page.items.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_paged_in_both_directions() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    people(&world, 45).await;
    let everybody: i64 =
        sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&world.pool).await.unwrap();
    for sort in ["registered", "name", "last_seen"] {
        for order in ["asc", "desc"] {
            let query = format!("sort={sort}&order={order}&limit=10");
            let pages = forwards(&world, &admin, &query).await;
            let all = rows(&pages);
            let distinct: HashSet<_> = all.iter().map(|row| row.id).collect();
            assert_eq!(
                (all.len(), i64::try_from(distinct.len()).unwrap()),
                (distinct.len(), everybody),
                "{query}"
            );
            let key = |row: &AdminUserRow| match sort {
                "name" => row.name.to_lowercase(),
                "registered" => row.created_at.to_rfc3339(),
                _ => row.last_seen_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            };
            let mut sorted: Vec<String> = all.iter().map(&key).collect();
            if sort != "name" {
                sorted.sort(); // Names are ordered as the database's language orders them.
            }
            if order == "desc" && sort != "name" {
                sorted.reverse();
            }
            assert_eq!(all.iter().map(key).collect::<Vec<_>>(), sorted, "{query}");

            // And all the way back.
            assert!(pages.first().unwrap().previous_cursor.is_none(), "{query}");
            for (before, after) in pages.iter().zip(pages.iter().skip(1)) {
                let cursor = after.previous_cursor.as_ref().unwrap();
                let back = page(&world, &admin, &format!("{query}&cursor={cursor}")).await;
                assert_eq!(back.items, before.items, "{query}");
                assert_eq!(back.previous_cursor, before.previous_cursor, "{query}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_and_count() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    people(&world, 1_200).await;
    let ana = Browser::sign_up(&world, "Anastasia").await;
    let all = page(&world, &admin, "").await;
    assert!(all.found.more && all.found.count == 1_000, "{:?}", all.found);
    assert_eq!(all.items.len(), 20);
    for (query, found) in [
        ("q=ANASTASIA", 1),
        (&*format!("q={}", ana.id()), 1),
        (&*format!("q={}", ana.email.to_uppercase()), 1),
        ("q=person77%40example.org", 1),
        ("q=person77%40example.or", 1),
        ("q=on77%40exam", 1),
        ("q=be", 400),
        ("q=zz", 0),
        ("q=---", 0),
        ("role=admin", 1),
        ("q=nobody%40example.net", 0),
        ("from=2001-01-01&to=2001-12-31", 0),
        ("status=banned", 0),
    ] {
        assert_eq!(page(&world, &admin, query).await.found.count, found, "{query}");
    }
    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await.expect(200);
    let banned = page(&world, &admin, "status=banned").await;
    assert_eq!(banned.items[0].id.to_string(), ana.id());
    assert_eq!(banned.items[0].status, UserStatus::Banned);
    assert_eq!(page(&world, &admin, "status=active&q=anastasia").await.found.count, 0);
    _ = admin.send(&world, Method::DELETE, &ban, &json!({ "note": "A mistake" })).await.expect(200);
    assert_eq!(page(&world, &admin, "status=banned").await.found.count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_questions_are_refused() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    for query in
        ["status=odd", "role=owner", "sort=age", "order=up", "from=yesterday", "cursor=AAAA", "to=12"]
    {
        let answer = admin.get(&world, &format!("/api/auth/admin/users?{query}")).await;
        answer.problem(ProblemCode::Malformed);
    }
    _ = admin.get(&world, "/api/auth/admin/users?q=%00&role=&status=&from=&to=").await.expect(200);
}
