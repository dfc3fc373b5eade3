//! Deadlines: reached once, in time, and never for an order that no longer awaits payment.

use contracts::{
    Currency, Money, Timestamp,
    ids::OrderId,
    orders::{CancelReason, OrderStatus},
};
use events::{
    Aggregate, Fact,
    expiration::{Timer, TimerFact},
    faults::Step,
    orders::{Order, OrderFact},
};
use testkit::{World, eventually};

const DURABLE: &str = "expiration-orders";

fn now() -> Timestamp {
    service::Clock::system().now()
}

fn order(expires_in_ms: i64) -> Order {
    Order {
        id: service::new_id(),
        buyer: service::new_id(),
        show: service::new_id(),
        items: Vec::new(),
        total: Money::new(100, Currency::GBP),
        fee: Money::zero(Currency::GBP),
        status: OrderStatus::AwaitingPayment,
        cancel_reason: None,
        expires_at: now() + chrono::Duration::milliseconds(expires_in_ms),
        payment: None,
        refused_payment: None,
        refunded: None,
        placed_at: now(),
        version: 1,
    }
}

fn cancelled(order: &Order) -> Order {
    Order {
        status: OrderStatus::Cancelled,
        cancel_reason: Some(CancelReason::Buyer),
        version: order.version + 1,
        ..order.clone()
    }
}

async fn start() -> World {
    World::start("expiration", expiration_service::start, &[]).await
}

async fn is_armed(world: &World, order: OrderId) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM timers WHERE order_id = $1 AND due_at IS NOT NULL)")
        .bind(order)
        .fetch_one(&world.pool)
        .await
        .unwrap()
}

fn reached(world: &World, order: &Order) -> usize {
    let all = world.bus.all::<Timer>(TimerFact::DeadlineReached);
    all.iter().filter(|event| event.state.order == order.id).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_is_reached_in_time_and_once() {
    let world = start().await;
    let order = order(700);
    let id = world.bus.publish(OrderFact::Placed, &order).await;
    let event =
        world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == order.id).await;
    assert_eq!(event.state.version, 1);
    let late = event.occurred_at - order.expires_at;
    assert!((0..500).contains(&late.num_milliseconds()), "{late}");
    // Delivered again, it sets no second timer.
    world.bus.publish_as(id, OrderFact::Placed, &order).await;
    world.bus.settled(DURABLE).await;
    assert!(!is_armed(&world, order.id).await);
    assert_eq!(reached(&world, &order), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_no_longer_awaits_payment_has_no_deadline_in_any_order_of_facts() {
    let world = start().await;
    let in_order = order(3_000);
    world.bus.publish(OrderFact::Placed, &in_order).await;
    world.bus.settled(DURABLE).await;
    assert!(is_armed(&world, in_order.id).await);
    world.bus.publish(OrderFact::Cancelled, &cancelled(&in_order)).await;
    let reversed = order(200);
    world.bus.publish(OrderFact::Cancelled, &cancelled(&reversed)).await;
    world.bus.publish(OrderFact::Placed, &reversed).await;
    world.bus.settled(DURABLE).await;
    assert!(!is_armed(&world, in_order.id).await);
    assert!(!is_armed(&world, reversed.id).await);
    // A later timer that was reached shows that the earlier ones never will be.
    let witness = order(500);
    world.bus.publish(OrderFact::Placed, &witness).await;
    world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == witness.id).await;
    assert_eq!((reached(&world, &reversed), reached(&world, &in_order)), (0, 0));
}

/// The order after a fact.
fn after(fact: OrderFact, order: &Order) -> Order {
    let status = match fact {
        OrderFact::Placed | OrderFact::AuthorizationRefused => OrderStatus::AwaitingPayment,
        OrderFact::Cancelled => return cancelled(order),
        OrderFact::Confirming => OrderStatus::Confirming,
        OrderFact::Completed | OrderFact::PartlyRefunded | OrderFact::RefundRequested => {
            OrderStatus::Complete
        }
        OrderFact::Refunded => OrderStatus::Refunded,
    };
    let version = if fact == OrderFact::Placed { 1 } else { 2 };
    Order { status, version, ..order.clone() }
}

/// Delivers a fact twice, where `crash` names a step the first time with a crash at it.
async fn deliver(world: &World, crash: Option<Step>, fact: OrderFact, order: &Order) {
    if let Some(step) = crash {
        world.faults.crash(DURABLE, step, 1);
    }
    let id = world.bus.publish(fact, order).await;
    world.bus.publish_as(id, fact, order).await;
    world.bus.publish(fact, order).await;
    world.bus.settled(DURABLE).await;
    assert!(world.faults.exhausted(), "{fact:?} {crash:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fact_sets_or_ends_the_timer_once_whatever_happens_to_it() {
    let world = start().await;
    let crashes = [None].into_iter().chain(Step::ALL.iter().copied().map(Some));
    for (fact, crash) in
        OrderFact::ALL.iter().flat_map(|fact| crashes.clone().map(move |crash| (*fact, crash)))
    {
        let placed = order(600_000);
        let later = after(fact, &placed);
        world.bus.publish(OrderFact::Placed, &placed).await;
        deliver(&world, crash, fact, &later).await;
        // Heard of late, the beginning brings no timer back.
        deliver(&world, crash, OrderFact::Placed, &placed).await;
        let awaits = later.status == OrderStatus::AwaitingPayment;
        assert_eq!(is_armed(&world, placed.id).await, awaits, "{fact:?} {crash:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_loses_no_deadline_and_doubles_none() {
    let world = start().await;
    for step in Step::ALL {
        let order = order(300);
        deliver(&world, Some(*step), OrderFact::Placed, &order).await;
        world.bus.wait_for::<Timer>(TimerFact::DeadlineReached, |timer| timer.order == order.id).await;
        world.bus.settled(DURABLE).await;
        assert_eq!(reached(&world, &order), 1, "{step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_survive_an_outage_of_the_bus() {
    let mut world = start().await;
    let order = order(1_500);
    world.bus.publish(OrderFact::Placed, &order).await;
    world.bus.settled(DURABLE).await;
    world.nats.kill();
    eventually("the timer falls due without a bus", || async {
        (!is_armed(&world, order.id).await).then_some(())
    })
    .await;
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM outbox WHERE aggregate_id = $1 AND published_at IS NULL")
            .bind(order.id())
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(waiting, 1);
    world.nats.restart().await;
    eventually("it is published when the bus is back", || async {
        let published: bool =
            sqlx::query_scalar("SELECT published_at IS NOT NULL FROM outbox WHERE aggregate_id = $1")
                .bind(order.id())
                .fetch_one(&world.pool)
                .await
                .unwrap();
        published.then_some(())
    })
    .await;
}
