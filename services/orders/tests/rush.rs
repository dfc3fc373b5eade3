//! Many at once: what is there is sold, once, and nobody waits for long.

use crate::support::{Stage, any, seats};
use contracts::{
    ProblemCode,
    ids::UnitId,
    orders::{OrderStatus, OrderView},
};
use events::orders::{Order, OrderFact};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use testkit::{Answer, Person, TestCaller};

fn buyers(stage: &Stage, count: usize) -> Vec<TestCaller> {
    (0..count).map(|number| stage.world.caller(&Person::new(&format!("Buyer {number}")))).collect()
}

async fn timed(caller: &TestCaller, body: serde_json::Value) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = caller.post("/api/orders", &body).await;
    (answer, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_fifty_places_get_fifty() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(50).await;
    let buyers = buyers(&stage, 200);
    let asked = buyers.iter().map(|buyer| timed(buyer, any(listing.id, 1)));
    let (answers, mut times): (Vec<Answer>, Vec<Duration>) =
        futures::future::join_all(asked).await.into_iter().unzip();
    let (held, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((held.len(), refused.len()), (50, 150));
    for answer in refused {
        answer.problem(ProblemCode::SoldOut);
    }
    times.sort();
    assert!(times[197] < Duration::from_secs(4), "p99 {:?}", times[197]);
    tracing::warn!(p50 = ?times[99], p99 = ?times[197], "200 buyers of 50 places");

    let mut units: HashSet<UnitId> = HashSet::new();
    for order in held.iter().map(Answer::read::<OrderView>) {
        let placed =
            stage.world.bus.wait_for::<Order>(OrderFact::Placed, |placed| placed.id == order.id).await;
        for unit in &placed.state.items[0].units {
            assert!(units.insert(unit.unit), "sold twice: {unit:?}");
        }
    }
    assert_eq!(units.len(), 50);
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_of_several_meet_half_way_and_all_is_sold() {
    let stage = Stage::new().await;
    let listing = stage.on_sale(24).await;
    let buyers = buyers(&stage, 30);
    let asked = buyers.iter().map(|buyer| timed(buyer, any(listing.id, 4)));
    let answers = futures::future::join_all(asked).await;
    let held = answers.iter().filter(|(answer, _)| answer.status == 201).count();
    assert_eq!(held, 6, "24 places are 6 orders of 4");
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seat_goes_to_one_buyer_in_whatever_order_seats_are_named() {
    let stage = Stage::new().await;
    let listing = stage.seats_on_sale(&["A1", "A2", "A3", "A4"]).await;
    let buyers = buyers(&stage, 60);
    let wishes: [&[&str]; 4] = [&["A1", "A2"], &["A2", "A3"], &["A3", "A4"], &["A4", "A1"]];
    let asked = buyers.iter().zip(wishes.iter().cycle());
    let answers =
        futures::future::join_all(asked.map(|(buyer, wish)| timed(buyer, seats(listing.id, wish)))).await;
    let mut sold = HashSet::new();
    for (answer, _) in &answers {
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
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_places_are_fought_over_and_sold_once() {
    let stage = Stage::with_hold(1).await;
    let listing = stage.on_sale(10).await;
    let first = buyers(&stage, 10);
    let placed = first.iter().map(|buyer| stage.place(buyer, listing.id, 1));
    let placed: Vec<OrderView> = futures::future::join_all(placed).await;
    let second = buyers(&stage, 40);
    let last = placed.iter().map(|order| order.expires_at).max().unwrap();
    crate::support::wait_until(&stage, last).await;
    let asked = second.iter().map(|buyer| timed(buyer, any(listing.id, 1)));
    let answers = futures::future::join_all(asked).await;
    let held = answers.iter().filter(|(answer, _)| answer.status == 201).count();
    // The second holds last a second too, and may be taken over in turn.
    assert!(held >= 10, "{held}");
    for order in &placed {
        stage.status(order.id, OrderStatus::Cancelled).await;
    }
    stage.check_invariants().await;
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
