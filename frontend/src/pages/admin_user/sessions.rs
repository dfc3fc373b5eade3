//! Where somebody is signed in, and ending it.

use super::sections::{Cursors, List, Pages};
use crate::{
    api,
    components::{Button, ButtonKind, Data, Empty},
    device,
    error::AppError,
    forms::{Done, FormErrors, FormFailure, FormId, Forms, Hidden, Outcome, RowForm, Submission},
    text,
    visit::now,
};
use contracts::{
    Page,
    auth::DeviceView,
    ids::{SessionId, UserId},
};
use leptos::prelude::*;

const END: FormId = "end-session";

/// Adds the form of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(END, end)
}

/// Live sessions, the newest first.
#[component]
pub fn Sessions(
    /// One page of them.
    sessions: Page<DeviceView>,
    /// Where the page's lists are.
    cursors: Cursors,
    /// Whose.
    user: UserId,
) -> impl IntoView {
    if sessions.items.is_empty() {
        return view! { <Empty title="Signed in nowhere"><p>"Each device stands here while it is signed in."</p></Empty> }
            .into_any();
    }
    let rows = sessions.items.into_iter().map(|session| view! { <Row session/> }).collect_view();
    view! {
        <FormFailure id=END/>
        <Data caption="Signed-in devices, the newest first" columns=vec!["Device", "Signed in", "Last seen", "~End"]>{rows}</Data>
        <Pages list=List::Sessions cursors user next=sessions.next_cursor/>
    }
    .into_any()
}

#[component]
fn Row(session: DeviceView) -> impl IntoView {
    let now = now();
    let device = device::in_words(&session.user_agent);
    let label = format!(": {device}");
    // An admin's own session is ended on their account page, which signs them out properly.
    let end = (!session.current).then(|| {
        view! {
            <RowForm id=END>
                <Hidden name="session" value=session.id.to_string()/>
                <Button kind=ButtonKind::Small>"Sign out" <span class="sr-only">{label}</span></Button>
            </RowForm>
        }
    });
    view! {
        <tr>
            <th scope="row">{device}</th>
            <td data-l="Signed in">{text::ago(session.created_at, now)}</td>
            <td data-l="Last seen">{text::ago(session.last_seen_at, now)}</td>
            <td>{end}</td>
        </tr>
    }
}

async fn end(form: Submission) -> Outcome {
    let user = form.param::<UserId>("id")?;
    let Some(session) = form.parse::<SessionId>("session") else {
        return Err(FormErrors::form("Choose the device again.").into());
    };
    match api::users::end_session(form.api(), user, session).await {
        // Signed out meanwhile: that is what was wanted.
        Ok(()) | Err(AppError::NotFound) => Ok(Done::to(format!("/admin/users/{user}#sessions"))),
        Err(error) => Err(error.into()),
    }
}
