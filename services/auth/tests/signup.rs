//! `POST /api/auth/signup`

use crate::{
    audience::{Browser, PASSWORD, world, world_with},
    mailbox::mail,
};
use contracts::{ProblemCode, auth::NoticeKind};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_signed_in_and_announced() {
    let world = world().await;
    let body = json!({ "email": " Ana@Example.com ", "password": PASSWORD, "name": "Ana" });
    let answer = world.anybody().post("/api/auth/signup", &body).await.expect(201);
    assert_eq!(answer.json["user"]["email"], "ana@example.com");
    assert_eq!(answer.json["user"]["role"], "user");
    assert_eq!(answer.headers["cache-control"], "no-store");
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/;"));
    }
    let ana = Browser::of("ana@example.com", &answer);
    let session = ana.get(&world, "/api/auth/session").await.expect(200);
    assert_eq!(session.json["user"]["id"], ana.id());
    let stored: String =
        sqlx::query_scalar("SELECT password_hash FROM users WHERE email = 'ana@example.com'")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    let announced: i64 =
        sqlx::query_scalar("SELECT count(*) FROM outbox WHERE subject LIKE 'auth.user.%.registered.v1'")
            .fetch_one(&world.pool)
            .await
            .unwrap();
    assert!(announced >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let taken =
        json!({ "email": ana.email.to_uppercase(), "password": "not the right password", "name": "Ana" });
    world.anybody().post("/api/auth/signup", &taken).await.problem(ProblemCode::EmailTaken);
    let short = json!({ "email": "nowhere", "password": "short", "name": "" });
    let problem = world.anybody().post("/api/auth/signup", &short).await.problem(ProblemCode::Invalid);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
    let common = json!({ "email": "bo@example.com", "password": "passwordpassword1", "name": "Bo" });
    let problem = world.anybody().post("/api/auth/signup", &common).await.problem(ProblemCode::Invalid);
    assert_eq!(problem["errors"][0]["code"], "common_password");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_signs_in_whether_at_once_or_later() {
    let world = world().await;
    let body = json!({ "email": "bo@example.com", "password": PASSWORD, "name": "Bo" });
    let anybody = world.anybody();
    let sending = (0..3).map(|_| anybody.post("/api/auth/signup", &body));
    let mut answers = futures::future::join_all(sending).await;
    answers.push(anybody.post("/api/auth/signup", &body).await);
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let entered = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, entered), (1, 3));
    for answer in &answers {
        assert_eq!(answer.json["user"], answers[0].json["user"]);
        _ = Browser::of("bo@example.com", answer).refreshes(&world).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_makes_an_admin_and_doing_it_again_changes_nothing() {
    let world = world().await;
    let ana = Browser::sign_up(&world, "Ana").await;
    let options = world.pool.connect_options();
    let database = options.get_database().unwrap();
    let server = std::env::vars().find(|(name, _)| name == "TEST_POSTGRES_URL").unwrap().1;
    let url = format!("{}/{database}", server.rsplit_once('/').unwrap().0);
    let env = service::Env::of([("DATABASE_URL", url.as_str()), ("ADMIN_PASSWORD", PASSWORD)]);
    for email in [ana.email.as_str(), "op@example.com"] {
        let arguments = ["--email", email, "--name", "Operator"].map(str::to_owned);
        auth_service::create_admin(&env, &arguments).await.unwrap();
        auth_service::create_admin(&env, &arguments).await.unwrap();
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = world.anybody().post("/api/auth/signin", &body).await.expect(200);
        assert_eq!(answer.json["user"]["role"], "admin");
    }
    let acts: i64 = sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(&world.pool).await.unwrap();
    assert_eq!(acts, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_list_of_common_passwords_counts_too() {
    let folder = std::env::temp_dir();
    let [from, list] = ["hashes", "list"]
        .map(|kind| folder.join(format!("{kind}-{}", uuid::Uuid::now_v7().simple())).display().to_string());
    let hash = hex::encode_upper(<sha1::Sha1 as sha1::Digest>::digest("our mascot is a heron"));
    std::fs::write(&from, format!("{hash}:12\n")).unwrap();
    let arguments = ["--from", &from, "--out", &list].map(str::to_owned);
    assert_eq!(auth_service::build_password_list(&arguments).unwrap(), 1);
    let world = world_with(auth_service::start, &[("PASSWORD_LIST", &list)]).await;
    let body = |password: &str| json!({ "email": "bo@example.com", "password": password, "name": "Bo" });
    let refused = world.anybody().post("/api/auth/signup", &body("our mascot is a heron")).await;
    assert_eq!(refused.problem(ProblemCode::Invalid)["errors"][0]["code"], "common_password");
    _ = world.anybody().post("/api/auth/signup", &body("our mascot is a crane")).await.expect(201);
    for (password, made) in [("our mascot is a heron", false), ("our mascot is a crane", true)] {
        let env = service::Env::of([
            ("DATABASE_URL", world.database_url()),
            ("ADMIN_PASSWORD", password),
            ("PASSWORD_LIST", list.as_str()),
        ]);
        let arguments = ["--email", "op@example.com"].map(str::to_owned);
        assert_eq!(auth_service::create_admin(&env, &arguments).await.is_ok(), made, "{password}");
    }
    for file in [from, list] {
        std::fs::remove_file(file).unwrap();
    }
}

/// What cannot be counted is refused by the database.
const BROKEN: &str =
    "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$";

#[tokio::test(flavor = "multi_thread")]
async fn a_free_address_takes_no_place_that_would_have_to_be_given_back() {
    let world = world().await;
    let never = "CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON password_attempts FOR EACH ROW
        WHEN (NEW.attempts > 0) EXECUTE FUNCTION broken()";
    for statement in [BROKEN, never] {
        sqlx::query(statement).execute(&world.pool).await.unwrap();
    }
    Browser::sign_up(&world, "Ana").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_given_back_costs_nobody_their_cookies() {
    let world = world().await;
    let never = "CREATE TRIGGER broken BEFORE UPDATE ON password_attempts FOR EACH ROW
        WHEN (NEW.attempts < OLD.attempts) EXECUTE FUNCTION broken()";
    for statement in [BROKEN, never] {
        sqlx::query(statement).execute(&world.pool).await.unwrap();
    }
    let ana = Browser::sign_up(&world, "Ana").await;
    let body = json!({ "email": ana.email, "password": PASSWORD, "name": "Ana" });
    let again = world.anybody().post("/api/auth/signup", &body).await.expect(200);
    _ = Browser::of(&ana.email, &again).refreshes(&world).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_gives_an_admin_an_app_and_the_admin_is_told() {
    let world = world().await;
    let key = hex::encode([11; 32]);
    let env = service::Env::of([
        ("DATABASE_URL", world.database_url()),
        ("ADMIN_PASSWORD", PASSWORD),
        ("ADMIN_TOTP_SECRET", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        ("SECOND_FACTOR_KEY", key.as_str()),
    ]);
    let arguments = ["--email", "op@example.com"].map(str::to_owned);
    auth_service::create_admin(&env, &arguments).await.unwrap();
    mail(&world, NoticeKind::SecondFactorAdded, "op@example.com").await;
    let body = json!({ "email": "op@example.com", "password": PASSWORD });
    _ = world.anybody().post("/api/auth/signin", &body).await.expect(202);
}
