//! One account: what a ban of it has reached, where it is signed in, what it bought and sells, its bans, and what admins
//! did to it. Each list fails alone.

pub mod acts;
pub mod ban;
pub mod bans;
pub mod effects;
pub mod listings;
pub mod orders;
pub mod receipt;
pub mod sections;
pub mod sessions;

use super::admin_users::{role, status_tag};
use crate::{
    api,
    app::{param, query},
    backend::Api,
    components::{AdminTabs, Part, Tag, TagKind, Title, When, WhenStyle},
    error::AppError,
    forms::Forms,
    islands::DialogLink,
    loading::{Load, Main, Section, load},
    session::{require_admin, use_api, viewer},
    text,
    visit::Viewer,
};
use contracts::{
    Page, PageQuery,
    auth::{AdminUserView, AuditRow, BanReceipt, BanView, DeviceView, UserStatus},
    ids::UserId,
    listings::SoldListing,
    orders::OrderView,
};
use leptos::prelude::*;
use sections::{Cursors, List};

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    sessions::forms(bans::forms(ban::forms(Forms::at("/admin/users/{id}"))))
}

/// User.
#[component]
pub fn AdminUserPage() -> impl IntoView {
    let id = param::<UserId>("id");
    let own = viewer().is_some_and(|viewer| id.as_ref().is_ok_and(|id| *id == viewer.id));
    let asks = query("ban").is_some() && !own;
    let asked = id.clone();
    let found = load(async move {
        let viewer = require_admin()?;
        let api = use_api()?;
        let user = api::users::find(&api, asked?).await?;
        let receipt = match in_force(&user).filter(|_| !asks) {
            Some(ban) => Some(api::users::receipt(&api, ban.id).await),
            None => None,
        };
        Ok((viewer, user, receipt))
    });
    let lists = (!asks).then(|| Lists::of(&id));
    view! {
        <Main load=found let:found>
            {
                let (viewer, user, receipt) = found;
                match lists {
                    Some(lists) => view! { <User viewer user receipt lists/> }.into_any(),
                    None => view! { <ban::BanPage user/> }.into_any(),
                }
            }
        </Main>
    }
}

/// What is loaded beside the account.
pub struct Lists {
    cursors: Cursors,
    sessions: Load<Page<DeviceView>>,
    orders: Load<Page<OrderView>>,
    listings: Load<Page<SoldListing>>,
    bans: Load<Page<BanView>>,
    acts: Load<Page<AuditRow>>,
}

impl Lists {
    /// Starts to load all of them, side by side.
    fn of(user: &Result<UserId, AppError>) -> Self {
        let cursors = Cursors::of_page();
        Self {
            sessions: list(user, &cursors, List::Sessions, |api, user, page| async move {
                api::users::sessions(&api, user, &page).await
            }),
            orders: list(user, &cursors, List::Orders, |api, user, page| async move {
                api::users::orders(&api, user, &page).await
            }),
            listings: list(user, &cursors, List::Listings, |api, user, page| async move {
                api::users::listings(&api, user, &page).await
            }),
            bans: list(user, &cursors, List::Bans, |api, user, page| async move {
                api::users::bans(&api, user, &page).await
            }),
            acts: list(user, &cursors, List::Acts, |api, user, page| async move {
                api::users::acts(&api, user, &page).await
            }),
            cursors,
        }
    }
}

/// Starts to load one list.
fn list<T, F>(
    user: &Result<UserId, AppError>,
    cursors: &Cursors,
    list: List,
    ask: impl FnOnce(Api, UserId, PageQuery) -> F + Send + 'static,
) -> Load<Page<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<Page<T>, AppError>> + Send,
{
    let (user, page) = (user.clone(), cursors.page(list));
    load(async move {
        require_admin()?;
        ask(use_api()?, user?, page).await
    })
}

/// The ban that is in force.
fn in_force(user: &AdminUserView) -> Option<&BanView> {
    let banned = user.user.status == UserStatus::Banned;
    user.bans.iter().find(|ban| banned && ban.lifted_at.is_none())
}

#[component]
fn User(
    viewer: Viewer,
    user: AdminUserView,
    receipt: Option<Result<BanReceipt, AppError>>,
    lists: Lists,
) -> impl IntoView {
    let ban = in_force(&user).cloned();
    let name = user.user.name.clone();
    let own = viewer.id == user.user.id;
    let id = user.user.id;
    let receipt = receipt.map(|receipt| view! { <receipt::Receipt receipt/> });
    let still = ban.map(|ban| {
        view! {
            <div class="mt-12 grid gap-x-12 gap-y-10 md:grid-cols-2">
                <bans::StillAllowed tickets=ban.tickets/>
                <bans::Lift/>
            </div>
        }
    });
    view! {
        <Title text=name/>
        <AdminTabs/>
        <Head user own/>
        {receipt}
        {still}
        <Body id lists/>
    }
}

#[component]
fn Body(id: UserId, lists: Lists) -> impl IntoView {
    let Lists { cursors, sessions, orders, listings, bans, acts } = lists;
    let at = || cursors.clone();
    let (of_sessions, of_orders, of_listings, of_bans, of_acts) = (at(), at(), at(), at(), at());
    view! {
        <Part id=List::Sessions.name() title="Sessions">
            <Section load=sessions what="Sessions" let:sessions><sessions::Sessions sessions cursors=of_sessions user=id/></Section>
        </Part>
        <Part id=List::Orders.name() title="Orders">
            <Section load=orders what="Orders" let:orders><orders::Orders orders cursors=of_orders user=id/></Section>
        </Part>
        <Part id=List::Listings.name() title="Listings">
            <Section load=listings what="Listings" let:listings>
                <listings::Listings listings cursors=of_listings user=id/>
            </Section>
        </Part>
        <Part id=List::Bans.name() title="Bans">
            <Section load=bans what="Bans" let:bans><bans::Bans bans cursors=of_bans user=id/></Section>
        </Part>
        <Part id=List::Acts.name() title="What admins did">
            <Section load=acts what="The audit log" let:acts><acts::Acts acts cursors=of_acts user=id/></Section>
        </Part>
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
