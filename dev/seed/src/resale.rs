//! A ticket that its holder sells on: bought, paid and listed as a person would.

use anyhow::{Context, bail};
use contracts::{
    Page,
    orders::{OrderView, PlaceOrder, PlaceOrderItem},
    payments::{Pay, PaymentView},
    shows::ShowView,
    tickets::{ListForResale, TicketState, TicketView},
};
use seed::api::Session;
use std::time::Duration;

/// How long the tickets may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Buys two tickets of the show and offers one of them for what it cost.
pub(crate) async fn resell(buyer: &Session, show: &ShowView, key: &str) -> anyhow::Result<()> {
    let listing = show.listings.first().context("the show has a listing")?;
    let item = PlaceOrderItem { listing_id: listing.id, quantity: Some(2), seats: None };
    let order = PlaceOrder { items: vec![item], existing_hold: None };
    let order: OrderView = buyer.create("/api/orders", &format!("{key}-order"), &order).await?;
    let pay = Pay { order_id: order.id, method: "pm_card_visa".to_owned() };
    let _: PaymentView = buyer.create("/api/payments", &format!("{key}-payment"), &pay).await?;
    let ticket =
        tokio::time::timeout(PATIENCE, issued(buyer, &order)).await.context("no ticket was issued")??;
    if ticket.state != TicketState::Valid {
        return Ok(());
    }
    let offer = ListForResale { price: ticket.face_value };
    let path = format!("/api/tickets/{}/resale", ticket.id);
    let listed: TicketView = buyer.create(&path, &format!("{key}-resale"), &offer).await?;
    if listed.state != TicketState::Listed {
        bail!("the ticket is {} instead of listed", listed.state);
    }
    Ok(())
}

async fn issued(buyer: &Session, order: &OrderView) -> anyhow::Result<TicketView> {
    loop {
        let tickets: Page<TicketView> = buyer.get("/api/tickets").await?;
        if let Some(ticket) = tickets.items.into_iter().find(|ticket| ticket.order_id == order.id) {
            return Ok(ticket);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
