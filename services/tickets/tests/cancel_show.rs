//! `POST /api/shows/{id}/cancel`

use crate::support::*;
use contracts::{
    ProblemCode,
    listings::ListingStatus,
    shows::{ShowStatus, ShowView},
    tickets::{TicketState, VoidReason},
};
use events::{
    orders::OrderFact,
    tickets::{Listing, ListingFact, Show, ShowFact, Ticket, TicketFact},
};
use reqwest::Method;
use serde_json::json;
use testkit::Person;

#[tokio::test]
async fn everything_of_it_ends_at_once() {
    let world = world().await;
    let (organiser, bob) = (Person::new("Ana"), Person::new("Bob"));
    let ana = world.caller(&organiser);
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let bought = buy(&world, &bob, &stalls, &[None, None]).await;
    let path = format!("/api/shows/{}/cancel", show.id);
    world.caller(&bob).post(&path, &json!(null)).await.problem(ProblemCode::Forbidden);

    // Whoever names a version wants no other.
    let stale = guarded(&ana, Method::POST, &path, 1).await.problem(ProblemCode::VersionConflict);
    assert_eq!(stale["version"], 2);
    let cancelled: ShowView = guarded(&ana, Method::POST, &path, 2).await.expect(200).read();
    assert_eq!((cancelled.status, cancelled.version), (ShowStatus::Cancelled, 3));
    let tickets = tickets_of(&world.caller(&bob)).await;
    let states: Vec<_> = tickets.into_iter().map(|ticket| (ticket.state, ticket.void_reason)).collect();
    assert_eq!(states, [(TicketState::Void, Some(VoidReason::ShowCancelled)); 2]);
    let event = world.bus.wait_for::<Show>(ShowFact::Cancelled, |it| it.id == show.id).await;
    assert_eq!(event.state.status, ShowStatus::Cancelled);
    let event = world.bus.wait_for::<Listing>(ListingFact::Withdrawn, |it| it.id == stalls.id).await;
    assert_eq!(event.state.status, ListingStatus::Withdrawn);
    for ticket in &bought {
        let event = world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.id == ticket.id).await;
        assert_eq!(event.state.void_reason, Some(VoidReason::ShowCancelled));
    }

    // It can still be seen, and doing it again changes nothing.
    let seen: ShowView = world.anybody().get(&format!("/api/shows/{}", show.id)).await.expect(200).read();
    assert_eq!((seen.status, seen.listings.len()), (ShowStatus::Cancelled, 0));
    let again: ShowView = ana.post(&path, &json!(null)).await.expect(200).read();
    assert_eq!(again.version, 3);
    let repeated: ShowView = guarded(&ana, Method::POST, &path, 2).await.expect(200).read();
    assert_eq!(repeated.version, 3);
    let edit = ana.patch(&format!("/api/shows/{}", show.id), 3, &json!({"title": "Swing"})).await;
    edit.problem(ProblemCode::StateConflict);

    // An order that completes now gets tickets that admit nobody.
    let late = order(&bob, &stalls, &[None]);
    world.bus.publish(OrderFact::Completed, &late).await;
    world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.order == late.id).await;
    assert_eq!(world.bus.all::<Ticket>(TicketFact::Issued).len(), 2);
}

#[tokio::test]
async fn a_cancelled_draft_stays_unknown() {
    let world = world().await;
    let ana = world.caller(&Person::new("Ana"));
    let show = draft(&ana, "Jazz").await;
    listing(&ana, &show, &listing_body("Stalls")).await;
    let path = format!("/api/shows/{}", show.id);
    ana.post(&format!("{path}/cancel"), &json!(null)).await.expect(200).read::<ShowView>();
    ana.get(&path).await.expect(200).read::<ShowView>();
    world.anybody().get(&path).await.problem(ProblemCode::NotFound);
    let (facts,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM outbox").fetch_one(&world.pool).await.unwrap();
    assert_eq!(facts, 0);
}

#[tokio::test]
async fn no_ticket_escapes_the_cancellation_of_its_show() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let mut cancelling = world.pool.begin().await.unwrap();
    sqlx::query("UPDATE shows SET status = 'cancelled'").execute(&mut *cancelling).await.unwrap();
    let order = order(&bob, &stalls, &[None, None]);
    world.bus.publish(OrderFact::Completed, &order).await;
    blocked(&world).await;
    cancelling.commit().await.unwrap();
    world.bus.settled("tickets-orders").await;
    let tickets = tickets_of(&world.caller(&bob)).await;
    let states: Vec<_> = tickets.into_iter().map(|ticket| (ticket.state, ticket.void_reason)).collect();
    assert_eq!(states, [(TicketState::Void, Some(VoidReason::ShowCancelled)); 2]);
}
