//! The pages' server.

// The type of a view is as deep as the view.
#![recursion_limit = "512"]

/// Serves the pages until it is told to stop.
#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    service::run("frontend", frontend::server::start)
}

/// The browser's part has no program: see [`frontend::hydrate`].
#[cfg(not(feature = "ssr"))]
fn main() {}
