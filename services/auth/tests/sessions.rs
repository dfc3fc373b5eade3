//! Refresh tokens and devices.

use crate::audience::{Browser, cookie, more_sessions, world, world_of};
use contracts::ProblemCode;
use reqwest::Method;
use serde_json::json;
use service::Clock;
use std::collections::HashSet;

#[tokio::test(flavor = "multi_thread")]
async fn ten_refreshes_at_once_cause_one_rotation() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let refreshing = (0..10).map(|_| ana.refreshes(&world));
    let answers = futures::future::join_all(refreshing).await;
    let successors: HashSet<String> =
        answers.iter().map(|answer| cookie(&answer.clone().expect(200), "refresh")).collect();
    assert_eq!(successors.len(), 1);
    let session: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.user_id = $1::uuid",
    )
    .bind(ana.id().parse::<uuid::Uuid>().unwrap())
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(session, 2, "the first token and its one successor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_predecessor_works_ten_seconds_longer_and_then_kills_its_family() {
    let clock = Clock::fixed(Clock::system().now());
    let started = clock.clone();
    let world =
        world_of(async |env, lifecycle| auth_service::start_with(env, lifecycle, started).await).await;
    let after = |seconds: i64| clock.set(clock.now() + chrono::TimeDelta::seconds(seconds));
    let first = Browser::sign_up(&world, "Ana").await;
    let second = Browser::of(&first.email, &first.refreshes(&world).await.expect(200));
    after(3600);
    let again = Browser::of(&first.email, &first.refreshes(&world).await.expect(200));
    assert_eq!(again.refresh, second.refresh, "the successor was never used: the answer was lost");
    let third = Browser::of(&first.email, &second.refreshes(&world).await.expect(200));
    after(10);
    assert_eq!(cookie(&first.refreshes(&world).await.expect(200), "refresh"), second.refresh);
    after(1);
    let answer = first.refreshes(&world).await;
    assert_eq!(cookie(&answer, "refresh"), "", "the cookies are removed");
    answer.problem(ProblemCode::SessionRevoked);
    third.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    let reason: String =
        sqlx::query_scalar("SELECT revoke_reason FROM sessions").fetch_one(&world.pool).await.unwrap();
    assert_eq!(reason, "token_reuse");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_nobody_comes_and_after_ninety_days() {
    let clock = Clock::fixed(Clock::system().now());
    let started = clock.clone();
    let world =
        world_of(async |env, lifecycle| auth_service::start_with(env, lifecycle, started).await).await;
    let days = |days: i64| clock.set(clock.now() + chrono::TimeDelta::days(days));
    let idle = Browser::sign_up(&world, "Ana").await;
    let mut busy = Browser::sign_up(&world, "Bo").await;
    days(29);
    busy = Browser::of(&busy.email, &busy.refreshes(&world).await.expect(200));
    days(2);
    idle.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    days(27);
    busy = Browser::of(&busy.email, &busy.refreshes(&world).await.expect(200));
    days(29);
    busy = Browser::of(&busy.email, &busy.refreshes(&world).await.expect(200));
    days(4);
    busy.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_first_day_kills_its_family_also_after_forty() {
    let clock = Clock::fixed(Clock::system().now());
    let started = clock.clone();
    let world =
        world_of(async |env, lifecycle| auth_service::start_with(env, lifecycle, started).await).await;
    let first = Browser::sign_up(&world, "Ana").await;
    let mut newest = first.clone();
    for _ in 0..4 {
        newest = Browser::of(&first.email, &newest.refreshes(&world).await.expect(200));
        clock.set(clock.now() + chrono::TimeDelta::days(10));
    }
    first.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    newest.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    let reason: String =
        sqlx::query_scalar("SELECT revoke_reason FROM sessions").fetch_one(&world.pool).await.unwrap();
    assert_eq!(reason, "token_reuse");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_nobody_used_for_a_month_is_not_listed() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    _ = ana.sign_in(&world).await;
    let idle = "UPDATE sessions SET last_seen_at = now() - interval '30 days 1 minute' WHERE id <> $1 AND user_id = $2";
    let session = ana.get(&world, "/api/auth/whoami").await.expect(200).json["session"].clone();
    let [session, user] = [session.as_str().unwrap(), ana.id()].map(|id| id.parse::<uuid::Uuid>().unwrap());
    sqlx::query(idle).bind(session).bind(user).execute(&world.pool).await.unwrap();
    let list = ana.get(&world, "/api/auth/sessions").await.expect(200);
    let devices = list.json["items"].as_array().unwrap().clone();
    assert_eq!(devices.len(), 1, "{}", list.text);
    assert_eq!(devices[0]["current"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifty_first_session_ends_the_one_used_longest_ago() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let user: uuid::Uuid = ana.id().parse().unwrap();
    let long_ago = "UPDATE sessions SET last_seen_at = now() - interval '2 days' WHERE user_id = $1";
    sqlx::query(long_ago).bind(user).execute(&world.pool).await.unwrap();
    more_sessions(&world, user, 49).await;
    let newest = ana.sign_in(&world).await;
    testkit::eventually("the oldest is refused", || async {
        (ana.get(&world, "/api/auth/whoami").await.json["code"] == "session_revoked").then_some(())
    })
    .await;
    _ = newest.refreshes(&world).await.expect(200);
    let (live, displaced): (i64, i64) = sqlx::query_as(
        r"
        SELECT count(*) FILTER (WHERE revoked_at IS NULL), count(*) FILTER (WHERE revoke_reason = 'displaced')
        FROM sessions WHERE user_id = $1
        ",
    )
    .bind(user)
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!((live, displaced), (50, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_needs_our_own_pages_and_a_token_of_ours() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let request = world.anybody().request(Method::POST, "/api/auth/refresh");
    testkit::caller::answer(request.header("cookie", format!("refresh={}", ana.refresh)))
        .await
        .problem(ProblemCode::CrossSite);
    let stranger = Browser { refresh: "AAAA".to_owned(), ..ana.clone() };
    stranger.refreshes(&world).await.problem(ProblemCode::TokenInvalid);
    let nobody = Browser { refresh: String::new(), ..ana };
    nobody.refreshes(&world).await.problem(ProblemCode::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_listed_and_ended_one_by_one_or_all_others_at_once() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let (phone, laptop) = (ana.sign_in(&world).await, ana.sign_in(&world).await);
    let stranger = Browser::sign_up(&world, "Bo").await;
    let list = ana.get(&world, "/api/auth/sessions").await.expect(200);
    let devices = list.json["items"].as_array().unwrap().clone();
    assert_eq!(devices.len(), 3);
    assert_eq!(devices.iter().filter(|device| device["current"] == true).count(), 1);

    let whoami = phone.get(&world, "/api/auth/whoami").await.expect(200);
    let path = format!("/api/auth/sessions/{}", whoami.json["session"].as_str().unwrap());
    stranger.send(&world, Method::DELETE, &path, &json!({})).await.problem(ProblemCode::NotFound);
    _ = ana.send(&world, Method::DELETE, &path, &json!({})).await.expect(204);
    phone.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    _ = ana.send(&world, Method::DELETE, "/api/auth/sessions", &json!({})).await.expect(204);
    laptop.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    _ = ana.refreshes(&world).await.expect(200);
    _ = stranger.refreshes(&world).await.expect(200);
}
