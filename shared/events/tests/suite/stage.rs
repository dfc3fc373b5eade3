//! The backbone of expiration without a service around it: several instances, each begun and ended at will.

use crate::parrot::{SERVICE, order};
use contracts::{Timestamp, ids::OrderId};
use events::{
    Backbone, Consumers, Handler, Handling, Kind, Received,
    expiration::{Timer, TimerFact},
    orders::Order,
    outbox,
};
use sqlx::{PgPool, PgTransaction, postgres::PgPoolOptions};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use testkit::{Bus, NatsServer, TestDatabase};
use tokio::{sync::Semaphore, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// A bus and a database.
pub(crate) struct Stage {
    pub(crate) bus: Bus,
    pub(crate) pool: PgPool,
    pub(crate) nats: NatsServer,
    database: TestDatabase,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (nats, database) = tokio::join!(NatsServer::start(), TestDatabase::create());
        let (bus, pool) = (Bus::connect(&nats).await, database.pool().await);
        events::backbone::migrate(&pool).await.expect("the messaging tables are made");
        Self { bus, pool, nats, database }
    }

    /// One more instance, with a pool of its own.
    pub(crate) async fn instance(&self) -> Backbone {
        self.instance_on(self.database.pool().await).await
    }

    /// A pool with several idle connections.
    pub(crate) async fn open_pool(&self, connections: u32) -> PgPool {
        let options = PgPoolOptions::new().min_connections(connections);
        options.connect(&self.database.url).await.expect("the test database answers")
    }

    /// One more instance, on this pool.
    pub(crate) async fn instance_on(&self, pool: PgPool) -> Backbone {
        Backbone::connect(SERVICE, &self.nats.url(SERVICE), pool).await.expect("the backbone connects")
    }

    /// Publishes the next version of a timer in a transaction that stays open for a while.
    pub(crate) async fn publish_slowly(&self, id: OrderId, version: i64, open: Duration) {
        let mut tx = self.pool.begin().await.expect("a transaction");
        outbox::publish(&mut tx, TimerFact::DeadlineReached, &timer(id, version))
            .await
            .expect("it is written");
        tokio::time::sleep(open).await;
        tx.commit().await.expect("it is committed");
    }

    /// Versions of a timer as they went over the bus.
    pub(crate) fn versions(&self, id: OrderId) -> Vec<i64> {
        let all = self.bus.all::<Timer>(TimerFact::DeadlineReached);
        all.iter().filter(|event| event.state.order == id).map(|event| event.state.version).collect()
    }

    /// Waits until the outbox knows that everything was published.
    pub(crate) async fn outbox_is_done(&self) {
        testkit::eventually("the outbox is done", || async {
            let waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
            let left: i64 = sqlx::query_scalar(waiting).fetch_one(&self.pool).await.ok()?;
            (left == 0).then_some(())
        })
        .await;
    }
}

fn timer(order: OrderId, version: i64) -> Timer {
    Timer { order, due_at: Timestamp::UNIX_EPOCH, version }
}

/// Handles one order per permit, each for a while, and counts how often it began.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) begun: Arc<AtomicU32>,
    pub(crate) takes: Duration,
}

impl Gate {
    pub(crate) fn new(permits: usize, takes: Duration) -> Self {
        Self { permits: Arc::new(Semaphore::new(permits)), begun: Arc::default(), takes }
    }

    pub(crate) fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }
}

impl Handler for Gate {
    type Aggregate = Order;
    const NAME: &'static str = "orders";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, _: &mut PgTransaction<'_>, _: &Received<Order>) -> Result<(), Handling> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.permits.acquire().await.map_err(|closed| Handling::Retry(closed.into()))?.forget();
        tokio::time::sleep(self.takes).await;
        Ok(())
    }
}

/// Begins to consume; gives what ends it.
pub(crate) fn consume(instance: &Backbone, gate: &Gate) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    let consuming = instance.clone().consume(Consumers::new().on(gate.clone()), stop.clone());
    (stop, tokio::spawn(consuming))
}

/// Publishes as many orders as asked.
pub(crate) async fn publish_orders(stage: &Stage, count: usize) {
    for _ in 0..count {
        stage.bus.publish(events::orders::OrderFact::Placed, &order()).await;
    }
}
