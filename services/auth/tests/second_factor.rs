//! Second factors: codes of an authenticator app, recovery codes, and the challenge between the two steps.

use crate::{
    audience::{Browser, PASSWORD, cookie, world_with},
    mailbox::mail,
};
use chrono::TimeDelta;
use contracts::{ProblemCode, auth::NoticeKind};
use reqwest::Method;
use serde_json::{Value, json};
use service::Clock;
use testkit::{Answer, World, caller::answer, world::ORIGIN};
use totp_rs::{Builder, Secret};

const TOTP_PATH: &str = "/api/auth/totp";

/// Auth with a clock that can be set, and knowing identities.
pub(crate) async fn world() -> (World, Clock) {
    let clock = Clock::fixed(Clock::system().now());
    let started = clock.clone();
    let start = async |env: &_, lifecycle: &_| auth_service::start_with(env, lifecycle, started).await;
    let world = world_with(start, &[]).await;
    let ready = Browser::sign_up(&world, "Ready").await;
    testkit::eventually("auth has a lease", || async {
        (ready.get(&world, "/api/auth/whoami").await.status == 200).then_some(())
    })
    .await;
    (world, clock)
}

/// An authenticator app, and the recovery codes that came with it.
pub(crate) struct App {
    secret: Secret,
    recovery_codes: Vec<String>,
    clock: Clock,
}

impl App {
    /// Adds one to an account, by the code of now.
    pub(crate) async fn add(world: &World, clock: &Clock, owner: &Browser) -> Self {
        Self::confirm(world, clock, owner).await.0
    }

    async fn confirm(world: &World, clock: &Clock, owner: &Browser) -> (Self, Answer) {
        let offer = owner.send(world, Method::POST, TOTP_PATH, &json!({})).await.expect(200);
        let secret = Secret::try_from_base32(offer.json["secret"].as_str().unwrap()).unwrap();
        let mut app = Self { secret, recovery_codes: Vec::new(), clock: clock.clone() };
        let confirmed = owner.send(world, Method::PUT, TOTP_PATH, &json!({ "code": app.code(0) })).await;
        let confirmed = confirmed.expect(200);
        app.recovery_codes = words(&confirmed.json["recovery_codes"]);
        (app, confirmed)
    }

    /// The code that it shows so many steps from now.
    pub(crate) fn code(&self, steps: i64) -> String {
        let rules = Builder::new().with_secret(self.secret.clone()).with_account_name("ana").build().unwrap();
        rules.generate(u64::try_from(self.clock.now().timestamp() + 30 * steps).unwrap()).to_string()
    }

