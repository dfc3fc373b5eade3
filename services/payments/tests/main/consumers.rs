//! Every consumer and every fact that it takes: twice, with a crash at each step, and in the wrong order.

use crate::support::{Books, Shop, cancelled};
use contracts::{
    ids::EventId,
    orders::{CancelReason, OrderStatus},
    payments::PaymentStatus,
};
use events::{
    auth::UserFact,
    faults::Step,
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact, Refund, RefundFact},
};
use testkit::Person;

const USERS: &str = "payments-users";
const COPIES: &str = "payments-order-copies";
const ORDERS: &str = "payments-orders";

/// A fact of another service that does something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Registered,
    Banned,
    Placed,
    Completed,
    Confirming,
    Refused,
    Cancelled,
    RefundRequested,
}

use Told::{Banned, Cancelled, Completed, Confirming, Placed, RefundRequested, Refused, Registered};

impl Told {
    const ALL: [Self; 8] =
        [Registered, Banned, Placed, Completed, Confirming, Refused, Cancelled, RefundRequested];

    /// Who takes it.
    const fn consumers(self) -> &'static [&'static str] {
        match self {
            Registered | Banned => &[USERS],
            Placed | Completed => &[COPIES],
            Confirming | Refused | Cancelled | RefundRequested => &[COPIES, ORDERS],
        }
    }
}

/// What disturbs the delivery of a fact.
#[derive(Clone, Copy, Debug)]
enum Disturbance {
    /// The same message comes again.
    Again,
    /// Another message says the same.
    Repeated,
    /// The consumer dies at this step, twice.
    Crash(Step),
}

/// Somebody and their order, as far as it has come before the fact.
struct Scene {
    person: Person,
    order: Order,
    payment: Option<contracts::ids::PaymentId>,
}

impl Scene {
    async fn before(shop: &Shop, told: Told) -> Self {
        let person = Person::new("Ben Buyer");
        match told {
            Registered | Banned | Placed | Completed => Self { person, order: shop.order(), payment: None },
            Confirming | Refused | Cancelled => {
                let (order, payment) = shop.authorized().await;
                Self { person, order, payment: Some(payment.id) }
            }
            RefundRequested => {
                let (order, payment) = shop.captured().await;
                Self { person, order: Order { version: 1, ..order }, payment: Some(payment.id) }
            }
        }
    }

    /// Tells the fact, with the state that the order has then.
    async fn tell(&self, shop: &Shop, told: Told, id: EventId) {
        let bus = &shop.world.bus;
        let order = self.order.clone();
        let at = |status, version| Order { status, version, payment: self.payment, ..order.clone() };
        let dead = || Order { payment: None, ..cancelled(order.clone(), CancelReason::Expired) };
        match told {
            Registered => bus.publish_as(id, UserFact::Registered, &self.person.user).await,
            Banned => bus.publish_as(id, UserFact::Banned, &self.person.banned("Resold tickets")).await,
            Placed => {
                let placed =
                    Order { status: OrderStatus::AwaitingPayment, version: 1, payment: None, ..order };
                bus.publish_as(id, OrderFact::Placed, &placed).await;
            }
            Confirming => bus.publish_as(id, OrderFact::Confirming, &at(OrderStatus::Confirming, 2)).await,
            Completed => bus.publish_as(id, OrderFact::Completed, &at(OrderStatus::Complete, 3)).await,
            RefundRequested => {
                bus.publish_as(id, OrderFact::RefundRequested, &at(OrderStatus::Complete, 4)).await;
            }
            Cancelled => bus.publish_as(id, OrderFact::Cancelled, &dead()).await,
            Refused => {
                let refused = Order { refused_payment: self.payment, version: 3, ..dead() };
                bus.publish_as(id, OrderFact::AuthorizationRefused, &refused).await;
            }
        }
    }

    /// Waits for what the fact does.
    async fn done(&self, shop: &Shop, told: Told) {
        let payment = || self.payment.unwrap();
        match told {
            Registered | Banned => {
                let sql = "SELECT banned FROM users WHERE id = $1";
                let banned: Option<bool> = sqlx::query_scalar(sql)
                    .bind(self.person.id().uuid())
                    .fetch_optional(&shop.world.pool)
                    .await
                    .unwrap();
                assert_eq!(banned, Some(told == Banned));
            }
            Placed => assert_eq!(self.copied(shop).await, ("awaiting_payment".to_owned(), 1)),
            Completed => assert_eq!(self.copied(shop).await, ("complete".to_owned(), 3)),
            Confirming => {
                shop.becomes(payment(), PaymentStatus::Captured).await;
                assert_eq!(shop.books(payment()).await, Books { ours: 4840, theirs: 4840 });
            }
            Refused | Cancelled => {
                shop.becomes(payment(), PaymentStatus::Voided).await;
                assert_eq!(shop.books(payment()).await, Books { ours: 0, theirs: 0 });
            }
            RefundRequested => {
                shop.becomes(payment(), PaymentStatus::Refunded).await;
                assert_eq!(shop.books(payment()).await, Books { ours: 0, theirs: 0 });
            }
        }
    }

