//! `auth.user.*.banned.v1` and `unbanned.v1`: a banned seller's listings are hidden, and restored when the
//! ban ends; what they resell is withdrawn for good. How much of it there was is told.

use crate::{
    listing,
    store::{
        self,
        ban_effects::{self, More},
        facts,
    },
};
use contracts::listings::{ListingKind, ListingStatus};
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
        let did = apply(tx, user).await?;
        match &user.ban {
            // A ban that was overtaken by its end did nothing, and that is told too.
            Some(ban) => Ok(ban_effects::add(tx, user.id, ban, did).await?),
            None => Ok(()),
        }
    }
}

/// Makes the listings follow the newest word about their seller; nothing is done where they follow a newer one.
async fn apply(tx: &mut PgTransaction<'_>, user: &User) -> Result<Option<More>, Handling> {
    if !store::users::apply_ban(tx, user).await? {
        return Ok(None);
    }
    let listings = store::listings::lock_of_seller(tx, user.id).await?;
    let changed: Vec<_> = listings
        .into_iter()
        .map(|(listing, show)| (listing.version, listing.ban(user.ban.is_some(), show)))
        .filter(|(before, (listing, _))| listing.version != *before)
        .map(|(_, changed)| changed)
        .collect();
    facts::save_listings(tx, &changed).await?;
    Ok(Some(counted(&changed)))
}

fn counted(changed: &[listing::Changed]) -> More {
    let count = |kind: ListingKind, status: ListingStatus| {
        let counted = changed.iter().filter(|(it, _)| it.kind() == kind && it.status() == status).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    };
    More {
        listings_hidden: count(ListingKind::Primary, ListingStatus::Hidden),
        offers_withdrawn: count(ListingKind::Resale, ListingStatus::Withdrawn),
    }
}
