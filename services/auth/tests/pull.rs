//! The second path: services ask auth itself while the bus is away.

use crate::audience::{Browser, orders_authority_with, world_with};
use auth::{
    Authority, Refusal,
    pull::{PATH, Position, PullSecret, Question},
};
use contracts::auth::BanReceipt;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::{World, eventually};
use tokio_util::sync::CancellationToken;

const SECOND: Duration = Duration::from_secs(1);
const ORDERS: PullSecret = PullSecret::new([1; 32]);
const AUTH: PullSecret = PullSecret::new([2; 32]);
/// A lease may have ended, or never begun, for so long while the first question is asked on a busy machine.
const GAP_MAX: Duration = Duration::from_millis(500);

/// Auth with its private listener, and an instance of orders that may ask it.
struct Pair {
    world: World,
    url: String,
    orders: Authority,
    admin: Browser,
    ana: Browser,
}

fn hex_of(secret: u8) -> String {
    hex::encode([secret; 32])
}

async fn world() -> (World, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let clients = [("orders", ORDERS), ("auth", AUTH)];
    let clients = clients.map(|(service, secret)| format!("{service}={}", hex::encode(secret.hash())));
    let settings = [
        ("LISTEN_PULL", &*format!("127.0.0.1:{port}")),
        ("PULL_CLIENTS", &clients.join(",")),
        ("AUTH_PULL_URLS", &url),
        ("AUTH_PULL_SECRET", &hex_of(2)),
    ];
    (world_with(auth_service::start, &settings).await, url)
}

async fn pair() -> Pair {
    let (world, url) = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let stop = CancellationToken::new();
    let orders = orders_authority_with(&world, &stop, Some((url.parse().unwrap(), ORDERS))).await;
    Pair { world, url, orders, admin, ana }
}

fn ban_path(browser: &Browser) -> String {
    format!("/api/auth/admin/users/{}/ban", browser.id())
}