    async fn copied(&self, shop: &Shop) -> (String, i64) {
        sqlx::query_as("SELECT status, version FROM orders WHERE id = $1")
            .bind(self.order.id.uuid())
            .fetch_one(&shop.world.pool)
            .await
            .unwrap()
    }
}

async fn settle(shop: &Shop, told: Told) {
    for consumer in told.consumers() {
        shop.world.bus.settled(consumer).await;
    }
}

/// What was published because of the scenes: each thing once. Facts leave in order, so those of one more payment come
/// after all of them.
async fn each_was_told_once(shop: &Shop, scenes: &[(Told, Scene)]) {
    let (_, last) = shop.authorized().await;
    let bus = &shop.world.bus;
    bus.wait_for::<Payment>(PaymentFact::Authorized, |p| p.id == last.id).await;
    for (told, scene) in scenes {
        let Some(id) = scene.payment else { continue };
        let told_of = |fact| bus.all::<Payment>(fact).iter().filter(|f| f.state.id == id).count();
        let refunds = bus.all::<Refund>(RefundFact::Issued).iter().filter(|f| f.state.payment == id).count();
        let counts = [PaymentFact::Captured, PaymentFact::Voided, PaymentFact::Refunded].map(told_of);
        let expected = match told {
            Confirming => ([1, 0, 0], 0),
            RefundRequested => ([1, 0, 1], 1),
            _ => ([0, 1, 0], 0),
        };
        assert_eq!((counts, refunds), expected, "{told:?}");
    }
    let sql = "SELECT count(*) FROM dead_letters";
    let parked: i64 = sqlx::query_scalar(sql).fetch_one(&shop.world.pool).await.unwrap();
    assert_eq!(parked, 0, "nothing was parked");
}

#[tokio::test]
async fn each_fact_that_comes_twice_or_meets_a_crash_at_any_step_is_taken_once() {
    let shop = Shop::open().await;
    let crashes = Step::ALL.iter().map(|step| Disturbance::Crash(*step));
    let disturbances: Vec<_> =
        [Disturbance::Again, Disturbance::Repeated].into_iter().chain(crashes).collect();
    let mut scenes = Vec::new();
    for told in Told::ALL {
        for disturbance in &disturbances {
            let scene = Scene::before(&shop, told).await;
            settle(&shop, told).await;
            if let Disturbance::Crash(step) = disturbance {
                for consumer in told.consumers() {
                    shop.world.faults.crash(consumer, *step, 2);
                }
            }
            let id = service::new_id();
            scene.tell(&shop, told, id).await;
            match disturbance {
                Disturbance::Again => scene.tell(&shop, told, id).await,
                Disturbance::Repeated => scene.tell(&shop, told, service::new_id()).await,
                Disturbance::Crash(_) => {}
            }
            settle(&shop, told).await;
            assert!(shop.world.faults.exhausted(), "{told:?} {disturbance:?}");
            scene.done(&shop, told).await;
            scenes.push((told, scene));
        }
    }
    each_was_told_once(&shop, &scenes).await;
}

#[tokio::test]
async fn facts_in_the_wrong_order_end_as_in_the_right_one() {
    let shop = Shop::open().await;
    // What comes first, what comes after it, and which of them decides the end.
    let turns = [
        (Banned, Registered, Banned),
        (Completed, Placed, Completed),
        (Cancelled, Refused, Cancelled),
        (Refused, Cancelled, Cancelled),
        (Cancelled, Placed, Cancelled),
        (Confirming, Placed, Confirming),
        (RefundRequested, Confirming, RefundRequested),
        (RefundRequested, Placed, RefundRequested),
    ];
    let mut scenes = Vec::new();
    for (first, second, end) in turns {
        let scene = Scene::before(&shop, end).await;
        for told in [first, second] {
            scene.tell(&shop, told, service::new_id()).await;
        }
        settle(&shop, first).await;
        settle(&shop, second).await;
        scene.done(&shop, end).await;
        scenes.push((end, scene));
    }
    each_was_told_once(&shop, &scenes).await;
}

#[tokio::test]
async fn what_contradicts_itself_is_parked_and_the_rest_goes_on() {
    let shop = Shop::open().await;
    let nameless = Order { status: OrderStatus::Confirming, version: 2, ..shop.order() };
    shop.world.bus.publish(OrderFact::Confirming, &nameless).await;
    let (_, payment) = shop.captured().await;
    assert_eq!(shop.payment(payment.id).await.status, PaymentStatus::Captured);
    let parked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM dead_letters WHERE consumer = 'payments-orders'")
            .fetch_one(&shop.world.pool)
            .await
            .unwrap();
    assert_eq!(parked, 1);
}
