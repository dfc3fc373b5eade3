//! What auth has people told of their accounts: once, with links whose secrets stand in no message.

use crate::support::{MAIL_LINK_KEY, mail_to, start, written_so_far};
use chrono::TimeDelta;
use contracts::auth::NoticeKind;
use events::{
    auth::{Notice, NoticeFact},
    faults::Step,
    link::LinkKey,
    notifications::{Mail, MailFact},
};
use serde_json::Value;
use testkit::{Person, World, eventually};

const NOTICES: &str = "notifications-notices";

fn notice(person: &Person, kind: NoticeKind) -> Notice {
    let now = service::Clock::system().now();
    let linked = matches!(
        kind,
        NoticeKind::ResetPassword
            | NoticeKind::ConfirmEmail
            | NoticeKind::ConfirmNewEmail
            | NoticeKind::NewBrowser
    );
    Notice {
        id: service::new_id(),
        user: person.id(),
        kind,
        email: person.user.email.clone(),
        name: person.user.name.clone(),
        at: now,
        user_agent: None,
        expires_at: linked.then(|| now + TimeDelta::minutes(30)),
        version: 1,
    }
}

fn secret(notice: &Notice) -> String {
    let key: Vec<u8> = MAIL_LINK_KEY.as_bytes().chunks(2).map(|_| 0x42).collect();
    LinkKey::new(&key.try_into().unwrap()).secret(notice.id, notice.kind)
}

async fn told(world: &World, notice: &Notice) -> Value {
    eventually(&format!("a mail {}", notice.kind), || async {
        let id = Value::String(notice.id.to_string());
        mail_to(world, &notice.email).await.into_iter().find(|mail| mail["id"] == id)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_notice_is_told_and_its_link_carries_the_secret() {
    let world = start(&[]).await;
    let pages = [
        (NoticeKind::ResetPassword, "/reset-password"),
        (NoticeKind::ConfirmEmail, "/confirm-email"),
        (NoticeKind::ConfirmNewEmail, "/confirm-email"),
        (NoticeKind::NewBrowser, "/not-me"),
    ];
    for kind in NoticeKind::ALL {
        let notice = notice(&Person::new("Ana"), *kind);
        world.bus.publish(NoticeFact::Issued, &notice).await;
        let mail = told(&world, &notice).await;
        assert_eq!((&mail["kind"], &mail["order_id"]), (&Value::from(kind.as_str()), &Value::Null));
        for part in [&mail["text"], &mail["html"]] {
            let part = part.as_str().unwrap();
            match pages.iter().find(|(linked, _)| linked == kind) {
                Some((_, page)) => {
                    let link = format!("http://localhost:3000{page}?token={}", secret(&notice));
                    assert!(part.contains(&link), "{kind}: {part}");
                }
                None => assert!(!part.contains("token="), "{kind}: {part}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_browser_is_said_in_words_and_names_begin_no_line() {
    let world = start(&[]).await;
    let mut ana = Person::new("Ana");
    ana.user.name = "Ana <b>Buyer</b>\r\nBcc: all@example.com".to_owned();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
    let notice = Notice { user_agent: Some(firefox.to_owned()), ..notice(&ana, NoticeKind::NewBrowser) };
    world.bus.publish(NoticeFact::Issued, &notice).await;
    let mail = told(&world, &notice).await;
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(text.contains("Firefox on Linux") && html.contains("Firefox on Linux"), "{text}");
    assert!(!text.contains("\nBcc") && !html.contains("<b>Buyer"), "{text} {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_comes_twice_or_meets_a_crash_at_any_step_is_told_once() {
    let world = start(&[]).await;
    let mut told_of = Vec::new();
    for step in Step::ALL {
        let notice = notice(&Person::new("Ana"), NoticeKind::ResetPassword);
        world.faults.crash(NOTICES, *step, 2);
        let id = world.bus.publish(NoticeFact::Issued, &notice).await;
        world.bus.publish_as(id, NoticeFact::Issued, &notice).await;
        world.bus.publish(NoticeFact::Issued, &notice).await;
        told(&world, &notice).await;
        world.bus.settled(NOTICES).await;
        assert!(world.faults.exhausted(), "{step:?}");
        told_of.push(notice);
    }
    written_so_far(&world).await;
    for notice in told_of {
        assert_eq!(mail_to(&world, &notice.email).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_in_any_order_are_each_told_before_their_reader_is_known_here() {
    let world = start(&[]).await;
    let ana = Person::new("Ana");
    let (first, second) =
        (notice(&ana, NoticeKind::PasswordChanged), notice(&ana, NoticeKind::PasswordChanged));
    world.bus.publish(NoticeFact::Issued, &second).await;
    world.bus.publish(NoticeFact::Issued, &first).await;
    told(&world, &second).await;
    told(&world, &first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_has_ended_and_news_of_yesterday_are_not_told() {
    let world = start(&[]).await;
    let now = service::Clock::system().now();
    let ended = notice(&Person::new("Ana"), NoticeKind::ResetPassword);
    let ended = Notice { expires_at: Some(now - TimeDelta::seconds(1)), ..ended };
    let old =
        Notice { at: now - TimeDelta::hours(25), ..notice(&Person::new("Bo"), NoticeKind::PasswordChanged) };
    let last = notice(&Person::new("Cy"), NoticeKind::PasswordChanged);
    for notice in [&ended, &old, &last] {
        world.bus.publish(NoticeFact::Issued, notice).await;
    }
    told(&world, &last).await;
    world.bus.settled(NOTICES).await;
    for untold in [&ended, &old] {
        assert_eq!(mail_to(&world, &untold.email).await.len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_mail_on_the_bus_holds_no_link() {
    let sink = crate::sink::Sink::start(&[]).await;
    let from = "Ticketing.dev <tickets@example.com>";
    let world = start(&[("SMTP_URL", &sink.url), ("MAIL_FROM", from)]).await;
    let notice = notice(&Person::new("Ana"), NoticeKind::ResetPassword);
    world.bus.publish(NoticeFact::Issued, &notice).await;
    let sent = world.bus.wait_for::<Mail>(MailFact::Sent, |mail| mail.recipient == notice.user).await;
    assert_eq!(sent.state.kind, "reset_password");
    assert!(!serde_json::to_string(&sent.state).unwrap().contains(&secret(&notice)));
    assert_eq!(sink.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_not_add_a_way_to_sign_in_is_shown_where_it_is_removed() {
    let world = start(&[]).await;
    for kind in [NoticeKind::SecondFactorAdded, NoticeKind::PasskeyAdded, NoticeKind::RecoveryCodesMade] {
        let notice = notice(&Person::new("Ana"), kind);
        world.bus.publish(NoticeFact::Issued, &notice).await;
        let mail = told(&world, &notice).await;
        for part in [&mail["text"], &mail["html"]] {
            let part = part.as_str().unwrap();
            assert!(part.contains("http://localhost:3000/account/security"), "{kind}: {part}");
            assert!(!part.contains("forgot-password"), "a new password alone leaves it: {kind}: {part}");
        }
    }
}
