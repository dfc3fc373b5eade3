//! Many at once: what is there is sold, once.

use crate::support::{Stage, a_payment, any, seats};
use contracts::{
    ProblemCode,
    ids::{UnitId, UserId},
    orders::{OrderStatus, OrderView},
    payments::PaymentStatus,
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
};
use std::collections::HashSet;
use testkit::{Answer, Person, TestCaller};

fn buyers(stage: &Stage, count: usize) -> Vec<(Person, TestCaller)> {
    let buyer = |number| {
        let person = Person::new(&format!("Buyer {number}"));
        let caller = stage.world.caller(&person);
        (person, caller)
    };
    (0..count).map(buyer).collect()
}

/// What everybody is answered who asks for the same at the same time.
async fn all_ask(buyers: &[(Person, TestCaller)], body: &serde_json::Value) -> Vec<Answer> {
    futures::future::join_all(buyers.iter().map(|(_, caller)| caller.post("/api/orders", body))).await
}

/// Authorised and captured without waiting for an answer, and each fact delivered twice.
async fn pay_twice(stage: &Stage, order: &OrderView, buyer: UserId) {
    let payment = a_payment(order, buyer);
    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment.clone() };
    for (fact, payment) in [(PaymentFact::Authorized, &payment), (PaymentFact::Captured, &captured)] {
        let id = stage.world.bus.publish(fact, payment).await;
        stage.world.bus.publish_as(id, fact, payment).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_fifty_places_end_with_fifty_sold() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(50).await;
    let buyers = buyers(&stage, 200);
    let answers = all_ask(&buyers, &any(listing.id, 1)).await;
    let (held, refused): (Vec<_>, Vec<_>) =
        answers.iter().zip(&buyers).partition(|(answer, _)| answer.status == 201);
    assert_eq!((held.len(), refused.len()), (50, 150));
    for (answer, _) in refused {
        answer.clone().problem(ProblemCode::SoldOut);
    }
    let orders = held.iter().map(|(answer, (person, _))| (answer.read::<OrderView>(), person.id()));
    let orders: Vec<(OrderView, UserId)> = orders.collect();
    let paying = orders.iter().map(|(order, buyer)| pay_twice(&stage, order, *buyer));
    futures::future::join_all(paying).await;

    let mut units: HashSet<UnitId> = HashSet::new();
    for (order, _) in &orders {
        let done = stage.world.bus.wait_for::<Order>(OrderFact::Completed, |it| it.id == order.id).await;
        for unit in &done.state.items[0].units {
            assert!(units.insert(unit.unit), "sold twice: {unit:?}");
        }
    }
    stage.world.bus.settled("orders-payments").await;
    assert_eq!(units.len(), 50);
    assert_eq!(stage.world.bus.all::<Order>(OrderFact::Completed).len(), 50);
    let of = async |state| stage.units(listing.id, state).await;
    assert_eq!((of("sold").await, of("held").await, of("committed").await, of("free").await), (50, 0, 0, 0));
    stage.check_invariants().await;
    assert_eq!(stage.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_of_several_meet_half_way_and_all_is_sold() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(24).await;
    let buyers = buyers(&stage, 30);
    let answers = all_ask(&buyers, &any(listing.id, 4)).await;
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(held, 6, "24 places are 6 orders of 4");
    stage.check_invariants().await;
    assert_eq!(stage.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_too_much_does_not_stand_in_the_way_of_who_wants_less() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let (crowd, modest) = (buyers(&stage, 60), buyers(&stage, 2));
    let (too_much, some, a_few) = (any(listing.id, 4), any(listing.id, 1), any(listing.id, 2));
    let (refused, two, one) = tokio::join!(
        all_ask(&crowd, &too_much),
        modest[0].1.post("/api/orders", &a_few),
        modest[1].1.post("/api/orders", &some),
    );
    for answer in refused {
        answer.problem(ProblemCode::SoldOut);
    }
    drop((two.expect(201), one.expect(201)));
    assert_eq!(stage.units(listing.id, "held").await, 3);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_have_locked_is_not_sold_out() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(3).await;
    let mut others = stage.world.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM units WHERE listing_id = $1 FOR UPDATE")
        .bind(listing.id)
        .execute(&mut *others)
        .await
        .unwrap();
    let (_, ana) = stage.buyer("Ana").await;
    let answer = ana.post("/api/orders", &any(listing.id, 2)).await;
    assert_eq!(answer.headers["retry-after"], "1");
    answer.problem(ProblemCode::Unavailable);
    let problem = ana.post("/api/orders", &any(listing.id, 4)).await.problem(ProblemCode::SoldOut);
    assert_eq!(problem["left"][0]["left"], 3);
    others.rollback().await.unwrap();
    stage.place(&ana, listing.id, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seat_goes_to_one_buyer_in_whatever_order_seats_are_named() {
    let stage = Stage::new().await;
    let listing = stage.seats_on_sale(&["A1", "A2", "A3", "A4"]).await;
    let buyers = buyers(&stage, 60);
    let wishes: [&[&str]; 4] = [&["A1", "A2"], &["A2", "A3"], &["A3", "A4"], &["A4", "A1"]];
    let asked = buyers.iter().zip(wishes.iter().cycle());
    let asked =
        asked.map(async |((_, caller), wish)| caller.post("/api/orders", &seats(listing.id, wish)).await);
    let answers = futures::future::join_all(asked).await;
    let mut sold = HashSet::new();
    for answer in &answers {
        match answer.status {
            201 => {
                for seat in answer.read::<OrderView>().items[0].seats.clone() {
                    assert!(sold.insert(seat.clone()), "{seat} was sold twice");
                }
            }
            _ => drop(answer.clone().problem(ProblemCode::SoldOut)),
        }
    }
    assert!(sold.len() >= 2);
    stage.check_invariants().await;
    assert_eq!(stage.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_places_are_fought_over_and_sold_once() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(10).await;
    let first = buyers(&stage, 10);
    let placed = first.iter().map(|(_, caller)| stage.place(caller, listing.id, 1));
    let placed: Vec<OrderView> = futures::future::join_all(placed).await;
    let second = buyers(&stage, 40);
    let last = placed.iter().map(|order| order.expires_at).max().unwrap();
    crate::support::wait_until(&stage, last).await;
    let answers = all_ask(&second, &any(listing.id, 1)).await;
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    // The second holds last a second too, and may be taken over in turn.
    assert!(held >= 10, "{held}");
    for order in &placed {
        stage.status(order.id, OrderStatus::Cancelled).await;
    }
    stage.check_invariants().await;
    assert_eq!(stage.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_would_be_seen() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let ids: Vec<UnitId> = sqlx::query_scalar("SELECT id FROM units WHERE listing_id = $1 ORDER BY id")
        .bind(listing.id)
        .fetch_all(&stage.world.pool)
        .await
        .unwrap();
    let met = tokio::sync::Barrier::new(2);
    let crossing = async |first: UnitId, second: UnitId| {
        let mut tx = stage.world.pool.begin().await?;
        let lock = "SELECT FROM units WHERE id = $1 FOR UPDATE";
        sqlx::query(lock).bind(first).execute(&mut *tx).await?;
        met.wait().await;
        sqlx::query(lock).bind(second).execute(&mut *tx).await
    };
    let (one, other) = tokio::join!(crossing(ids[0], ids[1]), crossing(ids[1], ids[0]));
    assert!(one.is_err() != other.is_err());
    assert_eq!(stage.deadlocks().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_a_unit_in_two_live_orders() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(2).await;
    let (_, ana) = stage.buyer("Ana").await;
    let (_, ben) = stage.buyer("Ben").await;
    let (first, second) = (stage.place(&ana, listing.id, 1).await, stage.place(&ben, listing.id, 1).await);
    let stolen = sqlx::query(
        "INSERT INTO order_units (order_id, unit_id) SELECT $1, unit_id FROM order_units WHERE order_id = $2",
    )
    .bind(second.id)
    .bind(first.id)
    .execute(&stage.world.pool)
    .await;
    let error = stolen.unwrap_err().into_database_error().unwrap();
    assert_eq!(error.constraint(), Some("order_units_one_live"));
}
