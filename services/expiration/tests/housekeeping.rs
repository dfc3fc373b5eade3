//! Timers that are old are forgotten from the start on; the others stay.

use testkit::{World, eventually};

const OLD_AND_NEW: &str = r"
    INSERT INTO timers (order_id, due_at, version, changed_at)
    SELECT uuidv7(), NULL::timestamptz, 1, clock_timestamp() - interval '32 days' FROM generate_series(1, 1200)
    UNION ALL SELECT uuidv7(), NULL, 1, clock_timestamp() - interval '30 days'
    UNION ALL SELECT uuidv7(), clock_timestamp() + interval '1 day', 1, clock_timestamp() - interval '32 days'
";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_forgotten_at_the_start_and_in_batches() {
    let start = async |env: &service::Env, lifecycle: &service::Lifecycle| {
        let url: String = env.required("DATABASE_URL").unwrap();
        let pool = service::db::open(&url, &sqlx::migrate!()).await?;
        sqlx::query(OLD_AND_NEW).execute(&pool).await?;
        expiration_service::start(env, lifecycle).await
    };
    let world = World::start("expiration", start, &[]).await;
    eventually("only what may still be needed is left", || async {
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM timers").fetch_one(&world.pool).await.unwrap();
        (left == 2).then_some(())
    })
    .await;
}
