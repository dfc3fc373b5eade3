//! `GET /api/auth/admin/bans/{id}/receipt`

use crate::audience::{Browser, COMMIT_MAX, WORLDS_MAX, ban_in_force, world};
use contracts::{
    ProblemCode,
    auth::{BanEffect, BanEffectKind, BanReceipt, InstanceGone, InstanceReceipt, ServiceEffects},
};
use events::{orders, tickets};
use reqwest::{Method, Response};
use serde_json::json;
use testkit::{World, caller::answer, eventually};
use tokio::time::timeout;

fn path(browser: &Browser) -> String {
    format!("/api/auth/admin/users/{}/ban", browser.id())
}

/// A live receipt, event by event.
struct Live(Response, String);

impl Live {
    async fn open(world: &World, admin: &Browser, ban: &str) -> Self {
        Self::try_open(world, admin, ban).await.expect("auth has a lease")
    }

    /// Nothing where auth has no lease.
    async fn try_open(world: &World, admin: &Browser, ban: &str) -> Option<Self> {
        let path = format!("/api/auth/admin/bans/{ban}/receipt");
        let request = world.anybody().request(Method::GET, &path).bearer_auth(&admin.access);
        let response = request.header("accept", "text/event-stream").send().await.unwrap();
        if response.status() == 503 {
            return None;
        }
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Some(Self(response, String::new()))
    }

