//! `GET /api/tickets`

use crate::support::*;
use contracts::{Page, ProblemCode, tickets::TicketView};
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn own_tickets_come_in_pages_the_next_show_first() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    for (title, days) in [("Later", 40), ("Soon", 5), ("Long ago", -9), ("Just now", -1)] {
        let show = published(&ana, title).await;
        let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
        buy(&world, &bob, &stalls, &[None]).await;
        sqlx::query("UPDATE shows SET starts_at = $2 WHERE id = $1")
            .bind(show.id.uuid())
            .bind(in_days(days))
            .execute(&world.pool)
            .await
            .unwrap();
    }
    let caller = world.caller(&bob);
    let mut seen = Vec::new();
    let mut path = "/api/tickets?limit=1".to_owned();
    for _ in 0..4 {
        let page: Page<TicketView> = caller.get(&path).await.expect(200).read();
        seen.extend(page.items.into_iter().map(|ticket| ticket.show.title));
        let Some(next) = page.next_cursor else { break };
        path = format!("/api/tickets?limit=1&cursor={next}");
    }
    assert_eq!(seen, ["Soon", "Later", "Just now", "Long ago"]);
    assert_eq!(ana.get("/api/tickets").await.expect(200).json, json!({"items": [], "next_cursor": null}));
    caller.get("/api/tickets?cursor=x").await.problem(ProblemCode::Malformed);
    world.anybody().get("/api/tickets").await.problem(ProblemCode::Unauthenticated);
}

#[tokio::test]
async fn those_of_one_order_are_found_among_all() {
    let world = world().await;
    let (ana, bob, cleo) = (world.caller(&Person::new("Ana")), Person::new("Bob"), Person::new("Cleo"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    buy(&world, &bob, &stalls, &[None]).await;
    let wanted = buy(&world, &bob, &stalls, &[None, None, None]).await;
    let order = wanted[0].order_id;
    let of = async |caller: &testkit::TestCaller, query: &str| -> Page<TicketView> {
        caller.get(&format!("/api/tickets?{query}")).await.expect(200).read()
    };
    let caller = world.caller(&bob);
    let first = of(&caller, &format!("order_id={order}&limit=2")).await;
    let next = first.next_cursor.unwrap();
    let second = of(&caller, &format!("order_id={order}&limit=2&cursor={next}")).await;
    assert_eq!(second.next_cursor, None);
    let mut found: Vec<_> = first.items.iter().chain(&second.items).map(|ticket| ticket.id).collect();
    let mut expected: Vec<_> = wanted.iter().map(|ticket| ticket.id).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // Of an order that is not one's own nothing is known.
    assert!(of(&world.caller(&cleo), &format!("order_id={order}")).await.items.is_empty());
    caller.get("/api/tickets?order_id=12").await.problem(ProblemCode::Malformed);
}
