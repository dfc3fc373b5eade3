//! What the service does with the facts of others: it keeps what they did because of a ban, for the receipt.

mod bans_in_orders;
mod bans_in_tickets;

use crate::store::ban_effects::{self, Word};
use contracts::auth::{BanEffect, BanEffectKind};
use events::{Consumers, Handling};
use sqlx::PgConnection;

/// Every consumer that the topology declares for auth.
pub(crate) fn all() -> Consumers {
    Consumers::new().on(bans_in_orders::BansInOrders).on(bans_in_tickets::BansInTickets)
}

/// Keeps a word. Bans are ours: a word about one that does not exist is no fact.
async fn keep(db: &mut PgConnection, word: Word) -> Result<(), Handling> {
    if ban_effects::put(db, &word).await? {
        return Ok(());
    }
    Err(Handling::Reject(format!("there is no ban {}", word.ban)))
}

fn effects<const N: usize>(counts: [(BanEffectKind, u32); N]) -> Vec<BanEffect> {
    counts.map(|(kind, count)| BanEffect { kind, count }).to_vec()
}
