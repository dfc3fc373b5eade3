//! Every consumer bears every fact twice, late, and a crash at each step (promise 2).

use crate::support::*;
use contracts::{
    listings::ListingView,
    shows::Stock,
    tickets::{TicketState, TicketView},
};
use events::{
    auth::{User, UserFact},
    orders::{self, ListingStock, Order, OrderFact, StockFact, WithdrawnListing},
};
use serde_json::json;
use testkit::{Person, World};

/// One message of another service.
#[derive(Clone, Debug)]
enum Fact {
    User(UserFact, User),
    Order(OrderFact, Box<Order>),
    Stock(ListingStock),
    Grant(WithdrawnListing),
}

impl Fact {
    /// Every consumer that takes it.
    fn durables(&self) -> &'static [&'static str] {
        match self {
            Self::User(UserFact::Banned | UserFact::Unbanned, _) => &["tickets-users", "tickets-bans"],
            Self::User(..) => &["tickets-users"],
            Self::Order(..) => &["tickets-orders"],
            Self::Stock(_) => &["tickets-stock"],
            Self::Grant(_) => &["tickets-withdrawals"],
        }
    }

    async fn publish(&self, world: &World, id: contracts::ids::EventId) {
        match self {
            Self::User(fact, state) => world.bus.publish_as(id, *fact, state).await,
            Self::Order(fact, state) => world.bus.publish_as(id, *fact, &**state).await,
            Self::Stock(state) => world.bus.publish_as(id, StockFact::Changed, state).await,
            Self::Grant(state) => world.bus.publish_as(id, orders::ListingFact::Withdrawn, state).await,
        }
        for durable in self.durables() {
            world.bus.settled(durable).await;
        }
    }
}

/// Ana sells Stalls. Bob holds A1 and A2 of it and offers both; of A1 he has asked the offer back.
struct Scene {
    world: World,
    ana: Person,
    bob: Person,
    cleo: Person,
    stalls: ListingView,
    asked_back: ListingView,
    offer: ListingView,
    offered: TicketView,
    bobs_order: Order,
}

async fn scene() -> Scene {
    let world = world().await;
    let (ana, bob, cleo) = (Person::new("Ana"), Person::new("Bob"), Person::new("Cleo"));
    for person in [&ana, &bob, &cleo] {
        world.register(person).await;
    }
    world.bus.settled("tickets-users").await;
    let (anas, bobs) = (world.caller(&ana), world.caller(&bob));
    let show = published(&anas, "Jazz").await;
    let stalls = listing(&anas, &show, &listing_body("Stalls")).await;
    let tickets = buy(&world, &bob, &stalls, &[Some("A1"), Some("A2")]).await;
    let mut offers = Vec::new();
    for seat in ["A1", "A2"] {
        let ticket = tickets.iter().find(|ticket| ticket.seat.as_deref() == Some(seat)).unwrap();
        let path = format!("/api/tickets/{}/resale", ticket.id);
        let ticket: TicketView = bobs.post(&path, &json!({"price": gbp(2000)})).await.expect(201).read();
        assert_eq!(ticket.state, TicketState::Listed);
        offers.push((listing_of(&bobs, &show, ticket.resale_listing_id.unwrap()).await.unwrap(), ticket));
    }
    let (offer, offered) = offers.pop().unwrap();
    let (asked_back, ticket) = offers.pop().unwrap();
    bobs.delete(&format!("/api/tickets/{}/resale", ticket.id)).await.expect(202).read::<TicketView>();
    let mut bobs_order = order(&bob, &stalls, &[Some("A1"), Some("A2")]);
    bobs_order.id = offered.order_id;
    Scene { world, ana, bob, cleo, stalls, asked_back, offer, offered, bobs_order }
}

impl Scene {
    fn stock(&self, sold: u32, version: i64) -> Fact {
        let stock = Stock { total: 100, held: 0, sold, free: 100 - sold };
        let (listing, show) = (self.stalls.id, self.stalls.show_id);
        Fact::Stock(ListingStock { listing, show, stock, taken_seats: Vec::new(), version })
    }

    /// An order from its completion to the return of its money.
    fn outcomes(order: &Order) -> Vec<Fact> {
        let refund = refunding(order);
        let refunded = refunding(&refund);
        vec![
            Fact::Order(OrderFact::Completed, Box::new(order.clone())),
            Fact::Order(OrderFact::RefundRequested, Box::new(refund)),
            Fact::Order(OrderFact::Refunded, Box::new(refunded)),
        ]
    }

