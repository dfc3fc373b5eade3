//! Guessing passwords.

use crate::{
    audience::{Browser, PASSWORD, cookie, world_with},
    recovery::{NEW, link},
};
use contracts::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};
use service::Clock;
use testkit::{Answer, World, caller::answer};

const ATTEMPTS: usize = 3;

/// Auth with a clock that can be set, and few attempts.
async fn world() -> (World, Clock) {
    let clock = Clock::fixed(Clock::system().now());
    let started = clock.clone();
    let start = async |env: &_, lifecycle: &_| auth_service::start_with(env, lifecycle, started).await;
    let world = world_with(start, &[("PASSWORD_ATTEMPTS", "3")]).await;
    (world, clock)
}

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    world.anybody().post("/api/auth/signin", &json!({ "email": email, "password": password })).await
}

/// The same, of a client that the ingress sees at that address.
async fn sign_in_from(world: &World, address: &str, email: &str, password: &str) -> Answer {
    let request =
        world.anybody().request(Method::POST, "/api/auth/signin").header("x-forwarded-for", address);
    answer(request.json(&json!({ "email": email, "password": password }))).await
}

fn wait(answer: &Answer) -> i64 {
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

fn without_request(mut problem: Value) -> Value {
    problem["request_id"] = json!(null);
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn after_too_many_wrong_passwords_also_the_right_one_waits_and_nobody_learns_who_has_an_account() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let bo = Browser::sign_up(&world, "Bo").await;
    let mut refusals = Vec::new();
    for email in [ana.email.as_str(), "nobody@example.com"] {
        let guessing = (0..2 * ATTEMPTS).map(|_| sign_in(&world, email, "not the right password"));
        let answers = futures::future::join_all(guessing).await;
        let wrong = answers.iter().filter(|answer| answer.json["code"] == "wrong_credentials").count();
        assert_eq!(wrong, ATTEMPTS, "guesses at one moment do not slip through together");
        let refused = sign_in(&world, email, PASSWORD).await;
        assert!((1..=301).contains(&wait(&refused)), "{}", wait(&refused));
        refusals.push((wait(&refused), without_request(refused.problem(ProblemCode::RateLimited))));
    }
    assert_eq!(refusals[0], refusals[1]);
    _ = sign_in(&world, &bo.email, PASSWORD).await.expect(200);
    _ = ana.refreshes(&world).await.expect(200);
    clock.set(clock.now() + chrono::TimeDelta::seconds(refusals[0].0));
    _ = sign_in(&world, &ana.email, PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_elsewhere_does_not_keep_the_owner_out() {
    let (world, _) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    for neighbours in [["192.0.2.1", "192.0.2.2"], ["2001:db8::1", "2001:db8::ffff:2"]] {
        for _ in 0..ATTEMPTS {
            let wrong = sign_in_from(&world, neighbours[0], &ana.email, "not the right password").await;
            wrong.problem(ProblemCode::WrongCredentials);
        }
        for address in neighbours {
            let refused = sign_in_from(&world, address, &ana.email, PASSWORD).await;
            refused.problem(ProblemCode::RateLimited);
        }
    }
    for elsewhere in ["198.51.100.1", "2001:db8:0:1::1"] {
        _ = sign_in_from(&world, elsewhere, &ana.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_begins_the_count_anew() {
    let (world, _) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    for _ in 0..ATTEMPTS {
        for _ in 1..ATTEMPTS {
            sign_in(&world, &ana.email, "not the right password")
                .await
                .problem(ProblemCode::WrongCredentials);
        }
        _ = sign_in(&world, &ana.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_password_cannot_be_guessed_and_is_counted_apart_from_signing_in() {
    let (world, _) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    testkit::eventually("auth has a lease", || async {
        (ana.get(&world, "/api/auth/whoami").await.status == 200).then_some(())
    })
    .await;
    let new = "seven lamps in a violet harbour";
    let change = |current: &str| json!({ "current": current, "new": new });
    let path = "/api/auth/password";
    for _ in 0..ATTEMPTS {
        ana.send(&world, Method::PUT, path, &change("wrong")).await.problem(ProblemCode::Invalid);
    }
    let refused = ana.send(&world, Method::PUT, path, &change(PASSWORD)).await;
    assert!(wait(&refused) > 1);
    refused.problem(ProblemCode::RateLimited);
    _ = sign_in(&world, &ana.email, PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_up_with_the_address_of_another_is_no_way_around() {
    let (world, _) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let body = json!({ "email": ana.email, "password": "not the right password", "name": "Ana" });
    for _ in 0..ATTEMPTS {
        world.anybody().post("/api/auth/signup", &body).await.problem(ProblemCode::EmailTaken);
    }
    world.anybody().post("/api/auth/signup", &body).await.problem(ProblemCode::RateLimited);
    sign_in(&world, &ana.email, PASSWORD).await.problem(ProblemCode::RateLimited);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_on_guessing_waits_twice_as_long_each_time_and_a_day_of_peace_begins_anew() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let exhaust = async || {
        for _ in 0..ATTEMPTS {
            let wrong = sign_in(&world, &ana.email, "not the right password").await;
            wrong.problem(ProblemCode::WrongCredentials);
        }
        let refused = sign_in(&world, &ana.email, "not the right password").await;
        let seconds = wait(&refused);
        refused.problem(ProblemCode::RateLimited);
        clock.set(clock.now() + chrono::TimeDelta::seconds(seconds));
        seconds
    };
    for expected in [300, 600, 1_200, 2_400] {
        let seconds = exhaust().await;
        assert!((expected..=expected + 1).contains(&seconds), "{seconds} of {expected}");
    }
    clock.set(clock.now() + chrono::TimeDelta::hours(25));
    assert!(exhaust().await <= 301);
    _ = sign_in(&world, &ana.email, PASSWORD).await.expect(200);
    assert!(exhaust().await <= 301, "a right password begins anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_by_mail_ends_every_wait_of_who_sets_it() {
    let (world, _) = world().await;
    let email = "ana@example.com";
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ana" });
    let made = world.anybody().post("/api/auth/signup", &body).await.expect(201);
    let (ana, known_by) = (Browser::of(email, &made), format!("browser={}", cookie(&made, "browser")));
    testkit::eventually("auth has a lease", || async {
        (ana.get(&world, "/api/auth/whoami").await.status == 200).then_some(())
    })
    .await;
    let in_her_browser = async |path: &str, body: Value| {
        let request = world.anybody().request(Method::POST, path).header("cookie", &known_by);
        answer(request.json(&body)).await
    };
    let change = |current: &str| json!({ "current": current, "new": "eight lamps in a violet harbour" });
    for _ in 0..=ATTEMPTS {
        _ = in_her_browser("/api/auth/signin", json!({ "email": email, "password": "wrong" })).await;
        _ = ana.send(&world, Method::PUT, "/api/auth/password", &change("wrong")).await;
    }
    let token = link(&world, email).await;
    _ = in_her_browser("/api/auth/password/reset", json!({ "token": token, "new": NEW })).await.expect(204);
    let signed = in_her_browser("/api/auth/signin", json!({ "email": email, "password": NEW })).await;
    let ana = Browser::of(email, &signed.expect(200));
    _ = ana.send(&world, Method::PUT, "/api/auth/password", &change(NEW)).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_passwords_at_sign_up_tell_as_much_as_that_the_address_is_taken() {
    let settings = [("PASSWORD_ATTEMPTS", "2"), ("NETWORK_ATTEMPTS", "3")];
    let world = world_with(auth_service::start, &settings).await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let sign_up = async |email: &str| {
        let body = json!({ "email": email, "password": "not the right password", "name": "Ana" });
        world.anybody().post("/api/auth/signup", &body).await
    };
    for _ in 0..2 {
        sign_up(&ana.email).await.problem(ProblemCode::EmailTaken);
    }
    _ = sign_up("new@example.com").await.expect(201);
    sign_up(&ana.email).await.problem(ProblemCode::RateLimited);
    sign_up("newer@example.com").await.problem(ProblemCode::RateLimited);
}
