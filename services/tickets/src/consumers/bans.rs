//! `auth.user.*.banned.v1` and `unbanned.v1`: a banned seller's listings are hidden, and restored when the
//! ban ends; what they resell is withdrawn for good.

use crate::store::{self, facts};
use events::{Handler, Handling, Kind, Received, auth::User};
use sqlx::PgTransaction;

pub(crate) struct Bans;

impl Handler for Bans {
    type Aggregate = User;
    const NAME: &'static str = "bans";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        let user = &event.state;
        // The copy first, and with it the row's lock: whoever lists now waits, and is refused.
        store::users::copy(tx, user).await?;
        if !store::users::apply_ban(tx, user).await? {
            return Ok(());
        }
        let listings = store::listings::lock_of_seller(tx, user.id).await?;
        let changed: Vec<_> = listings
            .into_iter()
            .map(|(listing, show)| (listing.version, listing.ban(user.ban.is_some(), show)))
            .filter(|(before, (listing, _))| listing.version != *before)
            .map(|(_, changed)| changed)
            .collect();
        Ok(facts::save_listings(tx, &changed).await?)
    }
}
