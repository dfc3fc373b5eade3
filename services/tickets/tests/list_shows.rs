//! `GET /api/shows` and `GET /api/shows/facets`

use crate::support::*;
use contracts::{
    Page, ProblemCode,
    shows::{Category, ShowCard, ShowFacets, ShowStatus, ShowView, Stock},
    tickets::TicketView,
};
use events::{
    auth::UserFact,
    orders::{ListingStock, StockFact},
};
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
    let show: ShowView = organiser.post("/api/shows", &body).await.expect(201).read();
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
    // The last two are cursors of instants that no database knows.
    for query in [
        "category=opera",
        "cursor=zzz",
        "from=yesterday",
        "organiser=ana",
        "limit=many",
        "order=newest",
        "from=-5000-01-01T00:00:00Z",
        "to=2201-01-01",
        "from=%2B262142-01-01T00:00:00Z",
        "cursor=LTIyMDAwMDAwMDAwMDAwMDAwMCAwMTk4MDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE",
        "cursor=ODIwMDAwMDAwMDAwMDAwMDAwMCAwMTk4MDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE",
    ] {
        anybody.get(&format!("/api/shows?{query}")).await.problem(ProblemCode::Malformed);
    }
}

#[tokio::test]
async fn days_are_those_of_the_venue_and_the_last_counts_whole() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let day = in_days(30).date_naive();
    let at = |hour, minute| day.and_hms_opt(hour, minute, 0).unwrap().and_utc();
    for (title, zone, start) in [
        ("Before midnight in London", "Europe/London", at(22, 30)),
        ("After midnight in Auckland", "Pacific/Auckland", at(12, 30)),
        ("The evening before in Honolulu", "Pacific/Honolulu", at(5, 0)),
    ] {
        publish(&world, &ana, title, |body| {
            (body["starts_at"], body["venue"]["timezone"]) = (json!(start), json!(zone));
        })
        .await;
    }
    let anybody = world.anybody();
    let found = async |from: i64, to: i64| {
        let named = |days| day + chrono::TimeDelta::days(days);
        titles(&anybody, &format!("from={}&to={}", named(from), named(to))).await.0
    };
    assert_eq!(found(0, 0).await, ["Before midnight in London"]);
    assert_eq!(found(1, 1).await, ["After midnight in Auckland"]);
    assert_eq!(found(-1, -1).await, ["The evening before in Honolulu"]);
    assert_eq!(found(-1, 1).await.len(), 3);
    assert_eq!(found(2, 9).await, [""; 0]);
    assert_eq!(titles(&anybody, &format!("from={day}")).await.0.len(), 2);
    assert_eq!(titles(&anybody, &format!("to={day}")).await.0.len(), 2);

    // A show that moves is found on its new day.
    let mine: Page<ShowCard> = ana.get("/api/shows?organiser=mine&q=auckland").await.expect(200).read();
    let path = format!("/api/shows/{}", mine.items[0].id);
    let moved = json!({"starts_at": at(12, 30) + chrono::TimeDelta::days(3)});
    ana.patch(&path, 2, &moved).await.expect(200).read::<serde_json::Value>();
    assert_eq!(found(1, 1).await, [""; 0]);
    assert_eq!(found(4, 4).await, ["After midnight in Auckland"]);
}

