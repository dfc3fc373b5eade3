//! `GET /api/shows/{id}/availability`

use crate::support::*;
use contracts::{
    ProblemCode,
    shows::{Availability, Stock},
};
use events::orders::{ListingStock, StockFact};
use futures::StreamExt;
use reqwest::Method;
use serde_json::json;
use testkit::{Person, eventually};

#[tokio::test]
async fn figures_are_copied_and_never_go_back() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let path = format!("/api/shows/{}/availability", show.id);
    let figures = |sold, version| ListingStock {
        listing: stalls.id,
        show: show.id,
        stock: Stock { total: 100, held: 0, sold, free: 100 - sold },
        taken_seats: Vec::new(),
        version,
    };
    let fresh: Availability = world.anybody().get(&path).await.expect(200).read();
    assert_eq!(fresh.listings[0].stock.free, 100);
    world.faults.crash_everywhere("tickets-stock");
    for (sold, version) in [(1, 1), (3, 3), (3, 3)] {
        world.bus.publish(StockFact::Changed, &figures(sold, version)).await;
    }
    world.bus.settled("tickets-stock").await;
    assert!(world.faults.exhausted());
    world.bus.publish(StockFact::Changed, &figures(2, 2)).await;
    world.bus.settled("tickets-stock").await;
    let seen: Availability = world.anybody().get(&path).await.expect(200).read();
    assert_eq!((seen.show_id, seen.listings.len()), (show.id, 1));
    assert_eq!(seen.listings[0].stock, figures(3, 3).stock);
}

#[tokio::test]
async fn seats_that_are_gone_are_named() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let mut body = listing_body("Stalls");
    (body["quantity"], body["seats"]) = (json!(null), json!(["A1", "A2", "A3"]));
    let stalls = listing(&ana, &show, &body).await;
    let path = format!("/api/shows/{}/availability", show.id);
    // Nothing is said of seats where all of them can be had.
    let fresh = world.anybody().get(&path).await.expect(200).json;
    assert_eq!(fresh["listings"][0].get("taken_seats"), None);
    let stock = Stock { total: 3, held: 1, sold: 1, free: 1 };
    let taken_seats = vec!["A1".to_owned(), "A3".to_owned()];
    let figures = ListingStock { listing: stalls.id, show: show.id, stock, taken_seats, version: 2 };
    world.bus.publish(StockFact::Changed, &figures).await;
    world.bus.settled("tickets-stock").await;
    let seen: Availability = world.anybody().get(&path).await.expect(200).read();
    assert_eq!(seen.listings[0].taken_seats, figures.taken_seats);
    let page = listing_of(&world.anybody(), &show, stalls.id).await.unwrap();
    assert_eq!((page.taken_seats, page.stock), (figures.taken_seats.clone(), stock));

    // Later figures may free a seat while the counts stay; earlier ones change nothing.
    let later =
        ListingStock { taken_seats: vec!["A2".to_owned(), "A3".to_owned()], version: 3, ..figures.clone() };
    for figures in [&later, &figures] {
        world.bus.publish(StockFact::Changed, figures).await;
    }
    world.bus.settled("tickets-stock").await;
    let seen: Availability = world.anybody().get(&path).await.expect(200).read();
    assert_eq!(seen.listings[0].taken_seats, later.taken_seats);
}

#[tokio::test]
async fn a_stream_begins_with_the_figures_and_follows_them() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let path = format!("/api/shows/{}/availability", show.id);
    let response = world.anybody().request(Method::GET, &path).header("accept", "text/event-stream").send();
    let response = response.await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let received = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let reading = tokio::spawn({
        let (mut chunks, received) = (response.bytes_stream(), received.clone());
        async move {
            while let Some(Ok(chunk)) = chunks.next().await {
                received.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk));
            }
        }
    });
    let says = async |text: &str| {
        eventually(text, || async { received.lock().unwrap().contains(text).then_some(()) }).await;
    };
    says("\"free\":100").await;
    let stock = Stock { total: 100, held: 40, sold: 0, free: 60 };
    let figures =
        ListingStock { listing: stalls.id, show: show.id, stock, taken_seats: Vec::new(), version: 1 };
    world.bus.publish(StockFact::Changed, &figures).await;
    says("\"free\":60").await;
    assert!(received.lock().unwrap().starts_with("event: availability\ndata: {"));

    // The stream ends with the service, so that it can stop.
    drop(world);
    tokio::time::timeout(testkit::PATIENCE, reading).await.unwrap().unwrap();
}

#[tokio::test]
async fn only_so_many_watch_at_the_same_time() {
    let world = world_with("AVAILABILITY_STREAMS_MAX", "1").await;
    let ana = world.caller(&Person::new("Ana"));
    let show = published(&ana, "Jazz").await;
    let path = format!("/api/shows/{}/availability", show.id);
    let watch = || world.anybody().request(Method::GET, &path).header("accept", "text/event-stream");
    let first = watch().send().await.unwrap();
    assert_eq!(first.status(), 200);
    let refused = testkit::caller::answer(watch()).await;
    assert_eq!(refused.headers["retry-after"], "1");
    refused.problem(ProblemCode::Unavailable);
    // Asking once takes no room, and who leaves makes some.
    world.anybody().get(&path).await.expect(200).read::<Availability>();
    drop(first);
    eventually("there is room again", || async {
        (watch().send().await.unwrap().status() == 200).then_some(())
    })
    .await;
}
