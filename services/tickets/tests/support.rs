//! What tests of this service share: a running service, a show on sale, and orders for it.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    Currency, Money, Page,
    ids::{ListingId, TicketId},
    listings::ListingView,
    orders::OrderStatus,
    shows::ShowView,
    tickets::TicketView,
};
use events::orders::{Order, OrderFact, OrderItem, OrderUnit};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Person, TestCaller, World, caller::Answer, eventually};

/// The service, with its own key and short holds.
pub(crate) async fn world() -> World {
    world_with("AVAILABILITY_STREAMS_MAX", "100").await
}

/// The service with one more setting.
pub(crate) async fn world_with(name: &'static str, value: &str) -> World {
    let extra = [
        ("TICKET_CODE_KEY", "0101010101010101010101010101010101010101010101010101010101010101"),
        ("HOLD_SECONDS_MIN", "2"),
        (name, value),
    ];
    let world = World::start("tickets", tickets_service::start, &extra).await;
    world.knows_identities("tickets").await;
    world
}

/// An instant this many days ahead, in whole seconds.
pub(crate) fn in_days(days: i64) -> DateTime<Utc> {
    let now = service::Clock::system().now() + TimeDelta::days(days);
    DateTime::from_timestamp(now.timestamp(), 0).unwrap()
}

/// A request for a show.
pub(crate) fn show_body(title: &str) -> Value {
    json!({
        "title": title,
        "description": "An evening.\nWith music.",
        "category": "music",
        "starts_at": in_days(30),
        "venue": {
            "name": "Shepherd's Hall", "address": "1 Green", "city": "London", "country": "GB",
            "timezone": "Europe/London"
        }
    })
}

/// A request for a listing of 100 at £20 net.
pub(crate) fn listing_body(name: &str) -> Value {
    json!({
        "name": name, "price": {"amount": 2000, "currency": "GBP"}, "quantity": 100, "max_per_order": 4
    })
}

/// A draft.
pub(crate) async fn draft(organiser: &TestCaller, title: &str) -> ShowView {
    organiser.post("/api/shows", &show_body(title)).await.expect(201).read()
}

/// A published show without listings.
pub(crate) async fn published(organiser: &TestCaller, title: &str) -> ShowView {
    let show = draft(organiser, title).await;
    organiser.post(&format!("/api/shows/{}/publish", show.id), &json!(null)).await.expect(200).read()
}

/// A listing.
pub(crate) async fn listing(organiser: &TestCaller, show: &ShowView, body: &Value) -> ListingView {
    organiser.post(&format!("/api/shows/{}/listings", show.id), body).await.expect(201).read()
}

/// A complete order of a listing, as orders would publish it.
pub(crate) fn order(buyer: &Person, listing: &ListingView, seats: &[Option<&str>]) -> Order {
    let units = seats.iter().map(|seat| OrderUnit { unit: service::new_id(), seat: seat.map(str::to_owned) });
    let count = u32::try_from(seats.len()).unwrap();
    let now = service::Clock::system().now();
    Order {
        id: service::new_id(),
        buyer: buyer.id(),
        show: listing.show_id,
        items: vec![OrderItem {
            listing: listing.id,
            listing_name: listing.name.clone(),
            seller: listing.seller.id,
            unit_price: listing.price,
            unit_fee: listing.fee,
            units: units.collect(),
            resale_of: None,
            resale_order: None,
        }],
        total: listing.price.times(count).unwrap(),
        fee: listing.fee.times(count).unwrap(),
        status: OrderStatus::Complete,
        cancel_reason: None,
        expires_at: now,
        payment: Some(service::new_id()),
        refused_payment: None,
        refunded: None,
        placed_at: now,
        version: 3,
    }
}

/// The order after its money was asked back.
pub(crate) fn refunding(order: &Order) -> Order {
    Order { version: order.version + 1, ..order.clone() }
}

/// Completes an order and waits for its tickets.
pub(crate) async fn buy(
    world: &World,
    buyer: &Person,
    listing: &ListingView,
    seats: &[Option<&str>],
) -> Vec<TicketView> {
    let order = order(buyer, listing, seats);
    world.bus.publish(OrderFact::Completed, &order).await;
    let caller = world.caller(buyer);
    eventually("the tickets are issued", || async {
        let tickets = tickets_of(&caller).await;
        let of_order: Vec<_> = tickets.into_iter().filter(|ticket| ticket.order_id == order.id).collect();
        (of_order.len() == seats.len()).then_some(of_order)
    })
    .await
}

/// The caller's tickets.
pub(crate) async fn tickets_of(caller: &TestCaller) -> Vec<TicketView> {
    caller.get("/api/tickets?limit=100").await.expect(200).read::<Page<TicketView>>().items
}

/// One of the caller's tickets.
pub(crate) async fn ticket(caller: &TestCaller, id: TicketId) -> TicketView {
    caller.get(&format!("/api/tickets/{id}")).await.expect(200).read()
}

/// A listing as its seller sees it now.
pub(crate) async fn listing_of(caller: &TestCaller, show: &ShowView, id: ListingId) -> Option<ListingView> {
    let show: ShowView = caller.get(&format!("/api/shows/{}", show.id)).await.expect(200).read();
    show.listings.into_iter().find(|listing| listing.id == id)
}

/// A `POST` or `DELETE` that names the version it was decided on.
pub(crate) async fn guarded(caller: &TestCaller, method: Method, path: &str, version: i64) -> Answer {
    let request = caller.request(method, path).header("if-match", format!("\"{version}\""));
    testkit::caller::answer(request).await
}

/// Pounds and pence.
pub(crate) fn gbp(amount: i64) -> Money {
    Money::new(amount, Currency::GBP)
}

/// The fields that a 422 names.
pub(crate) fn fields(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the service waits for a row that the test has locked.
pub(crate) async fn blocked(world: &World) {
    eventually("the service waits for a lock", || async {
        let (waiting,): (i64,) = sqlx::query_as(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&world.pool)
        .await
        .unwrap();
        (waiting > 0).then_some(())
    })
    .await;
}
