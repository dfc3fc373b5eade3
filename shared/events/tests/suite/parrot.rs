//! A tiny service under the name of expiration: it answers every order that is placed with one timer.

use contracts::{
    Currency, Money,
    ids::{OrderId, ShowId, UserId},
    orders::OrderStatus,
};
use events::{
    Backbone, Consumers, Handler, Handling, Kind, Received,
    expiration::{Timer, TimerFact},
    orders::{Order, OrderFact},
    outbox,
};
use service::{App, Env, Lifecycle};
use sqlx::PgTransaction;

/// What tests run.
pub(crate) const SERVICE: &str = "expiration";
/// Its only consumer.
pub(crate) const DURABLE: &str = "expiration-orders";

struct Answer;

impl Handler for Answer {
    type Aggregate = Order;
    const NAME: &'static str = "orders";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Order>) -> Result<(), Handling> {
        if event.fact != OrderFact::Placed {
            return Err(Handling::Reject("only placed orders are answered".to_owned()));
        }
        let order = &event.state;
        let timer = Timer { order: order.id, due_at: order.expires_at, version: order.version };
        Ok(outbox::publish(tx, TimerFact::DeadlineReached, &timer).await?)
    }
}

/// Starts it.
pub(crate) async fn start(env: &Env, lifecycle: &Lifecycle) -> anyhow::Result<App> {
    let (Some(database_url), Some(nats_url)) =
        (env.required::<String>("DATABASE_URL"), env.required::<String>("NATS_URL"))
    else {
        return Err(env.error().into());
    };
    let none = sqlx::migrate::Migrator::with_migrations(Vec::new());
    let pool = service::db::open(&database_url, &none).await?;
    let backbone = Backbone::connect(SERVICE, &nats_url, pool.clone()).await?;
    let consumers = Consumers::new().on(Answer);
    backbone.check(&consumers)?;
    lifecycle.spawn("relay", backbone.clone().relay(lifecycle.stop.clone()));
    lifecycle.spawn("consumers", backbone.consume(consumers, lifecycle.stop.clone()));
    let openapi = utoipa::openapi::OpenApiBuilder::new().build();
    Ok(App { name: SERVICE, routes: axum::Router::new(), openapi, pool: Some(pool), details: None })
}

/// An order that was just placed.
pub(crate) fn order() -> Order {
    let now = service::Clock::system().now();
    Order {
        id: service::new_id::<OrderId>(),
        buyer: service::new_id::<UserId>(),
        show: service::new_id::<ShowId>(),
        items: Vec::new(),
        total: Money::new(4840, Currency::GBP),
        fee: Money::new(440, Currency::GBP),
        status: OrderStatus::AwaitingPayment,
        cancel_reason: None,
        expires_at: now,
        payment: None,
        refused_payment: None,
        refunded: None,
        placed_at: now,
        version: 1,
    }
}
