//! An instant in the reader's own time zone, which only their browser knows.

use leptos::prelude::*;

/// The instant as the server puts it into words, until the browser says it in its own time zone.
#[island]
pub fn LocalTime(
    /// The instant, as RFC 3339.
    at: String,
    /// The server's words, with their time zone.
    words: String,
) -> impl IntoView {
    let (shown, show) = signal(words);
    #[cfg(feature = "hydrate")]
    {
        let at = at.clone();
        // After hydration: its first text is the server's.
        Effect::new(move |_| {
            if let Some(words) = in_words(&at) {
                show.set(words);
            }
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = show;
    view! { <time datetime=at>{move || shown.get()}</time> }
}

/// `16 November 2026 at 20:32 CET`
#[cfg(feature = "hydrate")]
fn in_words(at: &str) -> Option<String> {
    const PARTS: [(&str, &str); 6] = [
        ("day", "numeric"),
        ("month", "long"),
        ("year", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ];
    let date = js_sys::Date::new(&at.into());
    if date.get_time().is_nan() {
        return None;
    }
    let options = js_sys::Object::new();
    for (part, how) in PARTS {
        js_sys::Reflect::set(&options, &part.into(), &how.into()).ok()?;
    }
    date.to_locale_string("en-GB", &options).as_string()
}