/// Asks again and again for so long; the longest time for which the answer was "cannot know".
async fn longest_gap(orders: &Authority, token: &str, length: Duration) -> Duration {
    let (begun, mut longest, mut known) = (Instant::now(), Duration::ZERO, Instant::now());
    while begun.elapsed() < length {
        match orders.check(token) {
            Err(Refusal::Stale) => longest = longest.max(known.elapsed()),
            other => {
                assert!(other.is_ok(), "{other:?}");
                known = Instant::now();
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    longest
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_bus_away_identities_go_on_and_a_ban_acts_within_two_seconds() {
    let mut pair = pair().await;
    assert!(pair.orders.check(&pair.ana.access).is_ok());
    pair.world.nats.kill();
    let gap = longest_gap(&pair.orders, &pair.ana.access, 5 * SECOND).await;
    assert!(gap < GAP_MAX, "{gap:?} without a lease");
    assert!(!pair.orders.hears_bus());

    let ban = json!({ "reason": "Fraud" });
    let path = ban_path(&pair.ana);
    let banning = pair.admin.send(&pair.world, Method::PUT, &path, &ban);
    let committed = async {
        _ = crate::audience::ban_in_force(&pair.world, &pair.ana).await;
        Instant::now()
    };
    let refused = async {
        eventually("the ban acts", || async {
            (pair.orders.check(&pair.ana.access) == Err(Refusal::AccountSuspended)).then_some(Instant::now())
        })
        .await
    };
    let (answer, committed, refused) = tokio::join!(banning, committed, refused);
    assert!(refused.saturating_duration_since(committed) < 2 * SECOND);
    let receipt: BanReceipt = answer.expect(202).read();
    assert!(receipt.acknowledged_at.is_none(), "{receipt:?}");
    // What was pulled is reported by the next question.
    let receipt_path = format!("/api/auth/admin/bans/{}/receipt", receipt.ban);
    eventually("every instance has reported", || async {
        let receipt: BanReceipt = pair.admin.get(&pair.world, &receipt_path).await.expect(200).read();
        let applied = |service: &str| {
            let mut instances = receipt.instances.iter();
            instances.any(|instance| instance.service == service && instance.applied_ms.is_some())
        };
        (applied("orders") && applied("auth")).then_some(())
    })
    .await;
    // Nobody is said to be gone while they ask auth.
    let last: BanReceipt = pair.admin.get(&pair.world, &receipt_path).await.expect(200).read();
    assert!(last.instances.iter().all(|instance| instance.gone.is_none()), "{last:?}");
    // Signing in and refreshing go on as well.
    _ = pair.admin.sign_in(&pair.world).await;
    pair.world.nats.restart().await;
    eventually("the bus is heard again", || async { pair.orders.hears_bus().then_some(()) }).await;
    eventually("the bus has the ban", || async {
        let receipt: BanReceipt = pair.admin.get(&pair.world, &receipt_path).await.expect(200).read();
        receipt.acknowledged_at
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_starts_while_the_bus_is_away_knows_keys_and_bans() {
    let mut pair = pair().await;
    let path = ban_path(&pair.ana);
    _ = pair.admin.send(&pair.world, Method::PUT, &path, &json!({ "reason": "Fraud" })).await.expect(200);
    pair.world.nats.kill();
    let stop = CancellationToken::new();
    let late = orders_authority_with(&pair.world, &stop, Some((pair.url.parse().unwrap(), ORDERS))).await;
    assert_eq!(late.check(&pair.ana.access), Err(Refusal::AccountSuspended));
    assert!(late.check(&pair.admin.access).is_ok());
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_both_away_identities_wait() {
    let mut pair = pair().await;
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let stop = CancellationToken::new();
    let lonely = orders_authority_with(&pair.world, &stop, Some((nobody.parse().unwrap(), ORDERS))).await;
    assert!(lonely.check(&pair.ana.access).is_ok());
    pair.world.nats.kill();
    let begun = Instant::now();
    eventually("it fails closed", || async {
        (lonely.check(&pair.ana.access) == Err(Refusal::Stale)).then_some(())
    })
    .await;
    assert!(begun.elapsed() < 2 * SECOND + Duration::from_millis(100), "{:?}", begun.elapsed());
    pair.world.nats.restart().await;
    eventually("the bus is heard again", || async { lonely.check(&pair.ana.access).is_ok().then_some(()) })
        .await;
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_brings_no_lease() {
    let mut pair = pair().await;
    let stop = CancellationToken::new();
    let stranger = Some((pair.url.parse().unwrap(), PullSecret::new([9; 32])));
    let stranger = orders_authority_with(&pair.world, &stop, stranger).await;
    pair.world.nats.kill();
    eventually("it fails closed", || async { stranger.lease_left().is_none().then_some(()) }).await;
    // It keeps asking meanwhile.
    tokio::time::sleep(SECOND).await;
    assert_eq!(stranger.check(&pair.ana.access), Err(Refusal::Stale));
    assert!(pair.orders.check(&pair.ana.access).is_ok());
    stop.cancel();
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn question(service: &str, after: Option<Position>) -> Question {
    Question {
        service: service.to_owned(),
        instance: format!("{service}-1"),
        nonce: uuid::Uuid::new_v4(),
        after,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_private_listener_answers_services_alone_and_nothing_else() {
    let (world, url) = world().await;
    let http = reqwest::Client::builder().timeout(5 * SECOND).build().unwrap();
    let ask = async |path: &str, bearer: Option<String>, body: String| {
        let request = http.post(format!("{url}{path}")).body(body);
        let request = match bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        };
        request.send().await.unwrap().status()
    };
    let good = serde_json::to_string(&question("orders", None)).unwrap();
    assert_eq!(ask(PATH, Some(hex_of(1)), good.clone()).await, StatusCode::OK);
    assert_eq!(ask(PATH, None, good.clone()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(PATH, Some(hex_of(9)), good.clone()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(PATH, Some(hex_of(2)), good.clone()).await, StatusCode::UNAUTHORIZED, "another's secret");
    assert_eq!(ask(PATH, Some("x".to_owned()), good.clone()).await, StatusCode::UNAUTHORIZED);
    let unknown = serde_json::to_string(&question("frontend", None)).unwrap();
    assert_eq!(ask(PATH, Some(hex_of(1)), unknown).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(PATH, Some(hex_of(1)), "{}".to_owned()).await, StatusCode::BAD_REQUEST);
    let long = format!("{}{good}", " ".repeat(2000));
    assert_eq!(ask(PATH, Some(hex_of(1)), long).await, StatusCode::BAD_REQUEST);
    for path in ["/", "/livez", "/metrics", "/api/auth/session"] {
        assert_eq!(http.get(format!("{url}{path}")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    // Nor is it served where the world asks.
    let public = http.post(format!("{}{PATH}", world.base)).bearer_auth(hex_of(1)).body(good);
    assert_eq!(public.send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_unknown_takes_nobody_s_place() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (_world, url) = world().await;
    let address = url.strip_prefix("http://").unwrap();
    // More than are answered at once announce a body and never send it.
    let mut strangers = Vec::new();
    for _ in 0..40 {
        let mut stranger = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-length: 9\r\n\r\n",
            hex_of(9)
        );
        stranger.write_all(head.as_bytes()).await.unwrap();
        strangers.push(stranger);
    }
    let good = claims(&url, &question("orders", None)).await;
    assert_eq!(good["service"], "orders");
    for mut stranger in strangers {
        let mut status = [0; 12];
        stranger.read_exact(&mut status).await.unwrap();
        assert_eq!(str::from_utf8(&status).unwrap(), "HTTP/1.1 401");
    }
}

/// The claims of an answer, whose signature readers check.
async fn claims(url: &str, question: &Question) -> serde_json::Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let http = reqwest::Client::builder().timeout(5 * SECOND).build().unwrap();
    let answer =
        http.post(format!("{url}{PATH}")).bearer_auth(hex_of(1)).json(question).send().await.unwrap();
    let text = answer.error_for_status().unwrap().text().await.unwrap();
    let claims = text.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_late_comes_late_in_the_history() {
    let (world, url) = world().await;
    let insert = r"
        INSERT INTO revocations (kind, subject_id, generation, reason_code, at, expires_at)
        VALUES ('user', gen_random_uuid(), 2, 'banned', now(), now() + interval '16 minutes')
    ";
    // The slow one writes first and commits last; it must not hold the other up.
    let mut slow = world.pool.begin().await.unwrap();
    sqlx::query(insert).execute(&mut *slow).await.unwrap();
    sqlx::query(insert).execute(&world.pool).await.unwrap();
    let first = claims(&url, &question("orders", None)).await;
    assert_eq!(first["revocations"].as_array().unwrap().len(), 1, "{first}");
    slow.commit().await.unwrap();
    let after: Position = serde_json::from_value(first["through"].clone()).unwrap();
    let second = claims(&url, &question("orders", Some(after))).await;
    assert_eq!(second["revocations"].as_array().unwrap().len(), 1, "{second}");
    assert_ne!(first["revocations"], second["revocations"]);
    let through: Position = serde_json::from_value(second["through"].clone()).unwrap();
    assert_eq!(through, Position { cursor: after.cursor + 1, ..after });

    // Of another history, or of a place that was never reached: everything, from the beginning.
    let other = Position { history: uuid::Uuid::now_v7(), ..after };
    let beyond = Position { cursor: through.cursor + 1, ..through };
    for strange in [other, beyond] {
        let all = claims(&url, &question("orders", Some(strange))).await;
        assert_eq!(all["revocations"].as_array().unwrap().len(), 2, "{all}");
        assert!(all["after"].is_null());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_revocations_come_in_pages() {
    let mut pair = pair().await;
    let insert = r"
        INSERT INTO revocations (kind, subject_id, generation, reason_code, at, expires_at)
        SELECT 'user', gen_random_uuid(), 2, 'banned', now(), now() + interval '16 minutes'
        FROM generate_series(1, 900)
    ";
    for _ in 0..5 {
        sqlx::query(insert).execute(&pair.world.pool).await.unwrap();
    }
    let first = claims(&pair.url, &question("orders", None)).await;
    assert_eq!((first["revocations"].as_array().unwrap().len(), first["more"].as_bool()), (2000, Some(true)));
    let path = ban_path(&pair.ana);
    _ = pair.admin.send(&pair.world, Method::PUT, &path, &json!({ "reason": "Fraud" })).await.expect(200);
    pair.world.nats.kill();
    // A fresh instance reads all of them before it has a lease; the ban is the last one.
    let stop = CancellationToken::new();
    let late = orders_authority_with(&pair.world, &stop, Some((pair.url.parse().unwrap(), ORDERS))).await;
    assert_eq!(late.check(&pair.ana.access), Err(Refusal::AccountSuspended));
    stop.cancel();
}
