//! `POST /api/auth/password/forgot`, `POST /api/auth/password/reset`

use crate::{
    audience::{Browser, PASSWORD, world, world_with},
    mailbox::{mail, mails, secret},
    passkeys,
    second_factor::{self, App},
};
use chrono::TimeDelta;
use contracts::{ProblemCode, auth::NoticeKind};
use reqwest::Method;
use serde_json::json;
use service::Clock;
use testkit::{Answer, World, caller::answer};

pub(crate) const NEW: &str = "seven lamps in a violet harbour";

async fn forgot(world: &World, email: &str) -> Answer {
    world.anybody().post("/api/auth/password/forgot", &json!({ "email": email })).await
}

async fn reset(world: &World, token: &str, new: &str) -> Answer {
    world.anybody().post("/api/auth/password/reset", &json!({ "token": token, "new": new })).await
}

/// The secret of a link that was asked for.
pub(crate) async fn link(world: &World, email: &str) -> String {
    _ = forgot(world, email).await.expect(202);
    secret(&mail(world, NoticeKind::ResetPassword, email).await)
}

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    world.anybody().post("/api/auth/signin", &json!({ "email": email, "password": password })).await
}

/// Auth with a clock that can be set.
async fn world_with_clock() -> (World, Clock) {
    let clock = Clock::fixed(Clock::system().now());
    let started = clock.clone();
    let start = async |env: &_, lifecycle: &_| auth_service::start_with(env, lifecycle, started).await;
    (world_with(start, &[]).await, clock)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_sets_a_new_password_once_and_ends_every_session_and_link() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let phone = ana.sign_in(&world).await;
    let token = link(&world, &ana.email).await;
    let confirmation = secret(&mail(&world, NoticeKind::ConfirmEmail, &ana.email).await);
    _ = reset(&world, &token, NEW).await.expect(204);
    for device in [&ana, &phone] {
        device.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    }
    sign_in(&world, &ana.email, PASSWORD).await.problem(ProblemCode::WrongCredentials);
    let signed = sign_in(&world, &ana.email, NEW).await.expect(200);
    assert_eq!(signed.json["user"]["email_confirmed"], true, "who has the mailbox has confirmed it");
    mail(&world, NoticeKind::PasswordChanged, &ana.email).await;
    reset(&world, &token, "quite another long password").await.problem(ProblemCode::LinkInvalid);
    let body = json!({ "token": confirmation });
    world.anybody().post("/api/auth/email/confirm", &body).await.problem(ProblemCode::LinkInvalid);
    testkit::eventually("the access token of before is refused", || async {
        (ana.get(&world, "/api/auth/whoami").await.json["code"] == "session_revoked").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_follow_a_link_at_once_one_sets_the_password() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let token = link(&world, &ana.email).await;
    let setting =
        ["one of two long passwords", "two of two long passwords"].map(|new| reset(&world, &token, new));
    let answers = futures::future::join_all(setting).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.json["code"] == "link_invalid").count(), 1);
}

