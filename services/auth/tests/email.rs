//! Confirming an address, changing it, and signing up with one that is taken.

use crate::{
    audience::{Browser, PASSWORD, world},
    mailbox::{mail, mails, secret},
};
use contracts::{ProblemCode, auth::NoticeKind};
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, World, caller::answer};

async fn confirm(world: &World, token: &str) -> Answer {
    world.anybody().post("/api/auth/email/confirm", &json!({ "token": token })).await
}

async fn change(world: &World, person: &Browser, password: &str, email: &str) -> Answer {
    let body = json!({ "password": password, "email": email });
    person.send(world, Method::PUT, "/api/auth/email", &body).await
}

async fn sign_up_from(world: &World, address: &str, email: &str) -> Answer {
    let request =
        world.anybody().request(Method::POST, "/api/auth/signup").header("x-forwarded-for", address);
    answer(request.json(&json!({ "email": email, "password": "not the right password", "name": "Ana" })))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_confirmed_by_a_link_once() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    assert_eq!(ana.user["email_confirmed"], false);
    let token = secret(&mail(&world, NoticeKind::ConfirmEmail, &ana.email).await);
    let confirmed = confirm(&world, &token).await.expect(200);
    assert_eq!(confirmed.json["email"], ana.email);
    confirm(&world, &token).await.problem(ProblemCode::LinkInvalid);
    let session = ana.get(&world, "/api/auth/session").await.expect(200);
    assert_eq!(session.json["user"]["email_confirmed"], true);
    let again = ana.send(&world, Method::POST, "/api/auth/email/confirmation", &json!(null)).await;
    again.problem(ProblemCode::StateConflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_is_sent_again_but_not_for_ever() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let ask = || ana.send(&world, Method::POST, "/api/auth/email/confirmation", &json!(null));
    for _ in 0..5 {
        _ = ask().await.expect(202);
    }
    ask().await.problem(ProblemCode::RateLimited);
    testkit::eventually("one with the account, five asked for", || async {
        (mails(&world, NoticeKind::ConfirmEmail, &ana.email).len() == 6).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_counts_once_its_link_was_followed_and_the_old_one_is_told() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let new = format!("new-{}", ana.email);
    let wrong = change(&world, &ana, "not the right password", &new).await.problem(ProblemCode::Invalid);
    assert_eq!(wrong["errors"][0]["field"], "password");
    let same = change(&world, &ana, PASSWORD, &ana.email.to_uppercase()).await.problem(ProblemCode::Invalid);
    assert_eq!(same["errors"][0]["field"], "email");
    _ = change(&world, &ana, PASSWORD, &format!("mistyped-{new}")).await.expect(202);
    _ = change(&world, &ana, PASSWORD, &new).await.expect(202);
    _ = ana.sign_in(&world).await;
    let mistyped = secret(&mail(&world, NoticeKind::ConfirmNewEmail, &format!("mistyped-{new}")).await);
    let token = secret(&mail(&world, NoticeKind::ConfirmNewEmail, &new).await);
    _ = world.anybody().post("/api/auth/password/forgot", &json!({ "email": ana.email })).await.expect(202);
    let in_old_mailbox = secret(&mail(&world, NoticeKind::ResetPassword, &ana.email).await);
    confirm(&world, &mistyped).await.problem(ProblemCode::LinkInvalid);
    assert_eq!(confirm(&world, &token).await.expect(200).json["email"], new);
    mail(&world, NoticeKind::EmailChanged, &ana.email).await;
    let signed = |email: &str| {
        let body = json!({ "email": email, "password": PASSWORD });
        let anybody = world.anybody();
        async move { anybody.post("/api/auth/signin", &body).await }
    };
    signed(&ana.email).await.problem(ProblemCode::WrongCredentials);
    _ = signed(&new).await.expect(200);
    let body = json!({ "token": in_old_mailbox, "new": "seven lamps in a violet harbour" });
    world.anybody().post("/api/auth/password/reset", &body).await.problem(ProblemCode::LinkInvalid);
    confirm(&world, &token).await.problem(ProblemCode::LinkInvalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_an_address_that_is_taken_is_not_told_but_its_owner_is() {
    let world = world().await;
    let (ana, bo) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Bo").await);
    let free = change(&world, &ana, PASSWORD, &format!("free-{}", ana.email)).await.expect(202);
    for _ in 0..2 {
        let taken = change(&world, &ana, PASSWORD, &bo.email).await.expect(202);
        assert_eq!(taken.text, free.text);
    }
    mail(&world, NoticeKind::AddressTaken, &bo.email).await;
    _ = change(&world, &ana, PASSWORD, &format!("last-{}", ana.email)).await.expect(202);
    mail(&world, NoticeKind::ConfirmNewEmail, &format!("last-{}", ana.email)).await;
    assert_eq!(mails(&world, NoticeKind::AddressTaken, &bo.email).len(), 1, "once a day");
    assert!(mails(&world, NoticeKind::ConfirmNewEmail, &bo.email).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_confirm_the_same_new_address_do_not_share_it() {
    let world = world().await;
    let (ana, bo) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Bo").await);
    let wanted = format!("wanted-{}", ana.email);
    for person in [&ana, &bo] {
        _ = change(&world, person, PASSWORD, &wanted).await.expect(202);
    }
    let tokens = testkit::eventually("both links are on their way", || async {
        let links = mails(&world, NoticeKind::ConfirmNewEmail, &wanted);
        (links.len() == 2).then_some(links)
    })
    .await;
    _ = confirm(&world, &secret(&tokens[0])).await.expect(200);
    confirm(&world, &secret(&tokens[1])).await.problem(ProblemCode::EmailTaken);
}

/// ASVS 6.3.8, as far as `docs/adr/0011-recovery.md` goes.
#[tokio::test(flavor = "multi_thread")]
async fn one_network_learns_of_few_addresses_whether_they_are_taken() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    for number in 0..30 {
        // A wrong password more often than attempts allow would be refused for that.
        let owner = if number % 2 == 0 { Browser::sign_up(&world, "Owner").await } else { ana.clone() };
        let address = format!("192.0.2.{number}");
        sign_up_from(&world, &address, &owner.email).await.problem(ProblemCode::EmailTaken);
    }
    mail(&world, NoticeKind::AddressTaken, &ana.email).await;
    assert_eq!(mails(&world, NoticeKind::AddressTaken, &ana.email).len(), 1, "once a day");
    for email in [ana.email.as_str(), "new@example.com"] {
        sign_up_from(&world, "192.0.2.7", email).await.problem(ProblemCode::RateLimited);
    }
    _ = sign_up_from(&world, "198.51.100.7", "new@example.com").await.expect(201);
}

/// Otherwise whether the link of before still works would tell.
#[tokio::test(flavor = "multi_thread")]
async fn asking_for_another_address_ends_the_link_of_before_whether_it_is_taken_or_not() {
    let world = world().await;
    let (ana, bo) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Bo").await);
    for (asked, next) in [("one@example.com", "free@example.com"), ("two@example.com", bo.email.as_str())] {
        _ = change(&world, &ana, PASSWORD, asked).await.expect(202);
        let before = secret(&mail(&world, NoticeKind::ConfirmNewEmail, asked).await);
        _ = change(&world, &ana, PASSWORD, next).await.expect(202);
        confirm(&world, &before).await.problem(ProblemCode::LinkInvalid);
    }
}
