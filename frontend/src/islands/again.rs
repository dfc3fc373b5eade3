//! A page that is not finished yet asks again.

use leptos::prelude::*;

/// Opens the page again after a while, where JavaScript runs: for what will be there in a moment. Put
/// [`crate::components::RefreshWithoutScript`] beside it.
#[island]
pub fn Again(
    /// After how many seconds.
    seconds: u32,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    set_timeout(super::reopen, std::time::Duration::from_secs(u64::from(seconds)));
    #[cfg(not(feature = "hydrate"))]
    let _ = seconds;
}
