//! Releases the holds of somebody who is banned, and says how many. What is being confirmed or was paid stays.

use crate::store::{
    ban_effects::{self, More},
    context, copies, orders,
};
use contracts::orders::CancelReason;
use events::{Handler, Handling, Kind, Received, auth::User};
use sqlx::PgTransaction;

pub(super) struct Bans;

impl Handler for Bans {
    type Aggregate = User;
    const NAME: &'static str = "bans";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<User>) -> Result<(), Handling> {
        let user = &event.state;
        // A hold of theirs that is being placed at this moment ends first, and a later one sees the ban: the
        // copy is written here too, whenever the consumer of copies comes to it.
        context::lock_buyer(tx, user.id).await?;
        copies::put_user(tx, user).await?;
        let still_banned = copies::is_banned(tx, user.id).await?;
        let released: Vec<_> = orders::lock_awaiting_of(tx, user.id)
            .await?
            .into_iter()
            .filter(|order| still_banned || order.placed_at <= event.occurred_at)
            .filter_map(|order| order.cancel(CancelReason::Banned).ok())
            .collect();
        orders::save(tx, &released).await?;
        // A fact from before bans had ids is acted on and not answered.
        let Some(ban) = user.ban.as_ref().and_then(|ban| ban.id) else { return Ok(()) };
        let places =
            released.iter().flat_map(|change| &change.order.items).map(|item| item.units.len()).sum();
        ban_effects::add(tx, ban, user.id, More { holds: released.len(), places }).await?;
        Ok(())
    }
}
