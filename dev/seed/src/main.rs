//! Fills a running system with sample shows, listings and people, through its public API.

mod places;
mod resale;
mod samples;

use anyhow::Context;
use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};
use clap::Parser;
use contracts::{
    Money,
    listings::{CreateListing, ListingView},
    shows::{CreateShow, ShowView},
};
use samples::{SHOWS, Sample};
use seed::api::{self, Session};
use serde::Deserialize;
use std::path::PathBuf;

/// Fills a running system with samples. A second run goes on where the first one ended.
#[derive(Parser)]
struct Arguments {
    /// Where the system is.
    #[arg(long, default_value = "http://localhost:3000")]
    base_url: String,
    /// The sample accounts: `{"admin": {"email", "password", "name"}, "seller": …, "buyer": …}`, and in
    /// `"samples": {"key", "first_day"}` what makes a second run the same as the first.
    #[arg(long)]
    accounts: PathBuf,
    /// Only the people, no shows.
    #[arg(long)]
    people_only: bool,
}

#[derive(Deserialize)]
struct Account {
    email: String,
    password: String,
    name: String,
}

#[derive(Deserialize)]
struct Accounts {
    seller: Account,
    buyer: Account,
    #[serde(default)]
    samples: Samples,
}

/// What all requests of all runs have in common: with another key, or another day, they would be other requests.
#[derive(Deserialize)]
struct Samples {
    key: String,
    first_day: NaiveDate,
}

impl Default for Samples {
    fn default() -> Self {
        let first_day = today();
        Self { key: format!("seed-{first_day}"), first_day }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.accounts).context("the accounts cannot be read")?;
    let accounts: Accounts = serde_json::from_str(&text).context("the accounts cannot be understood")?;
    let base = arguments.base_url.trim_end_matches('/');
    let seller = person(base, &accounts.seller).await?;
    let buyer = person(base, &accounts.buyer).await?;
    if arguments.people_only {
        return Ok(());
    }
    let mut first = None;
    for (number, sample) in SHOWS.iter().enumerate() {
        let show = publish(&seller, sample, number, &accounts.samples).await.with_context(|| sample.title)?;
        first.get_or_insert(show);
    }
    if let Some(show) = first {
        resale::resell(&buyer, &show, &accounts.samples.key).await.context("the resale sample")?;
    }
    Ok(())
}

async fn person(base: &str, account: &Account) -> anyhow::Result<Session> {
    api::session(base, (&account.email, &account.password), &account.name).await
}

#[expect(clippy::disallowed_methods, reason = "the samples begin on the day on which they are made")]
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// Makes a show with its listings and puts it on sale.
async fn publish(
    seller: &Session,
    sample: &Sample,
    number: usize,
    samples: &Samples,
) -> anyhow::Result<ShowView> {
    let key = format!("{}-show-{number}", samples.key);
    let draft: ShowView = seller.create("/api/shows", &key, &draft(sample, samples.first_day)?).await?;
    for (index, listing) in sample.listings.iter().enumerate() {
        let path = format!("/api/shows/{}/listings", draft.id);
        let _: ListingView =
            seller.create(&path, &format!("{key}-{index}"), &offer(sample, *listing)).await?;
    }
    seller.act(&format!("/api/shows/{}/publish", draft.id)).await?;
    seller.get(&format!("/api/shows/{}", draft.id)).await
}

fn draft(sample: &Sample, today: NaiveDate) -> anyhow::Result<CreateShow> {
    Ok(CreateShow {
        title: sample.title.to_owned(),
        description: sample.description.to_owned(),
        category: sample.category,
        starts_at: starts_at(sample, today).context("the samples begin at times that exist")?,
        doors_at: None,
        refund_until: None,
        venue: sample.place.venue(),
        hold_seconds: None,
    })
}

/// The hour on the venue's clock.
fn starts_at(sample: &Sample, today: NaiveDate) -> Option<DateTime<Utc>> {
    let (days, hour) = sample.starts;
    let day = today.checked_add_days(Days::new(u64::from(days)))?;
    let local = sample.place.timezone.from_local_datetime(&day.and_hms_opt(hour, 30, 0)?).earliest()?;
    Some(local.with_timezone(&Utc))
}

fn offer(sample: &Sample, (name, price, quantity): (&str, i64, u32)) -> CreateListing {
    CreateListing {
        name: name.to_owned(),
        price: Money::new(price, sample.place.currency()),
        quantity: Some(quantity),
        seats: None,
        max_per_order: 8,
        sale_starts_at: None,
        sale_ends_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::Validate;

    #[test]
    fn a_second_run_on_another_day_is_the_same() {
        let account = r#"{ "email": "a@example.com", "password": "x", "name": "A" }"#;
        let kept = r#"{ "key": "seed-1f", "first_day": "2026-03-01" }"#;
        let text = format!(r#"{{ "seller": {account}, "buyer": {account}, "samples": {kept} }}"#);
        let accounts: Accounts = serde_json::from_str(&text).unwrap();
        assert_eq!(accounts.samples.key, "seed-1f");
        let show = draft(&SHOWS[0], accounts.samples.first_day).unwrap();
        assert_eq!(show.starts_at.to_rfc3339(), "2026-03-05T19:30:00+00:00");
    }

    #[test]
    fn every_sample_is_one_that_the_api_takes() {
        let today = today();
        assert!(SHOWS.len() >= 40);
        for sample in SHOWS {
            assert_eq!(draft(sample, today).unwrap().errors(), [], "{}", sample.title);
            for listing in sample.listings {
                assert_eq!(offer(sample, *listing).errors(), [], "{}", sample.title);
            }
        }
    }
}
