//! A seller's shows and takings.

pub mod fields;
pub(super) mod state;
pub mod times;

use crate::{
    api,
    app::query,
    backend::Api,
    components::{
        AvailKey, AvailabilityBar, ButtonKind, Data, Empty, LinkButton, Pager, Tab, Tabs, Thumb, Title, When,
        WhenStyle,
    },
    error::AppError,
    loading::{Main, load},
    session::{require_user, use_api},
    text,
    visit::now,
};
use chrono::TimeDelta;
use contracts::{
    Money, Page, PageQuery,
    shows::{Direction, ShowCard, ShowQuery, ShowStatus, Stock},
};
use leptos::prelude::*;
use state::ShowState;

/// Shows on one page: each is asked for its takings.
const SHOWS_PER_PAGE: u16 = 20;

/// Your shows, with what each has sold and brought.
#[component]
pub fn SellPage() -> impl IntoView {
    let cursor = query("cursor");
    let listed = if query("when").as_deref() == Some(PAST) { Listed::Over } else { Listed::Coming };
    let first = cursor.is_some().then(|| listed.address(None));
    let shows = load(async move {
        require_user()?;
        let api = use_api()?;
        let shows = dashboard(&api, listed, cursor).await?;
        let none = shows.items.is_empty() && !api::shows::has_any(&api).await?;
        Ok((shows, none))
    });
    view! {
        <Title text="Your shows"/>
        <Main load=shows let:found>
            <div class="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pt-8 md:pt-12">
                <h1 class="text-3xl md:text-5xl">"Your shows"</h1>
                <LinkButton href="/sell/shows/new" kind=ButtonKind::Spot>"List a show"</LinkButton>
            </div>
            {if found.1 {
                view! { <NoShows/> }.into_any()
            } else {
                view! { <Dashboard shows=found.0 listed first/> }.into_any()
            }}
        </Main>
    }
}

/// Value of `when` in the address.
const PAST: &str = "past";
/// Until this long after its start a show is not over: its door is open, and its seller looks at it most.
const STILL_ON: TimeDelta = TimeDelta::days(1);

/// Which shows are listed; those that come next first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Coming,
    Over,
}

impl Listed {
    fn address(self, cursor: Option<&str>) -> String {
        match (self, cursor) {
            (Self::Coming, None) => "/sell".to_owned(),
            (Self::Coming, Some(cursor)) => format!("/sell?cursor={cursor}"),
            (Self::Over, None) => format!("/sell?when={PAST}"),
            (Self::Over, Some(cursor)) => format!("/sell?when={PAST}&cursor={cursor}"),
        }
    }

    fn tabs(self) -> Vec<Tab> {
        let tab = |listed: Self, label: &str| Tab {
            href: listed.address(None),
            label: label.to_owned(),
            current: listed == self,
        };
        vec![tab(Self::Coming, "Coming up"), tab(Self::Over, "Over")]
    }
}

/// A show and what its complete orders brought; unknown where orders did not answer.
struct Selling {
    show: ShowCard,
    takings: Option<Vec<Money>>,
}

async fn dashboard(api: &Api, listed: Listed, cursor: Option<String>) -> Result<Page<Selling>, AppError> {
    let since = Some((now() - STILL_ON).into());
    // What comes next is first, and so is what ended last.
    let (from, to, order) = match listed {
        Listed::Coming => (since, None, None),
        Listed::Over => (None, since, Some(Direction::Descending)),
    };
    let (organiser, limit) = (Some("mine".to_owned()), Some(SHOWS_PER_PAGE));
    let mine = ShowQuery { from, to, order, cursor, organiser, limit, ..ShowQuery::default() };
    let shows = api::shows::search(api, &mine).await?;
    let asked: Vec<_> = shows
        .items
        .into_iter()
        .map(|show| {
            let (api, id) = (api.clone(), show.id);
            let draft = show.status == ShowStatus::Draft;
            (show, tokio::spawn(async move { if draft { Ok(Vec::new()) } else { takings(&api, id).await } }))
        })
        .collect();
    let mut items = Vec::new();
    for (show, takings) in asked {
        items.push(Selling { show, takings: takings.await.ok().and_then(Result::ok) });
    }
    Ok(Page { items, next_cursor: shows.next_cursor })
}

