//! Golden messages: every fact as it stands on the wire. A file is added, never edited; a change that breaks
//! one of them breaks services that still run, and belongs into a `v2` beside it.

use chrono::DateTime;
use contracts::{
    Currency, Money, Timestamp,
    auth::{BannedTickets, NoticeKind, Role},
    ids::EventId,
    listings::{ListingKind, ListingStatus},
    orders::{CancelReason, OrderStatus},
    payments::{PaymentStatus, RefundStatus},
    shows::{Category, ShowStatus, Stock, Venue},
    tickets::TicketState,
};
use events::{Aggregate, Fact, Outgoing, auth, expiration, notifications, orders, payments, tickets};
use std::path::Path;
use uuid::Uuid;

fn id<T: From<Uuid>>(last: u8) -> T {
    let mut bytes = *Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000).as_bytes();
    bytes[15] = last;
    Uuid::from_bytes(bytes).into()
}

fn at() -> Timestamp {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a time")
}

/// Compares every fact of a state with its golden file, and reads the file back.
fn golden<A: Aggregate + PartialEq>(state: &A) {
    for fact in A::Fact::ALL {
        let message = Outgoing::new(id::<EventId>(1), *fact, state, at()).expect("it has a JSON form");
        let name = format!("{}.{}.{}.v1.json", A::SERVICE, A::NAME, fact.as_str());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(&name);
        let body: serde_json::Value = serde_json::from_slice(&message.payload).expect("it is JSON");
        let written = serde_json::to_string_pretty(&body).expect("it can be written") + "\n";
        if !path.exists() {
            std::fs::write(&path, &written).expect("a new golden file is written");
            panic!("{name} is new: it was written; commit it, and run the test again");
        }
        let kept = std::fs::read_to_string(&path).expect("the golden file can be read");
        assert_eq!(kept, written, "{name} changed: add optional fields, or publish a v2 beside it");
        let mut newer: serde_json::Value = serde_json::from_str(&kept).expect("it is JSON");
        newer["a_field_from_the_future"] = true.into();
        let payload = serde_json::to_vec(&newer).expect("it is JSON").into();
        let read =
            Outgoing { payload, ..message }.read::<A>().expect("a reader ignores what it does not know");
        assert_eq!(&read.state, state);
    }
}

#[test]
fn auth_facts() {
    let ban = auth::UserBan {
        id: None,
        reason: "Fraud".to_owned(),
        until: Some(at()),
        tickets: BannedTickets::Keep,
    };
    golden(&auth::User {
        id: id(2),
        email: "ana@example.com".to_owned(),
        name: "Ana".to_owned(),
        role: Role::User,
        ban: Some(ban),
        generation: 2,
        version: 3,
    });
    golden(&auth::Session { id: id(3), user: id(2), version: 1 });
    golden(&auth::Notice {
        id: id(4),
        user: id(2),
        kind: NoticeKind::ResetPassword,
        email: "ana@example.com".to_owned(),
        name: "Ana".to_owned(),
        at: at(),
        user_agent: Some("Mozilla/5.0".to_owned()),
        expires_at: Some(at()),
        version: 1,
    });
}

fn listing() -> tickets::Listing {
    tickets::Listing {
        id: id(5),
        show: id(4),
        seller: id(2),
        kind: ListingKind::Primary,
        name: "Stalls".to_owned(),
        price: Money::new(2420, Currency::GBP),
        fee: Money::new(220, Currency::GBP),
        quantity: 2,
        seats: vec!["A1".to_owned(), "A2".to_owned()],
        max_per_order: 8,
        sale_starts_at: Some(at()),
        sale_ends_at: None,
        status: ListingStatus::OnSale,
        resale_of: None,
        resale_order: None,
        resale_unit: None,
        version: 1,
    }
}

#[test]
fn tickets_facts() {
    golden(&tickets::Show {
        id: id(4),
        organiser: id(2),
        title: "Night Ferry".to_owned(),
        category: Category::Music,
        starts_at: at(),
        doors_at: at(),
        refund_until: at(),
        venue: Venue {
            name: "Shepherd's Hall".to_owned(),
            address: "1 Green".to_owned(),
            city: "London".to_owned(),
            country: "GB".to_owned(),
            timezone: "Europe/London".to_owned(),
        },
        status: ShowStatus::Published,
        hold_seconds: 900,
        version: 1,
    });
    golden(&listing());
    golden(&tickets::BanEffects {
        ban: id(13),
        user: id(9),
        listings_hidden: 2,
        offers_withdrawn: 1,
        tickets_refused: 4,
        version: 1,
    });
    golden(&tickets::Ticket {
        id: id(6),
        order: id(7),
        unit: id(8),
        show: id(4),
        listing: id(5),
        listing_name: "Stalls".to_owned(),
        seat: Some("A1".to_owned()),
        holder: id(9),
        code: "T1.EXAMPLE".to_owned(),
        state: TicketState::Valid,
        void_reason: None,
        face_value: Money::new(2420, Currency::GBP),
        version: 1,
    });
}

