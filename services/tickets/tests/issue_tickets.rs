//! Outcomes of orders: tickets are issued once, and void once the money goes back.

use crate::support::*;
use contracts::tickets::{TicketState, VoidReason};
use events::{
    orders::OrderFact,
    tickets::{Ticket, TicketFact},
};
use std::collections::HashSet;
use testkit::{Person, eventually};

#[tokio::test]
async fn each_unit_of_a_complete_order_gets_one_ticket_however_often_it_is_told() {
    let world = world().await;
    let (ana, bob) = (Person::new("Ana"), Person::new("Bob"));
    world.register(&bob).await;
    let caller = world.caller(&ana);
    let show = published(&caller, "Jazz").await;
    let stalls = listing(&caller, &show, &listing_body("Stalls")).await;
    let order = order(&bob, &stalls, &[Some("A1"), Some("A2"), None]);
    world.bus.settled("tickets-users").await;
    world.faults.crash_everywhere("tickets-orders");
    let id = world.bus.publish(OrderFact::Completed, &order).await;
    world.bus.publish_as(id, OrderFact::Completed, &order).await;
    world.bus.publish(OrderFact::Completed, &order).await;
    let bobs = world.caller(&bob);
    eventually("three tickets are issued", || async { (tickets_of(&bobs).await.len() == 3).then_some(()) })
        .await;
    world.bus.settled("tickets-orders").await;
    assert!(world.faults.exhausted());

    let tickets = tickets_of(&bobs).await;
    assert_eq!(tickets.len(), 3);
    let codes: HashSet<_> = tickets.iter().map(|ticket| ticket.code.clone()).collect();
    assert_eq!(codes.len(), 3);
    for ticket in &tickets {
        assert_eq!((ticket.state, ticket.order_id), (TicketState::Valid, order.id));
        assert_eq!((ticket.face_value, ticket.resale_cap), (gbp(2200), gbp(2420)));
        assert_eq!((ticket.holder_name.as_str(), ticket.listing_name.as_str()), ("Bob", "Stalls"));
        let event = world.bus.wait_for::<Ticket>(TicketFact::Issued, |it| it.id == ticket.id).await;
        assert_eq!((event.state.code.as_str(), event.state.holder), (ticket.code.as_str(), bob.id()));
    }
    assert_eq!(world.bus.all::<Ticket>(TicketFact::Issued).len(), 3);
}

#[tokio::test]
async fn a_refund_voids_them_even_when_it_overtakes_the_completion() {
    let world = world().await;
    let (ana, bob) = (world.caller(&Person::new("Ana")), Person::new("Bob"));
    let show = published(&ana, "Jazz").await;
    let stalls = listing(&ana, &show, &listing_body("Stalls")).await;
    let bought = buy(&world, &bob, &stalls, &[None, None]).await;
    let mut order = order(&bob, &stalls, &[None, None]);
    order.id = bought[0].order_id;
    let refund = refunding(&order);
    world.bus.publish(OrderFact::RefundRequested, &refund).await;
    world.bus.publish(OrderFact::Refunded, &refunding(&refund)).await;
    for ticket in &bought {
        let event = world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.id == ticket.id).await;
        assert_eq!((event.state.state, event.state.version), (TicketState::Void, 2));
    }
    let late = crate::support::order(&bob, &stalls, &[None]);
    world.bus.publish(OrderFact::RefundRequested, &refunding(&late)).await;
    world.bus.publish(OrderFact::Completed, &late).await;
    world.bus.wait_for::<Ticket>(TicketFact::Voided, |it| it.order == late.id).await;
    world.bus.settled("tickets-orders").await;
    let tickets = tickets_of(&world.caller(&bob)).await;
    let states: Vec<_> = tickets.into_iter().map(|ticket| (ticket.state, ticket.void_reason)).collect();
    assert_eq!(states, [(TicketState::Void, Some(VoidReason::Refunded)); 3]);
    assert_eq!(world.bus.all::<Ticket>(TicketFact::Voided).len(), 3);
}
