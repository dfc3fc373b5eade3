//! A part of a page that the server renders again when something happened.

use leptos::prelude::*;

/// Follows an event stream; with each message the page is fetched again and this region is replaced by its new self.
///
/// So what is live is written once, on the server. Keep forms and islands out of a region: it is left alone while it has
/// the focus and caught up with when it has lost it, and islands inside it would not come alive again. The first message of our streams is the present state,
/// which is on the page already: pass its `version` and it is ignored.
///
/// Where nothing more will come, the page renders the same id without this island: then the stream is closed.
///
/// When the address has become another page, such as the tickets instead of the payment, it is opened anew; unless
/// somebody may be in the middle of something there, who is told and offered a link instead.
#[island]
pub fn LiveRegion(
    /// Id of the region, unique on the page.
    id: String,
    /// Address of the event stream.
    src: String,
    /// What is rendered now: a message whose `version` is this is no news. 0 where messages have none.
    version: i64,
    /// What is said when the address has become another page; absent where that page is opened anew.
    #[prop(optional)]
    moved: Option<String>,
    children: Children,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let left = follow(id.clone(), &src, version, moved);
    #[cfg(not(feature = "hydrate"))]
    let left = move || _ = (&src, version, &moved);
    view! { <div id=id aria-live="polite" on:focusout=move |_| left()>{children()}</div> }
}

/// Follows the stream. What it returns is to be called when the focus leaves the region.
#[cfg(feature = "hydrate")]
fn follow(id: String, src: &str, version: i64, moved: Option<String>) -> impl Fn() + use<> {
    use super::feed::{coalesce, follow, stop};
    use std::{cell::Cell, rc::Rc};
    let address = src.to_owned();
    let held = Rc::new(Cell::new(false));
    let noted = held.clone();
    // After a while, in which the focus that leaves has arrived where it goes.
    let refresh = coalesce(std::time::Duration::from_millis(250), move || {
        let (id, address, moved, held) = (id.clone(), address.clone(), moved.clone(), noted.clone());
        leptos::task::spawn_local(async move {
            // A failed refresh changes nothing: the next message tries again.
            let Some(next) = replace(&id, moved.as_deref()).await else { return };
            held.set(next == Next::Held);
            if next == Next::Nothing {
                stop(&address);
            }
        });
    });
    let again = refresh.clone();
    follow(src, move |message| {
        let news = serde_json::from_str::<Versioned>(message).ok().and_then(|message| message.version);
        if version == 0 || news != Some(version) {
            refresh();
        }
    });
    move || {
        if held.get() {
            again();
        }
    }
}

#[cfg(feature = "hydrate")]
#[derive(serde::Deserialize)]
struct Versioned {
    version: Option<i64>,
}

/// What is to be expected after a region was rendered again.
#[cfg(feature = "hydrate")]
#[derive(PartialEq)]
enum Next {
    /// More of the same.
    News,
    /// What came waits until the focus has left the region.
    Held,
    /// Nothing: the region is no island on the page of now.
    Nothing,
}

/// Fetches the page that is shown and puts the new content of `id` in the place of the old.
#[cfg(feature = "hydrate")]
async fn replace(id: &str, moved: Option<&str>) -> Option<Next> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    let address = window().location().href().ok()?;
    let response = JsFuture::from(window().fetch_with_str(&address)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    // Asked too often, or broken: what is shown stays until the next look.
    if response.status() == 429 || response.status() >= 500 {
        return None;
    }
    let html = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let parser = web_sys::DomParser::new().ok()?;
    let page = parser.parse_from_string(&html, web_sys::SupportedType::TextHtml).ok()?;
    let (old, new) = (document().get_element_by_id(id)?, page.get_element_by_id(id));
    let Some(new) = new else {
        match moved {
            Some(words) => offer(&old, words),
            None => super::reopen(),
        }
        return Some(Next::News);
    };
    let live = new.closest("leptos-island").ok()?.is_some();
    let focused = || document().active_element().is_some_and(|focus| old.contains(Some(&focus)));
    if old.inner_html() != new.inner_html() {
        if focused() {
            return Some(Next::Held);
        }
        old.set_inner_html(&new.inner_html());
    }
    Some(if live { Next::News } else { Next::Nothing })
}

/// Says that the page is out of date, with a link to its new self.
#[cfg(feature = "hydrate")]
fn offer(region: &web_sys::Element, words: &str) {
    let Ok(link) = document().create_element("a") else { return };
    link.set_text_content(Some("See how it stands now"));
    // Only fails for an invalid attribute name; an address without a path is the page's own.
    let _ = link.set_attribute("href", &window().location().pathname().unwrap_or_default());
    region.set_text_content(Some(&format!("{words} ")));
    let _ = region.append_child(&link);
}