    /// What is said in which order, and what it leaves; the names are for people.
    fn cases(&self) -> Vec<(&'static str, Vec<Fact>)> {
        let renamed = User { name: "Ana Lee".to_owned(), version: 2, ..self.ana.user.clone() };
        let banned = User { version: 3, ..self.ana.banned("Touting") };
        let free = User { ban: None, version: 4, ..banned.clone() };
        let mut resale = order(&self.cleo, &self.offer, &[Some("A2")]);
        resale.items[0].resale_of = Some(self.offered.id);
        let grant = WithdrawnListing { listing: self.asked_back.id, version: 1 };
        vec![
            ("a user who changes", vec![Fact::User(UserFact::Changed, renamed)]),
            ("figures", vec![self.stock(1, 1), self.stock(3, 2)]),
            (
                "a ban that ends",
                vec![Fact::User(UserFact::Banned, banned), Fact::User(UserFact::Unbanned, free)],
            ),
            ("a purchase that goes back", Self::outcomes(&order(&self.cleo, &self.stalls, &[Some("B1")]))),
            ("a granted withdrawal", vec![Fact::Grant(grant)]),
            ("a resale", vec![Fact::Order(OrderFact::Completed, Box::new(resale))]),
            ("a purchase whose tickets are offered", Self::outcomes(&self.bobs_order).split_off(1)),
            ("a reseller's ban", vec![Fact::User(UserFact::Banned, self.bob.banned("Touting"))]),
        ]
    }

    /// One line per row that consumers write. With `exact`, versions and facts count too.
    async fn rows(&self, exact: bool) -> Vec<String> {
        sqlx::query_scalar(ROWS).bind(exact).fetch_all(&self.world.pool).await.unwrap()
    }
}

const ROWS: &str = r"
    SELECT line FROM (
        SELECT concat_ws(' ', 'ticket', u.name, seat, state, void_reason, CASE WHEN $1 THEN t.version END) AS line
        FROM tickets t JOIN users u ON u.id = t.holder
        UNION ALL
        SELECT concat_ws(' ', 'listing', kind, name, seats::text, status, CASE WHEN $1 THEN version END) FROM listings
        UNION ALL
        SELECT concat_ws(' ', 'user', name, banned, version) FROM users
        UNION ALL
        SELECT concat_ws(' ', 'stock', total, held, sold, free, version) FROM stock
        UNION ALL
        SELECT concat_ws(' ', 'facts', count(*)) FROM outbox WHERE $1
    ) AS rows ORDER BY line
";

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_each_step_and_repetition_change_nothing() {
    let scene = Box::pin(scene()).await;
    for (what, facts) in scene.cases() {
        for fact in facts {
            for durable in fact.durables() {
                scene.world.faults.crash_everywhere(durable);
            }
            let id = service::new_id();
            let before = scene.rows(true).await;
            fact.publish(&scene.world, id).await;
            assert!(scene.world.faults.exhausted(), "{what}: {fact:?}");
            let once = scene.rows(true).await;
            // Of one message again, and of the same fact in another message.
            fact.publish(&scene.world, id).await;
            fact.publish(&scene.world, service::new_id()).await;
            assert_eq!(scene.rows(true).await, once, "{what}: {fact:?}");
            let last = matches!(fact, Fact::Order(OrderFact::Refunded, _));
            assert_eq!(before == once, last, "{what}: only a refund that was announced is no news: {fact:?}");
        }
    }
    // What all of it has left.
    let rows = scene.rows(false).await;
    for row in [
        "ticket Bob A1 void refunded",
        "ticket Bob A2 void resold",
        "ticket Cleo A2 valid",
        "ticket Cleo B1 void refunded",
        "listing primary Stalls {} on_sale",
        "user Ana f 4",
        "user Bob t 2",
    ] {
        assert!(rows.iter().any(|line| line == row), "{row} is missing: {rows:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_out_of_order_ends_the_same() {
    let (ordered, reversed) = futures::join!(Box::pin(scene()), Box::pin(scene()));
    for ((what, facts), (_, others)) in ordered.cases().into_iter().zip(reversed.cases()) {
        for fact in facts {
            fact.publish(&ordered.world, service::new_id()).await;
        }
        for fact in others.iter().rev() {
            fact.publish(&reversed.world, service::new_id()).await;
        }
        assert_eq!(reversed.rows(false).await, ordered.rows(false).await, "{what}");
    }
}
