//! One account: its sessions, its bans, and what a ban has reached.

pub mod ban;
pub mod bans;
pub mod receipt;

use super::admin_users::{role, status_tag};
use crate::{
    api,
    app::{param, query},
    components::{AdminTabs, Data, Part, Tag, TagKind, Title, When, WhenStyle},
    device,
    error::AppError,
    forms::Forms,
    islands::DialogLink,
    loading::{Main, load},
    session::{require_admin, use_api},
    text,
    visit::{Viewer, now},
};
use contracts::{
    auth::{AdminUserView, BanReceipt, BanView, DeviceView, UserStatus},
    ids::UserId,
};
use leptos::prelude::*;

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    bans::forms(ban::forms(Forms::at("/admin/users/{id}")))
}

/// User.
#[component]
pub fn AdminUserPage() -> impl IntoView {
    let id = param::<UserId>("id");
    let found = load(async move {
        let viewer = require_admin()?;
        let api = use_api()?;
        let user = api::users::find(&api, id?).await?;
        let receipt = match in_force(&user) {
            Some(ban) => Some(api::users::receipt(&api, ban.id).await),
            None => None,
        };
        Ok((viewer, user, receipt))
    });
    view! {
        <Main load=found let:found>
            {
                let (viewer, user, receipt) = found;
                if query("ban").is_some() && viewer.id != user.user.id {
                    view! { <ban::BanPage user/> }.into_any()
                } else {
                    view! { <User viewer user receipt/> }.into_any()
                }
            }
        </Main>
    }
}

/// The ban that is in force.
fn in_force(user: &AdminUserView) -> Option<&BanView> {
    let banned = user.user.status == UserStatus::Banned;
    user.bans.iter().find(|ban| banned && ban.lifted_at.is_none())
}

#[component]
fn User(viewer: Viewer, user: AdminUserView, receipt: Option<Result<BanReceipt, AppError>>) -> impl IntoView {
    let ban = in_force(&user).cloned();
    let name = user.user.name.clone();
    let own = viewer.id == user.user.id;
    let receipt = receipt.map(|receipt| view! { <receipt::Receipt receipt/> });
    view! {
        <Title text=name/>
        <AdminTabs/>
        <Head user=user.clone() own/>
        {receipt}
        <div class="mt-12 grid gap-x-12 gap-y-10 lg:grid-cols-12">
            <div class="grid min-w-0 content-start gap-10 lg:col-span-8">
                <Sessions sessions=user.sessions.clone()/>
                <bans::Bans bans=user.bans.clone()/>
            </div>
            <div class="grid content-start gap-10 lg:col-span-4">
                {ban.map(|ban| view! { <bans::StillAllowed tickets=ban.tickets/> <bans::Lift/> })}
            </div>
        </div>
    }
}

#[component]
fn Head(user: AdminUserView, own: bool) -> impl IntoView {
    let banned = user.user.status == UserStatus::Banned;
    let id = user.user.id;
    let row = user.user.clone();
    let until = in_force(&user).map(|ban| match ban.until {
        Some(until) => format!("Banned until {}", text::day_and_year(until, "UTC")),
        None => "Banned for good".to_owned(),
    });
    let acts = (!own).then(|| {
        let label = if banned { "Change the ban" } else { "Ban this user" };
        let class = if banned { "btn" } else { "btn btn-danger" };
        view! {
            <DialogLink dialog=ban::DIALOG.to_owned() href=ban::address(id) class=class.to_owned() label=label.to_owned()/>
            <ban::BanDialog user/>
        }
    });
    view! {
        <nav aria-label="Breadcrumb" class="pt-5 text-sm">
            <ol class="flex flex-wrap items-baseline gap-x-2">
                <li><a class="inline-block py-0.5" href="/admin/users">"Users"</a> <span aria-hidden="true">" /"</span></li>
                <li aria-current="page">{row.name.clone()}</li>
            </ol>
        </nav>
        <div class="mt-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
            <div class="min-w-0">
                <h1 class="text-3xl md:text-5xl">{row.name}</h1>
                <p class="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
                    {match until {
                        Some(until) => view! { <Tag kind=TagKind::Danger>{until}</Tag> }.into_any(),
                        None => status_tag(row.status).into_any(),
                    }}
                    <span>{role(row.role)}</span>
                    <span class="break-all text-ink-2">{row.email}</span>
                    <span class="text-ink-2">"since " <When at=row.created_at style=WhenStyle::DayAndYear/></span>
                </p>
                {own.then(|| view! { <p class="mt-2 text-sm text-ink-2">"This is you. Another admin can ban you; you cannot."</p> })}
            </div>
            {acts}
        </div>
    }
}

#[component]
fn Sessions(sessions: Vec<DeviceView>) -> impl IntoView {
    let now = now();
    let rows = sessions
        .iter()
        .map(|session| {
            view! {
                <tr>
                    <th scope="row">{device::in_words(&session.user_agent)}</th>
                    <td data-l="Signed in">{text::ago(session.created_at, now)}</td>
                    <td data-l="Last seen">{text::ago(session.last_seen_at, now)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="-mt-14">
            <Part id="sessions" title="Sessions">
                {if sessions.is_empty() {
                    view! { <p>"Nobody is signed in with this account."</p> }.into_any()
                } else {
                    view! { <Data caption="Signed-in devices" columns=vec!["Device", "Signed in", "Last seen"]>{rows}</Data> }
                        .into_any()
                }}
            </Part>
        </div>
    }
}
