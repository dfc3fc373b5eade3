//! Tables, tabs, pages of lists, facts.

use leptos::prelude::*;

/// A table that becomes labelled rows on phones: give each `<td>` its column's name as `data-l`.
///
/// Columns of figures have the class `r` in head and body. Children are the `<tr>`s.
#[component]
pub fn Data(
    /// What it lists, for those who cannot see it.
    #[prop(into)]
    caption: String,
    /// Columns, in order; one that begins with `>` is aligned right, with `~` is named for screen readers alone.
    columns: Vec<&'static str>,
    /// Rows.
    children: Children,
) -> impl IntoView {
    let heads = columns
        .into_iter()
        .map(|column| match (column.strip_prefix('>'), column.strip_prefix('~')) {
            (Some(right), _) => view! { <th class="r" scope="col">{right}</th> }.into_any(),
            (_, Some(hidden)) => {
                view! { <th scope="col"><span class="sr-only">{hidden}</span></th> }.into_any()
            }
            (None, None) => view! { <th scope="col">{column}</th> }.into_any(),
        })
        .collect_view();
    view! {
        <table class="data data-stack">
            <caption class="sr-only">{caption}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{children()}</tbody>
        </table>
    }
}

/// One of several views of the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Where it is.
    pub href: String,
    /// What it shows.
    pub label: String,
    /// Is it this one?
    pub current: bool,
}

/// Links to several views, each of which is an address of its own.
#[component]
pub fn Tabs(
    /// What they are views of.
    #[prop(into)]
    label: String,
    /// The views.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|tab| view! { <a href=tab.href aria-current=tab.current.then_some("page")>{tab.label}</a> })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{links}</nav> }
}

/// The way to the first, the previous and the next page of a list by cursor.
#[component]
pub fn Pager(
    /// Address of the first page, unless this is it.
    first: Option<String>,
    /// Address of the next page, if there is one.
    next: Option<String>,
    /// Address of the page before, in lists that run in both directions.
    #[prop(optional_no_strip)]
    previous: Option<String>,
    /// What it leads through, where a page has several lists.
    #[prop(default = "Pages".to_owned(), into)]
    label: String,
) -> impl IntoView {
    (first.is_some() || next.is_some() || previous.is_some()).then(|| {
        view! {
            <nav class="pager mt-6 flex flex-wrap" aria-label=label>
                {first.map(|href| view! { <a href=href>"First page"</a> })}
                {previous.map(|href| view! { <a href=href rel="prev">"Page before"</a> })}
                {next.map(|href| view! { <a href=href rel="next">"Next page"</a> })}
            </nav>
        }
    })
}

/// A list of [`Fact`]s.
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// A term and what is so.
#[component]
pub fn Fact(
    /// The small word above.
    #[prop(into)]
    term: String,
    /// What is so.
    children: Children,
) -> impl IntoView {
    view! { <div><dt>{term}</dt><dd>{children()}</dd></div> }
}
