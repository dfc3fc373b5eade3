//! The document around every page, and the list of pages.

use crate::{
    components::layout::Layout,
    error::AppError,
    forms::Rejected,
    pages::{self, failure::Failure},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    hooks::{use_params_map, use_query_map},
    path,
};
use std::str::FromStr;

/// Islands come alive when the browser is idle, and Leptos 0.8 waits for that without end, though not where it hydrates
/// whole pages. A browser that never calls itself idle, as one that draws without pause or one without a window, would
/// leave every button dead: half a second is enough.
const IDLE: &str = "{ const idle = window.requestIdleCallback; \
                    if (idle) window.requestIdleCallback = (work) => idle(work, { timeout: 500 }); }";

/// The document. Its policy, set around it, allows scripts by this render's nonce alone.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en-GB">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link
                    rel="preload"
                    href="/fonts/archivo-latin-wdth-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <HashedStylesheet options=options.clone() id="style"/>
                <AutoReload options=options.clone()/>
                <script nonce=use_nonce() inner_html=IDLE></script>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Every page by its address. All are rendered whole before the first byte is sent, so that status, redirects and
/// cookies can still be decided, and the page reads without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! { <Router><Layout><Content/></Layout></Router> }
}

/// The page of the address, unless a form was refused with another.
#[component]
fn Content() -> impl IntoView {
    match use_context::<Rejected>() {
        Some(Rejected(error)) => view! { <Failure error/> }.into_any(),
        None => view! { <Pages/> }.into_any(),
    }
}

#[component]
fn Pages() -> impl IntoView {
    use SsrMode::Async;
    view! {
        <Routes fallback=|| view! { <Failure error=AppError::NotFound/> }>
            <Route path=path!("/") view=pages::home::HomePage ssr=Async/>
            <Route path=path!("/signin") view=pages::sign_in::SignInPage ssr=Async/>
            <Route path=path!("/signin/code") view=pages::second_step::SecondStepPage ssr=Async/>
            <Route path=path!("/reauthenticate") view=pages::reauthenticate::ReauthenticatePage ssr=Async/>
            <Route path=path!("/signup") view=pages::sign_up::SignUpPage ssr=Async/>
            <Route path=path!("/signout") view=pages::sign_out::SignOutPage ssr=Async/>
            <Route path=path!("/forgot-password") view=pages::forgot_password::ForgotPasswordPage ssr=Async/>
            <Route path=path!("/reset-password") view=pages::reset_password::ResetPasswordPage ssr=Async/>
            <Route path=path!("/confirm-email") view=pages::confirm_email::ConfirmEmailPage ssr=Async/>
            <Route path=path!("/not-me") view=pages::not_me::NotMePage ssr=Async/>
            <Route path=path!("/shows/:id") view=pages::show::ShowPage ssr=Async/>
            <Route path=path!("/orders") view=pages::orders::OrdersPage ssr=Async/>
            <Route path=path!("/orders/:id") view=pages::order::OrderPage ssr=Async/>
            <Route path=path!("/tickets") view=pages::tickets::TicketsPage ssr=Async/>
            <Route path=path!("/tickets/:id") view=pages::ticket::TicketPage ssr=Async/>
            <Route path=path!("/account") view=pages::account::AccountPage ssr=Async/>
            <Route path=path!("/account/security") view=pages::security::SecurityPage ssr=Async/>
            <Route path=path!("/account/security/app") view=pages::security::app::AddAppPage ssr=Async/>
            <Route path=path!("/account/security/passkey") view=pages::security::add_passkey::AddPasskeyPage ssr=Async/>
            <Route path=path!("/suspended") view=pages::suspended::SuspendedPage ssr=Async/>
            <Route path=path!("/sell") view=pages::sell::SellPage ssr=Async/>
            <Route path=path!("/sell/shows/new") view=pages::new_show::NewShowPage ssr=Async/>
            <Route path=path!("/sell/shows/:id") view=pages::edit_show::EditShowPage ssr=Async/>
            <Route path=path!("/sell/shows/:id/door") view=pages::door::DoorPage ssr=Async/>
            <Route path=path!("/admin/users") view=pages::admin_users::AdminUsersPage ssr=Async/>
            <Route path=path!("/admin/users/:id") view=pages::admin_user::AdminUserPage ssr=Async/>
            <Route path=path!("/admin/bans") view=pages::admin_bans::AdminBansPage ssr=Async/>
            <Route path=path!("/admin/bans/:id") view=pages::admin_ban_import::AdminBanImportPage ssr=Async/>
            <Route path=path!("/admin/audit") view=pages::admin_audit::AdminAuditPage ssr=Async/>
            <Route path=path!("/admin/system") view=pages::admin_system::AdminSystemPage ssr=Async/>
        </Routes>
    }
}

/// A parameter of the page's path. What is no id names nothing that exists.
pub fn param<T: FromStr>(name: &str) -> Result<T, AppError> {
    use_params_map()
        .read_untracked()
        .get_str(name)
        .and_then(|value| value.parse().ok())
        .ok_or(AppError::NotFound)
}

/// A parameter of the query, if it is there and not empty.
pub fn query(name: &str) -> Option<String> {
    use_query_map().read_untracked().get(name).filter(|value| !value.trim().is_empty())
}
