//! What each service did because of a ban, in figures.

use crate::{
    components::{Data, Tag, TagKind},
    text::{self, count},
};
use contracts::auth::{BanEffect, BanEffectKind, ServiceEffects};
use leptos::prelude::*;

/// One row per service that acts on the business of somebody banned.
#[component]
pub fn Effects(
    /// What they told.
    effects: Vec<ServiceEffects>,
    /// Is more to come?
    waiting: bool,
) -> impl IntoView {
    let rows = effects.into_iter().map(|told| view! { <Row told waiting/> }).collect_view();
    view! {
        <div class="mt-8">
            <h2 class="text-2xl">"What the services did"</h2>
            <div class="mt-2">
                <Data caption="What each service did because of the ban" columns=vec!["Service", "Did", "At"]>{rows}</Data>
            </div>
        </div>
    }
}

#[component]
fn Row(told: ServiceEffects, waiting: bool) -> impl IntoView {
    let (did, at) = match told.acted_at {
        Some(at) => {
            (in_words(&told.effects).into_any(), format!("{} UTC", text::time_to_the_second(at, "UTC")))
        }
        None if waiting => (view! { <Tag kind=TagKind::Warn>"Waiting"</Tag> }.into_any(), String::new()),
        None => ("Nothing was heard of it.".into_any(), String::new()),
    };
    view! {
        <tr>
            <th scope="row">{told.service}</th>
            <td data-l="Did"><span>{did}</span></td>
            <td data-l="At">{at}</td>
        </tr>
    }
}

/// `2 holds released, 5 places back on sale`; what did not occur is left out.
fn in_words(effects: &[BanEffect]) -> String {
    let words: Vec<String> =
        effects.iter().filter(|effect| effect.count > 0).map(|effect| counted(*effect)).collect();
    if words.is_empty() { "There was nothing to do".to_owned() } else { words.join(", ") }
}

fn counted(BanEffect { kind, count: n }: BanEffect) -> String {
    let (one, many, done) = match kind {
        BanEffectKind::HoldsReleased => ("hold", "holds", "released"),
        BanEffectKind::PlacesReleased => ("place", "places", "back on sale"),
        BanEffectKind::StreamsClosed => ("live page", "live pages", "cut off"),
        BanEffectKind::ListingsHidden => ("listing", "listings", "hidden"),
        BanEffectKind::OffersWithdrawn => ("resale offer", "resale offers", "withdrawn"),
        BanEffectKind::TicketsRefused => ("ticket", "tickets", "refused at the door"),
    };
    format!("{} {done}", count(u64::from(n), one, many))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_counted_in_words() {
        let effect = |kind, count| BanEffect { kind, count };
        let some = [
            effect(BanEffectKind::HoldsReleased, 1),
            effect(BanEffectKind::PlacesReleased, 4),
            effect(BanEffectKind::StreamsClosed, 0),
        ];
        assert_eq!(in_words(&some), "1 hold released, 4 places back on sale");
        assert_eq!(in_words(&some[2..]), "There was nothing to do");
    }
}