/// The only show of the public list.
async fn card(caller: &TestCaller, query: &str) -> ShowCard {
    let page: Page<ShowCard> = caller.get(&format!("/api/shows?{query}")).await.expect(200).read();
    page.items.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_card_says_what_is_offered_now() {
    let world = world().await;
    let seller = Person::new("Ana");
    world.register(&seller).await;
    let ana = world.caller(&seller);
    let show = draft(&ana, "Jazz").await;
    let mut euros = listing_body("Early bird");
    euros["price"]["currency"] = json!("EUR");
    let mistake = listing(&ana, &show, &euros).await;
    ana.delete(&format!("/api/listings/{}", mistake.id)).await.expect(200).read::<serde_json::Value>();
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    ana.post(&format!("/api/shows/{}/publish", show.id), &json!(null)).await.expect(200).read::<ShowView>();
    let anybody = world.anybody();
    let offered = card(&anybody, "").await;
    assert_eq!(offered.from_price, Some(gbp(2200)));
    assert_eq!(offered.stock, Stock { total: 100, held: 0, sold: 0, free: 100 });

    let stock = Stock { total: 100, held: 1, sold: 9, free: 90 };
    let figures =
        ListingStock { listing: stalls.id, show: show.id, stock, taken_seats: Vec::new(), version: 1 };
    world.bus.publish(StockFact::Changed, &figures).await;
    world.bus.settled("tickets-stock").await;
    assert_eq!(card(&anybody, "").await.stock, stock);
    let path = format!("/api/listings/{}", stalls.id);
    let version = listing_of(&ana, &show, stalls.id).await.unwrap().version;
    ana.patch(&path, version, &json!({"hidden": true})).await.expect(200).read::<serde_json::Value>();
    let hidden = card(&anybody, "").await;
    assert_eq!((hidden.from_price, hidden.stock), (None, Stock::default()));
    // The organiser still counts what is theirs.
    assert_eq!(card(&ana, "organiser=mine").await.stock, stock);

    ana.patch(&path, version + 1, &json!({"hidden": false})).await.expect(200).read::<serde_json::Value>();
    assert_eq!(card(&anybody, "").await.stock, stock);
    world.bus.publish(UserFact::Banned, &seller.banned("Touting")).await;
    world.bus.settled("tickets-bans").await;
    assert_eq!(card(&anybody, "").await.stock, Stock::default());
}

#[tokio::test]
async fn a_resold_ticket_counts_once_for_the_organiser() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let ticket = buy(&world, &bob, &stalls, &[None]).await.remove(0);
    let bobs = world.caller(&bob);
    let path = format!("/api/tickets/{}/resale", ticket.id);
    let listed: TicketView = bobs.post(&path, &json!({"price": gbp(2000)})).await.expect(201).read();
    let sold = Stock { total: 100, held: 0, sold: 1, free: 99 };
    let told = async |listing, stock, version| {
        let figures = ListingStock { listing, show: show.id, stock, taken_seats: Vec::new(), version };
        world.bus.publish(StockFact::Changed, &figures).await;
        world.bus.settled("tickets-stock").await;
    };
    told(stalls.id, sold, 1).await;
    let offer = listed.resale_listing_id.unwrap();
    told(offer, Stock { total: 1, held: 0, sold: 0, free: 1 }, 1).await;
    // Fans' offers are theirs; the public can buy them.
    assert_eq!(card(&ana, "organiser=mine").await.stock, sold);
    assert_eq!(card(&world.anybody(), "").await.stock, Stock { total: 101, held: 0, sold: 1, free: 100 });
    told(offer, Stock { total: 1, held: 0, sold: 1, free: 0 }, 2).await;
    assert_eq!(card(&ana, "organiser=mine").await.stock, sold);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    for title in ["A", "B", "C", "D", "E"] {
        publish(&world, &ana, title, |_| {}).await;
    }
    let all = async |caller: &TestCaller, query: &str| {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for _ in 0..3 {
            let (titles, next) = titles(caller, &format!("limit=2&{query}&cursor={cursor}")).await;
            seen.extend(titles);
            let Some(next) = next else { break };
            cursor = next;
        }
        seen
    };
    let anybody = world.anybody();
    assert_eq!(all(&anybody, "order=asc").await, ["A", "B", "C", "D", "E"]);
    assert_eq!(all(&anybody, "order=desc").await, ["E", "D", "C", "B", "A"]);
    assert_eq!(all(&ana, "organiser=mine").await, ["A", "B", "C", "D", "E"]);
    assert_eq!(all(&ana, "organiser=mine&order=desc").await, ["E", "D", "C", "B", "A"]);
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
    let figures =
        ListingStock { listing: stalls.id, show: show.id, stock, taken_seats: Vec::new(), version: 7 };
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
