use super::*;
use contracts::Currency;
use testkit::TestDatabase;

struct Books {
    sandbox: Sandbox,
    pool: PgPool,
    _database: TestDatabase,
}

impl Books {
    async fn open() -> Self {
        let database = TestDatabase::create().await;
        let pool = database.pool().await;
        sqlx::migrate!().run(&pool).await.unwrap();
        Self { sandbox: Sandbox::new(pool.clone(), Duration::ZERO), pool, _database: database }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

fn amount(amount: i64) -> Money {
    Money::new(amount, Currency::GBP)
}

fn authorization(method: &str) -> Authorization {
    Authorization { key: "order:1:1".to_owned(), method: method.to_owned(), amount: amount(4840) }
}

#[tokio::test]
async fn a_key_that_was_ended_before_it_was_known_reserves_nothing_later() {
    let books = Books::open().await;
    let late = authorization("pm_card_visa");
    assert_eq!(books.sandbox.void(&late).await.unwrap().charge, Charge::Voided);
    assert_eq!(books.sandbox.authorize(&late).await.unwrap().charge, Charge::Voided);
    assert_eq!(books.sandbox.capture(&late.key).await.unwrap().charge, Charge::Voided);
    assert_eq!(books.number("SELECT count(*) FROM sandbox_charges").await, 1);
}

#[tokio::test]
async fn whatever_is_not_taken_yet_can_be_ended() {
    for method in ["pm_card_visa", "pm_card_authenticationRequired", "pm_sandbox_late_webhook"] {
        let books = Books::open().await;
        let begun = authorization(method);
        books.sandbox.authorize(&begun).await.unwrap();
        assert_eq!(books.sandbox.void(&begun).await.unwrap().charge, Charge::Voided, "{method}");
    }
    let books = Books::open().await;
    let taken = authorization("pm_sandbox_captures_at_once");
    books.sandbox.authorize(&taken).await.unwrap();
    assert_eq!(books.sandbox.void(&taken).await.unwrap().charge, Charge::Captured);
}

#[tokio::test]
async fn a_charge_is_never_without_the_webhook_that_ends_its_processing() {
    let books = Books::open().await;
    let late = authorization("pm_sandbox_late_webhook");
    sqlx::query("ALTER TABLE sandbox_webhooks RENAME TO away").execute(&books.pool).await.unwrap();
    books.sandbox.authorize(&late).await.unwrap_err();
    assert_eq!(books.number("SELECT count(*) FROM sandbox_charges").await, 0);
    sqlx::query("ALTER TABLE away RENAME TO sandbox_webhooks").execute(&books.pool).await.unwrap();
    assert_eq!(books.sandbox.authorize(&late).await.unwrap().charge, Charge::Processing);
    assert_eq!(books.number("SELECT count(*) FROM sandbox_webhooks").await, 1);
}

#[tokio::test]
async fn a_refund_key_moves_money_once_and_never_more_than_was_taken() {
    let books = Books::open().await;
    let sold = authorization("pm_card_visa");
    books.sandbox.authorize(&sold).await.unwrap();
    books.sandbox.capture(&sold.key).await.unwrap();
    for _ in 0..2 {
        let outcome = books.sandbox.refund(&sold.key, "refund:1", amount(4000)).await.unwrap();
        assert_eq!(outcome, RefundOutcome::Issued);
    }
    let outcome = books.sandbox.refund(&sold.key, "refund:2", amount(841)).await.unwrap();
    assert!(matches!(outcome, RefundOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(books.number("SELECT refunded FROM sandbox_charges").await, 4000);
    assert_eq!(books.number("SELECT count(*) FROM sandbox_refunds").await, 1);
}
