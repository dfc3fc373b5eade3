//! What the tests of this service share: orders as the orders service would publish them, and the two books.

use contracts::{
    Currency, Money,
    ids::{OrderId, PaymentId},
    orders::{CancelReason, OrderStatus},
    payments::{Pay, PaymentStatus, PaymentView},
};
use events::orders::{Order, OrderFact, OrderItem, OrderUnit};
use testkit::{Answer, Person, TestCaller, World};

/// A fast provider timeout, so that a call that is never answered ends soon.
pub(crate) const EXTRA: &[(&str, &str)] =
    &[("PAYMENT_TIMEOUT_MS", "400"), ("SANDBOX_WEBHOOK_DELAY_MS", "300")];

pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) buyer: Person,
    pub(crate) seller: Person,
}

/// The books of one payment: ours and the sandbox's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Books {
    pub(crate) ours: i64,
    pub(crate) theirs: i64,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(EXTRA).await
    }

    pub(crate) async fn open_with(extra: &[(&str, &str)]) -> Self {
        let world = World::start("payments", payments_service::start, extra).await;
        world.knows_identities("payments").await;
        let (buyer, seller) = (Person::new("Ana Buyer"), Person::new("Sam Seller"));
        for person in [&buyer, &seller] {
            world.register(person).await;
        }
        Self { world, buyer, seller }
    }

    pub(crate) fn as_buyer(&self) -> TestCaller {
        self.world.caller(&self.buyer)
    }

    pub(crate) fn as_seller(&self) -> TestCaller {
        self.world.caller(&self.seller)
    }

    /// Two tickets at £22.00 net and £2.20 fee each, held for 15 minutes.
    pub(crate) fn order(&self) -> Order {
        let gbp = |amount| Money::new(amount, Currency::GBP);
        let now = service::Clock::system().now();
        Order {
            id: service::new_id(),
            buyer: self.buyer.id(),
            show: service::new_id(),
            items: vec![OrderItem {
                listing: service::new_id(),
                listing_name: "Stalls".to_owned(),
                seller: self.seller.id(),
                unit_price: gbp(2420),
                unit_fee: gbp(220),
                units: (0..2).map(|_| OrderUnit { unit: service::new_id(), seat: None }).collect(),
                resale_of: None,
                resale_order: None,
            }],
            total: gbp(4840),
            fee: gbp(440),
            status: OrderStatus::AwaitingPayment,
            cancel_reason: None,
            expires_at: now + chrono::Duration::minutes(15),
            payment: None,
            refused_payment: None,
            refunded: None,
            placed_at: now,
            version: 1,
        }
    }

    /// An order that payments knows of.
    pub(crate) async fn placed(&self) -> Order {
        let order = self.order();
        self.world.bus.publish(OrderFact::Placed, &order).await;
        order
    }

    pub(crate) async fn pay(&self, order: OrderId, method: &str) -> Answer {
        self.as_buyer().post("/api/payments", &Pay { order_id: order, method: method.to_owned() }).await
    }

    /// Paid with a good card: authorised.
    pub(crate) async fn authorized(&self) -> (Order, PaymentView) {
        self.authorized_with("pm_card_visa").await
    }

    pub(crate) async fn authorized_with(&self, method: &str) -> (Order, PaymentView) {
        let order = self.placed().await;
        let payment: PaymentView = self.pay(order.id, method).await.expect(201).read();
        assert_eq!(payment.status, PaymentStatus::Authorized);
        (order, payment)
    }

    /// Paid, confirmed in time, captured.
    pub(crate) async fn captured(&self) -> (Order, PaymentView) {
        let (order, payment) = self.authorized().await;
        let order = self.confirm(order, payment.id).await;
        self.becomes(payment.id, PaymentStatus::Captured).await;
        (order, payment)
    }

    /// Orders accepts the authorisation.
    pub(crate) async fn confirm(&self, order: Order, payment: PaymentId) -> Order {
        let version = order.version + 1;
        let order = Order { status: OrderStatus::Confirming, payment: Some(payment), version, ..order };
        self.world.bus.publish(OrderFact::Confirming, &order).await;
        order
    }

    /// Orders lets the order go.
    pub(crate) async fn cancel(&self, order: Order, reason: CancelReason) -> Order {
        let order = cancelled(order, reason);
        self.world.bus.publish(OrderFact::Cancelled, &order).await;
        order
    }

    /// Orders asks for the money to go back.
    pub(crate) async fn request_refund(&self, order: Order) -> Order {
        let version = order.version + 2;
        let order = Order { status: OrderStatus::Complete, version, ..order };
        self.world.bus.publish(OrderFact::RefundRequested, &order).await;
        order
    }

    pub(crate) async fn payment(&self, id: PaymentId) -> PaymentView {
        self.as_buyer().get(&format!("/api/payments/{id}")).await.expect(200).read()
    }

    pub(crate) async fn becomes(&self, id: PaymentId, status: PaymentStatus) -> PaymentView {
        testkit::eventually(&format!("the payment is {status}"), || async {
            let payment = self.payment(id).await;
            (payment.status == status).then_some(payment)
        })
        .await
    }

    pub(crate) async fn refunded(&self, id: PaymentId, amount: i64) -> PaymentView {
        testkit::eventually(&format!("{amount} went back"), || async {
            let payment = self.payment(id).await;
            (payment.refunded.amount == amount).then_some(payment)
        })
        .await
    }

    /// Captured − refunded of a payment, in both books; checks that ours are balanced.
    pub(crate) async fn books(&self, id: PaymentId) -> Books {
        self.check_ledger().await;
        let ours = self
            .number(
                "SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE payment_id = $1 AND account = 'provider'",
                id,
            )
            .await;
        let theirs = self
            .number(
                "SELECT coalesce(sum(CASE WHEN c.state = 'captured' THEN c.amount - c.refunded ELSE 0 END), 0)::bigint
                 FROM sandbox_charges c JOIN payments p ON p.provider_key = c.idempotency_key WHERE p.id = $1",
                id,
            )
            .await;
        Books { ours, theirs }
    }

    /// What an account holds.
    pub(crate) async fn balance(&self, account: &str) -> i64 {
        sqlx::query_scalar("SELECT coalesce(sum(amount), 0)::bigint FROM ledger WHERE account = $1")
            .bind(account)
            .fetch_one(&self.world.pool)
            .await
            .unwrap()
    }

    pub(crate) async fn number(&self, sql: &'static str, id: PaymentId) -> i64 {
        sqlx::query_scalar(sql).bind(id.uuid()).fetch_one(&self.world.pool).await.unwrap()
    }

    async fn check_ledger(&self) {
        let unbalanced: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM ledger GROUP BY currency HAVING sum(amount) <> 0) AS unbalanced",
        )
        .fetch_one(&self.world.pool)
        .await
        .unwrap();
        assert_eq!(unbalanced, 0, "the ledger sums to zero in every currency");
    }
}

pub(crate) fn cancelled(order: Order, reason: CancelReason) -> Order {
    let version = order.version + 1;
    Order { status: OrderStatus::Cancelled, cancel_reason: Some(reason), version, ..order }
}
