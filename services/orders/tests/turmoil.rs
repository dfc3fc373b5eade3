//! Everything at once: buyers who hold, replace, cancel, pay and are refunded while holds run out and the
//! seller changes the listing. Afterwards nothing contradicts anything (I1, I2's half, I5 of the figures).

use crate::support::{Stage, a_payment, any, seats};
use contracts::{
    ids::{ListingId, OrderId},
    orders::OrderView,
    payments::PaymentStatus,
};
use events::{
    expiration::{Timer, TimerFact},
    orders::{ListingStock, StockFact},
    payments::{Payment, PaymentFact},
    tickets::{Listing, ListingFact},
};
use serde_json::json;
use testkit::{TestCaller, eventually};

const BUYERS: u64 = 16;
const ROUNDS: u64 = 30;
const SEATS: [&str; 6] = ["A1", "A2", "A3", "B1", "B2", "B3"];

const OVER_TARGET: &str = r"
    SELECT EXISTS (
        SELECT FROM listings l JOIN units u ON u.listing_id = l.id WHERE l.excess > 0 AND u.state = 'free'
    )
";

/// The same numbers for the same buyer in every run (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn wish(dice: &mut Dice, places: ListingId, seated: ListingId) -> serde_json::Value {
    let mut body = if dice.roll(2) == 0 {
        any(places, u32::try_from(1 + dice.roll(4)).unwrap())
    } else {
        let first = usize::try_from(dice.roll(6)).unwrap();
        seats(seated, &[SEATS[first], SEATS[(first + 1) % 6]])
    };
    if dice.roll(2) == 0 {
        body["existing_hold"] = json!(["replace", "extend"][usize::try_from(dice.roll(2)).unwrap()]);
    }
    body
}

/// Pays without waiting for answers, as often twice as not, and asks for the money back now and then.
async fn pay(stage: &Stage, dice: &mut Dice, order: &OrderView, buyer: contracts::ids::UserId) {
    let payment = a_payment(order, buyer);
    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment.clone() };
    let failed = Payment { status: PaymentStatus::Failed, version: 3, ..payment.clone() };
    stage.payment(PaymentFact::Authorized, &payment).await;
    match dice.roll(4) {
        0 => stage.payment(PaymentFact::Failed, &failed).await,
        1 => stage.payment(PaymentFact::Captured, &captured).await,
        2 => {
            stage.payment(PaymentFact::Captured, &captured).await;
            stage.payment(PaymentFact::Authorized, &payment).await;
            drop(stage.refund(&captured).await);
        }
        _ => {}
    }
}

async fn buyer(stage: &Stage, number: u64, places: ListingId, seated: ListingId) {
    let (person, caller): (_, TestCaller) = stage.buyer(&format!("Buyer {number}")).await;
    let mut dice = Dice(number + 1);
    for _ in 0..ROUNDS {
        let answer = caller.post("/api/orders", &wish(&mut dice, places, seated)).await;
        // 503 where what is wanted was locked by others again and again; 422 where a hold would grow too large.
        let expected = matches!(answer.status, 201 | 409 | 422 | 503);
        assert!(expected, "{} {}", answer.status, answer.text);
        if answer.status != 201 {
            continue;
        }
        let order: OrderView = answer.read();
        match dice.roll(4) {
            0 => drop(caller.delete(&format!("/api/orders/{}", order.id)).await),
            1 => {
                let due = Timer { order: order.id, due_at: order.expires_at, version: 1 };
                stage.world.bus.publish(TimerFact::DeadlineReached, &due).await;
            }
            _ => pay(stage, &mut dice, &order, person.id()).await,
        }
    }
}

/// The seller raises and lowers the quantity all the time, and ends with `quantity`.
async fn seller(stage: &Stage, listing: &Listing) {
    let mut dice = Dice(99);
    for version in 2..40 {
        let quantity = u32::try_from(20 + dice.roll(30)).unwrap();
        let changed = Listing { quantity, version, ..listing.clone() };
        stage.world.bus.publish(ListingFact::Changed, &changed).await;
        stage.knows(&changed).await;
    }
}

/// Waits until nothing is held any more and every message is handled.
async fn quiet(stage: &Stage) {
    for durable in ["orders-payments", "orders-refunds", "orders-deadlines", "orders-listings"] {
        stage.world.bus.settled(durable).await;
    }
    eventually("no order awaits payment", || async {
        let open: Option<OrderId> =
            sqlx::query_scalar("SELECT id FROM orders WHERE status = 'awaiting_payment' LIMIT 1")
                .fetch_optional(&stage.world.pool)
                .await
                .unwrap();
        open.is_none().then_some(())
    })
    .await;
}

/// Waits until the figures that were published last are those of the units.
async fn figures_agree(stage: &Stage, listing: ListingId) {
    eventually("the last figures are true", || async {
        let all = stage.world.bus.all::<ListingStock>(StockFact::Changed);
        let last = all.iter().rev().find(|event| event.state.listing == listing)?.state.stock;
        let (free, sold) = (stage.units(listing, "free").await, stage.units(listing, "sold").await);
        let held = stage.units(listing, "held").await + stage.units(listing, "committed").await;
        let published = (i64::from(last.free), i64::from(last.sold), i64::from(last.held));
        (published == (free, sold, held)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_at_once_nothing_is_sold_twice() {
    let stage = Stage::with_hold(1).await;
    let places = stage.on_sale(40).await;
    let seated = stage.seats_on_sale(&SEATS).await;
    let buyers = (0..BUYERS).map(|number| buyer(&stage, number, places.id, seated.id));
    tokio::join!(futures::future::join_all(buyers), seller(&stage, &places));
    quiet(&stage).await;
    stage.check_invariants().await;
    for listing in [places.id, seated.id] {
        figures_agree(&stage, listing).await;
    }
    eventually("no listing has a free unit and more than its target", || async {
        let over: bool = sqlx::query_scalar(OVER_TARGET).fetch_one(&stage.world.pool).await.unwrap();
        (!over).then_some(())
    })
    .await;
    let dead: i64 =
        sqlx::query_scalar("SELECT count(*) FROM dead_letters").fetch_one(&stage.world.pool).await.unwrap();
    assert_eq!(dead, 0);
    let ends: Vec<(String, i64)> =
        sqlx::query_as("SELECT coalesce(cancel_reason, status), count(*) FROM orders GROUP BY 1 ORDER BY 1")
            .fetch_all(&stage.world.pool)
            .await
            .unwrap();
    tracing::warn!(?ends, "how the orders ended");
    assert!(ends.len() >= 4, "too calm to prove anything: {ends:?}");
    assert_eq!(stage.deadlocks().await, 0);
}
