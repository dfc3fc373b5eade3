//! `POST` and `DELETE /api/tickets/{id}/resale`, and what becomes of a resold ticket.

use crate::support::*;
use contracts::{
    ProblemCode,
    listings::{ListingKind, ListingStatus, ListingView},
    shows::ShowView,
    tickets::{CheckInView, TicketState, TicketView, VoidReason},
};
use events::{
    orders::{self, OrderFact, WithdrawnListing},
    tickets::{Listing, ListingFact, Ticket, TicketFact},
};
use serde_json::json;
use testkit::{Person, TestCaller, World, eventually};

struct Held {
    world: World,
    ana: TestCaller,
    bob: Person,
    show: ShowView,
    ticket: TicketView,
}

/// Bob holds a ticket of £22, seat A1.
async fn held() -> Held {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let ticket = buy(&world, &bob, &stalls, &[Some("A1")]).await.remove(0);
    Held { world, ana, bob, show, ticket }
}

/// Lists the ticket at £24.20.
async fn listed(held: &Held) -> (TicketView, ListingView) {
    let bobs = held.world.caller(&held.bob);
    let path = format!("/api/tickets/{}/resale", held.ticket.id);
    let ticket: TicketView = bobs.post(&path, &json!({"price": gbp(2420)})).await.expect(201).read();
    let listing = listing_of(&bobs, &held.show, ticket.resale_listing_id.unwrap()).await.unwrap();
    (ticket, listing)
}

#[tokio::test]
async fn it_is_offered_below_its_cap_and_refused_at_the_door() {
    let held = held().await;
    let (world, bobs) = (&held.world, held.world.caller(&held.bob));
    let path = format!("/api/tickets/{}/resale", held.ticket.id);
    let dear = bobs.post(&path, &json!({"price": gbp(2421)})).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&dear), ["price"]);
    let euros = json!({"price": {"amount": 1, "currency": "EUR"}});
    let foreign = bobs.post(&path, &euros).await.problem(ProblemCode::Invalid);
    assert_eq!(fields(&foreign), ["price.currency"]);
    held.ana.post(&path, &json!({"price": gbp(1)})).await.problem(ProblemCode::NotFound);

    let (ticket, offer) = listed(&held).await;
    assert_eq!(ticket.state, TicketState::Listed);
    assert_eq!(
        (offer.kind, offer.quantity, offer.seats.join(",")),
        (ListingKind::Resale, 1, "A1".to_owned())
    );
    assert_eq!((offer.price, offer.fee), (gbp(2420), gbp(220)));
    assert_eq!(offer.seller.id, held.bob.id());
    let event = world.bus.wait_for::<Listing>(ListingFact::Published, |it| it.id == offer.id).await;
    assert_eq!(event.state.resale_of, Some(ticket.id));
    assert_eq!(event.state.resale_order, Some(held.ticket.order_id));
    let issued = world.bus.wait_for::<Ticket>(TicketFact::Issued, |it| it.id == ticket.id).await;
    assert_eq!(event.state.resale_unit, Some(issued.state.unit));
    world.bus.wait_for::<Ticket>(TicketFact::Listed, |it| it.id == ticket.id).await;
    bobs.post(&path, &json!({"price": gbp(2000)})).await.problem(ProblemCode::StateConflict);
    let door = format!("/api/shows/{}/check-ins", held.show.id);
    held.ana.post(&door, &json!({"code": ticket.code})).await.problem(ProblemCode::TicketNotValid);
    let listing_path = format!("/api/listings/{}", offer.id);
    bobs.delete(&listing_path).await.problem(ProblemCode::StateConflict);
    bobs.patch(&listing_path, 1, &json!({"quantity": 2})).await.problem(ProblemCode::StateConflict);
}

#[tokio::test]
async fn a_withdrawn_offer_makes_it_valid_once_orders_agrees() {
    let held = held().await;
    let (world, bobs) = (&held.world, held.world.caller(&held.bob));
    let path = format!("/api/tickets/{}/resale", held.ticket.id);
    bobs.delete(&path).await.problem(ProblemCode::StateConflict);
    let (ticket, offer) = listed(&held).await;
    let grant = WithdrawnListing { listing: offer.id, version: 1 };
    // Nobody asked yet: such an answer makes nothing valid.
    world.bus.publish(orders::ListingFact::Withdrawn, &grant).await;
    world.bus.settled("tickets-withdrawals").await;
    assert_eq!(crate::support::ticket(&bobs, ticket.id).await.state, TicketState::Listed);

    for _ in 0..2 {
        let asked: TicketView = bobs.delete(&path).await.expect(202).read();
        assert_eq!(asked.state, TicketState::Listed);
    }
    world.bus.wait_for::<Listing>(ListingFact::Withdrawn, |it| it.id == offer.id).await;
    world.faults.crash_everywhere("tickets-withdrawals");
    for _ in 0..2 {
        world.bus.publish(orders::ListingFact::Withdrawn, &grant).await;
    }
    let event = world.bus.wait_for::<Ticket>(TicketFact::Unlisted, |it| it.id == ticket.id).await;
    assert_eq!(event.state.state, TicketState::Valid);
    world.bus.settled("tickets-withdrawals").await;
    assert!(world.faults.exhausted());
    assert_eq!(world.bus.all::<Ticket>(TicketFact::Unlisted).len(), 1);
    let door = format!("/api/shows/{}/check-ins", held.show.id);
    held.ana.post(&door, &json!({"code": ticket.code})).await.expect(200).read::<CheckInView>();
}

