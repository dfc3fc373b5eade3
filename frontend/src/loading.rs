//! What a page loads, and what it shows when that fails: no page can forget either.

use crate::{
    components::notice::{Notice, Tone},
    error::AppError,
    pages::failure::Failure,
    visit::Visit,
};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Something that is being loaded. Loads start at once and run side by side.
pub struct Load<T>(tokio::task::JoinHandle<Result<T, AppError>>);

/// Starts to load. Inside, `use_api()?` and the guards of [`crate::session`] come before the first `await`.
pub fn load<T: Send + 'static>(
    future: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> Load<T> {
    Load(tokio::spawn(ScopedFuture::new(future)))
}

impl<T> Load<T> {
    /// What was loaded, for a page that shows its failure in its own way.
    pub async fn wait(self) -> Result<T, AppError> {
        self.0.await.unwrap_or_else(|error| {
            tracing::error!(%error, "loading a part of a page failed");
            Err(AppError::Broken { request_id: None })
        })
    }
}

/// What several parts of one page want to know is asked for once.
#[derive(Debug)]
pub struct Once<T>(Arc<OnceCell<Result<T, AppError>>>);

impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// The answer that another part of this page got or waits for, or a new one; by the type of what is asked for.
///
/// Call it before the first `await`.
pub fn once<T: Clone + Send + Sync + 'static>(
    ask: impl Future<Output = Result<T, AppError>> + Send,
) -> impl Future<Output = Result<T, AppError>> + Send {
    // Absent outside of a page, where nothing is shared.
    let shared = use_context::<Once<T>>().unwrap_or_default();
    async move { shared.0.get_or_init(|| ask).await.clone() }
}

/// What the page is about: its failure decides the page's status and takes the whole page.
///
/// `<Main load=order let:order> … </Main>`
#[component]
pub fn Main<T, F, V>(
    /// What is shown.
    load: Load<T>,
    /// Shows it.
    children: F,
) -> impl IntoView
where
    T: Send + 'static,
    F: FnOnce(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    let shown = Suspend::new(async move {
        match load.wait().await {
            Ok(value) => children(value).into_any(),
            Err(error) => view! { <Failure error/> }.into_any(),
        }
    });
    view! { <Suspense>{shown}</Suspense> }
}

/// A part of a page that may fail alone: a notice stands in its place, and the rest of the page does not care.
///
/// `<Section load=devices what="Your devices" let:devices> … </Section>`
#[component]
pub fn Section<T, F, V>(
    /// What is shown.
    load: Load<T>,
    /// What it is called when it is missing: `Your devices`.
    what: &'static str,
    /// Shows it.
    children: F,
) -> impl IntoView
where
    T: Send + 'static,
    F: FnOnce(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    let shown = Suspend::new(async move {
        match load.wait().await {
            Ok(value) => children(value).into_any(),
            Err(error) => view! { <Missing what error/> }.into_any(),
        }
    });
    view! { <Suspense>{shown}</Suspense> }
}

/// A part that is left out without a word when it cannot be had, such as the name in the header.
#[component]
pub fn Extra<T, F, V>(
    /// What is shown.
    load: Load<T>,
    /// Shows it.
    children: F,
) -> impl IntoView
where
    T: Send + 'static,
    F: FnOnce(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    let shown = Suspend::new(async move { load.wait().await.ok().map(|value| children(value).into_any()) });
    view! { <Suspense>{shown}</Suspense> }
}

#[component]
fn Missing(what: &'static str, error: AppError) -> impl IntoView {
    let again = Visit::current().path.clone();
    view! {
        <Notice tone=Tone::Warn title=format!("{what}: not available right now")>
            <p class="text-sm">{error.message()} " " <a href=again>"Try again"</a></p>
        </Notice>
    }
}
