//! The search on a real database with very many people: which indexes serve it, and how fast it is.

use super::*;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::time::Instant;
use testkit::TestDatabase;

/// Made-up people: common and rare names, one in 500 banned, one in 10,000 an admin, signed up over three years.
const PEOPLE: &str = r"
    INSERT INTO users (id, email, name, password_hash, role, created_at, last_seen_at, banned)
    SELECT gen_random_uuid(), given || '.' || family || n || '@example.com', initcap(given || ' ' || family), '',
        CASE WHEN n % 10000 = 7 THEN 'admin' ELSE 'user' END,
        now() - make_interval(secs => 94608000.0 * n / $1),
        CASE WHEN n % 5 = 0 THEN NULL ELSE now() - make_interval(secs => 2592000.0 * ((n::bigint * 7919) % $1) / $1) END,
        n % 500 = 3
    FROM generate_series(1, $1) AS n,
        LATERAL (SELECT (ARRAY['ana', 'bo', 'chidi', 'dmitri', 'elif', 'fatima', 'goran', 'hana'])[1 + n % 8] AS given,
            substr(md5((n % 20011)::text), 1, 8) AS family) AS names
";

async fn people(count: i32) -> (TestDatabase, PgPool) {
    let database = TestDatabase::create().await;
    let pool = service::db::open(&database.url, &sqlx::migrate!()).await.unwrap();
    sqlx::query(PEOPLE).bind(count).execute(&pool).await.unwrap();
    sqlx::query("VACUUM ANALYZE users").execute(&pool).await.unwrap();
    (database, pool)
}

const ORDERS: [UserSort; 3] = [UserSort::Registered, UserSort::Name, UserSort::LastSeen];

fn part(words: &str) -> Filter {
    Filter { words: Some(Words::Part(words.to_owned())), ..Filter::default() }
}

/// Every kind of question, by name.
fn questions(days_ago: impl Fn(i64) -> Timestamp) -> Vec<(&'static str, Filter)> {
    let span = |from, until| Filter {
        from: Some(days_ago(from)),
        until: Some(days_ago(until)),
        ..Filter::default()
    };
    vec![
        ("everybody", Filter::default()),
        ("a rare name", part(RARE)),
        ("a common name", part("Dmitri")),
        ("a part of every address", part("example.com")),
        ("nobody", part("nobody at all")),
        ("two letters", part("bo")),
        ("two letters of nobody", part("zq")),
        ("no letter", part("---")),
        ("no letter, and what a pattern means by it", part("%_%")),
        ("one letter of nobody", part("q--")),
        (
            "one address",
            Filter { words: Some(Words::Address("ana.none@example.com".to_owned())), ..Filter::default() },
        ),
        ("one id", Filter { words: Some(Words::Id(service::new_id())), ..Filter::default() }),
        ("the banned", Filter { status: Some(UserStatus::Banned), ..Filter::default() }),
        ("the banned of a name", Filter { status: Some(UserStatus::Banned), ..part("elif") }),
        ("the active of a rare name", Filter { status: Some(UserStatus::Active), ..part(RARE) }),
        ("admins", Filter { role: Some(Role::Admin), ..Filter::default() }),
        ("users that are no admins", Filter { role: Some(Role::User), ..Filter::default() }),
        ("a day", span(400, 399)),
        ("a year", span(800, 435)),
        ("a year of a name", Filter { words: part("hana").words, ..span(800, 435) }),
    ]
}

/// Rows that any question may read of sixty thousand: those of the near ones, with a margin.
const READ_MAX: f64 = 21_000.0;

/// Eight digits of a hash: that of 4711.
const RARE: &str = "b52340b4";

/// What the database did for a question.
struct Plan {
    text: String,
    /// Rows that it gave.
    given: f64,
    /// Rows that were read of tables for it, whether they were kept or not.
    read: f64,
}

async fn plan(db: &mut PgConnection, write: impl FnOnce(&mut Query)) -> Plan {
    let mut query = QueryBuilder::new("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ");
    write(&mut query);
    let plan: serde_json::Value = query.build_query_scalar().persistent(false).fetch_one(db).await.unwrap();
    let root = &plan[0]["Plan"];
    let given = root["Actual Rows"].as_f64().unwrap();
    Plan { text: format!("{root:#}"), given, read: rows_read(root) }
}

