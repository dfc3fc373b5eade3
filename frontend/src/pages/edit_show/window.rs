//! When tickets are on sale: from and until, at the venue's time; always, where nothing is entered.

use crate::{
    forms::{Field, FieldKind, FormErrors, Hidden, Submission},
    pages::sell::times::{optional, stamp},
    text,
};
use contracts::Timestamp;
use leptos::prelude::*;

const FROM: &str = "sale_starts_at";
const UNTIL: &str = "sale_ends_at";

/// Two fields that may stay empty.
#[component]
pub fn WindowFields(
    /// Where the show takes place.
    zone: String,
    /// Begin and end of the sale as they are saved.
    #[prop(optional)]
    saved: (Option<Timestamp>, Option<Timestamp>),
) -> impl IntoView {
    let shown = |at: Option<Timestamp>| at.map(|at| text::for_input(at, &zone)).unwrap_or_default();
    let (from, until) = (shown(saved.0), shown(saved.1));
    view! {
        <div class="grid gap-5 sm:col-span-full sm:grid-cols-2">
            <Field name=FROM label="On sale from" kind=FieldKind::DateTime value=from.clone() hint="At once, if you leave it empty."/>
            <Field
                name=UNTIL
                label="On sale until"
                kind=FieldKind::DateTime
                value=until.clone()
                hint="Until the show begins, if you leave it empty."
            />
        </div>
        <Hidden name="from_was" value=stamp(&from, &zone)/>
        <Hidden name="until_was" value=stamp(&until, &zone)/>
        <Hidden name="zone" value=zone/>
    }
}

/// Begin and end of the sale, where they were entered.
pub(super) fn entered(
    form: &Submission,
    errors: FormErrors,
) -> (Option<Timestamp>, Option<Timestamp>, FormErrors) {
    let zone = form.text("zone");
    let (from, errors) = optional(form, FROM, &zone, errors);
    let (until, errors) = optional(form, UNTIL, &zone, errors);
    (from, until, errors)
}

/// A change of one of them: nothing where it was left alone, none where it was emptied.
type Changed = Option<Option<Timestamp>>;

/// The same as changes of a listing.
pub(super) fn changed(
    form: &Submission,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> (Changed, Changed) {
    let zone = form.text("zone");
    let differs =
        |name: &str, was: &str| form.is_checked(name) && form.text(was) != stamp(&form.text(name), &zone);
    (differs(FROM, "from_was").then_some(from), differs(UNTIL, "until_was").then_some(until))
}
