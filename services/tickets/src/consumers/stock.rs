//! `orders.stock.>`: keeps the copy of stock figures.

use crate::store;
use events::{Handler, Handling, Kind, Received, orders::ListingStock};
use sqlx::PgTransaction;

pub(crate) struct StockFigures;

impl Handler for StockFigures {
    type Aggregate = ListingStock;
    const NAME: &'static str = "stock";
    const KIND: Kind = Kind::Copy;

    async fn handle(
        &self,
        tx: &mut PgTransaction<'_>,
        event: &Received<ListingStock>,
    ) -> Result<(), Handling> {
        Ok(store::stock::copy(tx, &event.state).await?)
    }
}
