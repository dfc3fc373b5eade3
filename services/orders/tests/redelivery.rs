//! Every consumer bears every fact twice, late, and a crash at each step (promise 2).

use crate::support::{Stage, a_listing, a_payment, a_show, now, wait_until};
use OrderFact::{
    AuthorizationRefused, Cancelled, Completed, Confirming, PartlyRefunded, Placed, RefundRequested, Refunded,
};
use contracts::{
    Money,
    listings::ListingStatus,
    orders::OrderView,
    payments::{PaymentStatus, RefundStatus},
    shows::ShowStatus,
};
use events::{
    Aggregate, Fact,
    auth::{User, UserFact},
    expiration::{Timer, TimerFact},
    faults::Step,
    orders::{BanEffects, BanFact, Order, OrderFact},
    payments::{Payment, PaymentFact, Refund, RefundFact},
    tickets::{Listing, ListingFact, Show, ShowFact},
};
use testkit::{Person, eventually};

/// What can happen to a message on its way.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    /// It comes again, and what it says comes once more under another id.
    Twice,
    /// The process dies at this step of handling it.
    Crash(Step),
}

const DELIVERIES: [Delivery; 4] = [
    Delivery::Twice,
    Delivery::Crash(Step::Received),
    Delivery::Crash(Step::Handled),
    Delivery::Crash(Step::Committed),
];

/// Delivers a fact and waits until the consumer is done with it.
async fn deliver<A: Aggregate>(stage: &Stage, durable: &str, how: Delivery, fact: A::Fact, told: &A) {
    let bus = &stage.world.bus;
    if let Delivery::Crash(step) = how {
        stage.world.faults.crash(durable, step, 1);
    }
    let id = bus.publish(fact, told).await;
    if let Delivery::Twice = how {
        bus.publish_as(id, fact, told).await;
        bus.publish(fact, told).await;
    }
    bus.settled(durable).await;
    assert!(stage.world.faults.exhausted(), "{durable} never came to {how:?} of {fact:?}");
}

/// Every fact about an order that was published, in the order of its versions.
fn published(stage: &Stage, order: &OrderView) -> Vec<(i64, OrderFact)> {
    let mut all: Vec<(i64, OrderFact)> = OrderFact::ALL
        .iter()
        .flat_map(|fact| stage.world.bus.all::<Order>(*fact))
        .filter(|event| event.state.id == order.id)
        .map(|event| (event.state.version, event.fact))
        .collect();
    all.sort_by_key(|(version, _)| *version);
    all
}

/// Waits until exactly these facts about an order were published, one version each.
async fn became(stage: &Stage, what: &str, order: &OrderView, facts: &[OrderFact]) {
    let expected: Vec<(i64, OrderFact)> = (1..).zip(facts.iter().copied()).collect();
    eventually(&format!("{what} makes {facts:?}"), || {
        std::future::ready((published(stage, order) == expected).then_some(()))
    })
    .await;
}

/// Somebody's order for one ticket of a new listing, and a payment for it.
async fn placed(stage: &Stage) -> (Person, OrderView, Payment) {
    let listing = stage.on_sale(1).await;
    let (buyer, caller) = stage.buyer("Ana").await;
    let order = stage.place(&caller, listing.id, 1).await;
    let payment = a_payment(&order, buyer.id());
    (buyer, order, payment)
}

fn after(payment: &Payment, fact: PaymentFact) -> Payment {
    let status = match fact {
        PaymentFact::Authorized => PaymentStatus::Authorized,
        PaymentFact::Declined => PaymentStatus::Declined,
        PaymentFact::Captured => PaymentStatus::Captured,
        PaymentFact::Voided => PaymentStatus::Voided,
        PaymentFact::Failed => PaymentStatus::Failed,
        PaymentFact::Refunded => PaymentStatus::Refunded,
    };
    Payment { status, ..payment.clone() }
}

fn refund(payment: &Payment, amount: i64) -> Refund {
    Refund {
        id: service::new_id(),
        payment: payment.id,
        order: payment.order,
        amount: Money::new(amount, payment.amount.currency),
        full: amount == payment.amount.amount,
        reason: "asked for".to_owned(),
        status: RefundStatus::Issued,
        version: 2,
    }
}

/// Facts about a payment that come first, the fact that is delivered, and what becomes of the order.
type PaymentCase = (&'static [PaymentFact], PaymentFact, &'static [OrderFact]);

