//! The second path, with auth played by the test: which answers give a lease, and which do not.

use crate::bus::{Bus, ban, ready, user, within};
use auth::{
    Authority, Refusal,
    issue::{RevocationSigner, SecretKey},
    pull::{ANSWER_BYTES_MAX, Answer, PATH, Position, PullSecret, Question},
    revocation::Revocation,
};
use axum::{Json, Router, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::net::TcpListener;
use uuid::Uuid;

const SECOND: Duration = Duration::from_secs(1);
const SECRET: PullSecret = PullSecret::new([3; 32]);
const HISTORY: Uuid = Uuid::from_u128(1);

/// How auth answers.
#[derive(Clone, Debug)]
enum Manner {
    Truthful,
    Refusing,
    Hanging,
    Endless,
    SignedByAStranger,
    OfAnotherType,
    ToAnotherQuestion,
    ToAnotherInstance,
    LeavingOut,
}

struct Played {
    manner: Manner,
    signer: RevocationSigner,
    key: auth::keys::PublicKey,
    revocations: Vec<Revocation>,
    questions: Vec<Question>,
    bearers: Vec<String>,
}

type Shared = Arc<Mutex<Played>>;

/// Auth's private listener, played by the test.
struct FakeAuth {
    url: String,
    played: Shared,
}

impl FakeAuth {
    async fn start(bus: &Bus) -> Self {
        let played = Played {
            manner: Manner::Truthful,
            signer: bus.revocations.clone(),
            key: bus.key(),
            revocations: Vec::new(),
            questions: Vec::new(),
            bearers: Vec::new(),
        };
        let played = Arc::new(Mutex::new(played));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route(PATH, post(answer)).with_state(Arc::clone(&played));
        tokio::spawn(axum::serve(listener, routes).into_future());
        Self { url, played }
    }

    fn is(&self, manner: Manner) {
        self.played.lock().unwrap().manner = manner;
    }

    fn revokes(&self, revocation: Revocation) {
        self.played.lock().unwrap().revocations.push(revocation);
    }

    fn questions(&self) -> Vec<Question> {
        self.played.lock().unwrap().questions.clone()
    }

    async fn asked_by_orders(&self, bus: &Bus) -> Authority {
        bus.authority_with(Some((self.url.parse().unwrap(), SECRET))).await
    }
}

async fn answer(
    State(played): State<Shared>,
    headers: HeaderMap,
    Json(question): Json<Question>,
) -> Result<String, StatusCode> {
    let manner = {
        let mut played = played.lock().unwrap();
        played.questions.push(question.clone());
        played.bearers.push(headers["authorization"].to_str().unwrap().to_owned());
        played.manner.clone()
    };
    if matches!(manner, Manner::Hanging) {
        // Longer than anybody waits.
        tokio::time::sleep(4 * SECOND).await;
    }
    let played = played.lock().unwrap();
    match manner {
        Manner::Refusing => Err(StatusCode::UNAUTHORIZED),
        Manner::Endless => Ok("x".repeat(ANSWER_BYTES_MAX + 1)),
        _ => Ok(said(&played, question, &manner)),
    }
}

fn said(played: &Played, question: Question, manner: &Manner) -> String {
    let newest = Position { history: HISTORY, cursor: i64::try_from(played.revocations.len()).unwrap() };
    let after = question.after.filter(|after| after.history == HISTORY);
    let begin = after.map_or(0, |after| usize::try_from(after.cursor).unwrap());
    let truth = Answer {
        nonce: question.nonce,
        service: question.service,
        instance: question.instance,
        after,
        through: newest,
        more: false,
        revocations: played.revocations[begin..].to_vec(),
        keys: vec![played.key.clone()],
    };
    let said = match manner {
        Manner::ToAnotherQuestion => Answer { nonce: Uuid::new_v4(), ..truth },
        Manner::ToAnotherInstance => Answer { instance: "orders-2".to_owned(), ..truth },
        // It begins where the instance is not yet.
        Manner::LeavingOut => Answer { after: Some(newest), revocations: Vec::new(), ..truth },
        _ => truth,
    };
    let stranger = RevocationSigner(SecretKey::new(&[8; 32]));
    match manner {
        Manner::SignedByAStranger => stranger.answer(&said).unwrap(),
        Manner::OfAnotherType => played.signer.key(&played.key).unwrap(),
        _ => played.signer.answer(&said).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_pull_gives_a_lease_where_the_bus_is_not_complete() {
    let bus = Bus::start().await; // Auth has written nothing.
    let fake = FakeAuth::start(&bus).await;
    let banned = user();
    fake.revokes(ban(banned, 2));
    let orders = fake.asked_by_orders(&bus).await;
    ready(&orders).await;
    assert_eq!(orders.check(&bus.token(banned, 1)), Err(Refusal::AccountSuspended));
    assert!(orders.check(&bus.token(user(), 1)).is_ok());
    assert!(!orders.hears_bus());
    let first = fake.questions()[0].clone();
    assert_eq!((first.service.as_str(), first.instance.as_str(), first.after), ("orders", "orders-1", None));
    let expected = format!("Bearer {}", hex::encode([3; 32]));
    assert!(fake.played.lock().unwrap().bearers.iter().all(|bearer| *bearer == expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pulled_later_says_what_is_known_and_brings_only_the_rest() {
    let bus = Bus::start().await;
    let fake = FakeAuth::start(&bus).await;
    fake.revokes(ban(user(), 2));
    let orders = fake.asked_by_orders(&bus).await;
    ready(&orders).await;
    let person = user();
    let token = bus.token(person, 1);
    let identity = orders.check(&token).unwrap();
    let closing = tokio::spawn({
        let orders = orders.clone();
        async move { orders.revoked(&identity).await }
    });
    fake.revokes(ban(person, 2));
    within(2 * SECOND, "the ban", || orders.check(&token) == Err(Refusal::AccountSuspended)).await;
    assert_eq!(closing.await.unwrap(), Refusal::AccountSuspended, "live streams are closed");
    // News are reported by the next question, long before the lease needs it.
    let both = Some(Position { history: HISTORY, cursor: 2 });
    let reported = || fake.questions().iter().any(|question| question.after == both);
    within(Duration::from_millis(400), "the report", reported).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_but_the_true_one_gives_a_lease() {
    let bus = Bus::start().await;
    let fake = FakeAuth::start(&bus).await;
    fake.revokes(ban(user(), 2));
    let untrue = [
        Manner::Refusing,
        Manner::Endless,
        Manner::SignedByAStranger,
        Manner::OfAnotherType,
        Manner::ToAnotherQuestion,
        Manner::ToAnotherInstance,
        Manner::LeavingOut,
    ];
    fake.is(untrue[0].clone());
    let orders = fake.asked_by_orders(&bus).await;
    for manner in untrue {
        fake.is(manner.clone());
        let before = fake.questions().len();
        // The first one may still have been asked in the manner of before.
        within(8 * SECOND, "two questions", || fake.questions().len() > before + 1).await;
        assert!(orders.lease_left().is_none(), "{manner:?}");
    }
    fake.is(Manner::Truthful);
    within(3 * SECOND, "a lease", || orders.lease_left().is_some()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_is_under_way_at_most_and_a_hanging_auth_is_asked_rarely() {
    let bus = Bus::start().await;
    let fake = FakeAuth::start(&bus).await;
    fake.is(Manner::Hanging);
    let orders = fake.asked_by_orders(&bus).await;
    tokio::time::sleep(4 * SECOND).await;
    assert!(orders.lease_left().is_none());
    // Who gave up asks again, and nobody asks twice at once; the connection of the one before is closed by then.
    let asked = fake.questions().len();
    assert!((2..=7).contains(&asked), "{asked} questions in 4 s");
    fake.is(Manner::Truthful);
    within(3 * SECOND, "a lease", || orders.lease_left().is_some()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bus_is_heard_auth_is_left_alone() {
    let bus = Bus::start().await;
    bus.open().await;
    let fake = FakeAuth::start(&bus).await;
    let orders = fake.asked_by_orders(&bus).await;
    within(5 * SECOND, "the bus", || orders.hears_bus()).await;
    let asked = fake.questions().len();
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(fake.questions().len(), asked);
    bus.signal("STOP");
    within(2 * SECOND, "a question", || fake.questions().len() > asked).await;
    tokio::time::sleep(2 * SECOND).await;
    assert!(orders.check(&bus.token(user(), 1)).is_ok(), "the lease goes on");
    bus.signal("CONT");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_heard_everything_on_the_bus_asks_for_the_rest() {
    let bus = Bus::start().await;
    let fake = FakeAuth::start(&bus).await;
    fake.is(Manner::Refusing);
    bus.open_at(Position { history: HISTORY, cursor: 1 }).await;
    fake.revokes(ban(user(), 2));
    let orders = fake.asked_by_orders(&bus).await;
    within(5 * SECOND, "the bus", || orders.hears_bus()).await;
    fake.is(Manner::Truthful);
    let asked = fake.questions().len();
    bus.signal("STOP");
    within(2 * SECOND, "a question", || fake.questions().len() > asked).await;
    let question = fake.questions().pop().unwrap();
    assert_eq!(question.after, Some(Position { history: HISTORY, cursor: 1 }));
    bus.signal("CONT");
}
