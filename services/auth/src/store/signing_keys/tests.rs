//! Keys that have retired.

use super::{SigningKey, current, forget, insert, known, next, retire_others};
use chrono::TimeDelta;
use contracts::Timestamp;
use sqlx::PgConnection;
use testkit::TestDatabase;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

async fn add(db: &mut PgConnection, kid: &str, begins: i64) {
    let (seed, public) = (vec![1; 32], vec![2; 32]);
    let key = SigningKey { kid: kid.to_owned(), seed, public, not_before: at(begins) };
    insert(db, &key, at(0)).await.unwrap();
}

async fn signs(db: &mut PgConnection, now: i64) -> Option<String> {
    current(db, at(now)).await.unwrap().map(|key| key.kid)
}

#[tokio::test]
async fn a_key_signs_from_its_time_on_and_a_retired_one_loses_its_secret() {
    let database = TestDatabase::create().await;
    let mut db = database.pool().await.acquire().await.unwrap();
    add(&mut db, "old", 0).await;
    add(&mut db, "new", 60).await;
    assert_eq!(retire_others(&mut db, "new", at(1_020)).await.unwrap(), ["old"]);
    assert_eq!(next(&mut db, at(59)).await.unwrap(), Some(at(60)));
    assert_eq!(signs(&mut db, 59).await.as_deref(), Some("old"));
    assert_eq!(signs(&mut db, 60).await.as_deref(), Some("new"));
    assert_eq!(next(&mut db, at(60)).await.unwrap(), None);

    let long_ago = at(0) - TimeDelta::days(90);
    forget(&mut db, at(1_019), long_ago).await.unwrap();
    let secrets = "SELECT kid FROM signing_keys WHERE seed IS NOT NULL ORDER BY kid";
    let left: Vec<String> = sqlx::query_scalar(secrets).fetch_all(&mut *db).await.unwrap();
    assert_eq!(left, ["new", "old"], "its last token may live");
    forget(&mut db, at(1_020), long_ago).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar(secrets).fetch_all(&mut *db).await.unwrap();
    assert_eq!(left, ["new"]);
    assert_eq!(known(&mut db, long_ago, 10).await.unwrap().len(), 2, "its end is still told");
    forget(&mut db, at(2_000), at(1_020)).await.unwrap();
    let kids: Vec<String> =
        known(&mut db, long_ago, 10).await.unwrap().into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, ["new"]);
}
