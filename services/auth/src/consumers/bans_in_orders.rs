//! `orders.ban.*.applied.v1`: the holds that a ban released, and the live streams that it closed.

use super::{effects, keep};
use crate::store::ban_effects::Word;
use contracts::auth::BanEffectKind::{HoldsReleased, PlacesReleased, StreamsClosed};
use events::{Handler, Handling, Kind, Received, orders::BanEffects};
use sqlx::PgTransaction;

pub(super) struct BansInOrders;

impl Handler for BansInOrders {
    type Aggregate = BanEffects;
    const NAME: &'static str = "bans-in-orders";
    const KIND: Kind = Kind::Copy;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<BanEffects>) -> Result<(), Handling> {
        let did = &event.state;
        let word = Word {
            ban: did.ban,
            service: "orders",
            effects: effects([
                (HoldsReleased, did.holds_released),
                (PlacesReleased, did.places_released),
                (StreamsClosed, did.streams_closed),
            ]),
            acted_at: event.occurred_at,
            version: did.version,
        };
        keep(tx, word).await
    }
}
