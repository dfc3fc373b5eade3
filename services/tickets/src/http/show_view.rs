//! A show as it is answered, for whoever looks.

use crate::{error::Error, show::Show, store};
use contracts::{
    ids::UserId,
    shows::{PersonView, ShowView},
};
use sqlx::PgConnection;

/// The show with the listings that the viewer may see.
pub(super) async fn of(db: &mut PgConnection, show: Show, viewer: Option<UserId>) -> Result<ShowView, Error> {
    let name = store::users::name(db, show.organiser).await?;
    let listings = store::listing_views::of_show(db, show.id, viewer).await?;
    Ok(ShowView {
        id: show.id,
        organiser: PersonView { id: show.organiser, name: name.unwrap_or_default() },
        title: show.title,
        description: show.description,
        category: show.category,
        starts_at: show.starts_at,
        doors_at: show.doors_at,
        refund_until: show.refund_until,
        venue: show.venue,
        status: show.status,
        hold_seconds: show.hold_seconds,
        version: show.version,
        listings,
    })
}