#[tokio::test]
async fn the_buyer_gets_a_new_ticket_and_the_old_one_is_void() {
    let held = held().await;
    let (world, bobs, cleo) = (&held.world, held.world.caller(&held.bob), Person::new("Cleo"));
    let (old, offer) = listed(&held).await;
    // Asked for too late: somebody holds it already, and pays.
    let path = format!("/api/tickets/{}/resale", old.id);
    bobs.delete(&path).await.expect(202).read::<TicketView>();
    let mut order = order(&cleo, &offer, &[Some("A1")]);
    order.items[0].resale_of = Some(old.id);
    world.bus.publish(OrderFact::Completed, &order).await;
    world.bus.publish(OrderFact::Completed, &order).await;
    let cleos = world.caller(&cleo);
    let new = eventually("Cleo has a ticket", || async { tickets_of(&cleos).await.pop() }).await;
    world.bus.settled("tickets-orders").await;
    assert_eq!(tickets_of(&cleos).await.len(), 1);
    assert_eq!((new.state, new.seat.as_deref(), new.face_value), (TicketState::Valid, Some("A1"), gbp(2420)));
    // The cap does not grow with every resale.
    assert_eq!(new.resale_cap, gbp(2420));
    assert_ne!(new.code, old.code);
    let resold = crate::support::ticket(&bobs, old.id).await;
    assert_eq!((resold.state, resold.void_reason), (TicketState::Void, Some(VoidReason::Resold)));
    let door = format!("/api/shows/{}/check-ins", held.show.id);
    held.ana.post(&door, &json!({"code": old.code})).await.problem(ProblemCode::TicketNotValid);
    held.ana.post(&door, &json!({"code": new.code})).await.expect(200).read::<CheckInView>();
    let gone = world.bus.wait_for::<Listing>(ListingFact::Withdrawn, |it| it.id == offer.id).await;
    assert_eq!(gone.state.status, ListingStatus::Withdrawn);

    // An answer of orders that comes now changes nothing.
    let grant = WithdrawnListing { listing: offer.id, version: 1 };
    world.bus.publish(orders::ListingFact::Withdrawn, &grant).await;
    world.bus.settled("tickets-withdrawals").await;
    assert_eq!(crate::support::ticket(&bobs, old.id).await.state, TicketState::Void);
}

#[tokio::test]
async fn a_refunded_ticket_is_no_longer_offered() {
    let held = held().await;
    let (ticket, offer) = listed(&held).await;
    let mut order = order(&held.bob, &offer, &[Some("A1")]);
    order.id = ticket.order_id;
    held.world.bus.publish(OrderFact::RefundRequested, &refunding(&order)).await;
    held.world.bus.wait_for::<Listing>(ListingFact::Withdrawn, |it| it.id == offer.id).await;
    let event = held.world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.id == ticket.id).await;
    assert_eq!(event.state.state, TicketState::Void);
}

#[tokio::test]
async fn orders_decides_whose_place_it_is_in_whatever_order_its_facts_come() {
    let held = held().await;
    let (world, bobs, cleo) = (&held.world, held.world.caller(&held.bob), Person::new("Cleo"));
    let (old, offer) = listed(&held).await;
    // Bob's own money went back after Cleo had paid, and is heard of before it.
    let mut first = order(&held.bob, &offer, &[Some("A1")]);
    first.id = old.order_id;
    world.bus.publish(OrderFact::Refunded, &refunding(&first)).await;
    world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.id == old.id).await;
    let mut second = order(&cleo, &offer, &[Some("A1")]);
    second.items[0].resale_of = Some(old.id);
    second.items[0].resale_order = Some(old.order_id);
    world.bus.publish(OrderFact::Completed, &second).await;
    let cleos = world.caller(&cleo);
    let new = eventually("Cleo has a ticket", || async { tickets_of(&cleos).await.pop() }).await;
    assert_eq!(new.state, TicketState::Valid);
    // Orders did not look after a purchase that does not say which order it resells.
    let dora = Person::new("Dora");
    let mut unguarded = order(&dora, &offer, &[Some("A1")]);
    unguarded.items[0].resale_of = Some(old.id);
    world.bus.publish(OrderFact::Completed, &unguarded).await;
    let doras = world.caller(&dora);
    let void = eventually("Dora has a ticket", || async { tickets_of(&doras).await.pop() }).await;
    assert_eq!((void.state, void.void_reason), (TicketState::Void, Some(VoidReason::NotTransferable)));
    assert_eq!(crate::support::ticket(&bobs, old.id).await.state, TicketState::Void);
    // Where orders sends Cleo's money back too, nobody is let in.
    world.bus.publish(OrderFact::RefundRequested, &refunding(&second)).await;
    world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.id == new.id).await;
    assert_eq!(crate::support::ticket(&cleos, new.id).await.state, TicketState::Void);
}
