//! Sign-ins from browsers that an account does not know.

use crate::{
    audience::{Browser, PASSWORD, cookie, world, world_with},
    mailbox::{mail, mails, secret},
    recovery::{NEW, link},
};
use contracts::{ProblemCode, auth::NoticeKind};
use reqwest::Method;
use serde_json::json;
use testkit::{Answer, World, caller::answer};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";

/// A sign-in with the cookie by which a browser is known, if it has one.
async fn sign_in(world: &World, email: &str, password: &str, known_by: Option<&str>) -> Answer {
    let mut request = world.anybody().request(Method::POST, "/api/auth/signin").header("user-agent", FIREFOX);
    if let Some(known_by) = known_by {
        request = request.header("cookie", format!("browser={known_by}"));
    }
    answer(request.json(&json!({ "email": email, "password": password }))).await
}

async fn sign_up(world: &World, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ana" });
    world.anybody().post("/api/auth/signup", &body).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_browser_is_told_of_and_a_known_one_is_not() {
    let world = world().await;
    let email = "ana@example.com";
    let first = cookie(&sign_up(&world, email).await, "browser");
    assert_eq!(cookie(&sign_in(&world, email, PASSWORD, Some(&first)).await.expect(200), "browser"), first);
    let stranger = sign_in(&world, email, PASSWORD, None).await.expect(200);
    let told = mail(&world, NoticeKind::NewBrowser, email).await;
    assert_eq!(told.user_agent.as_deref(), Some(FIREFOX));
    let second = cookie(&stranger, "browser");
    _ = sign_in(&world, email, PASSWORD, Some(&second)).await.expect(200);
    // A cookie that we never gave is not taken over.
    let invented = "A".repeat(43);
    assert_ne!(
        cookie(&sign_in(&world, email, PASSWORD, Some(&invented)).await.expect(200), "browser"),
        invented
    );
    testkit::eventually("one mail for each new browser", || async {
        (mails(&world, NoticeKind::NewBrowser, email).len() == 2).then_some(())
    })
    .await;
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM known_browsers k WHERE k::text LIKE '%' || $1 || '%'")
            .bind(&second)
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(kept, 0, "only hashes are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_of_several_people_keeps_its_cookie() {
    let world = world().await;
    let shared = cookie(&sign_up(&world, "ana@example.com").await, "browser");
    _ = sign_up(&world, "bo@example.com").await;
    let signed = sign_in(&world, "bo@example.com", PASSWORD, Some(&shared)).await.expect(200);
    assert_eq!(cookie(&signed, "browser"), shared);
    _ = sign_in(&world, "ana@example.com", PASSWORD, Some(&shared)).await.expect(200);
    mail(&world, NoticeKind::NewBrowser, "bo@example.com").await;
    assert!(mails(&world, NoticeKind::NewBrowser, "ana@example.com").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn that_was_not_me_ends_the_session_and_forgets_the_browser() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let answer = sign_in(&world, &ana.email, PASSWORD, None).await.expect(200);
    let (thief, known_by) = (Browser::of(&ana.email, &answer), cookie(&answer, "browser"));
    let token = secret(&mail(&world, NoticeKind::NewBrowser, &ana.email).await);
    let body = json!({ "token": token });
    _ = world.anybody().post("/api/auth/sessions/disown", &body).await.expect(204);
    thief.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
    _ = ana.refreshes(&world).await.expect(200);
    world.anybody().post("/api/auth/sessions/disown", &body).await.problem(ProblemCode::LinkInvalid);
    _ = sign_in(&world, &ana.email, PASSWORD, Some(&known_by)).await.expect(200);
    testkit::eventually("its next sign-in is told again", || async {
        (mails(&world, NoticeKind::NewBrowser, &ana.email).len() == 2).then_some(())
    })
    .await;
    // A link of one kind does nothing of another.
    let reset = json!({ "token": token, "new": "seven lamps in a violet harbour" });
    world.anybody().post("/api/auth/password/reset", &reset).await.problem(ProblemCode::LinkInvalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_without_cookies_again_and_again_is_told_ten_times() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    for _ in 0..12 {
        _ = sign_in(&world, &ana.email, PASSWORD, None).await.expect(200);
    }
    testkit::eventually("ten mails", || async {
        (mails(&world, NoticeKind::NewBrowser, &ana.email).len() >= 10).then_some(())
    })
    .await;
    let links: i64 =
        sqlx::query_scalar("SELECT count(*) FROM email_links WHERE purpose = 'not_me' AND email = $1")
            .bind(&ana.email)
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert_eq!(links, 10);
}

/// ASVS 6.1.1: nobody is locked out on purpose.
#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_who_guesses_does_not_keep_a_known_browser_out() {
    let world = world_with(auth_service::start, &[("PASSWORD_ATTEMPTS", "3")]).await;
    let email = "ana@example.com";
    let known_by = cookie(&sign_up(&world, email).await, "browser");
    for _ in 0..3 {
        sign_in(&world, email, "not the right password", None).await.problem(ProblemCode::WrongCredentials);
    }
    sign_in(&world, email, PASSWORD, None).await.problem(ProblemCode::RateLimited);
    _ = sign_in(&world, email, PASSWORD, Some(&known_by)).await.expect(200);
    for _ in 0..3 {
        let wrong = sign_in(&world, email, "not the right password", Some(&known_by)).await;
        wrong.problem(ProblemCode::WrongCredentials);
    }
    sign_in(&world, email, PASSWORD, Some(&known_by)).await.problem(ProblemCode::RateLimited);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_knows_no_browser_is_told_of_the_first() {
    let world = world().await;
    let email = "ana@example.com";
    _ = sign_up(&world, email).await;
    sqlx::query("DELETE FROM known_browsers").execute(&world.pool).await.unwrap();
    _ = sign_in(&world, email, PASSWORD, None).await.expect(200);
    mail(&world, NoticeKind::NewBrowser, email).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_changes_password_and_address_does_not_disarm_that_was_not_me() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let thief = Browser::of(&ana.email, &sign_in(&world, &ana.email, PASSWORD, None).await.expect(200));
    let not_me = secret(&mail(&world, NoticeKind::NewBrowser, &ana.email).await);
    let body = json!({ "current": PASSWORD, "new": NEW });
    _ = thief.send(&world, Method::PUT, "/api/auth/password", &body).await.expect(204);
    let body = json!({ "password": NEW, "email": "thief@example.com" });
    _ = thief.send(&world, Method::PUT, "/api/auth/email", &body).await.expect(202);
    let taken = secret(&mail(&world, NoticeKind::ConfirmNewEmail, "thief@example.com").await);
    _ = world.anybody().post("/api/auth/email/confirm", &json!({ "token": taken })).await.expect(200);
    _ = world.anybody().post("/api/auth/sessions/disown", &json!({ "token": not_me })).await.expect(204);
    thief.refreshes(&world).await.problem(ProblemCode::SessionRevoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_by_mail_leaves_that_was_not_me_as_it_is() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let known_by = cookie(&sign_in(&world, &ana.email, PASSWORD, None).await.expect(200), "browser");
    let not_me = secret(&mail(&world, NoticeKind::NewBrowser, &ana.email).await);
    let reset = json!({ "token": link(&world, &ana.email).await, "new": NEW });
    _ = world.anybody().post("/api/auth/password/reset", &reset).await.expect(204);
    _ = world.anybody().post("/api/auth/sessions/disown", &json!({ "token": not_me })).await.expect(204);
    _ = sign_in(&world, &ana.email, NEW, Some(&known_by)).await.expect(200);
    testkit::eventually("the browser was forgotten", || async {
        (mails(&world, NoticeKind::NewBrowser, &ana.email).len() == 2).then_some(())
    })
    .await;
}
