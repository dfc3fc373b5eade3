//! `tickets.ban.*.applied.v1`: the listings that a ban hid, the offers that it withdrew, the tickets that it refuses.

use super::{effects, keep};
use crate::store::ban_effects::Word;
use contracts::auth::BanEffectKind::{ListingsHidden, OffersWithdrawn, TicketsRefused};
use events::{Handler, Handling, Kind, Received, tickets::BanEffects};
use sqlx::PgTransaction;

pub(super) struct BansInTickets;

impl Handler for BansInTickets {
    type Aggregate = BanEffects;
    const NAME: &'static str = "bans-in-tickets";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<BanEffects>) -> Result<(), Handling> {
        let did = &event.state;
        let word = Word {
            ban: did.ban,
            service: "tickets",
            effects: effects([
                (ListingsHidden, did.listings_hidden),
                (OffersWithdrawn, did.offers_withdrawn),
                (TicketsRefused, did.tickets_refused),
            ]),
            acted_at: event.occurred_at,
            version: did.version,
        };
        keep(tx, word).await
    }
}