    /// The next event, or nothing when the stream has ended.
    async fn next(&mut self) -> Option<BanReceipt> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.1 = rest;
                let Some(data) = event.strip_prefix("event: receipt\ndata: ") else { continue };
                return Some(serde_json::from_str(data).unwrap());
            }
            let more = self.0.chunk().await.unwrap()?;
            self.1.push_str(std::str::from_utf8(&more).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_shown_live_while_the_bus_comes_back() {
    // The lease of before holds for two seconds, and a busy machine may need longer: then nothing is shown.
    for _ in 0..WORLDS_MAX {
        if Box::pin(is_shown_within_a_lease()).await {
            return;
        }
    }
    panic!("the bus never came back within a lease");
}

/// `false` where the lease ended before the bus was back.
async fn is_shown_within_a_lease() -> bool {
    let mut world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    world.nats.kill();
    let request = world.anybody().request(Method::PUT, &path(&ana)).bearer_auth(&admin.access);
    let banning = tokio::spawn(answer(request.json(&json!({ "reason": "Fraud" }))));
    // The lease of before still holds for a moment.
    let Ok(ban) = timeout(COMMIT_MAX, ban_in_force(&world, &ana)).await else { return false };
    let Some(mut live) = Live::try_open(&world, &admin, &ban).await else { return false };
    let Some(first) = live.next().await else { return false };
    assert!(first.acknowledged_at.is_none(), "{first:?}");
    assert!(first.instances.iter().all(|instance| instance.applied_ms.is_none()), "{first:?}");
    world.nats.restart().await;
    let mut last = first;
    while let Some(receipt) = live.next().await {
        last = receipt;
    }
    if last.acknowledged_at.is_none() {
        return false; // The stream ended with the lease.
    }
    assert!(last.acknowledged_at.is_some(), "{last:?}");
    assert!(!last.instances.is_empty());
    assert!(last.instances.iter().all(|instance| instance.applied_ms.is_some()), "{last:?}");
    assert!([200, 202].contains(&banning.await.unwrap().status));
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_of_no_ban_is_unknown() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let nobody = format!("/api/auth/admin/bans/{}/receipt", uuid::Uuid::now_v7());
    admin.get(&world, &nobody).await.problem(ProblemCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_terms_leave_a_receipt_complete() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let receipt =
        admin.send(&world, Method::PUT, &path(&ana), &json!({ "reason": "Fraud" })).await.expect(200);
    let receipt: BanReceipt = receipt.read();
    // As if every instance had started since: what they learned at their start they do not report.
    sqlx::query("DELETE FROM ban_receipts WHERE ban_id = $1")
        .bind(receipt.ban.uuid())
        .execute(&world.pool)
        .await
        .unwrap();
    let changed = admin.send(&world, Method::PUT, &path(&ana), &json!({ "reason": "Fraud, twice" })).await;
    let changed: BanReceipt = changed.expect(200).read();
    assert!(changed.instances.iter().all(|instance| instance.applied_ms.is_some()), "{changed:?}");
    assert_eq!(changed.acknowledged_at, receipt.acknowledged_at, "nothing had to spread again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_died_before_its_report_ends_as_gone() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let stop = tokio_util::sync::CancellationToken::new();
    let orders = crate::audience::orders_authority(&world, &stop).await;
    tokio::time::sleep(std::time::Duration::from_millis(600)).await; // Its marker was heard.
    stop.cancel();
    drop(orders);
    let answer =
        admin.send(&world, Method::PUT, &path(&ana), &json!({ "reason": "Fraud" })).await.expect(200);
    let receipt: BanReceipt = answer.read();
    let of_orders = |receipt: &BanReceipt| {
        receipt.instances.iter().find(|instance| instance.service == "orders").cloned().unwrap()
    };
    assert_eq!((of_orders(&receipt).applied_ms, of_orders(&receipt).gone), (None, None), "{receipt:?}");
    let mut live = Live::open(&world, &admin, &receipt.ban.to_string()).await;
    let mut last = None;
    while let Some(receipt) = live.next().await {
        last = Some(receipt);
    }
    let last = last.expect("a live receipt");
    assert_eq!(of_orders(&last).gone, Some(InstanceGone::NoLease), "{last:?}");
    assert_eq!(of_orders(&last).applied_ms, None);
    eventually("the receipt stays so", || async {
        let path = format!("/api/auth/admin/bans/{}/receipt", receipt.ban);
        (admin.get(&world, &path).await.expect(200).read::<BanReceipt>() == last).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_whose_ban_no_bus_acknowledged_ends_with_the_last_token() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let answer =
        admin.send(&world, Method::PUT, &path(&ana), &json!({ "reason": "Fraud" })).await.expect(200);
    let receipt: BanReceipt = answer.read();
    // As if an instance that is no more had been there, and the bus been away until no token of before was left.
    for statement in [
        "INSERT INTO ban_receipts (ban_id, service, instance) SELECT id, 'orders', 'orders-9' FROM bans",
        "UPDATE bans SET acknowledged_at = NULL, created_at = created_at - interval '18 minutes'",
        "UPDATE revocations SET expires_at = expires_at - interval '18 minutes'",
    ] {
        sqlx::query(statement).execute(&world.pool).await.unwrap();
    }
    let receipt_path = format!("/api/auth/admin/bans/{}/receipt", receipt.ban);
    let ended = eventually("the receipt ends", || async {
        let answer = admin.get(&world, &receipt_path).await;
        let receipt: BanReceipt = (answer.status == 200).then(|| answer.read())?;
        let pending = |instance: &InstanceReceipt| instance.applied_ms.is_none() && instance.gone.is_none();
        (!receipt.instances.iter().any(pending)).then_some(receipt)
    })
    .await;
    let gone = ended.instances.iter().find(|instance| instance.instance == "orders-9").unwrap().gone;
    assert!(ended.acknowledged_at.is_none() && gone.is_some(), "{ended:?}");
}

fn word<'a>(receipt: &'a BanReceipt, service: &str) -> &'a ServiceEffects {
    receipt.effects.iter().find(|word| word.service == service).expect("a service that acts on bans")
}

fn count(word: &ServiceEffects, kind: BanEffectKind) -> Option<u32> {
    word.effects.iter().find(|effect| effect.kind == kind).map(|BanEffect { count, .. }| *count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_what_each_service_did() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let answer =
        admin.send(&world, Method::PUT, &path(&ana), &json!({ "reason": "Fraud" })).await.expect(200);
    let receipt: BanReceipt = answer.read();
    assert_eq!(receipt.effects.iter().filter(|word| word.acted_at.is_none()).count(), 2, "{receipt:?}");

    let first = orders::BanEffects {
        ban: receipt.ban,
        user: receipt.user,
        holds_released: 2,
        places_released: 5,
        streams_closed: 0,
        version: 1,
    };
    let last = orders::BanEffects { streams_closed: 1, version: 2, ..first.clone() };
    let hidden = tickets::BanEffects {
        ban: receipt.ban,
        user: receipt.user,
        listings_hidden: 3,
        offers_withdrawn: 1,
        tickets_refused: 0,
        version: 1,
    };
    // The newer word comes first, each comes twice, and the process dies at each step.
    for durable in ["auth-bans-in-orders", "auth-bans-in-tickets"] {
        world.faults.crash_everywhere(durable);
    }
    for _ in 0..2 {
        world.bus.publish(orders::BanFact::Applied, &last).await;
        world.bus.publish(orders::BanFact::Applied, &first).await;
        world.bus.publish(tickets::BanFact::Applied, &hidden).await;
    }
    world.bus.settled("auth-bans-in-orders").await;
    world.bus.settled("auth-bans-in-tickets").await;
    assert!(world.faults.exhausted());

    let receipt_path = format!("/api/auth/admin/bans/{}/receipt", receipt.ban);
    let told: BanReceipt = admin.get(&world, &receipt_path).await.expect(200).read();
    let (in_orders, in_tickets) = (word(&told, "orders"), word(&told, "tickets"));
    assert!(in_orders.acted_at.is_some() && in_tickets.acted_at.is_some(), "{told:?}");
    for (word, kind, expected) in [
        (in_orders, BanEffectKind::HoldsReleased, 2),
        (in_orders, BanEffectKind::PlacesReleased, 5),
        (in_orders, BanEffectKind::StreamsClosed, 1),
        (in_tickets, BanEffectKind::ListingsHidden, 3),
        (in_tickets, BanEffectKind::OffersWithdrawn, 1),
        (in_tickets, BanEffectKind::TicketsRefused, 0),
    ] {
        assert_eq!(count(word, kind), Some(expected), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_receipt_waits_for_what_a_running_service_did() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let stop = tokio_util::sync::CancellationToken::new();
    let _orders = crate::audience::orders_authority(&world, &stop).await;
    tokio::time::sleep(std::time::Duration::from_millis(600)).await; // Its marker was heard.
    let answer =
        admin.send(&world, Method::PUT, &path(&ana), &json!({ "reason": "Fraud" })).await.expect(200);
    let receipt: BanReceipt = answer.read();
    let mut live = Live::open(&world, &admin, &receipt.ban.to_string()).await;
    let first = live.next().await.expect("the present state");
    assert!(word(&first, "orders").acted_at.is_none(), "{first:?}");
    let did = orders::BanEffects {
        ban: receipt.ban,
        user: receipt.user,
        holds_released: 1,
        places_released: 1,
        streams_closed: 0,
        version: 1,
    };
    world.bus.publish(orders::BanFact::Applied, &did).await;
    let mut last = first;
    while let Some(receipt) = live.next().await {
        last = receipt;
    }
    assert!(word(&last, "orders").acted_at.is_some(), "{last:?}");
    assert!(word(&last, "tickets").acted_at.is_none(), "no instance of it runs, so nobody waited: {last:?}");
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_about_no_ban_is_parked() {
    let world = world().await;
    let did = orders::BanEffects {
        ban: service::new_id(),
        user: service::new_id(),
        holds_released: 1,
        places_released: 1,
        streams_closed: 0,
        version: 1,
    };
    world.bus.publish(orders::BanFact::Applied, &did).await;
    eventually("it is parked", || async {
        let parked: i64 =
            sqlx::query_scalar("SELECT count(*) FROM dead_letters").fetch_one(&world.pool).await.unwrap();
        (parked == 1).then_some(())
    })
    .await;
}
