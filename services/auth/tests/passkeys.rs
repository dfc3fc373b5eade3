//! Passkeys: adding, signing in, proving, and every lie that a browser may tell.

use crate::{
    audience::{Browser, PASSWORD},
    authenticator::Device,
    mailbox::mail,
    second_factor::{App, challenge, world},
};
use chrono::TimeDelta;
use contracts::{ProblemCode, auth::NoticeKind};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, World};

const PASSKEYS: &str = "/api/auth/passkeys";

async fn options(world: &World) -> Value {
    world.anybody().post("/api/auth/signin/passkey/options", &json!({})).await.expect(200).json
}

async fn creation(world: &World, owner: &Browser) -> Value {
    owner.send(world, Method::POST, "/api/auth/passkeys/options", &json!({})).await.expect(200).json
}

async fn send_new(world: &World, owner: &Browser, credential: &Value) -> Answer {
    let body = json!({ "name": "My phone", "credential": credential });
    owner.send(world, Method::POST, PASSKEYS, &body).await
}

/// Adds a passkey to an account.
pub(crate) async fn add(world: &World, owner: &Browser) -> Device {
    let mut device = Device::new();
    let made = device.create(&creation(world, owner).await);
    let added = send_new(world, owner, &made).await.expect(201);
    assert_eq!(added.json["recovery_codes"].as_array().unwrap().len(), 10);
    device
}

