//! Browse and search.

mod card;
mod search;

use crate::{
    api,
    components::{AvailKey, Empty, Pager, Title},
    error::AppError,
    forms::FormState,
    loading::{Main, load},
    session::use_api,
};
use card::Card;
use contracts::{
    Page,
    shows::{ShowCard, ShowFacets, ShowQuery},
};
use leptos::{context::Provider, prelude::*};
use search::{Search, SearchForm};

/// Shows on one page: the first one takes the room of four, and rows have four.
const SHOWS_PER_PAGE: u16 = 25;

/// What’s on: everything that is on, or what was looked for.
#[component]
pub fn HomePage() -> impl IntoView {
    let search = Search::of_address();
    let query = search.query(SHOWS_PER_PAGE);
    let found = load(async move { find(query).await });
    view! {
        <Main load=found let:found>
            <Provider value=search.state()>
                <Found search found/>
            </Provider>
        </Main>
    }
}

/// What was found, and what can be looked for.
struct Shows {
    /// Absent where the search makes no sense.
    page: Option<Page<ShowCard>>,
    facets: ShowFacets,
}

async fn find(query: Option<ShowQuery>) -> Result<Shows, AppError> {
    let api = use_api()?;
    let page = async {
        match query {
            Some(query) => api::shows::search(&api, &query).await.map(Some),
            None => Ok(None),
        }
    };
    let (page, facets) = tokio::join!(page, api::shows::facets(&api));
    // Without the lists to choose from there are still the words.
    let facets = facets.unwrap_or(ShowFacets { cities: Vec::new(), categories: Vec::new() });
    Ok(Shows { page: page?, facets })
}

#[component]
fn Found(search: Search, found: Shows) -> impl IntoView {
    // Only a city that we know is set in large letters, whatever the address says.
    let city = search.city().filter(|city| found.facets.cities.iter().any(|known| known == city));
    let heading = city.unwrap_or("What’s on").to_owned();
    let title = if search.is_empty() { "What’s on".to_owned() } else { format!("{heading}: shows found") };
    let first = search.is_later_page().then(|| search.address(None));
    let next = found.page.as_ref().and_then(|page| page.next_cursor.as_deref());
    let next = next.map(|cursor| search.address(Some(cursor)));
    let list = found.page.map(|page| view! { <List search=search.clone() shows=page.items/> });
    view! {
        <Title text=title/>
        <div class="flex flex-wrap items-end justify-between gap-x-8 gap-y-2 pt-8 pb-5 md:pt-10">
            <h1 class="text-[4.5rem] leading-[.85] wrap-anywhere md:text-6xl">{heading}</h1>
            <p class="text-lg md:max-w-sm md:text-right">"Prices are what you pay, fees included."</p>
        </div>
        <SearchForm search facets=found.facets/>
        {list}
        <Pager first next/>
    }
}

#[component]
fn List(search: Search, shows: Vec<ShowCard>) -> impl IntoView {
    if shows.is_empty() {
        return view! { <Nothing search/> }.into_any();
    }
    // The front page has a headline; what was looked for is a list.
    let large = search.is_empty() && !search.is_later_page() && shows.len() > 4;
    let words = if search.is_empty() { "Next up" } else { "What we found" };
    let cards = shows
        .into_iter()
        .enumerate()
        .map(|(place, show)| view! { <Card show large=large && place == 0/> })
        .collect_view();
    view! {
        <section aria-labelledby="list" class="pt-8">
            <div class="mb-5 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
                <h2 class="text-2xl" id="list">{words}</h2>
                <AvailKey/>
            </div>
            <ul class="grid grid-cols-2 gap-x-4 gap-y-8 md:grid-cols-3 md:gap-x-6 md:gap-y-10 lg:grid-cols-4">
                {cards}
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn Nothing(search: Search) -> impl IntoView {
    if search.is_empty() {
        return view! {
            <Empty title="Nothing is on sale yet">
                <p>"Shows appear here as soon as somebody publishes one. " <a href="/sell/shows/new">"List a show"</a></p>
            </Empty>
        }
        .into_any();
    }
    let wider = search.without_words().map(|wider| {
        view! { <li><a class="inline-block py-1" href=wider>"The same without the words"</a></li> }
    });
    view! {
        <Empty title=format!("No show matches {}", search.in_words())>
            <p>"Titles, venues and cities were searched. Fewer or shorter words find more: “fer” finds “Ferry”."</p>
            <ul class="mt-2">
                {wider}
                <li><a class="inline-block py-1" href="/">"Everything that is on"</a></li>
            </ul>
        </Empty>
    }
    .into_any()
}

/// The state of the search, so that its fields show what was entered and what is wrong with it.
const SEARCH: &str = "search";

impl Search {
    fn state(&self) -> FormState {
        FormState::new(SEARCH, self.entered().to_vec(), self.errors().clone())
    }
}
