//! Lists of people to ban.

use crate::audience::{Browser, PASSWORD, world};
use contracts::{
    Page, ProblemCode,
    ban_imports::{BanImportLine, BanImportProblem, BanImportState, BanImportView},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;
use testkit::{Answer, World, caller::answer, eventually};

pub(crate) async fn send(world: &World, admin: &Browser, key: &str, list: &str) -> Answer {
    let request = world.anybody().request(Method::POST, "/api/auth/admin/ban-imports");
    let request = request.bearer_auth(&admin.access).header("idempotency-key", key);
    answer(request.header("content-type", "text/csv").body(list.to_owned())).await
}

async fn read(world: &World, admin: &Browser, list: &str) -> BanImportView {
    let key = uuid::Uuid::now_v7().to_string();
    send(world, admin, &key, list).await.expect(201).read()
}

async fn lines(world: &World, admin: &Browser, import: &BanImportView, query: &str) -> Vec<BanImportLine> {
    let path = format!("/api/auth/admin/ban-imports/{}/lines?{query}", import.id);
    admin.get(world, &path).await.expect(200).read::<Page<BanImportLine>>().items
}

async fn confirm(world: &World, admin: &Browser, import: &BanImportView) -> Answer {
    let path = format!("/api/auth/admin/ban-imports/{}/confirm", import.id);
    admin.send(world, Method::POST, &path, &Value::Null).await
}

async fn over(world: &World, admin: &Browser, import: &BanImportView) -> BanImportView {
    let path = format!("/api/auth/admin/ban-imports/{}", import.id);
    eventually("the list is done", || async {
        let view: BanImportView = admin.get(world, &path).await.expect(200).read();
        (view.state != BanImportState::Running).then_some(view)
    })
    .await
}

async fn number(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_shown_first_and_done_when_it_is_confirmed() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let other = Browser::admin(&world, "Ada").await;
    let (ana, ben) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Ben").await);
    let cleo = Browser::sign_up(&world, "Cleo").await;
    let ban = format!("/api/auth/admin/users/{}/ban", cleo.id());
    _ = admin.send(&world, Method::PUT, &ban, &json!({ "reason": "Before" })).await.expect(200);
    let list = format!(
        "user,reason,until,tickets\n{},Fraud,,refuse\n{},Touting,2099-01-31,\n{},Fraud,,\n{},Fraud,,\n{},Fraud,,\n\
         {},Fraud,,\nnobody@example.com,Fraud,,\n{},,,\n",
        ana.email.to_uppercase(),
        ben.id(),
        ana.id(),
        admin.email,
        other.email,
        cleo.email,
        ben.email,
    );
    let import = read(&world, &admin, &list).await;
    assert_eq!((import.state, import.lines, import.open, import.left_out), (BanImportState::Draft, 8, 2, 6));
    let problems: Vec<_> =
        lines(&world, &admin, &import, "").await.into_iter().map(|line| (line.line, line.problem)).collect();
    assert_eq!(
        problems,
        [
            (2, None),
            (3, None),
            (4, Some(BanImportProblem::Repeated)),
            (5, Some(BanImportProblem::Own)),
            (6, Some(BanImportProblem::Admin)),
            (7, Some(BanImportProblem::AlreadyBanned)),
            (8, Some(BanImportProblem::UserUnknown)),
            (9, Some(BanImportProblem::ReasonInvalid)),
        ]
    );
    assert_eq!(lines(&world, &admin, &import, "only=left_out&limit=3").await.len(), 3);
    // Nothing has happened to anybody.
    _ = ana.get(&world, "/api/auth/whoami").await.expect(200);

    let confirmed: BanImportView = confirm(&world, &admin, &import).await.expect(202).read();
    assert!(confirmed.confirmed_at.is_some());
    let done = over(&world, &admin, &import).await;
    assert_eq!((done.state, done.banned, done.open, done.left_out), (BanImportState::Done, 2, 0, 6));
    for banned in [&ana, &ben] {
        eventually("they are refused", || async {
            let answer = banned.get(&world, "/api/auth/whoami").await;
            (answer.json["code"] == "account_suspended").then_some(())
        })
        .await;
    }
    let credentials = json!({ "email": ana.email, "password": PASSWORD });
    let refused = world.anybody().post("/api/auth/signin", &credentials).await;
    assert_eq!(refused.problem(ProblemCode::AccountSuspended)["detail"], "Fraud");
    let terms: (String, bool) = sqlx::query_as("SELECT tickets, until IS NULL FROM bans WHERE user_id = $1")
        .bind(ana.id().parse::<uuid::Uuid>().unwrap())
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(terms, ("refuse".to_owned(), true));

    // Again changes nothing.
    _ = confirm(&world, &admin, &import).await.expect(202);
    assert_eq!(over(&world, &admin, &import).await, done);
    assert_eq!(number(&world, "SELECT count(*) FROM bans").await, 3);
    let traces = "SELECT count(*) FROM audit WHERE action = 'ban_import.confirm'";
    assert_eq!(number(&world, traces).await, 1);
    assert_eq!(number(&world, "SELECT count(*) FROM audit WHERE action = 'user.ban'").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_list_is_refused_whole_and_a_key_stands_for_one_list() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let list = format!("user,reason\n{},Fraud\n", ana.email);
    for (list, part) in [("", "is empty"), ("ana@example.com,Fraud\n", "Name the columns")] {
        let problem = send(&world, &admin, "odd", list).await.problem(ProblemCode::Invalid);
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains(part), "{problem}");
    }
    let first: BanImportView = send(&world, &admin, "one", &list).await.expect(201).read();
    let again: BanImportView = send(&world, &admin, "one", &list).await.expect(201).read();
    assert_eq!(first, again);
    send(&world, &admin, "one", &format!("{list}\n{},x\n", admin.email))
        .await
        .problem(ProblemCode::IdempotencyKeyReused);
    send(&world, &ana, "two", &list).await.problem(ProblemCode::Forbidden);
    let request = world.anybody().request(Method::POST, "/api/auth/admin/ban-imports");
    let request = request.bearer_auth(&admin.access).header("idempotency-key", "three").body(list);
    answer(request).await.problem(ProblemCode::UnsupportedMediaType);
    let nobody = format!("/api/auth/admin/ban-imports/{}", uuid::Uuid::now_v7());
    admin.get(&world, &nobody).await.problem(ProblemCode::NotFound);
    assert_eq!(number(&world, "SELECT count(*) FROM ban_imports").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_after_the_list_was_read_is_left_out_and_a_banned_admin_bans_nobody() {
    let world = world().await;
    let (admin, other) = (Browser::admin(&world, "Root").await, Browser::admin(&world, "Ada").await);
    let (ana, ben) = (Browser::sign_up(&world, "Ana").await, Browser::sign_up(&world, "Ben").await);
    let import =
        read(&world, &admin, &format!("user,reason\n{},Fraud\n{},Fraud\n", ana.email, ben.email)).await;
    let ban = |user: &Browser| format!("/api/auth/admin/users/{}/ban", user.id());
    _ = other.send(&world, Method::PUT, &ban(&ana), &json!({ "reason": "Mine" })).await.expect(200);
    _ = confirm(&world, &admin, &import).await.expect(202);
    let done = over(&world, &admin, &import).await;
    assert_eq!((done.banned, done.left_out), (1, 1));
    let left_out = lines(&world, &admin, &import, "only=left_out").await;
    assert_eq!(left_out[0].problem, Some(BanImportProblem::AlreadyBanned));

    let cleo = Browser::sign_up(&world, "Cleo").await;
    let import = read(&world, &admin, &format!("user,reason\n{},Fraud\n", cleo.email)).await;
    // As if the admin were banned between the confirmation and its work.
    sqlx::query("UPDATE ban_imports SET state = 'running', confirmed_at = now(), confirmed_by = created_by WHERE id = $1")
        .bind(import.id.uuid())
        .execute(&demoted(&world, &admin).await)
        .await
        .unwrap();
    let stopped = over(&world, &other, &import).await;
    assert_eq!((stopped.state, stopped.banned, stopped.left_out), (BanImportState::Stopped, 0, 1));
    _ = cleo.get(&world, "/api/auth/whoami").await.expect(200);
}

/// Takes the role away behind the API's back; gives the database.
async fn demoted(world: &World, admin: &Browser) -> sqlx::PgPool {
    let demote = sqlx::query("UPDATE users SET role = 'user' WHERE email = $1").bind(&admin.email);
    demote.execute(&world.pool).await.unwrap();
    world.pool.clone()
}

/// So many people more.
async fn people(world: &World, count: i32) -> String {
    let emails: Vec<String> = sqlx::query_scalar(
        r"
        INSERT INTO users (id, email, name, password_hash, role, created_at)
        SELECT gen_random_uuid(), 'tout' || n || '@example.org', 'Tout ' || n, '', 'user', now()
        FROM generate_series(1, $1) AS n RETURNING email
        ",
    )
    .bind(count)
    .fetch_all(&world.pool)
    .await
    .unwrap();
    let lines: Vec<_> = emails.iter().map(|email| format!("{email},Touting\n")).collect();
    format!("user,reason\n{}", lines.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_people_are_banned_within_seconds() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let import = read(&world, &admin, &people(&world, 1_000).await).await;
    assert_eq!((import.lines, import.open), (1_000, 1_000));
    let begun = Instant::now();
    _ = confirm(&world, &admin, &import).await.expect(202);
    let done = over(&world, &admin, &import).await;
    assert_eq!((done.state, done.banned), (BanImportState::Done, 1_000));
    eventually("the bus has all of them", || async {
        (number(&world, "SELECT count(*) FROM bans WHERE acknowledged_at IS NOT NULL").await == 1_000)
            .then_some(())
    })
    .await;
    eprintln!("1,000 bans on the bus after {:?}", begun.elapsed());
    assert_eq!(
        number(&world, "SELECT count(*) FROM outbox WHERE subject LIKE 'auth.user.%.banned.v1'").await,
        1_000
    );
    assert_eq!(number(&world, "SELECT count(*) FROM audit WHERE action = 'user.ban'").await, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_was_begun_is_gone_on_with_and_confirmed_once() {
    let world = world().await;
    let admin = Browser::admin(&world, "Root").await;
    let import = read(&world, &admin, &people(&world, 120).await).await;
    // As if an instance had died after its first transaction: some lines are done, the rest is open.
    sqlx::query("UPDATE ban_import_lines SET problem = 'already_banned' WHERE line < 30")
        .execute(&world.pool)
        .await
        .unwrap();
    let (one, two) = tokio::join!(confirm(&world, &admin, &import), confirm(&world, &admin, &import));
    assert_eq!((one.status, two.status), (202, 202));
    let done = over(&world, &admin, &import).await;
    assert_eq!((done.banned, done.left_out), (92, 28));
    assert_eq!(number(&world, "SELECT count(*) FROM bans").await, 92);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_more_than_a_day_ago_is_not_confirmed() {
    let world = world().await;
    let (admin, ana) = (Browser::admin(&world, "Root").await, Browser::sign_up(&world, "Ana").await);
    let import = read(&world, &admin, &format!("user,reason\n{},Fraud\n", ana.email)).await;
    let age = "UPDATE ban_imports SET created_at = created_at - interval '25 hours'";
    sqlx::query(age).execute(&world.pool).await.unwrap();
    confirm(&world, &admin, &import).await.problem(ProblemCode::NotFound);
    assert_eq!(number(&world, "SELECT count(*) FROM ban_imports WHERE state = 'draft'").await, 1);
    assert_eq!(number(&world, "SELECT count(*) FROM audit WHERE action = 'ban_import.confirm'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_list_of_admins_waits_for_them_with_empty_hands() {
    let world = world().await;
    let (first, second) = (Browser::admin(&world, "Root").await, Browser::admin(&world, "Ada").await);
    // Somebody locks the admins, one after the other in the order of their ids.
    let lock = "SELECT 1 FROM users WHERE id = $1 FOR UPDATE";
    let mut locking = world.pool.begin().await.unwrap();
    sqlx::query(lock).bind(first.uuid()).execute(&mut *locking).await.unwrap();
    let list = format!("user,reason\n{},Fraud\n", first.email);
    let reading = send(&world, &second, "admins", &list);
    let locked = async {
        eventually("the list waits", || async {
            let waiting = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            (number(&world, waiting).await == 1).then_some(())
        })
        .await;
        sqlx::query(lock).bind(second.uuid()).execute(&mut *locking).await.unwrap();
        locking.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(reading, locked);
    let import: BanImportView = answer.expect(201).read();
    assert_eq!(import.left_out, 1);
}
