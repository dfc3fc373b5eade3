//! A provider of our own that behaves like a real one, with books of its own in the service's database.
//!
//! It understands Stripe's test tokens and some of its own that stand for what can go wrong:
//!
//! | token | what happens |
//! | --- | --- |
//! | `pm_card_visa`, `pm_card_mastercard`, `pm_card_amex` | reserved |
//! | `pm_card_authenticationRequired` | a challenge comes first |
//! | `pm_sandbox_timeout` | reserved, but the answer never comes |
//! | `pm_sandbox_late_webhook` | "processing"; reserved later, told by a signed webhook |
//! | `pm_sandbox_captures_at_once` | taken at once: a method that cannot be captured later |
//! | `pm_sandbox_capture_refused` | reserved, but never captured |
//! | `pm_sandbox_capture_timeout` | reserved; captured, but the answer never comes |
//! | `pm_sandbox_refund_refused` | like a good card, but the money never goes back |
//! | `pm_sandbox_refund_timeout` | like a good card; the money goes back, but the answer never comes |
//! | anything else, such as `pm_card_chargeDeclined` | declined |

pub(crate) mod webhooks;

use super::{Answer, Authorization, Charge, OutcomeUnknown, Provider, ProviderEvent, RefundOutcome};
use async_trait::async_trait;
use contracts::Money;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// The sandbox.
pub(crate) struct Sandbox {
    pool: PgPool,
    webhook_delay: Duration,
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the charge is not in the books")]
    NoSuchCharge,
    #[error("the books say {0}, which means nothing")]
    Corrupt(String),
}

impl From<Refusal> for OutcomeUnknown {
    fn from(refusal: Refusal) -> Self {
        Self::Unusable(Box::new(refusal))
    }
}

impl Sandbox {
    pub(crate) fn new(pool: PgPool, webhook_delay: Duration) -> Self {
        Self { pool, webhook_delay }
    }

    /// Ends a key that is not known: whoever asks to reserve under it from now on finds it voided.
    async fn end(&self, authorization: &Authorization) -> sqlx::Result<()> {
        sqlx::query(
            r"
            INSERT INTO sandbox_charges (idempotency_key, reference, method, amount, currency, state, authorizations)
            VALUES ($1, 'ch_' || replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, 'voided', 0)
            ON CONFLICT (idempotency_key) DO NOTHING
            ",
        )
        .bind(&authorization.key)
        .bind(&authorization.method)
        .bind(authorization.amount.amount)
        .bind(authorization.amount.currency.code())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Enters a charge, unless its key is known. True where it is new.
    async fn enter(
        connection: &mut PgConnection,
        authorization: &Authorization,
        state: &str,
    ) -> sqlx::Result<bool> {
        // A system column tells an inserted row from one that was there: nobody has ever updated it.
        let entered = sqlx::query_scalar(
            r"
            INSERT INTO sandbox_charges (idempotency_key, reference, method, amount, currency, state, captured_at)
            VALUES ($1, 'ch_' || replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, $5,
                CASE WHEN $5 = 'captured' THEN clock_timestamp() END)
            ON CONFLICT (idempotency_key) DO UPDATE SET authorizations = sandbox_charges.authorizations + 1
            RETURNING (xmax = 0) AS entered
            ",
        )
        .bind(&authorization.key)
        .bind(&authorization.method)
        .bind(authorization.amount.amount)
        .bind(authorization.amount.currency.code())
        .bind(state)
        .fetch_one(connection)
        .await?;
        Ok(entered)
    }

    /// Moves a charge from one state to another, where it is in that one. True where it was.
    async fn turn(&self, key: &str, from: &str, to: &str) -> sqlx::Result<bool> {
        let turned = sqlx::query(
            r"
            UPDATE sandbox_charges
            SET state = $3, captured_at = CASE WHEN $3 = 'captured' THEN clock_timestamp() END
            WHERE idempotency_key = $1 AND state = $2
            ",
        )
        .bind(key)
        .bind(from)
        .bind(to)
        .execute(&self.pool)
        .await?;
        Ok(turned.rows_affected() == 1)
    }

    async fn look(&self, key: &str) -> Result<Option<(Answer, String)>, OutcomeUnknown> {
        let row: Option<(String, String, String)> =
            sqlx::query_as("SELECT reference, state, method FROM sandbox_charges WHERE idempotency_key = $1")
                .bind(key)
                .fetch_optional(&self.pool)
                .await?;
        let Some((reference, state, method)) = row else { return Ok(None) };
        let answer = Answer { reference: Some(reference), charge: charge(&state)? };
        Ok(Some((answer, method)))
    }

    async fn known(&self, key: &str) -> Result<(Answer, String), OutcomeUnknown> {
        Ok(self.look(key).await?.ok_or(Refusal::NoSuchCharge)?)
    }
}

fn charge(state: &str) -> Result<Charge, Refusal> {
    Ok(match state {
        "processing" => Charge::Processing,
        "requires_action" => Charge::Challenge { url: None },
        "authorized" => Charge::Authorized,
        "declined" => Charge::Declined,
        "captured" => Charge::Captured,
        "voided" => Charge::Voided,
        "failed" => Charge::Failed,
        other => return Err(Refusal::Corrupt(other.to_owned())),
    })
}

/// What becomes of a card when money is to be reserved.
fn first_state(method: &str) -> &'static str {
    match method {
        "pm_card_visa"
        | "pm_card_mastercard"
        | "pm_card_amex"
        | "pm_sandbox_timeout"
        | "pm_sandbox_capture_refused"
        | "pm_sandbox_capture_timeout"
        | "pm_sandbox_refund_refused"
        | "pm_sandbox_refund_timeout" => "authorized",
        "pm_card_authenticationRequired" => "requires_action",
        "pm_sandbox_late_webhook" => "processing",
        "pm_sandbox_captures_at_once" => "captured",
        _ => "declined",
    }
}

