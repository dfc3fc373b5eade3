//! Publishing what transitions tell of.

use crate::{code::Codes, listing, show, store, ticket};
use events::outbox::{self, PublishError};
use sqlx::PgTransaction;

/// Listings of one statement: their seats may be many.
const LISTINGS_AT_ONCE: usize = 200;

/// Publishes a show's fact, where there is one.
pub(crate) async fn show(tx: &mut PgTransaction<'_>, changed: &show::Changed) -> Result<(), PublishError> {
    match changed {
        (show, Some(fact)) => outbox::publish(tx, *fact, &show.state()).await,
        (_, None) => Ok(()),
    }
}

/// Publishes a listing's fact, where there is one.
pub(crate) async fn listing(
    tx: &mut PgTransaction<'_>,
    changed: &listing::Changed,
) -> Result<(), PublishError> {
    match changed {
        (listing, Some(fact)) => outbox::publish(tx, *fact, &listing.state()).await,
        (_, None) => Ok(()),
    }
}

/// Stores changed listings and publishes their facts, in few statements however many they are.
pub(crate) async fn save_listings(
    tx: &mut PgTransaction<'_>,
    changed: &[listing::Changed],
) -> Result<(), crate::error::Error> {
    for changed in changed.chunks(LISTINGS_AT_ONCE) {
        let listings: Vec<_> = changed.iter().map(|(listing, _)| listing).collect();
        store::listings::update_all(tx, &listings).await?;
        let facts: Vec<_> =
            changed.iter().filter_map(|(listing, fact)| Some(((*fact)?, listing.state()))).collect();
        outbox::publish_all(tx, &facts).await?;
    }
    Ok(())
}

/// Publishes what happened to tickets, all at once.
pub(crate) async fn tickets(
    tx: &mut PgTransaction<'_>,
    changed: &[ticket::Changed],
    codes: &Codes,
) -> Result<(), PublishError> {
    let facts: Vec<_> = changed.iter().map(|(ticket, fact)| (*fact, ticket.state(codes))).collect();
    outbox::publish_all(tx, &facts).await
}
