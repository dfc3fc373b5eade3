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
    set_timeout(
        || {
            // Not a reload: that would send a form again whose answer this page is.
            let location = window().location();
            if let Ok(address) = location.href() {
                // Only fails for an address that is none.
                let _ = location.replace(&address);
            }
        },
        std::time::Duration::from_secs(u64::from(seconds)),
    );
    #[cfg(not(feature = "hydrate"))]
    let _ = seconds;
}
