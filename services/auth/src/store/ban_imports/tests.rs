//! Lists of people to ban on a real database.

use super::forget;
use chrono::TimeDelta;
use contracts::Timestamp;
use sqlx::PgPool;
use testkit::TestDatabase;

/// A list of so many days ago that was over so many days ago.
async fn done(pool: &PgPool, key: &str, created: i32, finished: i32) {
    sqlx::query(
        r"
        INSERT INTO ban_imports (id, created_at, created_by, created_by_name, idempotency_key, content, state,
            confirmed_at, confirmed_by, finished_at)
        SELECT gen_random_uuid(), now() - make_interval(days => $2), id, name, $1, '', 'done', now(), id,
            now() - make_interval(days => $3)
        FROM users
        ",
    )
    .bind(key)
    .bind(created)
    .bind(finished)
    .execute(pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_list_can_be_seen_for_its_time_after_it_was_over() {
    let database = TestDatabase::create().await;
    let pool = service::db::open(&database.url, &sqlx::migrate!()).await.unwrap();
    sqlx::query(
        r"
        INSERT INTO users (id, email, name, password_hash, role, created_at)
        VALUES (gen_random_uuid(), 'root@example.com', 'Root', '', 'admin', now())
        ",
    )
    .execute(&pool)
    .await
    .unwrap();
    done(&pool, "over long ago", 100, 91).await;
    done(&pool, "begun long ago", 100, 1).await;
    let now: Timestamp = sqlx::query_scalar("SELECT now()").fetch_one(&pool).await.unwrap();
    let (drafts, over) = (now - TimeDelta::days(1), now - TimeDelta::days(90));
    let mut db = pool.acquire().await.unwrap();
    assert!(forget(&mut db, drafts, over).await.unwrap());
    assert!(!forget(&mut db, drafts, over).await.unwrap());
    let left: Vec<String> =
        sqlx::query_scalar("SELECT idempotency_key FROM ban_imports").fetch_all(&mut *db).await.unwrap();
    assert_eq!(left, ["begun long ago"]);
}
