//! A number input with buttons.

use leptos::prelude::*;

/// A number input that works alone in a plain form; the buttons come alive with the island.
///
/// Uncontrolled on purpose: what was typed before hydration, or restored by Back, stays.
#[island]
pub fn Stepper(
    /// Id of the input.
    id: String,
    /// Name of the form field.
    name: String,
    /// What is counted, such as `How many tickets`.
    label: String,
    /// First value, as it was entered if it was refused.
    value: String,
    /// The least.
    min: u32,
    /// The most.
    max: u32,
    /// Is the value refused?
    invalid: bool,
    /// Ids of what is said about it.
    described_by: Option<String>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let step = move |by: i64| {
        if let Some(input) = input.get_untracked() {
            let typed = input.value().trim().parse::<i64>().unwrap_or(i64::from(min));
            input.set_value(&(typed + by).clamp(i64::from(min), i64::from(max)).to_string());
            announce(&input);
        }
    };
    view! {
        <div class="stepper">
            <button type="button" aria-label=format!("{label}: one fewer") on:click=move |_| step(-1)>"−"</button>
            <input
                id=id
                type="number"
                name=name
                aria-label=label.clone()
                inputmode="numeric"
                min=min
                max=max
                value=value
                aria-invalid=invalid.then_some("true")
                aria-describedby=described_by
                node_ref=input
            />
            <button type="button" aria-label=format!("{label}: one more") on:click=move |_| step(1)>"+"</button>
        </div>
    }
}

/// Tells whoever listens to the form what its buttons did: setting a value says nothing by itself.
fn announce(input: &leptos::web_sys::HtmlInputElement) {
    #[cfg(feature = "hydrate")]
    {
        let bubbling = web_sys::EventInit::new();
        bubbling.set_bubbles(true);
        if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &bubbling) {
            // Only fails for an event that is being dispatched.
            let _ = input.dispatch_event(&event);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = input;
}
