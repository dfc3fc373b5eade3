//! What buyers are told when there will be no show, or when their money goes back.

use crate::support::{Message, Purchase, start, written_so_far};
use contracts::{ids::EventId, orders::CancelReason, tickets::TicketState};
use events::{
    faults::Step,
    orders::{Order, OrderFact},
    tickets::{ShowFact, Ticket, TicketFact},
};
use testkit::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_of_a_cancelled_show_ends_and_its_buyer_is_told() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Priya", "Night Ferry Quartet");
    let cancelled = purchase.cancelled(CancelReason::ShowCancelled);
    let id = world.bus.publish(OrderFact::Cancelled, &cancelled).await;
    world.bus.publish(ShowFact::Cancelled, &purchase.cancelled_show()).await;
    purchase.tell(&world, Message::Buyer).await;
    let mail = purchase.wait_for(&world, "order_cancelled").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("Night Ferry Quartet") && text.contains("Fri 20 Nov"), "{text}");
    assert!(text.to_lowercase().contains("charged"), "{text}");
    world.bus.publish_as(id, OrderFact::Cancelled, &cancelled).await;
    world.bus.publish(OrderFact::Cancelled, &cancelled).await;
    world.bus.settled("notifications-orders").await;
    written_so_far(&world).await;
    assert_eq!(purchase.mail(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_let_go_or_ran_out_of_time_is_not_written_to() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Priya", "Night Ferry Quartet");
    purchase.tell(&world, Message::Buyer).await;
    purchase.tell(&world, Message::Show).await;
    for reason in [CancelReason::Buyer, CancelReason::Expired, CancelReason::Banned] {
        let order = Order { id: service::new_id(), ..purchase.cancelled(reason) };
        world.bus.publish(OrderFact::Cancelled, &order).await;
    }
    world.bus.settled("notifications-orders").await;
    written_so_far(&world).await;
    assert_eq!(purchase.mail(&world).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_show_gives_the_money_back_and_says_so() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Priya", "Night Ferry Quartet");
    purchase.happens(&world).await;
    purchase.wait_for(&world, "order_confirmed").await;
    world.bus.publish(ShowFact::Cancelled, &purchase.cancelled_show()).await;
    for ticket in &purchase.tickets {
        let void = Ticket { state: TicketState::Void, version: 2, ..ticket.clone() };
        world.bus.publish(TicketFact::Voided, &void).await;
    }
    world.bus.settled("notifications-shows").await;
    world.bus.publish(OrderFact::Refunded, &purchase.refunded()).await;
    let mail = purchase.wait_for(&world, "order_refunded").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("£48.40") && text.contains("cancelled"), "{text}");
    // All of it again.
    purchase.happens(&world).await;
    world.bus.publish(OrderFact::Refunded, &purchase.refunded()).await;
    world.bus.settled("notifications-orders").await;
    written_so_far(&world).await;
    assert_eq!(purchase.mail(&world).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_a_show_that_goes_on_does_not_say_it_was_cancelled() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Priya", "Night Ferry Quartet");
    purchase.happens(&world).await;
    world.bus.publish(OrderFact::Refunded, &purchase.refunded()).await;
    let mail = purchase.wait_for(&world, "order_refunded").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("£48.40") && !text.contains("cancelled"), "{text}");
}

/// How an order can end, and the letter that tells of it.
#[derive(Clone, Copy, Debug)]
enum End {
    ShowCancelled,
    PaymentFailed,
    Refunded,
}

impl End {
    const ALL: [Self; 3] = [Self::ShowCancelled, Self::PaymentFailed, Self::Refunded];

    const fn kind(self) -> &'static str {
        match self {
            Self::ShowCancelled => "order_cancelled",
            Self::PaymentFailed => "payment_failed",
            Self::Refunded => "order_refunded",
        }
    }

    async fn tell(self, world: &World, purchase: &Purchase, id: EventId) {
        let (fact, order) = match self {
            Self::ShowCancelled => (OrderFact::Cancelled, purchase.cancelled(CancelReason::ShowCancelled)),
            Self::PaymentFailed => (OrderFact::Cancelled, purchase.cancelled(CancelReason::PaymentFailed)),
            Self::Refunded => (OrderFact::Refunded, purchase.refunded()),
        };
        world.bus.publish_as(id, fact, &order).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_end_that_comes_twice_or_meets_a_crash_at_any_step_is_told_once() {
    let world = start(&[]).await;
    let mut told = Vec::new();
    for end in End::ALL {
        for crash in [None].into_iter().chain(Step::ALL.iter().copied().map(Some)) {
            let purchase = Purchase::new("Priya", "Night Ferry Quartet");
            purchase.tell(&world, Message::Buyer).await;
            purchase.tell(&world, Message::Show).await;
            if let Some(step) = crash {
                world.faults.crash("notifications-orders", step, 2);
            }
            let id = service::new_id();
            end.tell(&world, &purchase, id).await;
            end.tell(&world, &purchase, id).await;
            end.tell(&world, &purchase, service::new_id()).await;
            purchase.wait_for(&world, end.kind()).await;
            world.bus.settled("notifications-orders").await;
            assert!(world.faults.exhausted(), "{end:?} {crash:?}");
            told.push(purchase);
        }
    }
    written_so_far(&world).await;
    for purchase in told {
        assert_eq!(purchase.mail(&world).await.len(), 1);
    }
}
