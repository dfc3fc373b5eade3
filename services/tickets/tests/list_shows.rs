//! `GET /api/shows` and `GET /api/shows/facets`

use crate::support::*;
use contracts::{
    Page, ProblemCode,
    shows::{Category, ShowCard, ShowFacets, ShowStatus, Stock},
};
use events::orders::{ListingStock, StockFact};
use serde_json::json;
use testkit::{Person, TestCaller, World};

/// Titles of a page, and where the next begins.
async fn titles(caller: &TestCaller, query: &str) -> (Vec<String>, Option<String>) {
    let page: Page<ShowCard> = caller.get(&format!("/api/shows?{query}")).await.expect(200).read();
    (page.items.into_iter().map(|show| show.title).collect(), page.next_cursor)
}

async fn publish(
    world: &World,
    organiser: &TestCaller,
    title: &str,
    change: impl Fn(&mut serde_json::Value),
) {
    let mut body = show_body(title);
    change(&mut body);
    let show: contracts::shows::ShowView = organiser.post("/api/shows", &body).await.expect(201).read();
    let path = format!("/api/shows/{}/publish", show.id);
    assert_eq!(organiser.post(&path, &json!(null)).await.status, 200, "{}", world.base);
}

#[tokio::test]
async fn upcoming_shows_are_found_by_word_city_category_and_time() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    publish(&world, &ana, "Late Jazz", |body| body["starts_at"] = json!(in_days(40))).await;
    publish(&world, &ana, "Early Jazz", |body| body["starts_at"] = json!(in_days(10))).await;
    publish(&world, &ana, "Hamlet", |body| {
        body["category"] = json!("theatre");
        body["venue"]["city"] = json!("São Paulo");
        body["venue"]["name"] = json!("St.John's");
    })
    .await;
    draft(&ana, "Secret Jazz").await;
    publish(&world, &ana, "Past Jazz", |_| {}).await;
    sqlx::query("UPDATE shows SET starts_at = now() - interval '1 day' WHERE title = 'Past Jazz'")
        .execute(&world.pool)
        .await
        .unwrap();

    let anybody = world.anybody();
    let found = async |query: &str| titles(&anybody, query).await.0;
    assert_eq!(found("").await, ["Early Jazz", "Hamlet", "Late Jazz"]);
    assert_eq!(found("q=JAZZ").await, ["Early Jazz", "Late Jazz"]);
    assert_eq!(found("q=la+ja+shepherd").await, ["Late Jazz"]);
    assert_eq!(found("q=john").await, ["Hamlet"]);
    assert_eq!(found("q=jazz+%27%26!%7C%3A*").await, ["Early Jazz", "Late Jazz"]);
    assert_eq!(found("city=s%C3%A3o+paulo").await, ["Hamlet"]);
    assert_eq!(found("city=a%00b").await, [""; 0]);
    assert_eq!(found("category=theatre&q=&city=&organiser=").await, ["Hamlet"]);
    let between = |from: i64, to: i64| {
        let stamp = |days| in_days(days).format("%Y-%m-%dT%H:%M:%SZ");
        format!("from={}&to={}", stamp(from), stamp(to))
    };
    assert_eq!(found(&between(-100, 20)).await, ["Early Jazz"]);
    assert_eq!(found(&between(20, 50)).await, ["Hamlet", "Late Jazz"]);

    let facets: ShowFacets = anybody.get("/api/shows/facets").await.expect(200).read();
    assert_eq!(facets.cities, ["London", "São Paulo"]);
    assert_eq!(facets.categories, [Category::Music, Category::Theatre]);
    for query in ["category=opera", "cursor=zzz", "from=yesterday", "organiser=ana", "limit=many"] {
        anybody.get(&format!("/api/shows?{query}")).await.problem(ProblemCode::Malformed);
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    for title in ["A", "B", "C", "D", "E"] {
        publish(&world, &ana, title, |_| {}).await;
    }
    let mut seen = Vec::new();
    let mut query = "limit=2".to_owned();
    for _ in 0..3 {
        let (titles, next) = titles(&world.anybody(), &query).await;
        seen.extend(titles);
        query = match next {
            Some(next) => format!("limit=2&cursor={next}"),
            None => break,
        };
    }
    assert_eq!(seen, ["A", "B", "C", "D", "E"]);
}

#[tokio::test]
async fn own_shows_include_drafts_with_price_and_stock() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), world.caller(&Person::new("Bob")));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let mut cheap = listing_body("Circle");
    cheap["price"]["amount"] = json!(1000);
    listing(&ana, &show, &cheap).await;
    draft(&ana, "Blues").await;
    let stock = Stock { total: 90, held: 2, sold: 8, free: 80 };
    let figures = ListingStock { listing: stalls.id, show: show.id, stock, version: 7 };
    world.bus.publish(StockFact::Changed, &figures).await;
    world.bus.settled("tickets-stock").await;

    let page: Page<ShowCard> = ana.get("/api/shows?organiser=mine").await.expect(200).read();
    let titles: Vec<_> = page.items.iter().map(|show| (show.title.as_str(), show.status)).collect();
    assert_eq!(titles, [("Jazz", ShowStatus::Published), ("Blues", ShowStatus::Draft)]);
    assert_eq!(page.items[0].from_price, Some(gbp(1100)));
    assert_eq!(page.items[0].stock, Stock { total: 190, held: 2, sold: 8, free: 180 });
    assert_eq!((page.items[1].from_price, page.items[1].stock), (None, Stock::default()));
    let none: Page<ShowCard> = bob.get("/api/shows?organiser=mine").await.expect(200).read();
    assert!(none.items.is_empty());
    world.anybody().get("/api/shows?organiser=mine").await.problem(ProblemCode::Unauthenticated);
}
