//! When doors open and until when buyers get their money back: times that have a default.

use super::fields::ShowValues;
use crate::{
    forms::{Field, FieldKind, FormErrors, Hidden, Submission},
    text,
};
use chrono::TimeDelta;
use contracts::Timestamp;
use leptos::prelude::*;

const DOORS: &str = "doors";
const REFUNDS: &str = "refunds";
/// Doors open this long before the start, unless somebody says otherwise.
const DOORS_BEFORE_START: TimeDelta = TimeDelta::hours(1);

/// Two fields that may stay empty.
#[component]
pub fn TimeFields(
    /// What the fields begin with.
    values: ShowValues,
) -> impl IntoView {
    let zone = values.value("venue.timezone");
    let was = |name| stamp(&values.value(name), &zone);
    view! {
        <div class="sm:col-span-3">
            <Field
                name=DOORS
                label="Doors open"
                kind=FieldKind::DateTime
                value=values.value(DOORS)
                hint="An hour before the start, if you leave it empty."
            />
        </div>
        <div class="sm:col-span-3">
            <Field
                name=REFUNDS
                label="Refunds until"
                kind=FieldKind::DateTime
                value=values.value(REFUNDS)
                hint="Until the start, if you leave it empty. You may give money back later, too."
            />
        </div>
        <Hidden name="doors_was" value=was(DOORS)/>
        <Hidden name="refunds_was" value=was(REFUNDS)/>
    }
}

/// A time at the venue as the page showed it. What stays so is not sent: inputs know no seconds.
pub(crate) fn stamp(time: &str, zone: &str) -> String {
    format!("{time} {zone}")
}

/// Doors and the end of refunds, where they were entered.
pub(super) fn entered(
    form: &Submission,
    errors: FormErrors,
) -> (Option<Timestamp>, Option<Timestamp>, FormErrors) {
    let zone = form.text("venue.timezone");
    let (doors, errors) = optional(form, DOORS, &zone, errors);
    let (refunds, errors) = optional(form, REFUNDS, &zone, errors);
    (doors, refunds, errors)
}

/// The same as changes of a show that starts then.
pub(super) fn changed(
    form: &Submission,
    (doors, refunds): (Option<Timestamp>, Option<Timestamp>),
    starts_at: Timestamp,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let zone = form.text("venue.timezone");
    let differs =
        |name: &str, was: &str| form.is_checked(name) && form.text(was) != stamp(&form.text(name), &zone);
    (
        differs(DOORS, "doors_was").then(|| doors.unwrap_or(starts_at - DOORS_BEFORE_START)),
        differs(REFUNDS, "refunds_was").then(|| refunds.unwrap_or(starts_at)),
    )
}

/// A time at a place that may be left out. A place that is none has an error of its own.
pub(crate) fn optional(
    form: &Submission,
    name: &'static str,
    zone: &str,
    errors: FormErrors,
) -> (Option<Timestamp>, FormErrors) {
    let entered = form.text(name);
    let nowhere = text::from_input("2000-01-01T12:00", zone).is_none();
    match text::from_input(&entered, zone) {
        None if !entered.is_empty() && !nowhere => {
            (None, errors.and(name, "Enter a day and a time, such as 2026-11-20T18:30, or nothing"))
        }
        at => (at, errors),
    }
}
