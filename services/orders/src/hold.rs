//! The hold: units taken for a buyer and their order placed, in one transaction of few statements.

mod existing;
mod take;

use crate::{
    error::Error,
    hold::existing::Carried,
    order::{Draft, Order, PlaceError},
    store::{
        self,
        context::{self, Offer, Related},
        units::{Taken, Want, WantedUnits},
    },
};
use contracts::{
    FieldError,
    ids::{ListingId, OrderId, UserId},
    orders::{PlaceOrder, PlaceOrderItem},
    shows::ShowSummary,
};
use events::orders::{OrderItem, OrderUnit};
use sqlx::PgTransaction;

/// Who wants what.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) buyer: UserId,
    /// `Idempotency-Key`.
    pub(crate) key: String,
    pub(crate) request: PlaceOrder,
}

/// An order as it was when it was placed, now or at an earlier request of the same key.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) order: Order,
    pub(crate) show: ShowSummary,
}

/// Holds what is asked for, all of it or nothing. After an error the transaction must be rolled back.
///
/// A refusal has no effect and is not remembered: the same key may try again.
pub(crate) async fn place(tx: &mut PgTransaction<'_>, ask: &Ask) -> Result<Placed, Error> {
    context::lock_buyer(tx, ask.buyer).await?;
    let request = serde_json::to_value(&ask.request).map_err(events::outbox::PublishError::from)?;
    let related = context::related(tx, ask.buyer, &ask.key).await?;
    if let Some(earlier) = related.iter().find(|related| related.key == ask.key) {
        return replay(earlier, &request);
    }
    let listings: Vec<ListingId> = ask.request.items.iter().map(|item| item.listing_id).collect();
    let offers = context::offers(tx, &listings).await?;
    let show = check(ask, &offers)?;
    let id: OrderId = service::new_id();
    let carried = existing::settle(tx, ask, id, &offers, related).await?;
    let wants: Vec<Want> = ask.request.items.iter().map(want).collect();
    let taken = take::all(tx, id, wants).await?;
    take::pin_origins(tx, &offers).await?;
    let draft = draft(ask, id, &offers, taken, carried);
    let now = offers.first().map(|offer| offer.now).ok_or(Error::NotYetKnown)?;
    let placed = Order::place(draft, now).map_err(too_much)?;
    store::orders::insert(tx, &placed, &ask.key, &request).await?.ok_or(Error::Suspended)?;
    let order = placed.order.clone();
    events::outbox::publish(tx, placed.fact, &placed.snapshot()).await?;
    let order = if order.total.amount == 0 { complete_free(tx, order).await? } else { order };
    Ok(Placed { order, show })
}

/// The order as its first answer showed it, if this is the same request.
fn replay(earlier: &Related, request: &serde_json::Value) -> Result<Placed, Error> {
    if earlier.request != *request {
        return Err(Error::KeyReused);
    }
    Ok(Placed { order: earlier.order.as_placed(), show: earlier.show.clone() })
}

/// Everything that can be refused before a unit is touched. Gives the one show.
fn check(ask: &Ask, offers: &[Offer]) -> Result<ShowSummary, Error> {
    let found = |item: &PlaceOrderItem| offers.iter().find(|offer| offer.listing == item.listing_id);
    let offered: Vec<(&PlaceOrderItem, &Offer)> = ask
        .request
        .items
        .iter()
        .map(|item| found(item).map(|offer| (item, offer)))
        .collect::<Option<_>>()
        .ok_or(Error::NotYetKnown)?;
    let Some((_, first)) = offered.first() else { return Err(Error::NotYetKnown) };
    if offered.iter().any(|(_, offer)| offer.show_id() != first.show_id()) {
        return Err(Error::MixedOrder("These tickets are for different shows"));
    }
    if offered.iter().any(|(_, offer)| offer.price.currency != first.price.currency) {
        return Err(Error::MixedOrder("These tickets are sold in different currencies"));
    }
    if offered.iter().any(|(_, offer)| offer.seller == ask.buyer) {
        return Err(Error::Forbidden("You cannot buy your own tickets"));
    }
    if let Some(why) = offered.iter().find_map(|(_, offer)| offer.not_on_sale()) {
        return Err(Error::NotOnSale(why));
    }
    let errors: Vec<FieldError> = offered
        .iter()
        .enumerate()
        .filter(|(_, (item, offer))| item.count() > offer.max_per_order)
        .map(|(index, (_, offer))| FieldError {
            field: format!("items.{index}.quantity"),
            code: "too_many".to_owned(),
            message: format!("Choose at most {} of these tickets", offer.max_per_order),
        })
        .collect();
    if errors.is_empty() { Ok(first.show.clone()) } else { Err(Error::Invalid(errors)) }
}

fn want(item: &PlaceOrderItem) -> Want {
    let units = match &item.seats {
        Some(seats) => WantedUnits::Seats(seats.clone()),
        None => WantedUnits::Any(item.quantity.unwrap_or(0)),
    };
    Want { listing: item.listing_id, units }
}

fn draft(ask: &Ask, id: OrderId, offers: &[Offer], mut taken: Vec<Taken>, carried: Carried) -> Draft {
    taken.sort_by_key(|unit| unit.id);
    let item = |asked: &PlaceOrderItem| {
        let offer = offers.iter().find(|offer| offer.listing == asked.listing_id)?;
        let ours = taken.iter().filter(|unit| unit.listing_id == asked.listing_id);
        let units = ours.map(|unit| OrderUnit { unit: unit.id, seat: unit.seat.clone() }).collect();
        Some(OrderItem {
            listing: offer.listing,
            listing_name: offer.name.clone(),
            seller: offer.seller,
            unit_price: offer.price,
            unit_fee: offer.fee,
            units,
            resale_of: offer.resale_of,
            resale_order: offer.resale_order,
        })
    };
    Draft {
        id,
        buyer: ask.buyer,
        show: offers.first().map_or_else(service::new_id, Offer::show_id),
        items: existing::joined(carried.items, ask.request.items.iter().filter_map(item)),
        hold_seconds: offers.first().map_or(0, |offer| offer.hold_seconds),
        expires_by: carried.expires_by,
    }
}

async fn complete_free(tx: &mut PgTransaction<'_>, order: Order) -> Result<Order, Error> {
    let completed = order.complete_free().map_err(|_| Error::StateConflict("The order is not free"))?;
    store::orders::save(tx, std::slice::from_ref(&completed)).await?;
    Ok(completed.order)
}

fn too_much(error: PlaceError) -> Error {
    match error {
        PlaceError::Empty => Error::SoldOut(Vec::new()),
        PlaceError::Money(_) => Error::Invalid(vec![FieldError {
            field: "items".to_owned(),
            code: "too_large".to_owned(),
            message: "Choose fewer tickets: the total is too large".to_owned(),
        }]),
    }
}
