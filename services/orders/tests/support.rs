//! A running orders service with a show on sale, and the facts that other services would publish.

use contracts::{
    Currency, Money, Timestamp,
    ids::{ListingId, OrderId, PaymentId, ShowId, UserId},
    listings::{ListingKind, ListingStatus},
    orders::{OrderStatus, OrderView},
    payments::{PaymentStatus, RefundStatus},
    shows::{Category, ShowStatus, Venue},
};
use events::{
    payments::{Payment, PaymentFact, Refund, RefundFact},
    tickets::{Listing, ListingFact, Show, ShowFact},
};
use serde_json::{Value, json};
use testkit::{Person, TestCaller, World, eventually};

/// The service with everybody around it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) organiser: Person,
    pub(crate) show: Show,
}

pub(crate) fn now() -> Timestamp {
    service::Clock::system().now()
}

pub(crate) fn a_show(organiser: UserId) -> Show {
    let starts_at = now() + chrono::Duration::days(30);
    Show {
        id: service::new_id(),
        organiser,
        title: "The Low Tide".to_owned(),
        category: Category::Music,
        starts_at,
        doors_at: starts_at - chrono::Duration::hours(1),
        refund_until: starts_at,
        venue: Venue {
            name: "Shepherd's Hall".to_owned(),
            address: "1 High Street".to_owned(),
            city: "Leeds".to_owned(),
            country: "GB".to_owned(),
            timezone: "Europe/London".to_owned(),
        },
        status: ShowStatus::Published,
        hold_seconds: 900,
        version: 1,
    }
}

pub(crate) fn a_listing(show: ShowId, seller: UserId, quantity: u32) -> Listing {
    Listing {
        id: service::new_id(),
        show,
        seller,
        kind: ListingKind::Primary,
        name: "Stalls".to_owned(),
        price: Money::new(4840, Currency::GBP),
        fee: Money::new(440, Currency::GBP),
        quantity,
        seats: Vec::new(),
        max_per_order: 8,
        sale_starts_at: None,
        sale_ends_at: None,
        status: ListingStatus::OnSale,
        resale_of: None,
        resale_order: None,
        resale_unit: None,
        version: 1,
    }
}

/// A listing of named seats.
pub(crate) fn seated(show: ShowId, seller: UserId, seats: &[&str]) -> Listing {
    let quantity = u32::try_from(seats.len()).unwrap();
    Listing {
        seats: seats.iter().map(|seat| (*seat).to_owned()).collect(),
        ..a_listing(show, seller, quantity)
    }
}

/// A request for any tickets of a listing.
pub(crate) fn any(listing: ListingId, quantity: u32) -> Value {
    json!({ "items": [{ "listing_id": listing, "quantity": quantity }] })
}

/// A request for these seats of a listing.
pub(crate) fn seats(listing: ListingId, seats: &[&str]) -> Value {
    json!({ "items": [{ "listing_id": listing, "seats": seats }] })
}

/// Waits until the orders database's clock has passed an instant.
pub(crate) async fn wait_until(stage: &Stage, instant: Timestamp) {
    eventually("the time has come", || async {
        let passed: bool = sqlx::query_scalar("SELECT clock_timestamp() >= $1")
            .bind(instant)
            .fetch_one(&stage.world.pool)
            .await
            .unwrap();
        passed.then_some(())
    })
    .await;
}

/// A payment of an order as payments publishes it.
pub(crate) fn a_payment(order: &OrderView, buyer: UserId) -> Payment {
    Payment {
        id: service::new_id::<PaymentId>(),
        order: order.id,
        buyer,
        amount: order.total,
        refunded: Money::zero(order.total.currency),
        status: PaymentStatus::Authorized,
        version: 2,
    }
}

impl Stage {
    /// A show whose holds last 15 minutes.
    pub(crate) async fn new() -> Self {
        Self::with_hold(900).await
    }

    /// A show with holds of this length.
    pub(crate) async fn with_hold(hold_seconds: u32) -> Self {
        let world = World::start("orders", orders_service::start, &[]).await;
        let organiser = Person::new("Olga");
        let show = Show { hold_seconds, ..a_show(organiser.id()) };
        world.register(&organiser).await;
        world.bus.publish(ShowFact::Published, &show).await;
        world.knows_identities("orders").await;
        Self { world, organiser, show }
    }

    /// Puts tickets on sale and waits until they can be bought.
    pub(crate) async fn on_sale(&self, quantity: u32) -> Listing {
        self.list(a_listing(self.show.id, self.organiser.id(), quantity)).await
    }

    /// Puts seats on sale.
    pub(crate) async fn seats_on_sale(&self, seats: &[&str]) -> Listing {
        self.list(seated(self.show.id, self.organiser.id(), seats)).await
    }

    /// Publishes a listing and waits until it is known.
    pub(crate) async fn list(&self, listing: Listing) -> Listing {
        self.world.bus.publish(ListingFact::Published, &listing).await;
        self.knows(&listing).await;
        listing
    }

    /// Waits until this version of a listing is copied.
    pub(crate) async fn knows(&self, listing: &Listing) {
        eventually("the listing is copied", || async {
            let version: Option<i64> = sqlx::query_scalar("SELECT version FROM listings WHERE id = $1")
                .bind(listing.id)
                .fetch_optional(&self.world.pool)
                .await
                .unwrap();
            (version? >= listing.version).then_some(())
        })
        .await;
    }

