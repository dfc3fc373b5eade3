//! A place that is sold on stays one place: whoever has it, nobody else can buy it (promise 1), and whoever paid
//! for a resold ticket that is void gets the money back.

use crate::support::{Stage, a_listing, a_payment, seats};
use contracts::{
    ProblemCode,
    ids::UnitId,
    listings::ListingKind,
    orders::{OrderStatus, OrderView},
    payments::PaymentStatus,
    shows::ShowStatus,
};
use events::{
    orders::{Order, OrderFact},
    payments::{Payment, PaymentFact},
    tickets::{Listing, Show, ShowFact},
};
use testkit::{Person, TestCaller, eventually};

/// Ana has bought the only seat and offers it to others.
struct Offered {
    stage: Stage,
    primary: Listing,
    resale: Listing,
    order: OrderView,
    payment: Payment,
}

async fn offered() -> Offered {
    let stage = Stage::new().await;
    let primary = stage.seats_on_sale(&["A1"]).await;
    let (ana, caller) = stage.buyer("Ana").await;
    let order: OrderView = caller.post("/api/orders", &seats(primary.id, &["A1"])).await.expect(201).read();
    let payment = stage.pay(&order, ana.id()).await;
    let unit = unit_of(&stage, &order).await;
    let resale = stage.list(resale_of(&ana, &order, unit)).await;
    Offered { stage, primary, resale, order, payment }
}

fn resale_of(seller: &Person, order: &OrderView, unit: UnitId) -> Listing {
    Listing {
        kind: ListingKind::Resale,
        seats: vec!["A1".to_owned()],
        max_per_order: 1,
        resale_of: Some(service::new_id()),
        resale_order: Some(order.id),
        resale_unit: Some(unit),
        ..a_listing(order.show.id, seller.id(), 1)
    }
}

async fn unit_of(stage: &Stage, order: &OrderView) -> UnitId {
    let placed = stage.world.bus.wait_for::<Order>(OrderFact::Placed, |it| it.id == order.id).await.state;
    placed.items[0].units[0].unit
}

impl Offered {
    async fn hold(&self, buyer: &TestCaller) -> OrderView {
        buyer.post("/api/orders", &seats(self.resale.id, &["A1"])).await.expect(201).read()
    }

    /// Nobody can buy the seat from the organiser.
    async fn is_gone(&self) {
        let (_, cem) = self.stage.buyer("Cem").await;
        cem.post("/api/orders", &seats(self.primary.id, &["A1"])).await.problem(ProblemCode::SoldOut);
        self.stage.check_invariants().await;
    }

    /// Somebody buys the seat from the organiser.
    async fn is_for_sale_again(&self) {
        let stage = &self.stage;
        eventually("the seat is free", || async {
            (stage.units(self.primary.id, "free").await == 1).then_some(())
        })
        .await;
        let (dora, caller) = stage.buyer("Dora").await;
        let order: OrderView =
            caller.post("/api/orders", &seats(self.primary.id, &["A1"])).await.expect(201).read();
        stage.pay(&order, dora.id()).await;
        stage.check_invariants().await;
    }

    async fn refund_the_seller(&self) {
        self.stage.refund(&self.payment).await;
        self.stage.status(self.order.id, OrderStatus::Refunded).await;
    }
}

