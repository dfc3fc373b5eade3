//! Requests that race a ban.

use crate::audience::{Browser, PASSWORD, orders_authority, world};
use auth::Refusal;
use contracts::ProblemCode;
use reqwest::Method;
use serde_json::json;
use testkit::{caller::answer, eventually, world::ORIGIN};
use tokio_util::sync::CancellationToken;

/// Rounds of the race; each has its own user.
const ROUNDS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_that_races_a_ban_is_refused_or_was_never_issued() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let stop = CancellationToken::new();
    let orders = orders_authority(&world, &stop).await;
    let mut tokens = 0;
    for round in 0..ROUNDS {
        let ana = Browser::sign_up(&world, "Ana").await;
        let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
        let credentials = json!({ "email": ana.email, "password": PASSWORD });
        let stagger = std::time::Duration::from_millis(5 * u64::try_from(round).unwrap());
        let reason = json!({ "reason": "Fraud" });
        let (banned, answers) = tokio::join!(
            async {
                tokio::time::sleep(stagger).await;
                admin.send(&world, Method::PUT, &ban, &reason).await
            },
            async {
                let anybody = world.anybody();
                let signing_in = (0..3).map(|_| anybody.post("/api/auth/signin", &credentials));
                let refreshing = (0..6).map(|_| ana.refreshes(&world));
                let (mut signed, refreshed) = tokio::join!(
                    futures::future::join_all(signing_in),
                    futures::future::join_all(refreshing)
                );
                signed.extend(refreshed);
                signed
            }
        );
        _ = banned.expect(200);
        let issued: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        tokens += issued.len();
        for answer in &issued {
            let token = crate::audience::cookie(answer, "access");
            // Refused as banned: an instance that merely cannot know would prove nothing.
            assert_eq!(
                orders.check(&token),
                Err(Refusal::AccountSuspended),
                "round {round}: a token outlived"
            );
        }
        let live: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL")
                .bind(ana.id().parse::<uuid::Uuid>().unwrap())
                .fetch_one(&world.pool)
                .await
                .unwrap();
        assert_eq!(live, 0, "round {round}: a session outlived the ban");
        for answer in issued {
            let survivor = Browser { refresh: crate::audience::cookie(answer, "refresh"), ..ana.clone() };
            assert_ne!(survivor.refreshes(&world).await.status, 200, "round {round}");
        }
    }
    assert!(tokens > 0, "no token was ever issued: nothing was raced");
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_waited_for_a_ban_gives_no_token() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    // A ban in the midst of its transaction: the row is locked, and nothing can be seen yet.
    let mut ban = world.pool.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR UPDATE")
        .bind(ana.uuid())
        .execute(&mut *ban)
        .await
        .unwrap();
    let refreshing = tokio::spawn({
        let (base, refresh) = (world.anybody(), ana.refresh.clone());
        async move {
            let request = base.request(Method::POST, "/api/auth/refresh").header("origin", ORIGIN);
            answer(request.header("cookie", format!("refresh={refresh}"))).await
        }
    });
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN
        (SELECT pid FROM pg_stat_activity WHERE datname = current_database())";
    eventually("the refresh waits", || async {
        let count: i64 = sqlx::query_scalar(waiting).fetch_one(&world.pool).await.unwrap();
        (count > 0).then_some(())
    })
    .await;
    for statement in [
        "UPDATE users SET generation = generation + 1, version = version + 1 WHERE id = $1",
        r"INSERT INTO bans (id, user_id, generation, reason, tickets, created_at, created_by, created_by_name)
            SELECT gen_random_uuid(), $1, 2, 'Fraud', 'keep', now(), id, 'Root' FROM users WHERE role = 'admin'",
    ] {
        sqlx::query(statement).bind(ana.uuid()).execute(&mut *ban).await.unwrap();
    }
    ban.commit().await.unwrap();
    refreshing.await.unwrap().problem(ProblemCode::AccountSuspended);
    drop(admin);
}