    /// Somebody new, known to the service.
    pub(crate) async fn buyer(&self, name: &str) -> (Person, TestCaller) {
        let person = Person::new(name);
        self.world.register(&person).await;
        let caller = self.world.caller(&person);
        (person, caller)
    }

    /// Places an order for any tickets of a listing.
    pub(crate) async fn place(&self, buyer: &TestCaller, listing: ListingId, quantity: u32) -> OrderView {
        buyer.post("/api/orders", &any(listing, quantity)).await.expect(201).read()
    }

    /// Publishes a fact about a payment.
    pub(crate) async fn payment(&self, fact: PaymentFact, payment: &Payment) {
        self.world.bus.publish(fact, payment).await;
    }

    /// Pays an order from authorisation to capture.
    pub(crate) async fn pay(&self, order: &OrderView, buyer: UserId) -> Payment {
        let payment = a_payment(order, buyer);
        self.payment(PaymentFact::Authorized, &payment).await;
        self.status(order.id, OrderStatus::Confirming).await;
        let captured = Payment { status: PaymentStatus::Captured, version: 3, ..payment };
        self.payment(PaymentFact::Captured, &captured).await;
        self.status(order.id, OrderStatus::Complete).await;
        captured
    }

    /// Publishes that all of a payment went back.
    pub(crate) async fn refund(&self, payment: &Payment) -> Refund {
        let refund = Refund {
            id: service::new_id(),
            payment: payment.id,
            order: payment.order,
            amount: payment.amount,
            full: true,
            reason: "asked for".to_owned(),
            status: RefundStatus::Issued,
            version: 1,
        };
        self.world.bus.publish(RefundFact::Issued, &refund).await;
        refund
    }

    /// Waits until an order is in a state.
    pub(crate) async fn status(&self, order: OrderId, status: OrderStatus) {
        eventually(&format!("order {order} is {status}"), || async {
            (self.status_now(order).await == status.as_str()).then_some(())
        })
        .await;
    }

    pub(crate) async fn status_now(&self, order: OrderId) -> String {
        sqlx::query_scalar("SELECT status FROM orders WHERE id = $1")
            .bind(order)
            .fetch_one(&self.world.pool)
            .await
            .unwrap()
    }

    /// How many units of a listing are in each state.
    pub(crate) async fn units(&self, listing: ListingId, state: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM units WHERE listing_id = $1 AND state = $2")
            .bind(listing)
            .bind(state)
            .fetch_one(&self.world.pool)
            .await
            .unwrap()
    }

    /// Fails the test where a unit is in two live orders, or where units, orders and claims disagree (I1).
    pub(crate) async fn check_invariants(&self) {
        let broken: Vec<String> = sqlx::query_scalar(INVARIANTS).fetch_all(&self.world.pool).await.unwrap();
        assert!(broken.is_empty(), "{broken:#?}");
    }

    /// How many deadlocks the database has broken. A session tells of its own at its end at the latest, so all
    /// sessions are ended first: nothing else of a test comes after this.
    pub(crate) async fn deadlocks(&self) -> i64 {
        let ended: Vec<i32> = sqlx::query_scalar(
            r"
            WITH others AS MATERIALIZED (
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            ),
            ended AS MATERIALIZED (SELECT pid, pg_terminate_backend(pid) FROM others)
            SELECT pid FROM ended
            ",
        )
        .fetch_all(&self.world.pool)
        .await
        .unwrap();
        eventually("the sessions have ended", || async {
            let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1)")
                .bind(&ended)
                .fetch_one(&self.world.pool)
                .await
                .ok()?;
            (left == 0).then_some(())
        })
        .await;
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&self.world.pool)
            .await
            .unwrap()
    }
}

/// One line per unit or order that contradicts another.
const INVARIANTS: &str = r"
    WITH claimed AS (
        SELECT o.id AS order_id, o.status, (unit ->> 'unit')::uuid AS unit_id
        FROM orders o
        CROSS JOIN LATERAL jsonb_array_elements(o.items) AS item
        CROSS JOIN LATERAL jsonb_array_elements(item -> 'units') AS unit
    ),
    live AS (
        SELECT * FROM claimed WHERE status IN ('awaiting_payment', 'confirming', 'complete')
            -- What a refunded order had sold on stays taken.
            OR (status = 'refunded' AND unit_id IN (SELECT unit_id FROM resold_units))
    )
    SELECT 'unit in two live orders: ' || unit_id FROM live GROUP BY unit_id HAVING count(*) > 1
    UNION ALL
    SELECT 'unit is not in the state of its order: ' || live.unit_id
    FROM live LEFT JOIN units u ON u.id = live.unit_id
    WHERE u.order_id IS DISTINCT FROM live.order_id OR u.state IS DISTINCT FROM CASE live.status
        WHEN 'awaiting_payment' THEN 'held' WHEN 'confirming' THEN 'committed' ELSE 'sold' END
    UNION ALL
    SELECT 'unit of no live order: ' || u.id FROM units u
    WHERE u.order_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM live WHERE live.unit_id = u.id AND live.order_id = u.order_id)
    UNION ALL
    SELECT 'claims differ: ' || coalesce(live.unit_id, c.unit_id)
    FROM live FULL JOIN (SELECT * FROM order_units WHERE live) c USING (order_id, unit_id)
    WHERE live.order_id IS NULL OR c.order_id IS NULL
";
