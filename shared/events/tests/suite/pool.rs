//! The pool that every service opens.

use futures::poll;
use std::pin::pin;
use testkit::TestDatabase;
use tokio::task::yield_now;

/// A transaction's beginning is dropped after so many looks at it: from none to where it waits for its answer.
const LOOKS: i64 = 20;

#[tokio::test]
async fn a_transaction_that_was_dropped_while_it_began_is_never_written_into() {
    let database = TestDatabase::create().await;
    let none = sqlx::migrate::Migrator::with_migrations(Vec::new());
    let pool = service::db::open(&database.url, &none).await.unwrap();
    let other = database.pool().await;
    sqlx::query("CREATE TABLE kept (looks bigint)").execute(&pool).await.unwrap();
    for looks in 0..LOOKS {
        {
            let mut begin = pin!(pool.begin());
            for _ in 0..looks {
                if poll!(begin.as_mut()).is_ready() {
                    break;
                }
                yield_now().await;
            }
        }
        sqlx::query("INSERT INTO kept VALUES ($1)").bind(looks).execute(&pool).await.unwrap();
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&other).await.unwrap();
        assert_eq!(kept, looks + 1, "the insert was committed");
    }
}
