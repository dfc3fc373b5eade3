//! Banning the people of a list: the list is sent here, and shown before anything happens.

use crate::{
    api,
    components::{AdminTabs, Button, ButtonKind, Title},
    error::AppError,
    forms::{Done, FileField, Form, FormErrors, FormId, Forms, Outcome, Submission},
    loading::{Main, load},
    session::require_admin,
};
use contracts::ban_imports::{LINES_MAX, LIST_MAX_BYTES};
use leptos::prelude::*;

const LIST: FormId = "list";

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/admin/bans").on(LIST, read)
}

/// Ban a list.
#[component]
pub fn AdminBansPage() -> impl IntoView {
    let admin = load(async { require_admin() });
    view! {
        <Title text="Ban a list"/>
        <Main load=admin let:_admin>
            <AdminTabs/>
            <h1 class="pt-8 text-3xl md:text-4xl">"Ban a list"</h1>
            <p class="mt-2 max-w-[70ch] text-ink-2">
                "Send a list of people and why. You see what would happen to each of them, and nothing happens before you confirm it."
            </p>
            <div class="mt-8 grid gap-x-12 gap-y-8 lg:grid-cols-12">
                <div class="min-w-0 lg:col-span-6">
                    <Form id=LIST upload=true>
                        <FileField
                            name="file"
                            label="The list"
                            accept=".csv,text/csv"
                            hint="Comma-separated values (CSV) in UTF-8, at most 5,000 lines and 1 MB."
                        />
                        <div><Button kind=ButtonKind::Ink>"Read the list"</Button></div>
                    </Form>
                </div>
                <div class="min-w-0 lg:col-span-6"><Columns/></div>
            </div>
        </Main>
    }
}

const EXAMPLE: &str = "user,reason,until,tickets
ana@example.com,Stolen cards,,refuse
ben@example.com,Touting,2027-01-31,keep";

#[component]
fn Columns() -> impl IntoView {
    view! {
        <section aria-labelledby="columns">
            <h2 class="text-2xl" id="columns">"What is in it"</h2>
            <p class="mt-2 text-sm">"The first line names the columns:"</p>
            <ul class="mt-2 list-disc pl-5 text-sm">
                <li><b>"user"</b>": an email address or an id"</li>
                <li><b>"reason"</b>": the banned person reads it as you write it"</li>
                <li><b>"until"</b>": the last day of the ban, in UTC; left empty, it is for good"</li>
                <li><b>"tickets"</b>": keep or refuse, for tickets they have paid for; left empty, they are kept"</li>
            </ul>
            <pre class="mt-4 overflow-x-auto border border-hair bg-sheet p-3 text-sm" tabindex="0">{EXAMPLE}</pre>
        </section>
    }
}

async fn read(form: Submission) -> Outcome {
    let Some(list) = form.file().cloned() else {
        return Err(FormErrors::field("file", "Choose a file").into());
    };
    if list.len() > LIST_MAX_BYTES {
        return Err(FormErrors::field("file", "Choose a file of at most 1 MB").into());
    }
    match api::ban_imports::create(form.api(), list, &form.idempotency_key()).await {
        Ok(import) => Ok(Done::to(format!("/admin/bans/{}", import.id))),
        Err(AppError::Invalid(errors)) => Err(FormErrors::from(errors).into()),
        Err(error) => Err(error.into()),
    }
}

// What the hint says.
const _: () = assert!(LINES_MAX == 5_000 && LIST_MAX_BYTES == 1_000_000, "the hint names the bounds");
