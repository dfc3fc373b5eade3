//! What of a listing is sold, held and free, kept up to date.

use contracts::shows::Stock;
use leptos::prelude::*;

/// The bar with its figures, following the show's availability stream where JavaScript runs.
///
/// All listings of a show share one stream.
#[island]
pub fn LiveAvailability(
    /// Address of the stream, `/api/shows/{id}/availability`.
    src: String,
    /// The listing.
    listing: String,
    /// Its figures when the page was rendered.
    stock: Stock,
) -> impl IntoView {
    let (stock, set_stock) = signal(stock);
    #[cfg(feature = "hydrate")]
    super::feed::follow(&src, {
        let listing = listing.clone();
        move |message| {
            let Ok(news) = serde_json::from_str::<News>(message) else { return };
            let news = news.listings.into_iter().find(|news| news.listing_id == listing);
            if let Some(news) = news {
                set_stock.set(news.stock);
            }
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (set_stock, src);
    view! { {move || bar(&format!("held-{listing}"), stock.get(), 0)} }
}

/// What is read of a message (`contracts::shows::Availability`): ids as text, so that the browser need not parse them.
#[cfg(any(feature = "hydrate", test))]
#[derive(serde::Deserialize)]
struct News {
    listings: Vec<ListingNews>,
}

#[cfg(any(feature = "hydrate", test))]
#[derive(serde::Deserialize)]
struct ListingNews {
    listing_id: String,
    stock: Stock,
}

/// Sold solid, held hatched, free open, yours spot; always with the words. `pattern` must be unique on the page.
pub fn bar(pattern: &str, stock: Stock, yours: u32) -> impl IntoView + use<> {
    let Stock { total, held, sold, free } = stock;
    let others = held.saturating_sub(yours);
    let label = if yours > 0 {
        format!("{sold} sold, {others} held, {yours} held by you, {free} free of {total}")
    } else {
        format!("{sold} sold, {held} held, {free} free of {total}")
    };
    let at_held = share(sold, total);
    let at_yours = share(sold + others, total);
    let own = (yours > 0).then(|| {
        view! { <rect x=at_yours.clone() width=share(yours, total) height="8" class="yours"></rect> }
    });
    view! {
        <svg class="avail" role="img" aria-label=label>
            <defs>
                <pattern
                    id=pattern.to_owned()
                    width="4"
                    height="4"
                    patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)"
                >
                    <path d="M0 0v4" stroke="currentColor" stroke-width="3"></path>
                </pattern>
            </defs>
            <rect width=at_held.clone() height="8" fill="currentColor"></rect>
            <rect x=at_held width=share(others, total) height="8" fill=format!("url(#{pattern})")></rect>
            {own}
        </svg>
        <p class="mt-1 text-xs text-ink-2">
            {if yours > 0 {
                view! { <b class="text-ink">{yours}" yours"</b> " · " {free} " free" }.into_any()
            } else {
                view! { <b class="text-ink">{free}</b> " free" }.into_any()
            }} " · " {others} " held · " {sold} " sold"
        </p>
    }
}

/// A part of the whole in hundredths of a percent, as an SVG length; integers alone, so server and browser agree.
fn share(part: u32, whole: u32) -> String {
    let hundredths = u64::from(part) * 10_000 / u64::from(whole.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::shows::{Availability, ListingAvailability};

    #[test]
    fn a_message_of_the_api_is_understood() {
        let listing_id = "0198f3a0-0000-7000-8000-000000000001".parse().unwrap();
        let stock = Stock { total: 9, held: 1, sold: 3, free: 5 };
        let listings = vec![ListingAvailability { listing_id, stock, taken_seats: vec!["A1".to_owned()] }];
        let message =
            Availability { show_id: "0198f3a0-0000-7000-8000-000000000002".parse().unwrap(), listings };
        let news: News = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(
            (news.listings[0].listing_id.as_str(), news.listings[0].stock),
            ("0198f3a0-0000-7000-8000-000000000001", stock)
        );
    }

    #[test]
    fn shares_are_percentages_with_two_decimals() {
        assert_eq!(share(172, 240), "71.66%");
        assert_eq!(share(0, 0), "0.00%");
        assert_eq!(share(5, 5), "100.00%");
    }
}
