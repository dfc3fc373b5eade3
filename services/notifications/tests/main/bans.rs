//! Whoever is banned is told, once: why, until when, what becomes of tickets, and how to object.

use crate::support::{mail_to, start, written_so_far};
use chrono::TimeDelta;
use contracts::auth::BannedTickets;
use events::{
    auth::{User, UserBan, UserFact},
    faults::Step,
    notifications::{Mail, MailFact},
};
use serde_json::Value;
use testkit::{Person, World, eventually};

const BANS: &str = "notifications-bans";

fn banned(person: &Person, reason: &str, until: Option<&str>, tickets: BannedTickets) -> User {
    let until = until.map(|until| until.parse().unwrap());
    User { ban: Some(UserBan { id: None, reason: reason.to_owned(), until, tickets }), ..person.banned("") }
}

fn reopened(banned: &User) -> User {
    User { ban: None, version: banned.version + 1, ..banned.clone() }
}

async fn mail(world: &World, user: &User, kind: &str) -> Value {
    eventually(&format!("a mail {kind}"), || async {
        mail_to(world, &user.email).await.into_iter().find(|mail| mail["kind"] == kind)
    })
    .await
}

async fn html(world: &World, user: &User, kind: &str) -> String {
    sqlx::query_scalar("SELECT html FROM mails WHERE recipient = $1 AND kind = $2")
        .bind(user.id)
        .bind(kind)
        .fetch_one(&world.pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_is_told_with_its_reason_its_end_the_tickets_and_how_to_object() {
    let world = start(&[]).await;
    let mut ana = Person::new("Ana");
    ana.user.name = "Ana <b>Buyer</b>\r\nBcc: all@example.com".to_owned();
    let (end, reason) = (Some("2099-11-20T18:30:00Z"), "Resold <i>tickets</i>\r\nat the door");
    let user = banned(&ana, reason, end, BannedTickets::Refuse);
    world.bus.publish(UserFact::Banned, &user).await;
    let told = mail(&world, &user, "account_suspended").await;
    assert_eq!((told["to"].as_str(), &told["order_id"]), (Some(user.email.as_str()), &Value::Null));
    let (text, html) = (told["text"].as_str().unwrap(), html(&world, &user, "account_suspended").await);
    for said in ["Fri 20 Nov 2099, 18:30 UTC", "refused at the door", "answer this mail", "/suspended"] {
        assert!(text.contains(said) && html.contains(said), "{said}: {text} {html}");
    }
    assert!(text.contains("Resold <i>tickets</i> at the door") && !text.contains("\nBcc"), "{text}");
    assert!(html.contains("Resold &lt;i&gt;tickets") && !html.contains("<b>Buyer"), "{html}");

    let kept = banned(&Person::new("Ben"), "Spam", None, BannedTickets::Keep);
    world.bus.publish(UserFact::Banned, &kept).await;
    let told = mail(&world, &kept, "account_suspended").await;
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("no end date") && text.contains("stay valid"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_ban_is_told_and_the_next_ban_too() {
    let world = start(&[]).await;
    let user = banned(&Person::new("Ana"), "Spam", None, BannedTickets::Keep);
    world.bus.publish(UserFact::Banned, &user).await;
    mail(&world, &user, "account_suspended").await;
    let open = reopened(&user);
    world.bus.publish(UserFact::Unbanned, &open).await;
    let told = mail(&world, &user, "account_reopened").await;
    assert!(told["text"].as_str().unwrap().contains("/signin"), "{told}");
    let again = User { ban: user.ban.clone(), version: open.version + 1, ..open };
    world.bus.publish(UserFact::Banned, &again).await;
    eventually("three mails", || async { (mail_to(&world, &user.email).await.len() == 3).then_some(()) })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_of_long_ago_is_not_told() {
    let world = start(&[]).await;
    let (old, new) = (Person::new("Ana"), Person::new("Ben"));
    let [old, new] = [old, new].map(|person| banned(&person, "Spam", None, BannedTickets::Keep));
    let now = service::Clock::system().now();
    for (user, age) in [(&old, TimeDelta::hours(25)), (&new, TimeDelta::hours(23))] {
        world.bus.publish_of(now - age, service::new_id(), UserFact::Banned, user).await;
    }
    mail(&world, &new, "account_suspended").await;
    world.bus.settled(BANS).await;
    assert_eq!(mail_to(&world, &old.email).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_comes_twice_or_meets_a_crash_at_any_step_is_told_once() {
    let world = start(&[]).await;
    let mut told = Vec::new();
    for step in Step::ALL {
        let user = banned(&Person::new("Ana"), "Spam", None, BannedTickets::Keep);
        world.faults.crash(BANS, *step, 2);
        let id = world.bus.publish(UserFact::Banned, &user).await;
        world.bus.publish_as(id, UserFact::Banned, &user).await;
        world.bus.publish(UserFact::Banned, &user).await;
        world.bus.publish(UserFact::Unbanned, &reopened(&user)).await;
        mail(&world, &user, "account_reopened").await;
        world.bus.settled(BANS).await;
        assert!(world.faults.exhausted(), "{step:?}");
        told.push(user);
    }
    written_so_far(&world).await;
    for user in told {
        assert_eq!(mail_to(&world, &user.email).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_changes_of_an_account_are_not_told() {
    let world = start(&[]).await;
    let ana = Person::new("Ana");
    world.register(&ana).await;
    world.bus.publish(UserFact::Changed, &User { version: 2, ..ana.user.clone() }).await;
    world.bus.settled("notifications-users").await;
    world.bus.settled(BANS).await;
    written_so_far(&world).await;
    assert_eq!(mail_to(&world, &ana.user.email).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_about_an_account_is_sent_and_told_without_an_order() {
    let sink = crate::sink::Sink::start(&[]).await;
    let from = "Ticketing.dev <tickets@example.com>";
    let world = start(&[("SMTP_URL", &sink.url), ("MAIL_FROM", from)]).await;
    let user = banned(&Person::new("Ana"), "Spam", None, BannedTickets::Keep);
    world.bus.publish(UserFact::Banned, &user).await;
    let sent = world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.recipient == user.id).await;
    assert_eq!((sent.state.order, sent.state.kind.as_str()), (None, "account_suspended"));
    assert_eq!(sink.taken().len(), 1);
}
