//! What is shown instead of a page: sign in first, suspended, not here, not allowed, not now, broken.

use super::{reauthenticate::Question, security, suspended::Suspended};
use crate::{
    components::{Button, ButtonKind, Icon, LinkButton, Poster, Title},
    config::Config,
    error::AppError,
    forms::{FormState, SendAgain},
    server::{ended_cookies, renewing_cookie},
    session::sign_in_path,
    visit::Visit,
};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// Answers with the error's status and the page for it.
#[component]
pub fn Failure(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    let response = use_context::<ResponseOptions>().unwrap_or_default();
    response.set_status(error.status());
    if let Some(seconds) = error.retry_after() {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    match error {
        AppError::Unauthenticated => sign_in_first(&response),
        AppError::Suspended { reason, until } => {
            if !Visit::current().in_background {
                end_session(&response);
            }
            view! { <Suspended reason until/> }.into_any()
        }
        AppError::NotFound => view! { <NotFound/> }.into_any(),
        AppError::Forbidden => view! { <Forbidden/> }.into_any(),
        AppError::ReauthenticationRequired => view! { <Question/> }.into_any(),
        AppError::SecondFactorRequired => view! { <SecondFactorRequired/> }.into_any(),
        AppError::BadRequest => view! { <BadRequest/> }.into_any(),
        error => view! { <Broken error/> }.into_any(),
    }
}

/// A session that a service no longer accepts is over in the browser too, or sign-in would come back here for ever.
/// But first another token is asked for, where that may help; by whoever sent a form, with what they entered.
fn sign_in_first(response: &ResponseOptions) -> AnyView {
    let visit = Visit::current();
    let renewing = use_context::<Arc<Config>>().and_then(|config| renewing_cookie(&visit, config.cookies));
    let Some(cookie) = renewing else {
        end_session(response);
        return go_on(&sign_in_path(&visit.path));
    };
    response.append_header(header::SET_COOKIE, cookie);
    match FormState::refused() {
        Some(state) => view! { <SendOnceMore state/> }.into_any(),
        None => go_on(&visit.path),
    }
}

/// Leads to another page instead of showing one.
pub(super) fn go_on(path: &str) -> AnyView {
    let response = use_context::<ResponseOptions>().unwrap_or_default();
    if let Ok(to) = HeaderValue::from_str(path) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(header::LOCATION, to);
    }
    ().into_any()
}

