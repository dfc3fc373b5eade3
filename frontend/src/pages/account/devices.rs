//! Where somebody is signed in, and ending it.

use crate::{
    api,
    components::{Button, ButtonKind, Icon, Tag, TagKind},
    device,
    forms::{Done, FormErrors, FormFailure, FormId, Forms, Hidden, Outcome, RowForm, Submission},
    text,
    visit::now,
};
use contracts::{auth::DeviceView, ids::SessionId};
use leptos::prelude::*;

const END: FormId = "end-device";
const END_OTHERS: FormId = "end-others";

/// Adds the forms of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(END, end).on(END_OTHERS, end_others)
}

/// The devices, this one marked.
#[component]
pub fn Devices(
    /// Live sessions.
    devices: Vec<DeviceView>,
) -> impl IntoView {
    let others = devices.len() > 1;
    let rows = devices.into_iter().map(|device| view! { <Device device/> }).collect_view();
    view! {
        <div class="rule flex flex-wrap items-baseline justify-between gap-3 pt-3">
            <h2 class="text-2xl" id="devices-title">"Where you are signed in"</h2>
            {others.then(|| view! {
                <RowForm id=END_OTHERS><Button kind=ButtonKind::SmallDanger>"Sign out all the others"</Button></RowForm>
            })}
        </div>
        <FormFailure id=END/>
        <FormFailure id=END_OTHERS/>
        <ul class="mt-2">{rows}</ul>
    }
}

#[component]
fn Device(device: DeviceView) -> impl IntoView {
    let words = device::in_words(&device.user_agent);
    let icon = if device::is_handheld(&device.user_agent) { Icon::Phone } else { Icon::Computer };
    let now = now();
    let seen = text::ago(device.last_seen_at, now);
    let since = text::ago(device.created_at, now);
    let seen = format!("Last seen {seen} · signed in {since}");
    let label = format!(": {words}");
    let mark = device.current.then(|| view! { " " <Tag kind=TagKind::Yours>"This device"</Tag> });
    let end = (!device.current).then(|| {
        view! {
            <RowForm id=END class="max-sm:col-start-2">
                <Hidden name="device" value=device.id.to_string()/>
                <Button kind=ButtonKind::Small>"Sign out this device" <span class="sr-only">{label}</span></Button>
            </RowForm>
        }
    });
    view! {
        <li class="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 border-b border-hair py-4 sm:grid-cols-[auto_1fr_auto]">
            {icon.view()}
            <div class="min-w-0">
                <p class="font-semibold">{words} {mark}</p>
                <p class="text-sm text-ink-2">{seen}</p>
            </div>
            {end}
        </li>
    }
}

async fn end(form: Submission) -> Outcome {
    let Some(device) = form.parse::<SessionId>("device") else {
        return Err(FormErrors::form("Choose the device again.").into());
    };
    match api::session::end_device(form.api(), device).await {
        // Signed out meanwhile: that is what was wanted.
        Ok(()) | Err(crate::error::AppError::NotFound) => Ok(Done::to("/account?done=device#devices")),
        Err(error) => Err(error.into()),
    }
}

async fn end_others(form: Submission) -> Outcome {
    api::session::end_other_devices(form.api()).await?;
    Ok(Done::to("/account?done=others#devices"))
}