async fn sign_in(world: &World, credential: &Value, challenge: Option<&str>) -> Answer {
    let body = json!({ "credential": credential, "challenge": challenge });
    world.anybody().post("/api/auth/signin/passkey", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_alone_and_each_answer_once() {
    let (world, _) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let mut phone = add(&world, &ana).await;
    let asked = options(&world).await;
    assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("localhost"), &json!("required")));
    let answer = phone.get(&asked);
    let entered = sign_in(&world, &answer, None).await.expect(200);
    let signed = Browser::of(&ana.email, &entered);
    assert_eq!(signed.id(), ana.id());
    _ = signed.get(&world, "/api/auth/whoami").await.expect(200);
    sign_in(&world, &answer, None).await.problem(ProblemCode::WrongCredentials);

    let listed = ana.get(&world, "/api/auth/second-factors").await.expect(200);
    assert_eq!(listed.json["passkeys"][0]["name"], "My phone");
    assert!(listed.json["passkeys"][0]["last_used_at"].is_string(), "{}", listed.text);
    let asked =
        world.anybody().post("/api/auth/signin", &json!({ "email": ana.email, "password": PASSWORD })).await;
    assert_eq!(asked.expect(202).json["passkey"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_must_not_say_is_refused() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let mut phone = add(&world, &ana).await;
    let refused = async |credential: &Value, what: &str| {
        let answer = sign_in(&world, credential, None).await;
        assert_eq!(answer.json["code"], "wrong_credentials", "{what}: {}", answer.text);
    };
    let mut elsewhere = phone.asked_by("https://evil.example");
    refused(&elsewhere.get(&options(&world).await), "another origin").await;
    let mut unverified = phone.unverified();
    refused(&unverified.get(&options(&world).await), "no user verification").await;
    refused(&Device::new().of(ana.id()).get(&options(&world).await), "an unknown key").await;
    let own = json!({ "rpId": "localhost", "challenge": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo0MTIzNDU" });
    refused(&phone.get(&own), "a challenge of its own").await;
    let asked = options(&world).await;
    clock.set(clock.now() + TimeDelta::minutes(5));
    refused(&phone.get(&asked), "too late").await;
    _ = sign_in(&world, &phone.get(&options(&world).await), None).await.expect(200);
    let mut cloned = phone.at(0);
    refused(&cloned.get(&options(&world).await), "a counter that fell").await;
    refused(&json!({ "id": "x" }), "nonsense").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_passkey_of_another_account_opens_none_but_its_own() {
    let (world, _) = world().await;
    let (ana, bo) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Bo").await);
    let mut of_ana = add(&world, &ana).await;
    let mut of_bo = add(&world, &bo).await;
    let posing = of_bo.of(ana.id()).get(&options(&world).await);
    sign_in(&world, &posing, None).await.problem(ProblemCode::WrongCredentials);
    let id = ana.get(&world, "/api/auth/second-factors").await.json["passkeys"][0]["id"].clone();
    let path = format!("{PASSKEYS}/{}", id.as_str().unwrap());
    bo.send(&world, Method::DELETE, &path, &json!({})).await.problem(ProblemCode::NotFound);
    // After the password of one account, as its second step.
    let step = challenge(&world, &bo).await;
    let other = of_ana.get(&options(&world).await);
    sign_in(&world, &other, Some(&step)).await.problem(ProblemCode::WrongCredentials);
    let own = of_bo.get(&options(&world).await);
    assert_eq!(sign_in(&world, &own, Some(&step)).await.expect(200).json["user"]["id"], bo.id());
    // As a proof of who one is.
    let proof = json!({ "credential": of_ana.get(&options(&world).await) });
    let proven = bo.send(&world, Method::POST, "/api/auth/reauthenticate/passkey", &proof).await;
    proven.problem(ProblemCode::WrongCredentials);
    // The same key again, in another account.
    let again = of_ana.clone().create(&creation(&world, &bo).await);
    send_new(&world, &bo, &again).await.problem(ProblemCode::StateConflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_by_the_session_that_asked_for_it() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let other = ana.sign_in(&world).await;
    let made = Device::new().create(&creation(&world, &ana).await);
    send_new(&world, &other, &made).await.problem(ProblemCode::WrongCredentials);
    send_new(&world, &ana, &made).await.problem(ProblemCode::WrongCredentials);
    let mut elsewhere = Device::new().asked_by("https://evil.example");
    let made = elsewhere.create(&creation(&world, &ana).await);
    send_new(&world, &ana, &made).await.problem(ProblemCode::WrongCredentials);
    let mut unverified = Device::new().unverified();
    let made = unverified.create(&creation(&world, &ana).await);
    send_new(&world, &ana, &made).await.problem(ProblemCode::WrongCredentials);
    let asked = creation(&world, &ana).await;
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
    clock.set(clock.now() + TimeDelta::minutes(10));
    let refused = send_new(&world, &ana, &Device::new().create(&asked)).await;
    refused.problem(ProblemCode::WrongCredentials);
    let refused = ana.send(&world, Method::POST, "/api/auth/passkeys/options", &json!({})).await;
    refused.problem(ProblemCode::ReauthenticationRequired);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_proves_anew_who_one_is() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let weak = ana.sign_in(&world).await;
    let mut phone = add(&world, &ana).await;
    let id = ana.get(&world, "/api/auth/second-factors").await.json["passkeys"][0]["id"].clone();
    let path = format!("{PASSKEYS}/{}", id.as_str().unwrap());
    let refused = weak.send(&world, Method::DELETE, &path, &json!({})).await;
    refused.problem(ProblemCode::ReauthenticationRequired);
    let proof = json!({ "credential": phone.get(&options(&world).await) });
    _ = weak.send(&world, Method::POST, "/api/auth/reauthenticate/passkey", &proof).await.expect(204);
    let proven = weak.get(&world, "/api/auth/second-factors").await.expect(200);
    assert!(proven.json["proven_until"].is_string(), "a passkey is two factors: {}", proven.text);
    clock.set(clock.now() + TimeDelta::minutes(10));
    let refused = ana.send(&world, Method::DELETE, &path, &json!({})).await;
    refused.problem(ProblemCode::ReauthenticationRequired);
    let proof = json!({ "credential": phone.get(&options(&world).await) });
    _ = ana.send(&world, Method::POST, "/api/auth/reauthenticate/passkey", &proof).await.expect(204);
    _ = ana.send(&world, Method::DELETE, &path, &json!({})).await.expect(204);
    let gone = phone.get(&options(&world).await);
    sign_in(&world, &gone, None).await.problem(ProblemCode::WrongCredentials);
    ana.sign_in(&world).await;
    for kind in [NoticeKind::PasskeyAdded, NoticeKind::PasskeyRemoved] {
        mail(&world, kind, &ana.email).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_person_has_no_use_of_a_passkey() {
    let (world, _) = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let mut phone = add(&world, &ana).await;
    let answer = phone.get(&options(&world).await);
    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await.expect(200);
    let refused = sign_in(&world, &answer, None).await;
    assert_eq!(refused.problem(ProblemCode::AccountSuspended)["detail"], "Fraud");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_keeps_one_of_two_second_factors() {
    let (world, clock) = world().await;
    let admin = Browser::admin(&world, "Root").await;
    add(&world, &admin).await;
    let id = admin.get(&world, "/api/auth/second-factors").await.json["passkeys"][0]["id"].clone();
    let path = format!("{PASSKEYS}/{}", id.as_str().unwrap());
    admin.send(&world, Method::DELETE, &path, &json!({})).await.problem(ProblemCode::StateConflict);
    App::add(&world, &clock, &admin).await;
    _ = admin.send(&world, Method::DELETE, &path, &json!({})).await.expect(204);
    let last = admin.send(&world, Method::DELETE, "/api/auth/totp", &json!({})).await;
    last.problem(ProblemCode::StateConflict);
}
