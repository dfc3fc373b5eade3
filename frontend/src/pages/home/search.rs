//! The search: a plain form whose values live in the address.

#![expect(unreachable_pub, reason = "the component macro writes public items")]

use super::SEARCH;
use crate::{
    app::query,
    components::{Button, ButtonKind, Icon, text::Joined},
    forms::FormErrors,
    text,
};
use chrono::NaiveDate;
use contracts::shows::{Category, ShowFacets, ShowQuery, When};
use leptos::prelude::*;

/// The fields, in the order of the form.
const FIELDS: [&str; 5] = ["q", "city", "category", "from", "to"];

/// What was looked for, as it was entered.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    entered: Vec<(String, String)>,
    cursor: Option<String>,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    errors: FormErrors,
}

impl Search {
    /// The search of the address that is shown.
    pub(super) fn of_address() -> Self {
        let entered = |name: &str| Some((name.to_owned(), query(name)?.trim().to_owned()));
        Self::new(FIELDS.iter().filter_map(|name| entered(name)).collect(), query("cursor"))
    }

    fn new(entered: Vec<(String, String)>, cursor: Option<String>) -> Self {
        let search = Self { entered, cursor, ..Self::default() };
        let mut errors = FormErrors::default();
        let mut day = |name: &str| {
            let text = search.value(name)?;
            let day = text::day_from_input(text);
            if day.is_none() {
                errors = std::mem::take(&mut errors).and(name, "Enter a day, such as 2026-11-20");
            }
            day
        };
        let days = (day("from"), day("to"));
        if let (Some(from), Some(to)) = days
            && to < from
        {
            errors = errors.and("to", "Choose a day that is not before the first");
        }
        Self { days, errors, ..search }
    }

    /// What to ask for; nothing where it makes no sense.
    pub(super) fn query(&self, limit: u16) -> Option<ShowQuery> {
        let (from, to) = self.days;
        self.errors.is_empty().then(|| ShowQuery {
            q: self.value("q").map(str::to_owned),
            city: self.city().map(str::to_owned),
            category: self.category().map(|category| category.as_str().to_owned()),
            // Days at the venues, wherever those are; the last one counts whole.
            from: from.map(When::On),
            to: to.map(When::On),
            cursor: self.cursor.clone(),
            limit: Some(limit),
            organiser: None,
            order: None,
        })
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.entered.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn city(&self) -> Option<&str> {
        self.value("city")
    }

    /// An unknown word is no filter.
    fn category(&self) -> Option<Category> {
        self.value("category")?.parse().ok()
    }

    pub(super) fn entered(&self) -> &[(String, String)] {
        &self.entered
    }

    pub(super) fn errors(&self) -> &FormErrors {
        &self.errors
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entered.is_empty()
    }

    pub(super) fn is_later_page(&self) -> bool {
        self.cursor.is_some()
    }

    /// The address of the same search, at a page.
    pub(super) fn address(&self, cursor: Option<&str>) -> String {
        let pairs = self.entered.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        address(pairs.chain(cursor.map(|cursor| ("cursor", cursor))))
    }

    /// The address of the search without its words, where it has other parts.
    pub(super) fn without_words(&self) -> Option<String> {
        let rest = || self.entered.iter().filter(|(name, _)| name != "q");
        let words = self.value("q").is_some();
        (words && rest().count() > 0)
            .then(|| address(rest().map(|(name, value)| (name.as_str(), value.as_str()))))
    }

    /// `“ferry” in Bristol`
    pub(super) fn in_words(&self) -> String {
        Joined::new()
            .and(self.value("q").map(|words| format!("“{words}”")))
            .and(self.category().map(|category| format!("in {category}")))
            .and(self.city().map(|city| format!("in {city}")))
            .and((self.days != (None, None)).then_some("on these days"))
            .text()
            .unwrap_or_else(|| "this".to_owned())
    }
}

fn address<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    match serde_urlencoded::to_string(pairs.collect::<Vec<_>>()) {
        Ok(query) if !query.is_empty() => format!("/?{query}"),
        _ => "/".to_owned(),
    }
}

