//! Listing a show: its description first, its tickets on the next page.

use super::sell::fields::{ShowFields, ShowValues, new_show, refusal};
use crate::{
    api,
    components::{Button, ButtonKind, LinkButton, Title},
    forms::{Done, Form, FormId, Forms, Outcome, Submission},
    loading::{Main, load},
    session::require_user,
};
use leptos::prelude::*;

const NEW_SHOW: FormId = "new-show";

/// The forms of this page.
pub(crate) fn forms() -> Forms {
    Forms::at("/sell/shows/new").on(NEW_SHOW, create)
}

/// A new show, which nobody else sees until it is published.
#[component]
pub fn NewShowPage() -> impl IntoView {
    let viewer = load(async { require_user() });
    view! {
        <Title text="List a show"/>
        <Main load=viewer let:_viewer>
            <div class="max-w-4xl">
                <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"List a show"</h1>
                <p class="mt-3 text-lg">"Nobody else sees it until you publish it. Tickets come next."</p>
                <div class="mt-8">
                    <Form id=NEW_SHOW class="grid gap-10">
                        <ShowFields values=ShowValues::new()/>
                        <div class="rule flex flex-wrap items-center gap-4 pt-5">
                            <Button kind=ButtonKind::Spot>"Save and add tickets"</Button>
                            <LinkButton href="/sell">"Back to your shows"</LinkButton>
                        </div>
                    </Form>
                </div>
            </div>
        </Main>
    }
}

async fn create(form: Submission) -> Outcome {
    let request = new_show(&form)?;
    let show = api::shows::create(form.api(), &request, &form.idempotency_key()).await.map_err(refusal)?;
    Ok(Done::to(format!("/sell/shows/{}#tickets", show.id)))
}
