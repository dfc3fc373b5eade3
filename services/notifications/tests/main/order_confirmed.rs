//! The confirmation of an order: once, when everything is known, whichever order the messages come in.

use crate::support::{Message, Purchase, show, start, written_so_far};
use contracts::tickets::VoidReason;
use events::{
    faults::Step,
    orders::OrderFact,
    tickets::{ShowFact, TicketFact},
};
use testkit::{Person, World};

const KIND: &str = "order_confirmed";

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_was_bought_where_and_when_in_the_venues_time() {
    let world = start(&[]).await;
    let purchase = Purchase::new("Priya Raman", "Night Ferry Quartet");
    purchase.happens(&world).await;
    let mail = purchase.wait_for(&world, KIND).await;
    assert_eq!(mail["to"], purchase.buyer.user.email);
    let subject = mail["subject"].as_str().unwrap();
    assert!(subject.contains("Night Ferry Quartet"), "{subject}");
    let (text, html) = (mail["text"].as_str().unwrap(), purchase.html(&world, KIND).await);
    for body in [text, &html] {
        for said in [
            "Night Ferry Quartet",
            "Fri 20 Nov 2099",
            "19:30",
            "18:45",
            "Tobacco Wharf Hall",
            "Stalls",
            "A 1",
            "£24.20",
            "£48.40",
            "£4.40",
            "Priya",
            "http://localhost:3000/",
        ] {
            assert!(body.contains(said), "{said}: {body}");
        }
    }
    for ticket in &purchase.tickets {
        assert!(text.contains(&ticket.code), "{text}");
    }
    // Each ticket has its picture, and each picture is one.
    let pictures: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT name, png FROM mail_images ORDER BY name")
        .fetch_all(&world.pool)
        .await
        .unwrap();
    assert_eq!(pictures.len(), 2);
    for (name, png) in pictures {
        assert!(html.contains(&format!("cid:{name}\"")), "{name}");
        assert_eq!(&png[1..4], b"PNG");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_in_any_order_give_one_mail() {
    let world = start(&[]).await;
    let messages = Purchase::new("Ana", "Any").messages();
    for turn in 0..messages.len() {
        for reversed in [false, true] {
            let purchase = Purchase::new("Ana", "Any");
            let mut order = messages.clone();
            order.rotate_left(turn);
            if reversed {
                order.reverse();
            }
            let (last, first) = order.split_last().unwrap();
            for message in first {
                purchase.tell(&world, *message).await;
            }
            assert_eq!(purchase.mail(&world).await.len(), 0, "before {last:?}: {first:?}");
            purchase.tell(&world, *last).await;
            purchase.wait_for(&world, KIND).await;
            assert_eq!(purchase.mail(&world).await.len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_come_all_at_once_and_twice_give_one_mail() {
    let world = start(&[]).await;
    let purchases: Vec<_> = (0..12).map(|_| Purchase::new("Ana", "Rush")).collect();
    for _ in 0..2 {
        futures::future::join_all(purchases.iter().map(|purchase| publish_at_once(&world, purchase))).await;
    }
    for purchase in &purchases {
        purchase.wait_for(&world, KIND).await;
    }
    for purchase in &purchases {
        purchase.happens(&world).await;
    }
    written_so_far(&world).await;
    for purchase in &purchases {
        assert_eq!(purchase.mail(&world).await.len(), 1);
    }
}

async fn publish_at_once(world: &World, purchase: &Purchase) {
    let bus = &world.bus;
    let tickets = purchase.tickets.iter().map(|ticket| bus.publish(TicketFact::Issued, ticket));
    tokio::join!(
        bus.publish(OrderFact::Completed, &purchase.order),
        futures::future::join_all(tickets),
        bus.publish(ShowFact::Published, &purchase.show),
        world.register(&purchase.buyer),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_of_any_message_gives_one_mail() {
    let world = start(&[]).await;
    let messages = Purchase::new("Ana", "Crash").messages();
    for at in messages {
        for step in Step::ALL {
            let purchase = Purchase::new("Ana", "Crash");
            world.faults.crash(consumer_of(at), *step, 2);
            for message in purchase.messages() {
                purchase.tell(&world, message).await;
            }
            purchase.wait_for(&world, KIND).await;
            world.bus.settled(consumer_of(at)).await;
            assert!(world.faults.exhausted(), "{at:?} {step:?}");
            assert_eq!(purchase.mail(&world).await.len(), 1, "{at:?} {step:?}");
        }
    }
}

fn consumer_of(message: Message) -> &'static str {
    match message {
        Message::Buyer => "notifications-users",
        Message::Show => "notifications-shows",
        Message::Order => "notifications-orders",
        Message::Ticket(_) => "notifications-tickets",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_orders_of_one_buyer_give_two_mails() {
    let world = start(&[]).await;
    let (buyer, show) = (Person::new("Ana"), show("Twice"));
    let first = Purchase::of(buyer.clone(), show.clone());
    let second = Purchase::of(buyer, show);
    first.happens(&world).await;
    first.wait_for(&world, KIND).await;
    second.happens(&world).await;
    testkit::eventually("two mails", || async { (first.mail(&world).await.len() == 2).then_some(()) }).await;
    let mail = first.mail(&world).await;
    // Newest first, each with its own tickets.
    for (mail, mine, other) in [(&mail[0], &second, &first), (&mail[1], &first, &second)] {
        let text = mail["text"].as_str().unwrap();
        assert!(text.contains(&mine.tickets[0].code) && !text.contains(&other.tickets[0].code), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_typed_is_text_and_nothing_else() {
    let world = start(&[]).await;
    let evil = "<script>alert(\"1\")</script> & 'more'";
    let mut purchase = Purchase::new("Ana", evil);
    purchase.buyer.user.name = "<b>Ana</b>\r\nBcc: all@example.com".to_owned();
    purchase.show.venue.name = "</td><img src=x onerror=alert(2)>".to_owned();
    purchase.order.items[0].listing_name = "<i>Stalls</i>".to_owned();
    for ticket in &mut purchase.tickets {
        ticket.listing_name = "<i>Stalls</i>".to_owned();
        ticket.seat = Some("\"><svg onload=alert(3)>".to_owned());
    }
    purchase.happens(&world).await;
    let mail = purchase.wait_for(&world, KIND).await;
    let html = purchase.html(&world, KIND).await;
    assert!(html.contains("&lt;script&gt;"), "{html}");
    for tag in ["<script", "<img src=x", "<i>", "<svg", "<b>Ana"] {
        assert!(!html.contains(tag), "{tag}: {html}");
    }
    assert!(!mail["subject"].as_str().unwrap().contains(['\r', '\n']));
    // Plain text says it as it was typed, but a name makes no line of its own.
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains(evil) && !text.contains("\nBcc:"), "{text}");
    for page in ["/dev/mail".to_owned(), format!("/dev/mail/{}", mail["id"].as_str().unwrap())] {
        let page = world.anybody().get(&page).await.expect(200).text;
        assert!(!page.contains("<script") && !page.contains("<img src=x"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_that_admit_nobody_any_more_are_not_promised() {
    let world = start(&[]).await;
    let refunded = Purchase::new("Ana", "Refunded early");
    world.bus.publish(OrderFact::Refunded, &refunded.refunded()).await;
    refunded.happens(&world).await;
    let cancelled = Purchase::new("Ana", "Cancelled early");
    world.bus.publish(ShowFact::Cancelled, &cancelled.cancelled_show()).await;
    cancelled.happens(&world).await;
    refunded.wait_for(&world, "order_refunded").await;
    written_so_far(&world).await;
    assert_eq!(refunded.mail(&world).await.len(), 1);
    assert_eq!(cancelled.mail(&world).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_that_are_void_for_no_known_reason_are_waited_for_and_not_forgotten() {
    let world = start(&[]).await;
    let mut purchase = Purchase::new("Ana", "Void");
    for ticket in &mut purchase.tickets {
        ticket.state = contracts::tickets::TicketState::Void;
    }
    purchase.happens(&world).await;
    written_so_far(&world).await;
    assert_eq!(purchase.mail(&world).await.len(), 0);
    let waiting = "SELECT count(*) FROM letters WHERE order_id = $1 AND written_at IS NULL";
    let waits = async || -> i64 {
        sqlx::query_scalar(waiting).bind(purchase.order.id).fetch_one(&world.pool).await.unwrap()
    };
    assert_eq!(waits().await, 1, "it is still to be written, and counted as overdue in time");
    // The reason comes: there is nothing to confirm any more.
    world.bus.publish(OrderFact::Refunded, &purchase.refunded()).await;
    purchase.wait_for(&world, "order_refunded").await;
    testkit::eventually("nothing waits", || async { (waits().await == 0).then_some(()) }).await;
    assert_eq!(purchase.mail(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_that_somebody_else_has_by_now_are_not_waited_for() {
    let world = start(&[]).await;
    let mut sold_on = Vec::new();
    for reason in [VoidReason::Resold, VoidReason::NotTransferable] {
        let mut purchase = Purchase::new("Ana", reason.as_str());
        for ticket in &mut purchase.tickets {
            (ticket.state, ticket.void_reason) = (contracts::tickets::TicketState::Void, Some(reason));
        }
        purchase.happens(&world).await;
        sold_on.push(purchase);
    }
    testkit::eventually("nothing waits", || async {
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM letters WHERE written_at IS NULL")
            .fetch_one(&world.pool)
            .await
            .unwrap();
        (waiting == 0).then_some(())
    })
    .await;
    for purchase in &sold_on {
        assert_eq!(purchase.mail(&world).await.len(), 0);
    }
    // A refund is told in a letter of its own, which may still be under way.
    let mut refunding = Purchase::new("Ben", "Refunding");
    for ticket in &mut refunding.tickets {
        let reason = Some(VoidReason::Refunded);
        (ticket.state, ticket.void_reason) = (contracts::tickets::TicketState::Void, reason);
    }
    refunding.happens(&world).await;
    written_so_far(&world).await;
    let waiting = "SELECT count(*) FROM letters WHERE order_id = $1 AND written_at IS NULL";
    let waiting: i64 =
        sqlx::query_scalar(waiting).bind(refunding.order.id).fetch_one(&world.pool).await.unwrap();
    assert_eq!(waiting, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_wait_are_looked_at_seldom_and_at_once_when_what_they_wait_for_comes() {
    let world = start(&[]).await;
    let messages = Purchase::new("Ana", "Late").messages();
    for missing in messages {
        let purchase = Purchase::new("Ana", "Late");
        for message in purchase.messages() {
            if std::mem::discriminant(&message) != std::mem::discriminant(&missing) {
                purchase.tell(&world, message).await;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        if !matches!(missing, Message::Order) {
            let sql = "SELECT looks FROM letters WHERE order_id = $1";
            let looks: i32 =
                sqlx::query_scalar(sql).bind(purchase.order.id).fetch_one(&world.pool).await.unwrap();
            assert!(looks <= 5, "looked at {looks} times for {missing:?}");
            // Far away, if nobody lets it be looked at.
            let far =
                "UPDATE letters SET look_at = clock_timestamp() + interval '1 hour' WHERE order_id = $1";
            sqlx::query(far).bind(purchase.order.id).execute(&world.pool).await.unwrap();
        }
        for message in purchase.messages() {
            if std::mem::discriminant(&message) == std::mem::discriminant(&missing) {
                purchase.tell(&world, message).await;
            }
        }
        purchase.wait_for(&world, KIND).await;
    }
}