/// The form. It works alone: what it finds is an address that can be kept and sent on.
#[component]
pub fn SearchForm(search: Search, facets: ShowFacets) -> impl IntoView {
    // What was chosen stays on the list, even where nothing is left of it.
    let mut cities = facets.cities;
    if let Some(city) = search.city().filter(|city| !cities.iter().any(|known| known == city)) {
        cities.push(city.to_owned());
    }
    let cities = cities.into_iter().map(|city| (city.clone(), city)).collect();
    let known = if facets.categories.is_empty() { Category::ALL.to_vec() } else { facets.categories };
    let mut categories: Vec<_> = known;
    categories.extend(search.category().filter(|chosen| !categories.contains(chosen)));
    let categories =
        categories.into_iter().map(|it| (it.as_str().to_owned(), text::capital(it.as_str()))).collect();
    let city = search.city().unwrap_or_default().to_owned();
    let category = search.value("category").unwrap_or_default().to_owned();
    view! {
        <form id=SEARCH action="/" method="get" role="search" aria-label="Shows" class="border-y-2 border-ink">
            <div class="grid md:grid-cols-2 md:divide-x md:divide-hair lg:grid-cols-[1.6fr_1fr_1fr_.9fr_.9fr_auto]">
                <Typed search=search.clone() name="q" label="Artist, show or venue" kind="search"/>
                <Chosen name="city" label="City" all="Everywhere" options=cities chosen=city/>
                <Chosen name="category" label="Kind" all="Everything" options=categories chosen=category/>
                <Typed search=search.clone() name="from" label="From" kind="date"/>
                <Typed search name="to" label="To" kind="date"/>
                <div class="grid max-lg:py-2.5 md:max-lg:px-4">
                    <Button kind=ButtonKind::Spot icon=Icon::Search>"Find shows"</Button>
                </div>
            </div>
        </form>
    }
}

const CELL: &str = "min-w-0 py-2.5 max-lg:border-b max-lg:border-hair md:px-4 lg:first:pl-0";
const CONTROL: &str =
    "w-full min-w-0 bg-transparent py-1 text-lg font-semibold placeholder:font-normal placeholder:text-ink-3";

#[component]
fn Typed(search: Search, name: &'static str, label: &'static str, kind: &'static str) -> impl IntoView {
    let id = format!("{SEARCH}-{name}");
    let error = search.errors.on(name).map(str::to_owned);
    // A date input shows dates alone: what is none is shown as it was typed.
    let kind = if error.is_some() && kind == "date" && search.is_odd(name) { "text" } else { kind };
    let about = error.is_some().then(|| format!("{id}-error"));
    view! {
        <div class=CELL>
            <label class="label block" for=id.clone()>{label}</label>
            <input
                class=CONTROL
                id=id
                name=name
                type=kind
                value=search.value(name).map(str::to_owned)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=about.clone()
            />
            {error.map(|error| view! { <p class="error" id=about role="alert">{error}</p> })}
        </div>
    }
}

impl Search {
    /// Is it no day at all?
    fn is_odd(&self, name: &str) -> bool {
        self.value(name).is_some_and(|text| text::day_from_input(text).is_none())
    }
}

#[component]
fn Chosen(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let id = format!("{SEARCH}-{name}");
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    view! {
        <div class=CELL>
            <label class="label block" for=id.clone()>{label}</label>
            <select class=CONTROL id=id name=name>
                <option value="">{all}</option>
                {options}
            </select>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(entered: &[(&str, &str)]) -> Search {
        let entered = entered.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Search::new(entered.collect(), None)
    }

    #[test]
    fn days_are_asked_for_as_days() {
        let query = search(&[("from", "2026-11-20"), ("to", "2026-11-21")]).query(20).unwrap();
        let sent = serde_urlencoded::to_string(query).unwrap();
        assert_eq!(sent, "from=2026-11-20&to=2026-11-21&limit=20");
    }

    #[test]
    fn days_that_make_no_sense_are_said_and_not_asked_for() {
        let search = search(&[("from", "soon"), ("to", "2026-11-20")]);
        assert!(search.errors().on("from").is_some() && search.query(20).is_none());
        let search = self::search(&[("from", "2026-11-21"), ("to", "2026-11-20")]);
        assert!(search.errors().on("to").is_some() && search.query(20).is_none());
    }

    #[test]
    fn a_page_keeps_the_search() {
        let search = search(&[("q", "night ferry"), ("city", "Bristol")]);
        assert_eq!(search.address(Some("abc")), "/?q=night+ferry&city=Bristol&cursor=abc");
        assert_eq!(search.without_words().as_deref(), Some("/?city=Bristol"));
        assert_eq!(search.in_words(), "“night ferry” in Bristol");
    }
}