fn rows_read(node: &serde_json::Value) -> f64 {
    let below: f64 = node["Plans"].as_array().into_iter().flatten().map(rows_read).sum();
    if node["Relation Name"].is_null() {
        return below;
    }
    let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
    let per_loop = ["Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"]
        .map(number)
        .iter()
        .sum::<f64>();
    below + per_loop * number("Actual Loops")
}

async fn now(pool: &PgPool) -> Timestamp {
    sqlx::query_scalar("SELECT now()").fetch_one(pool).await.unwrap()
}

/// A page in the middle of an order.
async fn middle(pool: &PgPool, by: UserSort) -> Place {
    let sql = format!("SELECT {}, id FROM users ORDER BY 1, 2 OFFSET 12345 LIMIT 1", column(by));
    match by {
        UserSort::Name => {
            let (name, id) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
            Place { key: Key::Name(name), id }
        }
        UserSort::Registered | UserSort::LastSeen => {
            let (at, id) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
            Place { key: Key::At(at), id }
        }
    }
}

#[tokio::test]
async fn no_question_reads_the_whole_table() {
    let (_database, pool) = people(60_000).await;
    let now = now(&pool).await;
    let mut plans = Vec::new();
    for (what, filter) in questions(|days| now - chrono::TimeDelta::days(days)) {
        let mut db = pool.acquire().await.unwrap();
        plans.push((what.to_owned(), plan(&mut db, |query| write_count(query, &filter)).await));
        for by in ORDERS {
            for direction in [Direction::Ascending, Direction::Descending] {
                let (order, middle) = (Order { by, direction }, middle(&pool, by).await);
                for page in [Page::First, Page::After(middle.clone()), Page::Before(middle)] {
                    let wanted = Wanted { filter: &filter, order, page: &page, limit: 20 };
                    let mut tx = pool.begin().await.unwrap();
                    let name = format!("{what} {order:?} {page:?}");
                    if stands_together(&filter, order) {
                        let near = plan(&mut tx, |query| write_near(query, &wanted)).await;
                        let enough = near.given > 20.0;
                        plans.push((name.clone(), near));
                        if enough {
                            continue;
                        }
                        words_first(&mut tx).await.unwrap();
                    }
                    plans.push((name, plan(&mut tx, |query| write_page(query, &wanted)).await));
                }
            }
        }
    }
    assert!(plans.len() > 300);
    let slow: Vec<String> = plans
        .into_iter()
        .filter(|(_, plan)| plan.read > READ_MAX || plan.text.contains("Seq Scan"))
        .map(|(name, plan)| format!("{name}: {} rows\n{}", plan.read, plan.text))
        .collect();
    assert!(slow.is_empty(), "{} of them: {}", slow.len(), slow.join("\n\n"));
}

#[tokio::test]
#[ignore = "a measurement that takes minutes: run it with --ignored --nocapture"]
async fn a_million_people_are_searched() {
    let (_database, pool) = people(1_000_000).await;
    let now = now(&pool).await;
    let order = Order { by: UserSort::Registered, direction: Direction::Descending };
    for (what, filter) in questions(|days| now - chrono::TimeDelta::days(days)) {
        let mut db = pool.acquire().await.unwrap();
        for by in ORDERS {
            let order = Order { by, ..order };
            let begun = Instant::now();
            let found = page(&mut db, &filter, order, &Page::First, 20).await.unwrap().len();
            let (paged, begun) = (begun.elapsed(), Instant::now());
            let counted = count(&mut db, &filter).await.unwrap();
            eprintln!(
                "{what:<26} {:<10} page of {found:>2}: {:>8.1} ms, count {counted:>4}: {:>8.1} ms",
                by.as_str(),
                paged.as_secs_f64() * 1e3,
                begun.elapsed().as_secs_f64() * 1e3,
            );
        }
    }
}

#[test]
fn words_are_taken_as_they_are() {
    assert_eq!(likes(r"A_1%\"), [r"%a\_1\%\\%"]);
    assert_eq!(likes("Bo"), ["bo%", "% bo%", "%\nbo%"]);
    assert_eq!(likes("B--"), ["b--%", "% b--%", "%\nb--%"]);
}