fn order() -> orders::Order {
    orders::Order {
        id: id(7),
        buyer: id(9),
        show: id(4),
        items: vec![orders::OrderItem {
            listing: id(5),
            listing_name: "Stalls".to_owned(),
            seller: id(2),
            unit_price: Money::new(2420, Currency::GBP),
            unit_fee: Money::new(220, Currency::GBP),
            units: vec![orders::OrderUnit { unit: id(8), seat: Some("A1".to_owned()) }],
            resale_of: None,
            resale_order: None,
        }],
        total: Money::new(2420, Currency::GBP),
        fee: Money::new(220, Currency::GBP),
        status: OrderStatus::Cancelled,
        cancel_reason: Some(CancelReason::Expired),
        expires_at: at(),
        payment: Some(id(10)),
        refused_payment: None,
        refunded: None,
        placed_at: at(),
        version: 2,
    }
}

#[test]
fn orders_facts() {
    golden(&order());
    let stock = Stock { total: 10, held: 2, sold: 3, free: 5 };
    let figures =
        orders::ListingStock { listing: id(5), show: id(4), stock, taken_seats: Vec::new(), version: 12 };
    golden(&figures);
    // A seated listing also says which seats are gone, in a field that the golden message lacks.
    let seated = orders::ListingStock { taken_seats: vec!["A1".to_owned(), "A2".to_owned()], ..figures };
    let message = Outgoing::new(id::<EventId>(1), orders::StockFact::Changed, &seated, at())
        .expect("it has a JSON form");
    let body: serde_json::Value = serde_json::from_slice(&message.payload).expect("it is JSON");
    assert_eq!(body["taken_seats"], serde_json::json!(["A1", "A2"]));
    assert_eq!(message.read::<orders::ListingStock>().expect("it is read back").state, seated);
    golden(&orders::BanEffects {
        ban: id(13),
        user: id(9),
        holds_released: 1,
        places_released: 2,
        streams_closed: 1,
        version: 1,
    });
    golden(&orders::WithdrawnListing { listing: id(5), version: 1 });
}

/// The body of a message whose golden one lacks some fields; its readers get the same state.
fn read_back<A: Aggregate + PartialEq>(fact: A::Fact, state: &A) -> serde_json::Value {
    let message = Outgoing::new(id::<EventId>(1), fact, state, at()).expect("it has a JSON form");
    let body = serde_json::from_slice(&message.payload).expect("it is JSON");
    assert_eq!(&message.read::<A>().expect("it is read back").state, state);
    body
}

#[test]
fn a_resale_says_where_its_ticket_came_from_and_an_order_what_went_back() {
    let resale = tickets::Listing { resale_order: Some(id(7)), resale_unit: Some(id(8)), ..listing() };
    let body = read_back(tickets::ListingFact::Published, &resale);
    assert!(body["resale_order"].is_string() && body["resale_unit"].is_string(), "{body}");
    let mut refunded = orders::Order { refunded: Some(Money::new(100, Currency::GBP)), ..order() };
    refunded.items[0].resale_order = Some(id(7));
    let body = read_back(orders::OrderFact::PartlyRefunded, &refunded);
    assert_eq!(body["refunded"]["amount"], 100);
    assert!(body["items"][0]["resale_order"].is_string(), "{body}");
}

#[test]
fn expiration_payments_and_notifications_facts() {
    golden(&expiration::Timer { order: id(7), due_at: at(), version: 1 });
    golden(&payments::Payment {
        id: id(10),
        order: id(7),
        buyer: id(9),
        amount: Money::new(2420, Currency::GBP),
        refunded: Money::zero(Currency::GBP),
        status: PaymentStatus::Authorized,
        version: 2,
    });
    golden(&payments::Refund {
        id: id(11),
        payment: id(10),
        order: id(7),
        amount: Money::new(2420, Currency::GBP),
        full: true,
        reason: "The show was cancelled".to_owned(),
        status: RefundStatus::Issued,
        version: 1,
    });
    let kind = "order_confirmed".to_owned();
    golden(&notifications::Mail { id: id(12), recipient: id(9), order: Some(id(7)), kind, version: 1 });
}