const PAYMENTS: &[PaymentCase] = &[
    (&[], PaymentFact::Authorized, &[Placed, Confirming]),
    (&[], PaymentFact::Declined, &[Placed]),
    (&[], PaymentFact::Voided, &[Placed]),
    (&[PaymentFact::Authorized], PaymentFact::Captured, &[Placed, Confirming, Completed]),
    (&[PaymentFact::Authorized], PaymentFact::Failed, &[Placed, Confirming, Cancelled]),
    (
        &[PaymentFact::Authorized, PaymentFact::Captured],
        PaymentFact::Refunded,
        &[Placed, Confirming, Completed],
    ),
    // Out of order: the later fact first.
    (&[], PaymentFact::Captured, &[Placed, Confirming, Completed]),
    (&[PaymentFact::Captured], PaymentFact::Authorized, &[Placed, Confirming, Completed]),
    (&[], PaymentFact::Failed, &[Placed]),
    (&[PaymentFact::Failed], PaymentFact::Authorized, &[Placed]),
];

#[tokio::test(flavor = "multi_thread")]
async fn payments() {
    let stage = Stage::new().await;
    let mut all = Vec::new();
    for (before, fact, facts) in PAYMENTS {
        for how in DELIVERIES {
            let (_, order, payment) = placed(&stage).await;
            for earlier in *before {
                stage.payment(*earlier, &after(&payment, *earlier)).await;
            }
            stage.world.bus.settled("orders-payments").await;
            deliver(&stage, "orders-payments", how, *fact, &after(&payment, *fact)).await;
            let what = format!("{fact:?} after {before:?}, {how:?},");
            became(&stage, &what, &order, facts).await;
            all.push((what, order, *facts));
        }
    }
    for (what, order, facts) in &all {
        became(&stage, what, order, facts).await;
    }
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds() {
    let stage = Stage::new().await;
    let done = [Placed, Confirming, Completed];
    for how in DELIVERIES {
        let (buyer, order, _) = placed(&stage).await;
        let payment = stage.pay(&order, buyer.id()).await;
        deliver(&stage, "orders-refunds", how, RefundFact::Issued, &refund(&payment, 100)).await;
        let part = [&done[..], &[PartlyRefunded]].concat();
        became(&stage, &format!("a part, {how:?},"), &order, &part).await;
        let whole = refund(&payment, payment.amount.amount);
        deliver(&stage, "orders-refunds", how, RefundFact::Issued, &whole).await;
        // A part that is heard of after the whole is in it already.
        deliver(&stage, "orders-refunds", how, RefundFact::Issued, &refund(&payment, 7)).await;
        became(&stage, &format!("the whole, {how:?},"), &order, &[&part[..], &[Refunded]].concat()).await;
    }
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_overtakes_its_capture_waits_for_it() {
    let stage = Stage::new().await;
    let (_, order, payment) = placed(&stage).await;
    stage.payment(PaymentFact::Authorized, &payment).await;
    became(&stage, "an authorisation", &order, &[Placed, Confirming]).await;
    stage.refund(&payment).await;
    stage.payment(PaymentFact::Captured, &after(&payment, PaymentFact::Captured)).await;
    became(&stage, "all of it", &order, &[Placed, Confirming, Completed, Refunded]).await;
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_after_the_end_is_refused_once() {
    let stage = Stage::new().await;
    for how in DELIVERIES {
        let listing = stage.on_sale(1).await;
        let (buyer, caller) = stage.buyer("Ana").await;
        let order = stage.place(&caller, listing.id, 1).await;
        drop(caller.delete(&format!("/api/orders/{}", order.id)).await.expect(200));
        let payment = a_payment(&order, buyer.id());
        deliver(&stage, "orders-payments", how, PaymentFact::Authorized, &payment).await;
        let facts = [Placed, Cancelled, AuthorizationRefused];
        became(&stage, &format!("late money, {how:?},"), &order, &facts).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines() {
    let stage = Stage::with_hold(1).await;
    for how in DELIVERIES {
        let (_, order, _) = placed(&stage).await;
        wait_until(&stage, order.expires_at).await;
        let timer = Timer { order: order.id, due_at: order.expires_at, version: 1 };
        deliver(&stage, "orders-deadlines", how, TimerFact::DeadlineReached, &timer).await;
        became(&stage, &format!("a deadline, {how:?},"), &order, &[Placed, Cancelled]).await;
    }
    let long = Stage::new().await;
    for how in DELIVERIES {
        let (buyer, order, _) = placed(&long).await;
        long.pay(&order, buyer.id()).await;
        let timer = Timer { order: order.id, due_at: now(), version: 1 };
        deliver(&long, "orders-deadlines", how, TimerFact::DeadlineReached, &timer).await;
        became(&long, &format!("a late deadline, {how:?},"), &order, &[Placed, Confirming, Completed]).await;
    }
    stage.check_invariants().await;
    long.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bans() {
    let stage = Stage::new().await;
    for how in DELIVERIES {
        let (buyer, order, _) = placed(&stage).await;
        deliver(&stage, "orders-bans", how, UserFact::Banned, &buyer.banned("Fraud")).await;
        became(&stage, &format!("a ban, {how:?},"), &order, &[Placed, Cancelled]).await;
        let did = |did: &BanEffects| did.user == buyer.id();
        let told = stage.world.bus.wait_for(BanFact::Applied, did).await.state;
        assert_eq!((told.holds_released, told.places_released, told.version), (1, 1, 1), "{how:?}");
        let all = stage.world.bus.all::<BanEffects>(BanFact::Applied);
        assert_eq!(all.iter().filter(|event| did(&event.state)).count(), 1, "{how:?}");
    }
    stage.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancellations() {
    for how in DELIVERIES {
        let stage = Stage::new().await;
        let (_, awaiting, _) = placed(&stage).await;
        let (buyer, paid, _) = placed(&stage).await;
        stage.pay(&paid, buyer.id()).await;
        let show = Show { status: ShowStatus::Cancelled, version: 2, ..stage.show.clone() };
        deliver(&stage, "orders-cancellations", how, ShowFact::Cancelled, &show).await;
        became(&stage, &format!("a cancellation, {how:?},"), &awaiting, &[Placed, Cancelled]).await;
        let facts = [Placed, Confirming, Completed, RefundRequested];
        became(&stage, &format!("a cancellation, {how:?},"), &paid, &facts).await;
        stage.check_invariants().await;
    }
}

/// What a copy holds: its version and one more word of it.
async fn copied<A: Aggregate>(stage: &Stage, sql: &'static str, owned: &A) -> (i64, String) {
    sqlx::query_as(sql).bind(owned.id()).fetch_one(&stage.world.pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_users() {
    const COPY: &str = "SELECT version, banned::text FROM users WHERE id = $1";
    let stage = Stage::new().await;
    for fact in UserFact::ALL {
        for how in DELIVERIES {
            let person = Person::new("Ana");
            let banned = person.banned("Fraud");
            let user = match fact {
                UserFact::Banned => User { version: 5, ..banned.clone() },
                _ => User { version: 5, ..person.user.clone() },
            };
            deliver(&stage, "orders-users", how, *fact, &user).await;
            // What is older changes nothing.
            let ban = if user.ban.is_some() { None } else { banned.ban };
            let late = User { version: 4, ban, ..user.clone() };
            deliver(&stage, "orders-users", how, UserFact::Changed, &late).await;
            let expected = (5, user.ban.is_some().to_string());
            assert_eq!(copied(&stage, COPY, &user).await, expected, "{fact:?} {how:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_shows() {
    const COPY: &str = "SELECT version, status FROM shows WHERE id = $1";
    let stage = Stage::new().await;
    for fact in ShowFact::ALL {
        for how in DELIVERIES {
            let status = match fact {
                ShowFact::Cancelled => ShowStatus::Cancelled,
                ShowFact::Published | ShowFact::Changed => ShowStatus::Published,
            };
            let show = Show { status, version: 5, ..a_show(stage.organiser.id()) };
            deliver(&stage, "orders-shows", how, *fact, &show).await;
            let late = Show { status: ShowStatus::Published, version: 4, ..show.clone() };
            deliver(&stage, "orders-shows", how, ShowFact::Changed, &late).await;
            let expected = (5, status.as_str().to_owned());
            assert_eq!(copied(&stage, COPY, &show).await, expected, "{fact:?} {how:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_listings_and_their_units() {
    const COPY: &str = "SELECT version, status FROM listings WHERE id = $1";
    let stage = Stage::new().await;
    for fact in ListingFact::ALL {
        for how in DELIVERIES {
            let (status, free) = match fact {
                ListingFact::Published | ListingFact::Changed => (ListingStatus::OnSale, 3),
                ListingFact::Hidden => (ListingStatus::Hidden, 3),
                ListingFact::Withdrawn => (ListingStatus::Withdrawn, 0),
            };
            let listing = a_listing(stage.show.id, stage.organiser.id(), 3);
            let listing = Listing { status, version: 5, ..listing };
            deliver(&stage, "orders-listings", how, *fact, &listing).await;
            let late = Listing { status: ListingStatus::OnSale, quantity: 9, version: 4, ..listing.clone() };
            deliver(&stage, "orders-listings", how, ListingFact::Changed, &late).await;
            let expected = (5, status.as_str().to_owned());
            assert_eq!(copied(&stage, COPY, &listing).await, expected, "{fact:?} {how:?}");
            assert_eq!(stage.units(listing.id, "free").await, free, "{fact:?} {how:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_comes_before_its_show_is_sold_once_both_are_there() {
    let stage = Stage::new().await;
    let show = a_show(stage.organiser.id());
    let listing = stage.list(a_listing(show.id, stage.organiser.id(), 2)).await;
    stage.world.bus.publish(ShowFact::Published, &show).await;
    let (_, ana) = stage.buyer("Ana").await;
    assert_eq!(stage.place(&ana, listing.id, 1).await.show.title, "The Low Tide");
}
