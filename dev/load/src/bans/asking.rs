//! Requests to every instance, in the names of people who are banned soon, were banned, or never are.

use super::history::{Answer, Asked};
use crate::{
    people,
    system::{Instance, System},
};
use anyhow::ensure;
use contracts::Timestamp;
use reqwest::StatusCode;
use seed::api::Session;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

/// Whoever has not answered by then is stopped.
const PATIENCE: Duration = Duration::from_secs(3);
/// Requests under way at most: those to a stopped instance wait.
const MOST_UNDER_WAY: usize = 2_000;
/// How long somebody is asked about closely, until each instance has refused.
const CLOSELY: Duration = Duration::from_secs(4);

/// Somebody in whose name is asked.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    token: String,
}

impl Person {
    pub(crate) async fn of(session: &Session) -> anyhow::Result<Self> {
        let id = people::id(session).await?.to_string();
        Ok(Self { id, token: session.token().to_owned() })
    }
}

/// Who is asked about, and what was answered so far.
pub(crate) struct Asking {
    http: reqwest::Client,
    instances: Vec<Instance>,
    bystanders: Vec<Session>,
    per_second: u32,
    people: Mutex<Vec<Person>>,
    history: Mutex<Vec<Asked>>,
    stopped: AtomicBool,
}

impl Asking {
    pub(crate) fn new(system: &System, bystanders: &[Session], per_second: u32) -> anyhow::Result<Self> {
        let instances = system.instances()?;
        ensure!(!instances.is_empty(), "there is no service to ask");
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?,
            instances,
            bystanders: bystanders.to_vec(),
            per_second,
            people: Mutex::default(),
            history: Mutex::default(),
            stopped: AtomicBool::new(false),
        })
    }

    /// Asks about somebody too, from now on until they are let go.
    pub(crate) fn begin(&self, person: &Person) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).push(person.clone());
    }

    /// Asks about somebody no more.
    pub(crate) fn let_go(&self, person: &Person) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).retain(|one| one.id != person.id);
    }

    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// All that was asked.
    pub(crate) fn history(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks so many times per second until it is stopped, whatever is answered: everybody, of every instance, in turn.
    pub(crate) async fn at_rate(self: Arc<Self>) {
        for session in &self.bystanders {
            if let Ok(person) = Person::of(session).await {
                self.begin(&person);
            }
        }
        let places = Arc::new(Semaphore::new(MOST_UNDER_WAY));
        let mut under_way = JoinSet::new();
        let mut tick = interval(Duration::from_secs(1) / self.per_second);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut turn = 0_usize;
        while !self.stopped.load(Ordering::Relaxed) {
            tick.tick().await;
            while under_way.try_join_next().is_some() {}
            let Some(person) = self.person(turn) else { continue };
            let instance = self.instances[turn % self.instances.len()].clone();
            turn += 1;
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let asking = Arc::clone(&self);
            under_way.spawn(async move {
                asking.ask(&person, &instance).await;
                drop(place);
            });
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Each person meets each instance: the person changes when all instances had their turn.
    fn person(&self, turn: usize) -> Option<Person> {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let round = turn / self.instances.len();
        people.get(round % people.len().max(1)).cloned()
    }

    /// Asks every instance about somebody until each has refused: as many requests again as for all others together,
    /// or a share of that.
    pub(crate) async fn closely(self: Arc<Self>, person: Person, share: u32) {
        let instances = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        let every = Duration::from_secs(1) * instances * share / self.per_second;
        let mut askers = JoinSet::new();
        for instance in self.instances.clone() {
            let (asking, person) = (Arc::clone(&self), person.clone());
            askers.spawn(async move {
                let begun = Instant::now();
                while begun.elapsed() < CLOSELY && asking.ask(&person, &instance).await != Answer::Refused {
                    sleep(every).await;
                }
            });
        }
        while askers.join_next().await.is_some() {}
    }

    async fn ask(&self, person: &Person, instance: &Instance) -> Answer {
        let url = format!("http://127.0.0.1:{}/api/{}/whoami", instance.port, instance.service);
        let begun = now();
        let sent = self.http.get(url).bearer_auth(&person.token).send().await;
        let answer = match sent.map(|response| response.status()) {
            Ok(status) if status.is_success() => Answer::Accepted,
            Ok(StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => Answer::Refused,
            Ok(_) => Answer::Unavailable,
            Err(_) => Answer::Silent,
        };
        let (person, instance) = (person.id.clone(), instance.name.clone());
        let asked = Asked { person, instance, begun, answer };
        self.history.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        answer
    }
}

/// The machine's clock, which auth's acknowledgements are told by.
#[expect(clippy::disallowed_methods, reason = "this is no service: it compares with the times in receipts")]
pub(crate) fn now() -> Timestamp {
    chrono::Utc::now()
}
