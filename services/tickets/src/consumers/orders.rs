//! Outcomes of orders: tickets for what is paid, and none for what goes back.

use crate::{
    error::Error,
    state::Tickets,
    store::{self, facts},
    ticket::{Purchase, Ticket},
};
use contracts::{
    Money,
    ids::TicketId,
    shows::ShowStatus,
    tickets::{TicketState, VoidReason},
};
use events::{
    Handler, Handling, Kind, Received,
    orders::{Order, OrderFact, OrderItem},
};
use sqlx::PgTransaction;

pub(crate) struct Orders(pub(crate) Tickets);

impl Handler for Orders {
    type Aggregate = Order;
    const NAME: &'static str = "orders";
    const KIND: Kind = Kind::Effect;

    async fn handle(&self, tx: &mut PgTransaction<'_>, event: &Received<Order>) -> Result<(), Handling> {
        match event.fact {
            OrderFact::Completed => issue(&self.0, tx, &event.state).await,
            OrderFact::RefundRequested | OrderFact::Refunded => Ok(void(&self.0, tx, &event.state).await?),
            OrderFact::Placed
            | OrderFact::Cancelled
            | OrderFact::Confirming
            | OrderFact::AuthorizationRefused
            | OrderFact::PartlyRefunded => Ok(()),
        }
    }
}

/// One ticket per unit; void ones where the show was cancelled or the order refunded before.
async fn issue(state: &Tickets, tx: &mut PgTransaction<'_>, order: &Order) -> Result<(), Handling> {
    let refunded = store::tickets::note_outcome(tx, order.id, false).await?;
    if !store::tickets::lock_of_order(tx, order.id).await?.is_empty() {
        return Ok(());
    }
    let Some(show) = store::shows::pin(tx, order.show).await? else {
        return Err(Handling::Reject(format!("no show {} was ever here", order.show)));
    };
    let now = state.clock.now();
    let mut issued = Vec::new();
    for item in &order.items {
        let resold = match item.resale_of {
            Some(old) if !refunded => hand_over(state, tx, item, old).await?,
            Some(_) | None => Resold::default(),
        };
        let void = match show.status {
            _ if refunded => Some(VoidReason::Refunded),
            ShowStatus::Cancelled => Some(VoidReason::ShowCancelled),
            ShowStatus::Draft | ShowStatus::Published => resold.void,
        };
        let first_price = resold.first_price;
        issued.extend(item.units.iter().map(|unit| {
            Ticket::issue(service::new_id(), Purchase { order, item, unit, first_price, void }, now)
        }));
    }
    let issued = store::tickets::insert_all(tx, issued).await?;
    facts::tickets(tx, &issued, &state.codes).await?;
    metrics::counter!("tickets_issued_total").increment(issued.len() as u64);
    Ok(())
}

#[derive(Default)]
struct Resold {
    first_price: Option<Money>,
    void: Option<VoidReason>,
}

/// Takes a resold ticket from its seller; the buyer's new one is issued in the same transaction.
async fn hand_over(
    state: &Tickets,
    tx: &mut PgTransaction<'_>,
    item: &OrderItem,
    old: TicketId,
) -> Result<Resold, Handling> {
    let Some(ticket) = store::tickets::lock(tx, old).await? else {
        return Err(Handling::Reject(format!("no ticket {old} was ever here")));
    };
    let first_price = Some(ticket.first_price);
    // A seller's ticket that was voided while it was offered, because their own money goes back, is taken from
    // them either way: orders lets nobody else have the place, and says itself when this buyer is refunded too.
    // Orders looks after that where it names the order that is resold; an older purchase of a void ticket is not sound.
    // What was not offered by this listing is not the seller's to give.
    let offered = match ticket.state {
        TicketState::Listed => true,
        TicketState::Void => item.resale_order.is_some(),
        TicketState::Valid | TicketState::CheckedIn => false,
    };
    let sound = offered && ticket.resale_listing == Some(item.listing);
    if !sound {
        tracing::error!(ticket = %old, state = %ticket.state, "a ticket that was not listed was resold");
    }
    if sound && let Some(changed) = ticket.void(VoidReason::Resold) {
        store::tickets::update(tx, &changed.0).await?;
        facts::tickets(tx, &[changed], &state.codes).await?;
    }
    if let Some(listing) = store::listings::lock(tx, item.listing).await?
        && !listing.withdrawn
    {
        facts::save_listings(tx, &[listing.withdraw()]).await?;
    }
    Ok(Resold { first_price, void: (!sound).then_some(VoidReason::NotTransferable) })
}

/// Tickets of an order whose money goes back admit nobody, and are not for resale.
async fn void(state: &Tickets, tx: &mut PgTransaction<'_>, order: &Order) -> Result<(), Error> {
    store::tickets::note_outcome(tx, order.id, true).await?;
    store::shows::pin(tx, order.show).await?;
    let mut voided = Vec::new();
    for ticket in store::tickets::lock_of_order(tx, order.id).await? {
        let resale = ticket.resale_listing.filter(|_| ticket.state == TicketState::Listed);
        let Some(changed) = ticket.void(VoidReason::Refunded) else { continue };
        store::tickets::update(tx, &changed.0).await?;
        voided.push(changed);
        if let Some(listing) = resale
            && let Some(listing) = store::listings::lock(tx, listing).await?
            && !listing.withdrawn
        {
            facts::save_listings(tx, &[listing.withdraw()]).await?;
        }
    }
    Ok(facts::tickets(tx, &voided, &state.codes).await?)
}