/// The answer that never comes.
async fn silence() {
    std::future::pending::<()>().await;
}

#[async_trait]
impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    async fn authorize(&self, authorization: &Authorization) -> Result<Answer, OutcomeUnknown> {
        let method = authorization.method.as_str();
        // The charge and the webhook that will end its processing: both or neither.
        let mut tx = self.pool.begin().await?;
        let entered = Self::enter(&mut tx, authorization, first_state(method)).await?;
        if entered && method == "pm_sandbox_late_webhook" {
            webhooks::schedule(&mut tx, &authorization.key, self.webhook_delay).await?;
        }
        tx.commit().await?;
        if entered && method == "pm_sandbox_timeout" {
            silence().await;
        }
        Ok(self.known(&authorization.key).await?.0)
    }

    async fn confirm(&self, key: &str, passed: bool) -> Result<Answer, OutcomeUnknown> {
        let outcome = if passed { "authorized" } else { "declined" };
        self.turn(key, "requires_action", outcome).await?;
        Ok(self.known(key).await?.0)
    }

    async fn capture(&self, key: &str) -> Result<Answer, OutcomeUnknown> {
        let (_, method) = self.known(key).await?;
        let outcome = if method == "pm_sandbox_capture_refused" { "failed" } else { "captured" };
        let taken = self.turn(key, "authorized", outcome).await?;
        if taken && method == "pm_sandbox_capture_timeout" {
            silence().await;
        }
        Ok(self.known(key).await?.0)
    }

    async fn void(&self, authorization: &Authorization) -> Result<Answer, OutcomeUnknown> {
        self.end(authorization).await?;
        for state in ["processing", "requires_action", "authorized"] {
            self.turn(&authorization.key, state, "voided").await?;
        }
        Ok(self.known(&authorization.key).await?.0)
    }

    async fn refund(
        &self,
        key: &str,
        refund_key: &str,
        amount: Money,
    ) -> Result<RefundOutcome, OutcomeUnknown> {
        let (_, method) = self.known(key).await?;
        if method == "pm_sandbox_refund_refused" {
            return Ok(RefundOutcome::Refused("the card takes no money back".to_owned()));
        }
        let mut tx = self.pool.begin().await?;
        let entered = sqlx::query(
            r"
            INSERT INTO sandbox_refunds (idempotency_key, charge, amount) VALUES ($1, $2, $3)
            ON CONFLICT (idempotency_key) DO NOTHING
            ",
        )
        .bind(refund_key)
        .bind(key)
        .bind(amount.amount)
        .execute(&mut *tx)
        .await?;
        let first_time = entered.rows_affected() == 1;
        if first_time {
            let given_back = sqlx::query(
                r"
                UPDATE sandbox_charges SET refunded = refunded + $2
                WHERE idempotency_key = $1 AND state = 'captured' AND refunded + $2 <= amount
                ",
            )
            .bind(key)
            .bind(amount.amount)
            .execute(&mut *tx)
            .await?;
            if given_back.rows_affected() == 0 {
                return Ok(RefundOutcome::Refused("more than what was taken cannot go back".to_owned()));
            }
        }
        tx.commit().await?;
        if first_time && method == "pm_sandbox_refund_timeout" {
            silence().await;
        }
        Ok(RefundOutcome::Issued)
    }

    async fn find(&self, key: &str) -> Result<Option<Answer>, OutcomeUnknown> {
        Ok(self.look(key).await?.map(|(answer, _)| answer))
    }

    fn signature_header(&self) -> &'static str {
        "sandbox-signature"
    }

    async fn webhook_secrets(&self) -> Result<Vec<String>, OutcomeUnknown> {
        Ok(vec![webhooks::secret(&self.pool).await?])
    }

    fn event(&self, body: &serde_json::Value) -> Option<ProviderEvent> {
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Some(ProviderEvent { id: text(&body["id"])?, subject: text(&body["data"]["idempotency_key"]) })
    }
}

#[cfg(test)]
#[path = "sandbox_tests.rs"]
mod tests;
