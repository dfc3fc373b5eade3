//! The few live things on the pages. Their props travel in the page's source: nothing secret, nothing large.

#![expect(missing_docs, reason = "the island macro writes structs that cannot be documented")]

pub mod again;
pub mod availability;
pub mod clock;
pub mod dialog;
#[cfg(feature = "hydrate")]
mod feed;
pub mod hold;
pub mod hold_button;
pub mod live;
pub mod local_time;
pub mod stepper;

pub use again::Again;
pub use availability::LiveAvailability;
pub use dialog::DialogLink;
pub use hold::{HoldBar, HoldClock};
pub use hold_button::HoldButton;
pub use live::LiveRegion;
pub use local_time::LocalTime;
pub use stepper::Stepper;

/// Opens the page's address anew. Not a reload: that would send a form again whose answer this page is. Without its
/// fragment: to that the browser would only scroll.
#[cfg(feature = "hydrate")]
fn reopen() {
    let location = leptos::prelude::window().location();
    if let (Ok(path), Ok(search)) = (location.pathname(), location.search()) {
        // Only fails for an address that is none.
        let _ = location.replace(&format!("{path}{search}"));
    }
}
