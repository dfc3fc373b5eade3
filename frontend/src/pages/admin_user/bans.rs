//! The bans of an account, what somebody banned can still do, and lifting the ban.

use super::sections::{Cursors, List, Pages};
use crate::{
    api,
    components::{Button, Data, Empty, Tag, TagKind},
    forms::{Done, Form, FormErrors, FormId, Forms, Outcome, Submission, TextArea},
    text,
    visit::now,
};
use contracts::{
    Page,
    auth::{BanView, BannedTickets, Unban},
    ids::UserId,
};
use leptos::prelude::*;

const LIFT: FormId = "lift";

/// Adds the form of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(LIFT, lift)
}

/// Every ban, the newest first.
#[component]
pub fn Bans(
    /// One page of them.
    bans: Page<BanView>,
    /// Where the page's lists are.
    cursors: Cursors,
    /// Whose.
    user: UserId,
) -> impl IntoView {
    if bans.items.is_empty() {
        return view! { <Empty title="Never banned"><p>"Each ban stands here with its reason, its end and who made it."</p></Empty> }
            .into_any();
    }
    let rows = bans.items.into_iter().map(|ban| view! { <Row ban/> }).collect_view();
    view! {
        <Data caption="Bans of this account, the newest first" columns=vec!["From", "Until", "Reason", "By", "State"]>
            {rows}
        </Data>
        <Pages list=List::Bans cursors user next=bans.next_cursor/>
    }
    .into_any()
}

#[component]
fn Row(ban: BanView) -> impl IntoView {
    let until = ban.until.map_or_else(|| "For good".to_owned(), utc);
    let ended = ban.until.is_some_and(|until| until <= now());
    let (kind, word) = match (ban.lifted_at, ended) {
        (Some(_), _) => (TagKind::Mute, "Lifted"),
        (None, true) => (TagKind::Mute, "Ended"),
        (None, false) => (TagKind::Danger, "In force"),
    };
    let tickets = match ban.tickets {
        BannedTickets::Keep => "Tickets kept",
        BannedTickets::Refuse => "Tickets refused",
    };
    let lifted = ban.lifted_at.map(|at| {
        let note = ban.lift_note.map(|note| format!(": {note}")).unwrap_or_default();
        view! { <span class="block text-xs text-ink-2">{format!("{}{note}", utc(at))}</span> }
    });
    view! {
        <tr>
            <td data-l="From">{utc(ban.created_at)}</td>
            <td data-l="Until">{until}</td>
            <td class="md:max-w-80" data-l="Reason"><span>{ban.reason} <span class="block text-xs text-ink-2">{tickets}</span></span></td>
            <td data-l="By">{ban.created_by}</td>
            <td data-l="State"><span><Tag kind>{word}</Tag>{lifted}</span></td>
        </tr>
    }
}

fn utc(at: contracts::Timestamp) -> String {
    format!("{}, {} UTC", text::day_and_year(at, "UTC"), text::time(at, "UTC"))
}

const ITEM: &str = "border-b border-hair py-2.5";

/// What is left to somebody banned.
#[component]
pub fn StillAllowed(
    /// What the ban says of tickets.
    tickets: BannedTickets,
) -> impl IntoView {
    let tickets = match tickets {
        BannedTickets::Keep => "Use tickets they have paid for, at the door",
        BannedTickets::Refuse => "Nothing at the door: their tickets are refused while the ban lasts",
    };
    view! {
        <section aria-labelledby="still">
            <h2 class="text-2xl" id="still">"What they can still do"</h2>
            <ul class="mt-2 border-t-2 border-ink text-sm">
                <li class=ITEM>{tickets}</li>
                <li class=ITEM>"See what is on, without an account"</li>
                <li class=ITEM>"Read why, and until when, where they try to sign in"</li>
                <li class=ITEM>"Answer the mail that told them"</li>
            </ul>
        </section>
    }
}

/// Ends the ban before its time.
#[component]
pub fn Lift() -> impl IntoView {
    view! {
        <section aria-labelledby="lift-title">
            <h2 class="text-2xl" id="lift-title">"Lift the ban"</h2>
            <p class="mt-2 text-sm">"They can sign in again at once. Listings come back; holds and offers of resale do not."</p>
            <div class="mt-3">
                <Form id=LIFT class="grid gap-4">
                    <TextArea name="note" label="Why" hint="For the audit log."/>
                    <div><Button>"Lift the ban"</Button></div>
                </Form>
            </div>
        </section>
    }
}

async fn lift(form: Submission) -> Outcome {
    let id = form.param::<UserId>("id")?;
    let request = Unban { note: form.text("note") };
    FormErrors::check(&request)?;
    api::users::unban(form.api(), id, &request).await?;
    Ok(Done::to(format!("/admin/users/{id}")))
}
