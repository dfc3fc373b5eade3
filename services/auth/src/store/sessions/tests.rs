//! Sessions on a real database.

use super::{FORGOTTEN_MAX, forget};
use contracts::Timestamp;
use sqlx::{PgConnection, PgPool};
use testkit::TestDatabase;
use uuid::Uuid;

async fn user(db: &mut PgConnection) -> Uuid {
    sqlx::query_scalar(
        r"
        INSERT INTO users (id, email, name, password_hash, role, created_at)
        VALUES (gen_random_uuid(), 'ana@example.com', 'Ana', '', 'user', now()) RETURNING id
        ",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

/// Sessions that expire and were revoked so many days from now.
async fn sessions(db: &mut PgConnection, user: Uuid, count: i64, expire: f64, revoked: Option<f64>) {
    let days = "INSERT INTO sessions
            (id, user_id, user_agent, created_at, last_seen_at, authenticated_at, expires_at, revoked_at)
        SELECT gen_random_uuid(), $1, '', now(), now(), now(), now() + make_interval(secs => 86400 * $3),
            now() + make_interval(secs => 86400 * $4) FROM generate_series(1, $2)";
    sqlx::query(days).bind(user).bind(count).bind(expire).bind(revoked).execute(db).await.unwrap();
}

async fn left(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn what_ended_long_ago_is_forgotten_in_batches() {
    let database = TestDatabase::create().await;
    let pool = service::db::open(&database.url, &sqlx::migrate!()).await.unwrap();
    let mut db = pool.acquire().await.unwrap();
    let ana = user(&mut db).await;
    sessions(&mut db, ana, FORGOTTEN_MAX + 500, -8.0, None).await;
    sessions(&mut db, ana, FORGOTTEN_MAX + 10, 60.0, Some(-8.0)).await;
    sessions(&mut db, ana, 3, 60.0, None).await;
    sessions(&mut db, ana, 2, 60.0, Some(-1.0)).await;
    let before: Timestamp =
        sqlx::query_scalar("SELECT now() - interval '7 days'").fetch_one(&mut *db).await.unwrap();
    assert_eq!(forget(&mut db, before).await.unwrap(), 2_000, "the first batch is bounded");
    assert_eq!(forget(&mut db, before).await.unwrap(), 510);
    assert_eq!(forget(&mut db, before).await.unwrap(), 0);
    assert_eq!(left(&pool).await, 5, "live ones, and those that ended lately");
}
