//! Holds and purchases of many buyers for one show, and the count at the end.

use crate::{
    people,
    samples::ms,
    system::System,
    table::{Table, say},
    traffic::{Outcome, as_many_as_go, at_rate},
};
use anyhow::{Context, bail};
use contracts::{
    orders::{OrderStatus, OrderView},
    payments::PaymentView,
    shows::{Availability, ShowView, Stock},
};
use seed::api::Session;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// Each has at most one live hold of the show, so this many are made at once.
const BUYERS: usize = 200;
/// More than a measurement can sell.
const UNITS: u32 = 20_000;
/// Purchases per second while their length is measured.
const PURCHASES_PER_SECOND: u32 = 5;
/// How long a purchase may take from its payment to its completion.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Prints holds per second and the length of a purchase, then compares what was bought with what was sold.
pub(crate) async fn measure(system: &System, stretch: Duration) -> anyhow::Result<()> {
    let seller = people::known(system, &system.accounts.seller).await?;
    let buyers: Arc<[Session]> = people::new(system, BUYERS).await?.into();
    let show = put_on_sale(&seller).await?;
    let listing = show.listings.first().context("the show has a listing")?.id.to_string();
    // The first of all waits until the other services know the show.
    hold_and_let_go(buyers[0].clone(), listing.clone()).await?;

    let buyer = |number: usize| buyers[number % buyers.len()].clone();
    let holds = as_many_as_go(stretch, |number| hold_and_let_go(buyer(number), listing.clone())).await;
    let purchases =
        at_rate(PURCHASES_PER_SECOND, stretch, |number| purchase(buyer(number), listing.clone())).await;

    let mut table = Table::new("Buying", &["what", "p50 ms", "p99 ms", "per second", "failed"]);
    table.row(row("hold and let go, 32 buyers at once", &holds));
    table.row(row(&format!("hold, pay, complete, {PURCHASES_PER_SECOND} begun per second"), &purchases));
    table.print();
    let Stock { held, sold, .. } = settled(&seller, &show).await?;
    let bought = purchases.latencies.count();
    say(&format!("  ({bought} purchases of one ticket completed; stock says {sold} sold, {held} held)"));
    Ok(())
}

fn row(name: &str, outcome: &Outcome) -> [String; 5] {
    [
        name.to_owned(),
        ms(outcome.latencies.percentile(50)),
        ms(outcome.latencies.percentile(99)),
        format!("{:.0}", outcome.per_second()),
        outcome.failed.to_string(),
    ]
}

/// A show of the seller's with one listing, on sale.
async fn put_on_sale(seller: &Session) -> anyhow::Result<ShowView> {
    let draft = json!({
        "title": "A measured evening", "description": "Many buyers at once.", "category": "music",
        "starts_at": "2030-06-01T19:00:00Z",
        "venue": {
            "name": "Assembly Hall", "address": "1 Long Lane", "city": "London", "country": "GB",
            "timezone": "Europe/London",
        },
    });
    let show: ShowView = seller.create("/api/shows", &key(), &draft).await?;
    let listing = json!({
        "name": "Standing", "price": { "amount": 2000, "currency": "GBP" }, "quantity": UNITS, "max_per_order": 8,
    });
    let _: serde_json::Value =
        seller.create(&format!("/api/shows/{}/listings", show.id), &key(), &listing).await?;
    seller.act(&format!("/api/shows/{}/publish", show.id)).await?;
    seller.get(&format!("/api/shows/{}", show.id)).await
}

async fn hold(buyer: &Session, listing: &str) -> anyhow::Result<OrderView> {
    let order = json!({ "items": [{ "listing_id": listing, "quantity": 1 }] });
    buyer.create("/api/orders", &key(), &order).await
}

async fn hold_and_let_go(buyer: Session, listing: String) -> anyhow::Result<()> {
    let order = hold(&buyer, &listing).await?;
    buyer.delete(&format!("/api/orders/{}", order.id)).await
}

/// From the hold to the moment at which the order is complete.
async fn purchase(buyer: Session, listing: String) -> anyhow::Result<()> {
    let order = hold(&buyer, &listing).await?;
    let pay = json!({ "order_id": order.id, "method": "pm_card_visa" });
    let _: PaymentView = buyer.create("/api/payments", &key(), &pay).await?;
    let completed = async {
        loop {
            let order: OrderView = buyer.get(&format!("/api/orders/{}", order.id)).await?;
            match order.status {
                OrderStatus::Complete => return Ok(()),
                OrderStatus::Cancelled => bail!("the order was cancelled"),
                _ => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, completed).await.context("the purchase was not completed")?
}

/// The stock once nothing is held any more, or after a while.
async fn settled(seller: &Session, show: &ShowView) -> anyhow::Result<Stock> {
    let mut tries = 0;
    loop {
        let availability: Availability = seller.get(&format!("/api/shows/{}/availability", show.id)).await?;
        let stock = availability.listings.into_iter().next().context("the show has a listing")?.stock;
        tries += 1;
        if stock.held == 0 || tries == 50 {
            return Ok(stock);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn key() -> String {
    Uuid::now_v7().to_string()
}
