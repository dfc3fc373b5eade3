//! Changing a show. Whoever changed it first is not overwritten unseen.

use super::back;
use crate::{
    api,
    components::{Button, Data, Notice, Tone},
    forms::{Form, FormErrors, FormId, FormState, Hidden, Outcome, Submission},
    pages::sell::fields::{ShowFields, ShowValues, changes, refusal},
};
use contracts::{
    ProblemCode,
    ids::ShowId,
    shows::{ShowStatus, ShowView},
};
use leptos::prelude::*;

pub(super) const SAVE: FormId = "save";

/// Says what to do about somebody else's change.
pub(super) const CONFLICT: &str = "It was changed elsewhere while you were editing. What you typed is kept below: compare, then save again.";

/// The fields of the show.
#[component]
pub fn Details(
    /// The show.
    show: ShowView,
) -> impl IntoView {
    if show.status == ShowStatus::Cancelled {
        return view! { <p>"A cancelled show cannot be changed."</p> }.into_any();
    }
    let values = ShowValues::of(&show);
    view! {
        <div class="max-w-4xl">
            <Form id=SAVE class="grid gap-10">
                <Changed values=values.clone()/>
                // Always the version that is shown, so that saving once more is meant.
                <Hidden name="version" value=show.version.to_string()/>
                <ShowFields values/>
                <div><Button>"Save details"</Button></div>
            </Form>
        </div>
    }
    .into_any()
}

/// What is saved now, where it differs from what was typed.
#[component]
fn Changed(values: ShowValues) -> impl IntoView {
    let state = FormState::of(SAVE);
    if state.errors().of_form() != Some(CONFLICT) {
        return ().into_any();
    }
    let changed = values.changed_by(|name| state.value(name).map(str::to_owned));
    if changed.is_empty() {
        return view! { <Notice tone=Tone::Info title="What is saved now is what you typed"/> }.into_any();
    }
    let rows = changed
        .into_iter()
        .map(|(label, saved, typed)| {
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    <td data-l="Saved now">{saved}</td>
                    <td data-l="You typed">{typed}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div>
            <h3 class="text-xl">"What is saved now, and what you typed"</h3>
            <Data caption="Fields that differ from what is saved" columns=vec!["Field", "Saved now", "You typed"]>
                {rows}
            </Data>
        </div>
    }
    .into_any()
}

pub(super) async fn save(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let request = changes(&form)?;
    let version = form.parse("version").unwrap_or_default();
    match api::shows::update(form.api(), id, &request, version).await {
        Ok(_) => Ok(back(id, "saved", "main")),
        Err(error) if error.conflict() == Some(ProblemCode::VersionConflict) => {
            Err(FormErrors::form(CONFLICT).into())
        }
        Err(error) => Err(refusal(error)),
    }
}