/// ASVS 6.3.8
#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_who_has_an_account_and_who_has_none_gets_no_mail() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let answers = [forgot(&world, "nobody@example.com").await, forgot(&world, &ana.email).await];
    for answer in &answers {
        assert_eq!((answer.status, answer.text.as_str()), (202, ""));
    }
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&answers[0]), names(&answers[1]));
    mail(&world, NoticeKind::ResetPassword, &ana.email).await;
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM password_requests").fetch_one(&world.pool).await.unwrap();
    assert_eq!(waiting, 0, "both were answered");
    assert!(mails(&world, NoticeKind::ResetPassword, "nobody@example.com").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_stands_neither_in_the_database_nor_on_the_bus() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let token = link(&world, &ana.email).await;
    let notice = mail(&world, NoticeKind::ResetPassword, &ana.email).await;
    assert!(!serde_json::to_string(&notice).unwrap().contains(&token));
    let dumped: i64 = sqlx::query_scalar(
        r"
        SELECT (SELECT count(*) FROM outbox o WHERE o::text LIKE '%' || $1 || '%')
             + (SELECT count(*) FROM email_links l WHERE l::text LIKE '%' || $1 || '%' OR l::text LIKE '%' || $2 || '%')
        ",
    )
    .bind(&token)
    .bind(notice.id.to_string())
    .fetch_one(&world.pool)
    .await
    .unwrap();
    assert_eq!(dumped, 0, "nor the id from which it is derived beside its hash");
    _ = reset(&world, &token, NEW).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_for_thirty_minutes() {
    let (world, clock) = world_with_clock().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let token = link(&world, &ana.email).await;
    let begun = clock.now();
    clock.set(begun + TimeDelta::minutes(30));
    reset(&world, &token, NEW).await.problem(ProblemCode::LinkInvalid);
    clock.set(begun + TimeDelta::minutes(29));
    _ = reset(&world, &token, NEW).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_may_not_be_used_leaves_the_link_as_it_was() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let token = link(&world, &ana.email).await;
    for (new, code) in [("short", "too_short"), ("passwordpasswordpassword", "common_password")] {
        let problem = reset(&world, &token, new).await.problem(ProblemCode::Invalid);
        assert_eq!(
            (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
            (&json!("new"), &json!(code))
        );
    }
    _ = reset(&world, &token, NEW).await.expect(204);
    for token in ["", "x", &"y".repeat(43)] {
        reset(&world, token, NEW).await.problem(ProblemCode::LinkInvalid);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_gets_no_link_and_one_of_before_sets_nothing() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let token = link(&world, &ana.email).await;
    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    let banned = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await;
    assert!([200, 202].contains(&banned.status), "{}", banned.text);
    reset(&world, &token, NEW).await.problem(ProblemCode::AccountSuspended);
    _ = forgot(&world, &ana.email).await.expect(202);
    // Requests are answered in their order.
    link(&world, &admin.email).await;
    assert_eq!(mails(&world, NoticeKind::ResetPassword, &ana.email).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_to_one_address_are_bounded_and_nobody_is_told() {
    let world = world().await;
    let (ana, bo) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Bo").await);
    for mailed in 1..=7 {
        _ = forgot(&world, &ana.email).await.expect(202);
        let due = mailed.min(5);
        testkit::eventually("the mail is on its way", || async {
            (mails(&world, NoticeKind::ResetPassword, &ana.email).len() >= due).then_some(())
        })
        .await;
    }
    link(&world, &bo.email).await;
    assert_eq!(mails(&world, NoticeKind::ResetPassword, &ana.email).len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_from_one_network_are_bounded() {
    let (world, clock) = world_with_clock().await;
    let ask = async |address: &str, number: usize| {
        let request = world.anybody().request(Method::POST, "/api/auth/password/forgot");
        let email = format!("nobody-{number}@example.com");
        answer(request.header("x-forwarded-for", address).json(&json!({ "email": email }))).await
    };
    for number in 0..30 {
        _ = ask("192.0.2.7", number).await.expect(202);
    }
    let refused = ask("192.0.2.8", 30).await;
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    refused.problem(ProblemCode::RateLimited);
    _ = ask("198.51.100.1", 31).await.expect(202);
    clock.set(clock.now() + TimeDelta::seconds(wait));
    _ = ask("192.0.2.7", 32).await.expect(202);
}

/// Second factors and recovery codes of somebody.
async fn factors(world: &World, owner: &Browser) -> i64 {
    let count = r"
        SELECT (SELECT count(*) FROM passkeys WHERE user_id = $1) + (SELECT count(*) FROM totp WHERE user_id = $1)
             + (SELECT count(*) FROM recovery_codes WHERE user_id = $1)
    ";
    sqlx::query_scalar(count).bind(owner.uuid()).fetch_one(&world.pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signed_up_with_the_address_of_another_leaves_nothing_behind() {
    let (world, clock) = second_factor::world().await;
    let thief = Browser::sign_up(&world, "Ana").await;
    passkeys::add(&world, &thief).await;
    App::add(&world, &clock, &thief).await;
    assert_eq!(factors(&world, &thief).await, 12);
    _ = reset(&world, &link(&world, &thief.email).await, NEW).await.expect(204);
    assert_eq!(factors(&world, &thief).await, 0);
    _ = sign_in(&world, &thief.email, NEW).await.expect(200);
    for kind in [NoticeKind::SecondFactorRemoved, NoticeKind::PasskeyRemoved] {
        mail(&world, kind, &thief.email).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_leaves_second_factors_where_the_address_was_confirmed_or_the_operator_vouches() {
    let (world, clock) = second_factor::world().await;
    let (ana, admin) = (Browser::sign_up(&world, "Ana").await, Browser::admin(&world, "Root").await);
    let token = secret(&mail(&world, NoticeKind::ConfirmEmail, &ana.email).await);
    let body = json!({ "token": token });
    _ = world.anybody().post("/api/auth/email/confirm", &body).await.expect(200);
    for owner in [&ana, &admin] {
        App::add(&world, &clock, owner).await;
        _ = reset(&world, &link(&world, &owner.email).await, NEW).await.expect(204);
        _ = sign_in(&world, &owner.email, NEW).await.expect(202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_in_the_owners_name_keeps_the_owner_out_no_longer_than_links_live() {
    let (world, clock) = world_with_clock().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let mailed = async |due: usize| {
        _ = forgot(&world, &ana.email).await.expect(202);
        testkit::eventually("the mail is on its way", || async {
            (mails(&world, NoticeKind::ResetPassword, &ana.email).len() == due).then_some(())
        })
        .await;
    };
    for due in 1..=5 {
        mailed(due).await;
    }
    clock.set(clock.now() + TimeDelta::minutes(30));
    mailed(6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_is_not_taken_for_too_often() {
    let world = world().await;
    let broken = r"
        CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
        CREATE TRIGGER broken BEFORE INSERT ON password_attempts FOR EACH ROW
            WHEN (NEW.subject = sha256('forgot nobody@example.com')) EXECUTE FUNCTION broken();
    ";
    sqlx::raw_sql(broken).execute(&world.pool).await.unwrap();
    _ = forgot(&world, "nobody@example.com").await.expect(500);
    _ = forgot(&world, "somebody@example.com").await.expect(202);
}