async fn takings(api: &Api, show: contracts::ids::ShowId) -> Result<Vec<Money>, AppError> {
    match api::orders::of_show(api, show, &PageQuery { cursor: None, limit: Some(1) }).await {
        Ok(orders) => Ok(orders.takings),
        // Published a moment ago: orders has not heard of it, so nobody has ordered.
        Err(AppError::NotFound | AppError::NotYetKnown { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[component]
fn NoShows() -> impl IntoView {
    view! {
        <Empty title="You have not listed a show yet">
            <p>
                "Describe it, say how many tickets there are and what they cost, and publish it when it is ready. You see here what is sold, what is held by somebody paying, and what it brings."
            </p>
        </Empty>
    }
}

#[component]
fn Dashboard(shows: Page<Selling>, listed: Listed, first: Option<String>) -> impl IntoView {
    let figures = figures(&shows.items, listed);
    let next = shows.next_cursor.as_deref().map(|cursor| listed.address(Some(cursor)));
    let nothing = shows.items.is_empty().then(|| {
        let words = match listed {
            Listed::Coming => "None of your shows is still to come.",
            Listed::Over => "None of your shows is over yet.",
        };
        view! { <p class="mt-3">{words}</p> }
    });
    let rows = shows.items.into_iter().map(|selling| view! { <Row selling/> }).collect_view();
    view! {
        {figures}
        <section class="mt-12" aria-labelledby="shows">
            <div class="flex flex-wrap items-baseline justify-between gap-3">
                <h2 class="text-2xl" id="shows">"Shows"</h2>
                <AvailKey/>
            </div>
            <div class="mt-3"><Tabs label="Which shows" tabs=listed.tabs()/></div>
            {nothing}
            <div class="mt-3">
                <Data
                    caption="Your shows with sold, held and free tickets"
                    columns=vec!["Show", "State", "Availability", ">Sold", ">Taken", "~What you can do"]
                >
                    {rows}
                </Data>
            </div>
            <Pager first next/>
        </section>
    }
}

/// The sums over the shows that are listed.
fn figures(shows: &[Selling], listed: Listed) -> impl IntoView + use<> {
    // What is no longer, or not yet, for sale is free for nobody.
    let published = |selling: &&Selling| selling.show.status == ShowStatus::Published;
    let of = |part: fn(&Stock) -> u32| {
        shows.iter().filter(published).map(|selling| u64::from(part(&selling.show.stock))).sum()
    };
    let (sold, held, free): (u64, u64, u64) =
        (of(|stock| stock.sold), of(|stock| stock.held), of(|stock| stock.free));
    let taken = sums(shows.iter().filter_map(|selling| selling.takings.as_deref()).flatten());
    let unknown = shows.iter().any(|selling| selling.takings.is_none());
    let taken_note = if unknown { "some shows did not answer" } else { "fees left out: this is yours" };
    // Nobody holds or buys tickets of what is over.
    let open = (listed == Listed::Coming).then(|| {
        view! {
            <Figure term="Held right now" note="by people who are paying".to_owned()>{held}</Figure>
            <Figure term="Free" note="can be bought now".to_owned()>{free}</Figure>
        }
    });
    view! {
        <dl class="mt-6 grid grid-cols-2 border-y-2 border-ink md:grid-cols-4 md:divide-x md:divide-hair">
            <Figure term="Sold" note="of the published shows below".to_owned()>{sold}</Figure>
            <Figure term="Taken" note=taken_note.to_owned()>{amounts(&taken)}</Figure>
            {open}
        </dl>
    }
}

#[component]
fn Figure(term: &'static str, note: String, children: Children) -> impl IntoView {
    view! {
        <div class="py-4 pr-3 md:px-5 md:first:!pl-0">
            <dt class="text-sm text-ink-2">{term}</dt>
            <dd class="num text-2xl leading-tight md:text-[2.5rem]">{children()}</dd>
            <dd class="text-sm text-ink-2">{note}</dd>
        </div>
    }
}

#[component]
fn Row(selling: Selling) -> impl IntoView {
    let Selling { show, takings } = selling;
    let id = show.id;
    let state = ShowState::of(show.status, show.starts_at);
    let door = (show.status == ShowStatus::Published).then(|| {
        let label = format!(": {}", show.title);
        view! { <LinkButton href=format!("/sell/shows/{id}/door") kind=ButtonKind::Small>"Door"<span class="sr-only">{label}</span></LinkButton> }
    });
    let taken = match &takings {
        Some(taken) => amounts(taken),
        None => "not known right now".to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                <span class="flex items-start gap-3">
                    <Thumb id=id.to_string()/>
                    <span class="min-w-0">
                        <a class="inline-block max-w-full py-0.5 text-base leading-tight" href=format!("/sell/shows/{id}")>{show.title.clone()}</a>
                        <span class="block font-normal text-ink-2">
                            <When at=show.starts_at zone=show.venue.timezone.clone() style=WhenStyle::DayAndTime/> ", "
                            {text::places::place(&show.venue)}
                        </span>
                    </span>
                </span>
            </th>
            <td data-l="State"><span>{state.tag()}</span></td>
            <td class="max-[60rem]:!py-1.5 min-[60rem]:w-[30%]"><AvailabilityBar id=id.to_string() stock=show.stock/></td>
            <td class="r" data-l="Sold">{show.stock.sold}</td>
            <td class="r" data-l="Taken"><b>{taken}</b></td>
            <td class="r max-[60rem]:!pt-2">
                <span class="flex flex-wrap gap-2 md:justify-end">
                    <LinkButton href=format!("/sell/shows/{id}") kind=ButtonKind::Small>
                        "Edit" <span class="sr-only">{format!(": {}", show.title)}</span>
                    </LinkButton>
                    {door}
                </span>
            </td>
        </tr>
    }
}

/// One sum per currency, in the order in which they come.
fn sums<'a>(amounts: impl Iterator<Item = &'a Money>) -> Vec<Money> {
    amounts.fold(Vec::<Money>::new(), |mut sums, amount| {
        match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => *sum = sum.plus(*amount).unwrap_or(*sum),
            None => sums.push(*amount),
        }
        sums
    })
}

/// `£3,784.00 · €20.00`, or a dash where nothing was taken.
pub(super) fn amounts(amounts: &[Money]) -> String {
    let amounts: Vec<_> = amounts.iter().map(Money::to_string).collect();
    if amounts.is_empty() { "–".to_owned() } else { amounts.join(" · ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::Currency;

    #[test]
    fn takings_are_added_per_currency() {
        let taken =
            [Money::new(1000, Currency::GBP), Money::new(500, Currency::EUR), Money::new(250, Currency::GBP)];
        assert_eq!(amounts(&sums(taken.iter())), "£12.50 · €5.00");
        assert_eq!(amounts(&[]), "–");
    }
}