async fn waited(stage: &Stage, fact: OrderFact, order: &OrderView) -> Order {
    stage.world.bus.wait_for::<Order>(fact, |it| it.id == order.id).await.state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_was_sold_on_is_not_sold_again_before_its_buyer_lets_go() {
    let offered = offered().await;
    let stage = &offered.stage;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let bens = offered.hold(&ben_calls).await;
    let paid = stage.pay(&bens, ben.id()).await;
    let item = &waited(stage, OrderFact::Completed, &bens).await.items[0];
    assert_eq!((item.resale_of, item.resale_order), (offered.resale.resale_of, Some(offered.order.id)));

    offered.refund_the_seller().await;
    offered.is_gone().await;
    assert_eq!(stage.status_now(bens.id).await, "complete");
    assert_eq!(stage.world.bus.all::<Order>(OrderFact::RefundRequested).len(), 0);

    stage.refund(&paid).await;
    stage.status(bens.id, OrderStatus::Refunded).await;
    let (_, eve) = stage.buyer("Eve").await;
    eve.post("/api/orders", &seats(offered.resale.id, &["A1"])).await.problem(ProblemCode::Invalid);
    offered.is_for_sale_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_paid_for_a_ticket_that_went_void_meanwhile_is_refunded() {
    let offered = offered().await;
    let stage = &offered.stage;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let bens = offered.hold(&ben_calls).await;
    let payment = a_payment(&bens, ben.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    stage.status(bens.id, OrderStatus::Confirming).await;
    offered.refund_the_seller().await;
    offered.is_gone().await;
    let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment };
    stage.payment(PaymentFact::Captured, &captured).await;
    let completed = waited(stage, OrderFact::Completed, &bens).await;
    let refunding = waited(stage, OrderFact::RefundRequested, &bens).await;
    assert_eq!(refunding.version, completed.version + 1);
    offered.is_gone().await;

    stage.refund(&captured).await;
    stage.status(bens.id, OrderStatus::Refunded).await;
    offered.is_for_sale_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_charged_for_a_ticket_that_is_void_already() {
    let offered = offered().await;
    let stage = &offered.stage;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let bens = offered.hold(&ben_calls).await;
    offered.refund_the_seller().await;

    let payment = a_payment(&bens, ben.id());
    stage.payment(PaymentFact::Authorized, &payment).await;
    let refused = waited(stage, OrderFact::AuthorizationRefused, &bens).await;
    assert_eq!((refused.refused_payment, refused.status), (Some(payment.id), OrderStatus::AwaitingPayment));
    assert_eq!(stage.world.bus.all::<Order>(OrderFact::RefundRequested).len(), 0);
    // The place is kept until its hold is let go.
    offered.is_gone().await;
    ben_calls.delete(&format!("/api/orders/{}", bens.id)).await.expect(200).read::<OrderView>();
    offered.is_for_sale_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_nobody_holds_ends_with_its_sellers_refund() {
    let offered = offered().await;
    offered.refund_the_seller().await;
    let (_, ben) = offered.stage.buyer("Ben").await;
    let wish = seats(offered.resale.id, &["A1"]);
    ben.post("/api/orders", &wish).await.problem(ProblemCode::NotOnSale);
    offered.is_for_sale_again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_an_offer_while_its_seller_is_being_refunded() {
    let offered = offered().await;
    let stage = &offered.stage;
    let mut refunding = stage.world.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM orders WHERE id = $1 FOR UPDATE")
        .bind(offered.order.id)
        .execute(&mut *refunding)
        .await
        .unwrap();
    let (_, ben) = stage.buyer("Ben").await;
    let wish = seats(offered.resale.id, &["A1"]);
    ben.post("/api/orders", &wish).await.problem(ProblemCode::Unavailable);
    assert_eq!(stage.units(offered.resale.id, "free").await, 1);
    refunding.rollback().await.unwrap();
    offered.hold(&ben).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_in_the_chain_is_refunded_when_the_show_is_cancelled() {
    let offered = offered().await;
    let stage = &offered.stage;
    let (ben, ben_calls) = stage.buyer("Ben").await;
    let bens = offered.hold(&ben_calls).await;
    let bens_paid = stage.pay(&bens, ben.id()).await;
    let unit = unit_of(stage, &bens).await;
    let again = stage.list(resale_of(&ben, &bens, unit)).await;
    let (cem, cem_calls) = stage.buyer("Cem").await;
    let cems: OrderView = cem_calls.post("/api/orders", &seats(again.id, &["A1"])).await.expect(201).read();
    let cems_paid = stage.pay(&cems, cem.id()).await;

    let cancelled = Show { status: ShowStatus::Cancelled, version: 2, ..stage.show.clone() };
    stage.world.bus.publish(ShowFact::Cancelled, &cancelled).await;
    for order in [&offered.order, &bens, &cems] {
        waited(stage, OrderFact::RefundRequested, order).await;
    }
    // The money goes back in whatever order the provider is done: the middle one first, the last buyer last.
    for (order, payment) in [(&bens, &bens_paid), (&offered.order, &offered.payment), (&cems, &cems_paid)] {
        stage.refund(payment).await;
        stage.status(order.id, OrderStatus::Refunded).await;
        stage.check_invariants().await;
    }
    eventually("no unit is left to anybody", || async {
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM units WHERE state <> 'withdrawn'")
            .fetch_one(&stage.world.pool)
            .await
            .unwrap();
        (left == 0).then_some(())
    })
    .await;
    stage.check_invariants().await;
}