    /// A code that it will not show today.
    fn wrong_code(&self) -> String {
        let near: Vec<String> = (-5..=5).map(|steps| self.code(steps)).collect();
        (0..1_000_000).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

async fn first_step(world: &World, owner: &Browser) -> Answer {
    let body = json!({ "email": owner.email, "password": PASSWORD });
    world.anybody().post("/api/auth/signin", &body).await.expect(202)
}

/// The challenge of a first step.
pub(crate) async fn challenge(world: &World, owner: &Browser) -> String {
    first_step(world, owner).await.json["challenge"].as_str().unwrap().to_owned()
}

pub(crate) async fn second_step(world: &World, challenge: &str, code: &str) -> Answer {
    world.anybody().post("/api/auth/signin/code", &json!({ "challenge": challenge, "code": code })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_counts_once_a_code_of_it_has_come_back() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let offer = ana.send(&world, Method::POST, TOTP_PATH, &json!({})).await.expect(200);
    assert!(offer.json["qr"].as_str().unwrap().contains("<svg"), "{}", offer.text);
    assert!(offer.json["uri"].as_str().unwrap().starts_with("otpauth://totp/"), "{}", offer.text);
    ana.send(&world, Method::PUT, TOTP_PATH, &json!({ "code": "12345" })).await.problem(ProblemCode::Invalid);
    ana.sign_in(&world).await;
    assert_eq!(ana.get(&world, TOTP_PATH).await.expect(200).json["secret"], offer.json["secret"]);

    let app = App::add(&world, &clock, &ana).await;
    assert_eq!(app.recovery_codes.len(), 10);
    ana.get(&world, TOTP_PATH).await.problem(ProblemCode::NotFound);
    ana.send(&world, Method::POST, TOTP_PATH, &json!({})).await.problem(ProblemCode::StateConflict);
    let asked = first_step(&world, &ana).await;
    assert_eq!((&asked.json["totp"], &asked.json["passkey"]), (&json!(true), &json!(false)));
    let set: Vec<_> = asked.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert!(set.len() == 1 && set[0].starts_with("challenge=") && set[0].contains("HttpOnly"), "{set:?}");
    let again = json!({ "email": ana.email, "password": PASSWORD, "name": "Ana" });
    _ = world.anybody().post("/api/auth/signup", &again).await.expect(202);

    let stored: Vec<u8> = sqlx::query_scalar("SELECT secret FROM totp").fetch_one(&world.pool).await.unwrap();
    assert!(!stored.windows(20).any(|part| part == app.secret.as_bytes()), "the secret is sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_and_a_challenge_work_once() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let first = challenge(&world, &ana).await;
    let used = second_step(&world, &first, &app.code(0)).await;
    assert_eq!(used.problem(ProblemCode::Invalid)["errors"][0]["field"], "code");
    let entered = second_step(&world, &first, &app.code(1)).await.expect(200);
    let signed = Browser::of(&ana.email, &entered);
    assert_eq!(cookie(&entered, "challenge"), "");
    _ = signed.get(&world, "/api/auth/whoami").await.expect(200);
    second_step(&world, &first, &app.code(1)).await.problem(ProblemCode::ChallengeExpired);
    let second = challenge(&world, &ana).await;
    second_step(&world, &second, &app.code(1)).await.problem(ProblemCode::Invalid);
    second_step(&world, &second, &app.code(-1)).await.problem(ProblemCode::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sign_ins_with_one_code_at_one_moment_one_succeeds() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let code = app.code(1);
    let (first, second) = (challenge(&world, &ana).await, challenge(&world, &ana).await);
    let challenges = [&first, &second, &first, &second];
    let steps = challenges.map(|challenge| second_step(&world, challenge, &code));
    let statuses: Vec<u16> =
        futures::future::join_all(steps).await.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_cost_time_and_recovery_codes_do_not_wait() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let asked = challenge(&world, &ana).await;
    for _ in 0..5 {
        second_step(&world, &asked, &app.wrong_code()).await.problem(ProblemCode::Invalid);
    }
    // Another challenge is no way around.
    let other = challenge(&world, &ana).await;
    let refused = second_step(&world, &other, &app.code(1)).await;
    assert_eq!(refused.headers["retry-after"], "61");
    refused.problem(ProblemCode::RateLimited);
    _ = second_step(&world, &other, &app.recovery_codes[0]).await.expect(200);
    clock.set(clock.now() + TimeDelta::seconds(61));
    _ = second_step(&world, &asked, &app.code(0)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_new_ones_end_the_old() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let [first, second, third] = [0, 1, 2].map(|at| app.recovery_codes[at].clone());
    let typed = first.to_lowercase().replace('-', " ");
    _ = second_step(&world, &challenge(&world, &ana).await, &typed).await.expect(200);
    let asked = challenge(&world, &ana).await;
    second_step(&world, &asked, &first).await.problem(ProblemCode::Invalid);
    let left = ana.get(&world, "/api/auth/second-factors").await.expect(200);
    assert_eq!(left.json["recovery_codes_left"], 9);
    let renewed = ana.send(&world, Method::POST, "/api/auth/recovery-codes", &json!({})).await.expect(200);
    mail(&world, NoticeKind::RecoveryCodesMade, &ana.email).await;
    second_step(&world, &asked, &second).await.problem(ProblemCode::Invalid);
    _ = second_step(&world, &asked, &words(&renewed.json["codes"])[9]).await.expect(200);
    let stored: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM recovery_codes").fetch_all(&world.pool).await.unwrap();
    assert!(stored.iter().all(|hash| hash.len() == 32 && *hash != third.as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_for_its_own_account_and_for_five_minutes() {
    let (world, clock) = world().await;
    let (ana, bo) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Bo").await);
    let (of_ana, of_bo) = (App::add(&world, &clock, &ana).await, App::add(&world, &clock, &bo).await);
    let asked = challenge(&world, &bo).await;
    second_step(&world, &asked, &of_ana.code(1)).await.problem(ProblemCode::Invalid);
    second_step(&world, &asked, &of_ana.recovery_codes[0]).await.problem(ProblemCode::Invalid);
    clock.set(clock.now() + TimeDelta::minutes(5));
    second_step(&world, &asked, &of_bo.code(0)).await.problem(ProblemCode::ChallengeExpired);
    second_step(&world, "nonsense", &of_bo.code(0)).await.problem(ProblemCode::ChallengeExpired);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_no_token_and_its_cookie_is_for_our_own_pages() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let asked = challenge(&world, &ana).await;
    let with_it = Browser { access: asked.clone(), ..ana.clone() };
    with_it.get(&world, "/api/auth/whoami").await.problem(ProblemCode::TokenInvalid);
    let request = || {
        let request = world.anybody().request(Method::POST, "/api/auth/signin/code");
        let request = request.header("cookie", format!("challenge={asked}"));
        request.json(&json!({ "code": app.code(1) }))
    };
    answer(request()).await.problem(ProblemCode::CrossSite);
    answer(request().header("origin", "https://evil.example")).await.problem(ProblemCode::CrossSite);
    _ = answer(request().header("origin", ORIGIN)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_between_the_two_steps_wins() {
    let (world, clock) = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let asked = challenge(&world, &ana).await;
    let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
    _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Fraud" })).await.expect(200);
    let refused = second_step(&world, &asked, &app.code(1)).await;
    assert_eq!(refused.problem(ProblemCode::AccountSuspended)["detail"], "Fraud");
    _ = admin.send(&world, Method::DELETE, &ban, &json!({ "note": "A mistake" })).await.expect(200);
    second_step(&world, &asked, &app.code(1)).await.problem(ProblemCode::ChallengeExpired);
    _ = second_step(&world, &challenge(&world, &ana).await, &app.code(1)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_between_the_two_steps_wins() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let asked = challenge(&world, &ana).await;
    let change = json!({ "current": PASSWORD, "new": "seven lamps in a violet harbour" });
    _ = ana.send(&world, Method::PUT, "/api/auth/password", &change).await.expect(204);
    second_step(&world, &asked, &app.code(1)).await.problem(ProblemCode::ChallengeExpired);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_is_one_with_a_second_factor_only_and_keeps_it() {
    let (world, clock) = world().await;
    let root = Browser::sign_up(&world, "Root").await;
    let promote = sqlx::query("UPDATE users SET role = 'admin' WHERE email = $1").bind(&root.email);
    promote.execute(&world.pool).await.unwrap();
    let root = root.sign_in(&world).await;
    let users = "/api/auth/admin/users";
    root.get(&world, users).await.problem(ProblemCode::SecondFactorRequired);
    let who = root.get(&world, "/api/auth/whoami").await.expect(200);
    assert_eq!(who.json["role"], "user", "no service takes it for an admin's token");

    let (app, confirmed) = App::confirm(&world, &clock, &root).await;
    let strong = Browser { access: cookie(&confirmed, "access"), ..root.clone() };
    _ = strong.get(&world, users).await.expect(200);
    let refreshed = strong.refreshes(&world).await.expect(200);
    _ = Browser::of(&root.email, &refreshed).get(&world, users).await.expect(200);
    strong.send(&world, Method::DELETE, TOTP_PATH, &json!({})).await.problem(ProblemCode::StateConflict);
    let signed = second_step(&world, &challenge(&world, &root).await, &app.code(1)).await.expect(200);
    _ = Browser::of(&root.email, &signed).get(&world, users).await.expect(200);
    let audit = strong.get(&world, "/api/auth/admin/audit").await.expect(200);
    assert_eq!(audit.json["items"][0]["action"], "user.app_added");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_app_an_account_signs_in_with_the_password_again() {
    let (world, clock) = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let app = App::add(&world, &clock, &ana).await;
    let asked = challenge(&world, &ana).await;
    _ = ana.send(&world, Method::DELETE, TOTP_PATH, &json!({})).await.expect(204);
    _ = ana.send(&world, Method::DELETE, TOTP_PATH, &json!({})).await.expect(204);
    second_step(&world, &asked, &app.recovery_codes[0]).await.problem(ProblemCode::Invalid);
    ana.sign_in(&world).await;
    for kind in [NoticeKind::SecondFactorAdded, NoticeKind::SecondFactorRemoved] {
        mail(&world, kind, &ana.email).await;
    }
}

/// Rounds of the race; each has its own user.
const ROUNDS: u64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_second_step_that_races_a_ban_leaves_no_session() {
    let (world, clock) = world().await;
    let admin = Browser::admin(&world, "Root").await;
    for round in 0..ROUNDS {
        let ana = Browser::sign_up(&world, "Ana").await;
        let app = App::add(&world, &clock, &ana).await;
        let asked = challenge(&world, &ana).await;
        let ban = format!("/api/auth/admin/users/{}/ban", ana.id());
        let reason = json!({ "reason": "Fraud" });
        let stagger = std::time::Duration::from_millis(2 * round);
        let (banned, entered) = tokio::join!(admin.send(&world, Method::PUT, &ban, &reason), async {
            tokio::time::sleep(stagger).await;
            second_step(&world, &asked, &app.recovery_codes[0]).await
        });
        _ = banned.expect(200);
        if entered.status == 200 {
            let signed = Browser::of(&ana.email, &entered);
            signed.get(&world, "/api/auth/whoami").await.problem(ProblemCode::AccountSuspended);
        } else {
            assert_eq!(entered.json["code"], "account_suspended", "round {round}: {}", entered.text);
        }
        let live = "SELECT count(*) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL";
        let live: i64 = sqlx::query_scalar(live).bind(ana.uuid()).fetch_one(&world.pool).await.unwrap();
        assert_eq!(live, 0, "round {round}: a session outlived the ban");
    }
}
