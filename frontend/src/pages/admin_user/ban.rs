//! Banning somebody: the form says what happens when it is sent.

use crate::{
    api,
    components::{Button, ButtonKind, Dialog, LinkButton, Title},
    forms::{
        Choice, Done, Field, FieldKind, Form, FormErrors, FormId, FormState, Forms, Outcome, Submission,
        TextArea,
    },
    text::{self, count},
    visit::now,
};
use chrono::TimeDelta;
use contracts::{
    Timestamp,
    auth::{AdminUserView, Ban, BannedTickets},
    ids::UserId,
};
use leptos::prelude::*;

const BAN: FormId = "ban";
/// Id of the dialog.
pub(super) const DIALOG: &str = "ban-dialog";

/// How long a ban lasts: word in the form, words on the page, days.
const LENGTHS: [(&str, &str, Option<i64>); 4] = [
    ("day", "24 hours", Some(1)),
    ("week", "7 days", Some(7)),
    ("month", "30 days", Some(30)),
    ("ever", "For good", None),
];
/// Until a day that is entered.
const UNTIL: &str = "until";

/// Adds the form of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(BAN, ban)
}

/// Where the form stands on a page of its own.
pub(super) fn address(user: UserId) -> String {
    format!("/admin/users/{user}?ban=ask")
}

/// The question in place.
#[component]
pub fn BanDialog(
    /// Who would be banned.
    user: AdminUserView,
) -> impl IntoView {
    let title = format!("Ban {}?", user.user.name);
    view! {
        <Dialog id=DIALOG title>
            <BanForm user/>
            <form class="mt-3" method="dialog"><Button>"Close without banning"</Button></form>
        </Dialog>
    }
}

/// The same question as a page.
#[component]
pub fn BanPage(
    /// Who would be banned.
    user: AdminUserView,
) -> impl IntoView {
    let title = format!("Ban {}?", user.user.name);
    let back = format!("/admin/users/{}", user.user.id);
    view! {
        <Title text=title.clone()/>
        <div class="max-w-2xl pt-8 md:pt-12">
            <h1 class="text-3xl md:text-5xl">{title}</h1>
            <BanForm user/>
            <p class="mt-3"><LinkButton href=back>"Do not ban"</LinkButton></p>
        </div>
    }
}

#[component]
fn BanForm(user: AdminUserView) -> impl IntoView {
    let before = super::in_force(&user).cloned();
    let reason = before.as_ref().map(|ban| ban.reason.clone()).unwrap_or_default();
    let refuse = before.as_ref().is_some_and(|ban| ban.tickets == BannedTickets::Refuse);
    let sessions = count(user.sessions.len() as u64, "session ends", "sessions end");
    view! {
        <div class="mt-4">
            <Form id=BAN action=address(user.user.id) class="grid gap-4">
                <TextArea name="reason" label="Reason" value=reason hint="The banned person reads it as you write it."/>
                <Length/>
                <fieldset>
                    <legend class="legend">"Tickets they have paid for"</legend>
                    <div class="mt-2 grid gap-2">
                        <Choice name="tickets" value="keep" radio=true checked=!refuse>"Keep: they open the door as before"</Choice>
                        <Choice name="tickets" value="refuse" radio=true checked=refuse>"Refuse them at the door while the ban lasts"</Choice>
                    </div>
                </fieldset>
                <div class="border-y border-hair py-3 text-sm">
                    <p class="font-semibold">"The moment you press the button"</p>
                    <ul class="mt-1 list-disc pl-5 text-ink-2">
                        <li>{sessions} " and every service refuses the account"</li>
                        <li>"Their holds go back on sale"</li>
                        <li>"Their listings are hidden, their resale offers end, and payouts wait"</li>
                        <li>"It is written into the audit log with your name"</li>
                    </ul>
                </div>
                <div><Button kind=ButtonKind::Danger>"Ban this account"</Button></div>
            </Form>
        </div>
    }
}

const CHOICE: &str = "grid gap-2 sm:grid-cols-2";

#[component]
fn Length() -> impl IntoView {
    let wrong = FormState::of(BAN).errors().on("length").map(str::to_owned);
    let lengths = LENGTHS
        .iter()
        .map(|(word, words, _)| view! { <Choice name="length" value=*word radio=true checked=*word == "month">{*words}</Choice> })
        .collect_view();
    view! {
        <fieldset>
            <legend class="legend">"For how long"</legend>
            <div class=format!("mt-2 {CHOICE}")>
                {lengths}
                <Choice name="length" value=UNTIL radio=true>"Until the day below"</Choice>
            </div>
            {wrong.map(|wrong| view! { <p class="error">{wrong}</p> })}
            <div class="mt-3 max-w-xs">
                <Field name="until" label="Last day of the ban" kind=FieldKind::Date hint="It ends at midnight, UTC."/>
            </div>
        </fieldset>
    }
}

async fn ban(form: Submission) -> Outcome {
    let id = form.param::<UserId>("id")?;
    let (until, errors) = until(&form, now());
    let tickets = form.parse::<BannedTickets>("tickets").unwrap_or(BannedTickets::Keep);
    let reason = form.text("reason").replace("\r\n", "\n");
    let request = Ban { reason, until, tickets: Some(tickets) };
    let request = errors.join(FormErrors::check(&request).err().unwrap_or_default()).or(request)?;
    api::users::ban(form.api(), id, &request).await?;
    Ok(Done::to(format!("/admin/users/{id}")))
}

/// When the ban ends; nothing where it does not.
fn until(form: &Submission, now: Timestamp) -> (Option<Timestamp>, FormErrors) {
    let none = FormErrors::default();
    let length = form.text("length");
    if length == UNTIL {
        let midnight = text::from_input(&format!("{}T00:00", form.text("until")), "UTC");
        return match midnight.map(|day| day + TimeDelta::days(1)).filter(|end| *end > now) {
            Some(end) => (Some(end), none),
            None => (None, none.and("until", "Choose today or a later day")),
        };
    }
    match LENGTHS.iter().find(|(word, ..)| *word == length) {
        Some((.., days)) => (days.map(|days| now + TimeDelta::days(days)), none),
        None => (None, none.and("length", "Choose for how long")),
    }
}
