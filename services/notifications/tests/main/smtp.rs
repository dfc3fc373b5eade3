//! Mail that goes to a mail server.

use crate::{
    sink::{Does, Sink},
    support::{Purchase, start},
};
use events::{
    notifications::{Mail, MailFact},
    orders::OrderFact,
};
use testkit::{World, eventually};

const KIND: &str = "order_confirmed";

async fn start_with(sink: &Sink) -> World {
    start(&[("SMTP_URL", &sink.url), ("MAIL_FROM", "Ticketing.dev <tickets@example.com>")]).await
}

async fn state(world: &World, purchase: &Purchase) -> String {
    sqlx::query_scalar("SELECT state FROM mails WHERE order_id = $1")
        .bind(purchase.order.id)
        .fetch_one(&world.pool)
        .await
        .unwrap()
}

fn header<'a>(data: &'a str, name: &str) -> Option<&'a str> {
    data.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_sent_once_and_everybody_is_told() {
    let sink = Sink::start(&[]).await;
    let world = start_with(&sink).await;
    let purchase = Purchase::new("Ana", "Night Ferry Quartet");
    purchase.happens(&world).await;
    let sent = world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.order == Some(purchase.order.id)).await;
    assert_eq!((sent.state.recipient, sent.state.kind.as_str()), (purchase.buyer.id(), KIND));
    assert!(sent.state.version > 1);
    let taken = sink.taken();
    let [mail] = taken.as_slice() else { panic!("{taken:?}") };
    assert!(mail.from.contains("<tickets@example.com>"), "{mail:?}");
    assert!(mail.to.contains(&format!("<{}>", purchase.buyer.user.email)), "{mail:?}");
    for part in ["multipart/alternative", "multipart/related", "text/plain", "text/html", "image/png", "qr-2"]
    {
        assert!(mail.data.contains(part), "{part}: {}", mail.data);
    }
    assert!(header(&mail.data, "Subject").unwrap().contains("Night Ferry Quartet"), "{}", mail.data);
    assert!(header(&mail.data, "Message-ID").unwrap().contains(&sent.state.id.to_string()), "{}", mail.data);
    assert_eq!(state(&world, &purchase).await, "sent");
    // All of it again, and another order: still one mail of the first.
    purchase.happens(&world).await;
    let second = Purchase::new("Ben", "Another");
    second.happens(&world).await;
    world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.order == Some(second.order.id)).await;
    assert_eq!(sink.taken().len(), 2);
    assert_eq!(world.bus.all::<Mail>(MailFact::Sent).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_no_time_is_asked_again() {
    let sink = Sink::start(&[Does::Defer, Does::Defer]).await;
    let world = start_with(&sink).await;
    let purchase = Purchase::new("Ana", "Patience");
    purchase.happens(&world).await;
    world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.order == Some(purchase.order.id)).await;
    assert_eq!((sink.connections(), sink.taken().len()), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_answer_was_lost_is_sent_again_as_the_same_mail() {
    let sink = Sink::start(&[Does::Vanish]).await;
    let world = start_with(&sink).await;
    let purchase = Purchase::new("Ana", "Lost");
    purchase.happens(&world).await;
    world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.order == Some(purchase.order.id)).await;
    let taken = sink.taken();
    let ids: Vec<_> = taken.iter().map(|mail| header(&mail.data, "Message-ID").unwrap()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(world.bus.all::<Mail>(MailFact::Sent).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_does_not_exist_is_not_asked_again() {
    let sink = Sink::start(&[Does::Refuse]).await;
    let world = start_with(&sink).await;
    let purchase = Purchase::new("Ana", "Nobody");
    purchase.happens(&world).await;
    purchase.wait_for(&world, KIND).await;
    eventually("the mail is given up", || async {
        (state(&world, &purchase).await == "failed").then_some(())
    })
    .await;
    // The next mail goes out, and nobody was told of the first.
    let second = Purchase::new("Ben", "Somebody");
    second.happens(&world).await;
    world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.order == Some(second.order.id)).await;
    // One more connection asked whether the server takes us at all.
    assert_eq!((sink.connections(), sink.taken().len()), (3, 1));
    assert_eq!(world.bus.all::<Mail>(MailFact::Sent).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_waits_while_the_server_takes_no_mail_of_ours_at_all() {
    // The last one refuses whoever asks after the refusal, too.
    let plans: [&[Does]; 4] = [
        &[Does::Distrust, Does::Distrust],
        &[Does::Shut(554), Does::Shut(554)],
        &[Does::Disown],
        &[Does::Shut(550), Does::Shut(550)],
    ];
    for plan in plans {
        let sink = Sink::start(plan).await;
        let url = sink.url.replace("smtp://", "smtp://tickets:wrong@");
        let from = "Ticketing.dev <tickets@example.com>";
        let world = start(&[("SMTP_URL", &url), ("MAIL_FROM", from)]).await;
        let purchase = Purchase::new("Ana", "Patience");
        purchase.happens(&world).await;
        // Somebody mends it, and the mail goes out.
        world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.order == Some(purchase.order.id)).await;
        assert_eq!((sink.connections() as usize, sink.taken().len()), (plan.len() + 1, 1), "{plan:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_fails_too_often_is_given_up() {
    let sink = Sink::start(&[Does::Defer; 8]).await;
    let world = start_with(&sink).await;
    let purchase = Purchase::new("Ana", "Hopeless");
    purchase.happens(&world).await;
    purchase.wait_for(&world, KIND).await;
    eventually("the mail is given up", || async {
        let hurry = "UPDATE mails SET tries = greatest(tries, 1000), next_try_at = clock_timestamp() \
            WHERE order_id = $1 AND state = 'queued' AND tries > 0";
        sqlx::query(hurry).bind(purchase.order.id).execute(&world.pool).await.unwrap();
        (state(&world, &purchase).await == "failed").then_some(())
    })
    .await;
    assert_eq!(sink.taken().len(), 0);
    assert_eq!(world.bus.all::<Mail>(MailFact::Sent).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_mail_is_kept_and_nobody_is_told() {
    let world = start(&[]).await;
    for title in ["One", "Two"] {
        let purchase = Purchase::new("Ana", title);
        purchase.happens(&world).await;
        purchase.wait_for(&world, KIND).await;
        assert_eq!(state(&world, &purchase).await, "stored");
        world.bus.publish(OrderFact::Refunded, &purchase.refunded()).await;
        purchase.wait_for(&world, "order_refunded").await;
    }
    assert_eq!(world.bus.all::<Mail>(MailFact::Sent).len(), 0);
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(&world.pool).await.unwrap();
    assert_eq!(waiting, 0);
}
