//! What tests of this service share: a running service, somebody who buys, and the facts of a purchase.

use contracts::{
    Currency, Money, Timestamp,
    orders::{CancelReason, OrderStatus},
    shows::{Category, ShowStatus, Venue},
    tickets::TicketState,
};
use events::{
    orders::{Order, OrderFact, OrderItem, OrderUnit},
    tickets::{Show, ShowFact, Ticket, TicketFact},
};
use serde_json::Value;
use testkit::{Person, World, eventually};

/// The key from which secrets of links are derived.
pub(crate) const MAIL_LINK_KEY: &str = "4242424242424242424242424242424242424242424242424242424242424242";

/// The service with its mailbox open, and more of its environment.
pub(crate) async fn start(extra: &[(&str, &str)]) -> World {
    let own = [("DEV_MAIL", "true"), ("MAIL_LINK_KEY", MAIL_LINK_KEY)];
    let extra: Vec<_> = own.iter().chain(extra).copied().collect();
    World::start("notifications", notifications_service::start, &extra).await
}

/// A purchase of one buyer: all that a confirmation needs to know.
#[derive(Clone)]
pub(crate) struct Purchase {
    pub(crate) buyer: Person,
    pub(crate) show: Show,
    pub(crate) order: Order,
    pub(crate) tickets: Vec<Ticket>,
}

/// One message of a purchase.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Message {
    Buyer,
    Show,
    Order,
    Ticket(usize),
}

impl Purchase {
    /// A new buyer buys two tickets for a new show in Prague.
    pub(crate) fn new(name: &str, title: &str) -> Self {
        Self::of(Person::new(name), show(title))
    }

    /// A buyer buys two tickets for a show: one seat A 1, one anywhere.
    pub(crate) fn of(buyer: Person, show: Show) -> Self {
        let seats = [Some("A 1".to_owned()), None];
        let units: Vec<_> =
            seats.iter().map(|seat| OrderUnit { unit: service::new_id(), seat: seat.clone() }).collect();
        let item = OrderItem {
            listing: service::new_id(),
            listing_name: "Stalls".to_owned(),
            seller: show.organiser,
            unit_price: pounds(2420),
            unit_fee: pounds(220),
            units,
            resale_of: None,
            resale_order: None,
        };
        let order = Order {
            id: service::new_id(),
            buyer: buyer.id(),
            show: show.id,
            items: vec![item.clone()],
            total: pounds(4840),
            fee: pounds(440),
            status: OrderStatus::Complete,
            cancel_reason: None,
            expires_at: now(),
            payment: Some(service::new_id()),
            refused_payment: None,
            refunded: None,
            placed_at: now(),
            version: 3,
        };
        let tickets = item.units.iter().map(|unit| ticket(&order, &item, unit)).collect();
        Self { buyer, show, order, tickets }
    }

    /// Every message of it, in the order in which they are usually published.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let tickets = (0..self.tickets.len()).map(Message::Ticket);
        [Message::Buyer, Message::Show, Message::Order].into_iter().chain(tickets).collect()
    }

    /// Publishes one message and waits until it was handled.
    pub(crate) async fn tell(&self, world: &World, message: Message) {
        let consumer = match message {
            Message::Buyer => {
                world.register(&self.buyer).await;
                "users"
            }
            Message::Show => {
                world.bus.publish(ShowFact::Published, &self.show).await;
                "shows"
            }
            Message::Order => {
                world.bus.publish(OrderFact::Completed, &self.order).await;
                "orders"
            }
            Message::Ticket(index) => {
                world.bus.publish(TicketFact::Issued, &self.tickets[index]).await;
                "tickets"
            }
        };
        world.bus.settled(&format!("notifications-{consumer}")).await;
    }

    /// Publishes all of it.
    pub(crate) async fn happens(&self, world: &World) {
        for message in self.messages() {
            self.tell(world, message).await;
        }
    }

    /// The order after its money went back.
    pub(crate) fn refunded(&self) -> Order {
        Order { status: OrderStatus::Refunded, version: self.order.version + 2, ..self.order.clone() }
    }

    /// The order, had it been cancelled while it awaited payment.
    pub(crate) fn cancelled(&self, reason: CancelReason) -> Order {
        Order {
            status: OrderStatus::Cancelled,
            cancel_reason: Some(reason),
            payment: None,
            version: 2,
            ..self.order.clone()
        }
    }

    /// The show after it was cancelled.
    pub(crate) fn cancelled_show(&self) -> Show {
        Show { status: ShowStatus::Cancelled, version: self.show.version + 1, ..self.show.clone() }
    }

    /// The mail to the buyer, newest first.
    pub(crate) async fn mail(&self, world: &World) -> Vec<Value> {
        mail_to(world, &self.buyer.user.email).await
    }

    /// Waits for the mail of a kind to the buyer.
    pub(crate) async fn wait_for(&self, world: &World, kind: &str) -> Value {
        eventually(&format!("a mail {kind}"), || async {
            self.mail(world).await.into_iter().find(|mail| mail["kind"] == kind)
        })
        .await
    }

    /// The HTML of the buyer's mail of a kind.
    pub(crate) async fn html(&self, world: &World, kind: &str) -> String {
        sqlx::query_scalar("SELECT html FROM mails WHERE recipient = $1 AND kind = $2")
            .bind(self.buyer.id())
            .bind(kind)
            .fetch_one(&world.pool)
            .await
            .unwrap()
    }
}

/// The mail to an address, newest first.
pub(crate) async fn mail_to(world: &World, address: &str) -> Vec<Value> {
    let answer = world.anybody().get(&format!("/dev/mail.json?to={address}")).await.expect(200);
    answer.json["items"].as_array().unwrap().clone()
}

/// Waits until whatever was asked for before has been written: mail is written in the order in which it is due.
pub(crate) async fn written_so_far(world: &World) {
    let last = Purchase::new("Last", "The last show");
    last.happens(world).await;
    last.wait_for(world, "order_confirmed").await;
}

pub(crate) fn now() -> Timestamp {
    service::Clock::system().now()
}

pub(crate) fn pounds(pence: i64) -> Money {
    Money::new(pence, Currency::GBP)
}

/// A show in Prague on Friday 20 November 2099, 19:30 there.
pub(crate) fn show(title: &str) -> Show {
    Show {
        id: service::new_id(),
        organiser: service::new_id(),
        title: title.to_owned(),
        category: Category::Music,
        starts_at: "2099-11-20T18:30:00Z".parse().unwrap(),
        doors_at: "2099-11-20T17:45:00Z".parse().unwrap(),
        refund_until: "2099-11-18T18:30:00Z".parse().unwrap(),
        venue: Venue {
            name: "Tobacco Wharf Hall".to_owned(),
            address: "1 Quay".to_owned(),
            city: "Prague".to_owned(),
            country: "CZ".to_owned(),
            timezone: "Europe/Prague".to_owned(),
        },
        status: ShowStatus::Published,
        hold_seconds: 900,
        version: 1,
    }
}

fn ticket(order: &Order, item: &OrderItem, unit: &OrderUnit) -> Ticket {
    let id: contracts::ids::TicketId = service::new_id();
    Ticket {
        id,
        order: order.id,
        unit: unit.unit,
        show: order.show,
        listing: item.listing,
        listing_name: item.listing_name.clone(),
        seat: unit.seat.clone(),
        holder: order.buyer,
        code: format!("T1.{}.PROOF", id.uuid().simple().to_string().to_uppercase()),
        state: TicketState::Valid,
        void_reason: None,
        face_value: item.unit_price,
        version: 1,
    }
}