fn end_session(response: &ResponseOptions) {
    let known = Visit::current().access.is_some();
    for cookie in use_context::<Arc<Config>>()
        .filter(|_| known)
        .map(|config| ended_cookies(config.cookies))
        .into_iter()
        .flatten()
    {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// With the next request comes another token.
#[component]
fn SendOnceMore(state: FormState) -> impl IntoView {
    view! {
        <Title text="Send it once more"/>
        <div class="max-w-3xl pt-8 md:pt-16">
            <h1 class="text-4xl md:text-5xl">"Send it once more"</h1>
            <p class="mt-5 max-w-[54ch] text-lg">
                "We had to make sure anew that it is you, so this was not done yet. What you entered is kept, passwords aside."
            </p>
            <div class="mt-7"><SendAgain state/></div>
        </div>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    let path = Visit::current().path.split('?').next().unwrap_or("/").to_owned();
    // Its poster is drawn from the address, as letters and digits.
    let id: String = path.chars().filter(char::is_ascii_alphanumeric).take(100).collect();
    let id = if id.is_empty() { "404".to_owned() } else { id };
    view! {
        <Title text="There is no page here"/>
        <div class="grid gap-x-14 gap-y-8 pt-8 md:pt-12 lg:grid-cols-12 lg:items-end">
            <div class="max-lg:max-w-72 lg:col-span-4">
                <Poster id title="Not on the bill" foot="Page 404" side="no date"/>
            </div>
            <div class="lg:col-span-7">
                <h1 class="text-4xl md:text-5xl">"There is no page here"</h1>
                <p class="mt-4 max-w-[52ch] text-lg">
                    "The address may be mistyped, or the show is over and its page was taken down. Here is its poster, drawn from the address you asked for."
                </p>
                <form class="mt-6 grid max-w-xl grid-cols-[1fr_auto] items-end gap-3" action="/" method="get" role="search">
                    <div class="field">
                        <label for="find">"Look for a show"</label>
                        <input class="input" id="find" name="q" type="search"/>
                    </div>
                    <Button kind=ButtonKind::Spot icon=Icon::Search>"Find shows"</Button>
                </form>
                <p class="mt-5"><a class="inline-block py-0.5" href="/">"What’s on"</a></p>
            </div>
        </div>
    }
}

#[component]
fn Forbidden() -> impl IntoView {
    view! {
        <Title text="Not yours to do"/>
        <div class="max-w-3xl pt-8 md:pt-16">
            <h1 class="text-4xl md:text-5xl">"Not yours to do"</h1>
            <p class="mt-5 max-w-[54ch] text-lg">
                "You are signed in, but this belongs to somebody else. If it should be yours, sign in with the other account."
            </p>
            <p class="mt-7 flex flex-wrap gap-3">
                <LinkButton href="/">"What’s on"</LinkButton>
                <LinkButton href="/account">"Your account"</LinkButton>
            </p>
        </div>
    }
}

/// For admins: the pages are theirs once they have proven a second factor.
#[component]
fn SecondFactorRequired() -> impl IntoView {
    view! {
        <Title text="Add a second factor first"/>
        <div class="max-w-3xl pt-8 md:pt-16">
            <h1 class="text-4xl md:text-5xl">"Add a second factor first"</h1>
            <p class="mt-5 max-w-[54ch] text-lg">
                "Admins can suspend people, so a password alone is not enough. Add a second factor to your account. If you have one already, sign out and sign in with it."
            </p>
            <p class="mt-7 flex flex-wrap gap-3">
                <LinkButton href=security::PATH kind=ButtonKind::Spot>"Add a second factor"</LinkButton>
                <LinkButton href="/account">"Your account"</LinkButton>
            </p>
        </div>
    }
}

/// An address whose path is ours, but not what follows it: a list goes on at its first page.
#[component]
fn BadRequest() -> impl IntoView {
    let first = Visit::current().path.split('?').next().unwrap_or("/").to_owned();
    view! {
        <Title text="This address is not one of ours"/>
        <div class="max-w-3xl pt-8 md:pt-16">
            <h1 class="text-4xl md:text-5xl">"This address is not one of ours"</h1>
            <p class="mt-5 max-w-[54ch] text-lg">
                "What follows its question mark was changed or cut off on the way, and we cannot tell what was meant."
            </p>
            <p class="mt-7 flex flex-wrap gap-3">
                <LinkButton href=first kind=ButtonKind::Spot>"First page"</LinkButton>
                <LinkButton href="/">"What’s on"</LinkButton>
            </p>
        </div>
    }
}

/// Our fault, or nobody's: says what can be done.
#[component]
fn Broken(error: AppError) -> impl IntoView {
    let ours = matches!(error, AppError::Broken { .. });
    let title = match &error {
        AppError::Broken { .. } => "That broke, and it was us",
        AppError::NotYetKnown { .. } => "Almost there",
        AppError::TooMany { .. } => "A little slower, please",
        AppError::Stale { .. } | AppError::Unavailable { .. } => "Not available right now",
        _ => "That did not work",
    };
    let visit = Visit::current();
    let words = if ours {
        "It is written down, and somebody looks at it. Nothing was charged that you have not seen confirmed."
            .to_owned()
    } else {
        error.message()
    };
    let sent = FormState::refused();
    // A page that opens itself anew would drop what was entered.
    let again = error.retry_after().filter(|_| sent.is_none());
    let kept = sent.is_some().then_some(" What you entered is kept, passwords aside.");
    let retry = match sent {
        Some(state) => view! { <SendAgain state/> }.into_any(),
        None => view! { <LinkButton href=visit.path.clone() kind=ButtonKind::Spot>"Try again"</LinkButton> }
            .into_any(),
    };
    view! {
        <Title text=title/>
        {again.map(|seconds| view! { <leptos_meta::Meta http_equiv="refresh" content=seconds.max(2).to_string()/> })}
        <div class="max-w-3xl pt-8 md:pt-16">
            <h1 class="text-4xl md:text-5xl">{title}</h1>
            <p class="mt-5 max-w-[54ch] text-lg">{words} {kept}</p>
            <div class="mt-7 flex flex-wrap gap-3">
                {retry} <LinkButton href="/tickets">"My tickets"</LinkButton>
            </div>
            <p class="mt-10 max-w-[60ch] border-t border-hair pt-4 text-sm text-ink-2">
                "If it happens again, write to us and quote "
                <b class="num text-base text-ink">{visit.request_id.clone()}</b> "."
            </p>
        </div>
    }
}
