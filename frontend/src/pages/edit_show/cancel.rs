//! Cancelling a show: says first what will happen.

use super::back;
use crate::{
    api,
    components::{Button, ButtonKind, Dialog, LinkButton, Title},
    forms::{Form, FormErrors, FormId, Forms, Outcome, Submission},
    islands::DialogLink,
    text::count,
};
use contracts::{
    ids::ShowId,
    listings::ListingKind,
    shows::{ShowStatus, ShowView},
};
use leptos::prelude::*;

const CANCEL: FormId = "cancel-show";
const DIALOG: &str = "cancel-dialog";

/// Adds the form of this part to the page's.
pub(super) fn forms(page: Forms) -> Forms {
    page.on(CANCEL, cancel)
}

/// The way to cancel, at the end of the page.
#[component]
pub fn CancelPart(
    /// The show.
    show: ShowView,
) -> impl IntoView {
    if show.status == ShowStatus::Cancelled {
        return ().into_any();
    }
    let title = format!("Cancel {}?", show.title);
    let href = address(show.id);
    view! {
        <section class="mt-14" aria-labelledby="cancel">
            <h2 class="rule pt-4 text-2xl" id="cancel">"Cancel the show"</h2>
            <p class="mt-3 max-w-[60ch]">"For when it will not take place. Everybody who paid gets all of it back."</p>
            <p class="mt-4">
                <DialogLink dialog=DIALOG.to_owned() href class="btn btn-danger-line".to_owned() label="Cancel this show".to_owned()/>
            </p>
            <Dialog id=DIALOG title>
                <Question show>
                    <form method="dialog"><button class="btn" type="submit" autofocus>"Keep the show"</button></form>
                </Question>
            </Dialog>
        </section>
    }
    .into_any()
}

/// The same question as a page.
#[component]
pub fn CancelPage(
    /// The show.
    show: ShowView,
) -> impl IntoView {
    let title = format!("Cancel {}?", show.title);
    let back = format!("/sell/shows/{}", show.id);
    view! {
        <Title text=title.clone()/>
        <div class="max-w-3xl pt-8 md:pt-12">
            <h1 class="text-3xl md:text-5xl">{title}</h1>
            <Question show><LinkButton href=back>"Keep the show"</LinkButton></Question>
        </div>
    }
}

fn address(show: ShowId) -> String {
    format!("/sell/shows/{show}?cancel=ask")
}

/// What will happen, and the button.
#[component]
fn Question(show: ShowView, children: Children) -> impl IntoView {
    // A resold ticket was sold before: it counts once.
    let own = || show.listings.iter().filter(|listing| listing.kind == ListingKind::Primary);
    let sold: u32 = own().map(|listing| listing.stock.sold).sum();
    let held: u32 = show.listings.iter().map(|listing| listing.stock.held).sum();
    let draft = show.status == ShowStatus::Draft;
    let sold_words = count(sold, "sold ticket is void", "sold tickets are void");
    let held_words = count(held, "held ticket is released", "held tickets are released");
    let happens = if draft {
        view! { <li>"Nobody has seen it yet, so nobody is told."</li> }.into_any()
    } else {
        view! {
            <li>{sold_words} " at once: the door refuses them"</li>
            <li>"Every buyer gets all of it back, fees included"</li>
            <li>{held_words} ", and nobody is charged for them"</li>
            <li>"Every buyer is told by mail"</li>
            <li>"Resale offers of this show end"</li>
        }
        .into_any()
    };
    view! {
        <div class="mt-4 border-y border-hair py-3">
            <p class="font-semibold">"The moment you press the button"</p>
            <ul class="mt-1 list-disc pl-5 text-ink-2">{happens} <li>"This cannot be undone"</li></ul>
        </div>
        <div class="mt-5 flex flex-wrap gap-3">
            <Form id=CANCEL action=address(show.id) class="grid gap-3">
                <Button kind=ButtonKind::Danger>"Cancel the show"</Button>
            </Form>
            {children()}
        </div>
    }
}

async fn cancel(form: Submission) -> Outcome {
    let id = form.param::<ShowId>("id")?;
    let show = api::shows::cancel(form.api(), id).await?;
    if show.status != ShowStatus::Cancelled {
        return Err(FormErrors::form("The show could not be cancelled. Try again.").into());
    }
    Ok(back(id, "cancelled", "main"))
}
