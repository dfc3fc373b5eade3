//! The poster of a show: its art and its own words.

use crate::poster::{Plan, fit};
use leptos::prelude::*;

/// A poster. With `href` the whole sheet is a link; on the show's own page `headline` makes its title the `h1`.
#[component]
pub fn Poster(
    /// The show's id, which decides the art.
    #[prop(into)]
    id: String,
    /// The show's title.
    #[prop(into)]
    title: String,
    /// Left at the foot: `Fri 20 Nov`.
    #[prop(optional, into)]
    foot: String,
    /// Right at the foot: `£24.20` or a city.
    #[prop(optional, into)]
    side: String,
    /// Where the sheet leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// Is the title the heading of the page?
    #[prop(optional)]
    headline: bool,
    /// Is it one of a list? Then its title is a heading under the list's.
    #[prop(optional)]
    listed: bool,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let plan = Plan::of(&id);
    let fit = fit(&title);
    let words = match href {
        Some(href) => view! { <a href=href>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    let title = if headline {
        view! { <h1 class="poster-title">{words}</h1> }.into_any()
    } else if listed {
        view! { <h3 class="poster-title">{words}</h3> }.into_any()
    } else {
        view! { <p class="poster-title">{words}</p> }.into_any()
    };
    let foot = (!foot.is_empty() || !side.is_empty())
        .then(|| view! { <p class="poster-foot"><span>{foot}</span><span>{side}</span></p> });
    view! {
        <div class=format!("poster {class}") data-palette=plan.palette data-layout=plan.layout.as_str() data-fit=fit>
            <div class="poster-art">
                <img src=format!("/posters/{id}.svg") alt="" width="480" height="480" loading="lazy"/>
            </div>
            <div class="poster-type">
                {title} {foot}
            </div>
        </div>
    }
}

/// The art alone, small: in rows and on tickets.
#[component]
pub fn Thumb(
    /// The show's id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    view! { <img class="thumb self-start" src=format!("/posters/{id}.svg") alt="" width="64" height="64" loading="lazy"/> }
}
