//! The button that says how many tickets it holds.

use leptos::prelude::*;

/// `Hold 2 tickets`: counts what is chosen in its form, a number or checked seats.
///
/// Without JavaScript the number is the one the page was rendered with, and goes away once another is entered.
#[island]
pub fn HoldButton(
    /// How many are chosen when the page is rendered.
    count: u32,
    /// Classes of the button.
    class: String,
) -> impl IntoView {
    let (count, set_count) = signal(count);
    let button = NodeRef::<leptos::html::Button>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        if let Some(button) = button.get() {
            listen(&button, set_count);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = set_count;
    view! {
        <button class=class type="submit" node_ref=button>
            <span>
                "Hold "
                <span class="[html:not([data-hydrated])_form:has(input:user-valid)_&]:hidden">
                    {move || number(count.get())}
                </span>
                {move || noun(count.get())}
            </span>
        </button>
    }
}

fn number(count: u32) -> String {
    if count == 0 { String::new() } else { format!("{count} ") }
}

fn noun(count: u32) -> &'static str {
    if count == 1 { "ticket" } else { "tickets" }
}

#[cfg(feature = "hydrate")]
fn listen(button: &web_sys::HtmlButtonElement, set_count: WriteSignal<u32>) {
    use wasm_bindgen::{JsCast, closure::Closure};

    let Ok(Some(form)) = button.closest("form") else { return };
    let counted = form.clone();
    let count = move || set_count.set(chosen(&counted));
    // What was entered before this came alive, or restored by Back, counts too.
    count();
    let on_input = Closure::<dyn FnMut()>::new(count);
    // Only fails for a callback that is none.
    let _ = form.add_event_listener_with_callback("input", on_input.as_ref().unchecked_ref());
    // It is needed for as long as the page.
    on_input.forget();
}

#[cfg(feature = "hydrate")]
fn chosen(form: &web_sys::Element) -> u32 {
    use wasm_bindgen::JsCast;

    let number = form.query_selector("input[type=number]").ok().flatten();
    if let Some(input) = number.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        return input.value().trim().parse().unwrap_or(0);
    }
    form.query_selector_all("input[type=checkbox]:checked").map_or(0, |seats| seats.length())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_the_number() {
        assert_eq!(format!("Hold {}{}", number(2), noun(2)), "Hold 2 tickets");
        assert_eq!(format!("Hold {}{}", number(1), noun(1)), "Hold 1 ticket");
        assert_eq!(format!("Hold {}{}", number(0), noun(0)), "Hold tickets");
    }
}
