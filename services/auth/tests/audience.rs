//! The people of these tests: they sign up, and carry their cookies as a browser would.

use auth::{
    Authority, AuthorityConfig,
    pull::{PullSecret, PullUrls},
};
use ed25519_dalek::SigningKey;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, World, caller::answer, world::ORIGIN};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) const PASSWORD: &str = "violet harbour seven lamps";
/// Secret half of the key that signs revocations.
pub(crate) const SECRET: [u8; 32] = [7; 32];
/// The key from which secrets of links are derived.
pub(crate) const MAIL_LINK_KEY: [u8; 32] = [5; 32];

fn public() -> String {
    hex::encode(SigningKey::from_bytes(&SECRET).verifying_key().to_bytes())
}

/// Starts auth alone and waits until it knows identities.
pub(crate) async fn world() -> World {
    let world = world_of(auth_service::start).await;
    let ana = Browser::sign_up(&world, "Ready").await;
    testkit::eventually("auth has a lease", || async {
        (ana.get(&world, "/api/auth/whoami").await.status == 200).then_some(())
    })
    .await;
    world
}

/// Starts auth in a way of the test's own.
pub(crate) async fn world_of(
    start: impl AsyncFnOnce(&service::Env, &service::Lifecycle) -> anyhow::Result<service::App>,
) -> World {
    world_with(start, &[]).await
}

/// Starts auth in a way and with settings of the test's own.
pub(crate) async fn world_with(
    start: impl AsyncFnOnce(&service::Env, &service::Lifecycle) -> anyhow::Result<service::App>,
    settings: &[(&str, &str)],
) -> World {
    let extra = [
        ("REVOCATION_SECRET_KEY", hex::encode(SECRET)),
        ("REVOCATION_PUBLIC_KEY", public()),
        ("REFRESH_TOKEN_KEY", hex::encode([9; 32])),
        ("SECOND_FACTOR_KEY", hex::encode([11; 32])),
        ("MAIL_LINK_KEY", hex::encode(MAIL_LINK_KEY)),
        ("PLAIN_COOKIES", "true".to_owned()),
    ];
    let mut extra: Vec<(&str, &str)> = extra.iter().map(|(name, value)| (*name, value.as_str())).collect();
    extra.extend(settings);
    let world = World::start_without_auth("auth", start, &extra).await;
    testkit::eventually("auth knows who is revoked", || async {
        let ready = world.anybody().get("/readyz").await.json;
        ready["details"]["lease_ms"].is_number().then_some(())
    })
    .await;
    world
}

/// An authority as the service `orders` has one.
pub(crate) async fn orders_authority(world: &World, stop: &CancellationToken) -> Authority {
    orders_authority_with(world, stop, None).await
}

/// The same, with a way to ask auth itself.
pub(crate) async fn orders_authority_with(
    world: &World,
    stop: &CancellationToken,
    pull: Option<(PullUrls, PullSecret)>,
) -> Authority {
    let config = AuthorityConfig {
        service: "orders".to_owned(),
        instance: "orders-1".to_owned(),
        nats_url: world.nats.url("orders-revocations"),
        revocation_public_key: public(),
        public_origin: ORIGIN.to_owned(),
        plain_cookies: true,
        pull,
    };
    let authority = Authority::connect(config, &TaskTracker::new(), stop).await.unwrap();
    tokio::time::timeout(testkit::PATIENCE, authority.ready()).await.expect("orders has a lease");
    authority
}

/// Somebody with cookies.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) user: Value,
}

impl Browser {
    pub(crate) async fn sign_up(world: &World, name: &str) -> Self {
        let email = format!("{}-{}@example.com", name.to_lowercase(), uuid::Uuid::now_v7().simple());
        let body = json!({ "email": email, "password": PASSWORD, "name": name });
        Self::of(&email, &world.anybody().post("/api/auth/signup", &body).await.expect(201))
    }

    /// Signs up and is made an admin who has proven a second factor, behind the API's back.
    pub(crate) async fn admin(world: &World, name: &str) -> Self {
        let made = Self::sign_up(world, name).await;
        let promoted = sqlx::query("UPDATE users SET role = 'admin' WHERE email = $1").bind(&made.email);
        promoted.execute(&world.pool).await.unwrap();
        let signed = made.sign_in(world).await;
        let strengthened = sqlx::query("UPDATE sessions SET second_factor = true WHERE user_id = $1");
        strengthened.bind(made.uuid()).execute(&world.pool).await.unwrap();
        Self::of(&made.email, &signed.refreshes(world).await.expect(200))
    }

    pub(crate) async fn sign_in(&self, world: &World) -> Self {
        let body = json!({ "email": self.email, "password": PASSWORD });
        Self::of(&self.email, &world.anybody().post("/api/auth/signin", &body).await.expect(200))
    }

    pub(crate) fn of(email: &str, answer: &Answer) -> Self {
        let (access, refresh) = (cookie(answer, "access"), cookie(answer, "refresh"));
        let user = answer.json["user"].clone();
        Self { email: email.to_owned(), access, refresh, user }
    }

    pub(crate) fn uuid(&self) -> uuid::Uuid {
        self.id().parse().unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        self.user["id"].as_str().unwrap()
    }

    pub(crate) async fn get(&self, world: &World, path: &str) -> Answer {
        answer(world.anybody().request(Method::GET, path).bearer_auth(&self.access)).await
    }

    pub(crate) async fn send(&self, world: &World, method: Method, path: &str, body: &Value) -> Answer {
        answer(world.anybody().request(method, path).bearer_auth(&self.access).json(body)).await
    }

    /// Exchanges the refresh cookie, as the frontend's server does.
    pub(crate) async fn refreshes(&self, world: &World) -> Answer {
        let request = world.anybody().request(Method::POST, "/api/auth/refresh").header("origin", ORIGIN);
        answer(request.header("cookie", format!("refresh={}", self.refresh))).await
    }
}

/// The value of a cookie that the answer sets.
pub(crate) fn cookie(answer: &Answer, name: &str) -> String {
    let mut all = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let start = format!("{name}=");
    let found = all.find_map(|value| value.strip_prefix(&start)).expect("the cookie is set");
    found.split(';').next().unwrap().to_owned()
}

/// Live sessions of a user that nobody has tokens of.
pub(crate) async fn more_sessions(world: &World, user: uuid::Uuid, count: i32) {
    sqlx::query(
        r"
        INSERT INTO sessions (id, user_id, user_agent, created_at, last_seen_at, expires_at, authenticated_at)
        SELECT gen_random_uuid(), $1, '', now(), now() - interval '1 day', now() + interval '90 days', now()
        FROM generate_series(1, $2)
        ",
    )
    .bind(user)
    .bind(count)
    .execute(&world.pool)
    .await
    .unwrap();
}

/// So often a scenario that must end within a lease begins anew in a new world.
pub(crate) const WORLDS_MAX: usize = 5;
/// What is not committed by then is refused: the lease of before has ended.
pub(crate) const COMMIT_MAX: std::time::Duration = auth::lease::LIFE.saturating_mul(2);

/// The id of the ban in force, as soon as it is committed.
pub(crate) async fn ban_in_force(world: &World, user: &Browser) -> String {
    let user: uuid::Uuid = user.id().parse().unwrap();
    let find = "SELECT id FROM bans WHERE user_id = $1 AND lifted_at IS NULL";
    let id: uuid::Uuid = testkit::eventually("the ban is committed", || async {
        sqlx::query_scalar(find).bind(user).fetch_optional(&world.pool).await.unwrap()
    })
    .await;
    id.to_string()
}
