//! The fields of a show, for a new one and for changes.

use super::times::{self, TimeFields, stamp};
use crate::{
    error::AppError,
    forms::{Field, FieldKind, FormErrors, Hidden, Refusal, SelectField, Submission, TextArea},
    text::{self, places},
    visit::now,
};
use contracts::{
    Timestamp,
    shows::{Category, CreateShow, HOLD_SECONDS_DEFAULT, ShowView, UpdateShow, Venue},
};
use leptos::prelude::*;

/// What the fields begin with, by the names of the form's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShowValues(Vec<(&'static str, &'static str, String)>);

impl ShowValues {
    /// The saved values of a show.
    pub(crate) fn of(show: &ShowView) -> Self {
        let zone = &show.venue.timezone;
        let start = text::for_input(show.starts_at, zone);
        let (date, time) = start.split_once('T').unwrap_or((&start, ""));
        Self(vec![
            ("title", "Title", show.title.clone()),
            ("description", "What people will see", show.description.clone()),
            ("category", "Category", show.category.to_string()),
            ("date", "Date", date.to_owned()),
            ("time", "Starts", time.to_owned()),
            ("doors", "Doors open", text::for_input(show.doors_at, zone)),
            ("refunds", "Refunds until", text::for_input(show.refund_until, zone)),
            ("hold_minutes", "Minutes to pay", (show.hold_seconds / 60).to_string()),
            ("venue.name", "Venue", show.venue.name.clone()),
            ("venue.address", "Street and number", show.venue.address.clone()),
            ("venue.city", "City", show.venue.city.clone()),
            ("venue.country", "Country", show.venue.country.clone()),
            ("venue.timezone", "Time zone", zone.clone()),
        ])
    }

    /// What a new show begins with.
    pub(crate) fn new() -> Self {
        Self(vec![("hold_minutes", "Minutes to pay", (HOLD_SECONDS_DEFAULT / 60).to_string())])
    }

    /// Label and saved value of every field that `typed` would change.
    pub(crate) fn changed_by(
        &self,
        typed: impl Fn(&str) -> Option<String>,
    ) -> Vec<(&'static str, String, String)> {
        let changed = |(name, label, saved): &(&'static str, &'static str, String)| {
            let typed = typed(name).filter(|typed| typed.trim() != saved)?;
            Some((*label, saved.clone(), typed))
        };
        self.0.iter().filter_map(changed).collect()
    }

    pub(super) fn value(&self, name: &str) -> String {
        self.0.iter().find(|(field, ..)| *field == name).map(|(.., value)| value.clone()).unwrap_or_default()
    }

    /// Day, time and zone as the page showed them: what stays so is not sent, for inputs know no seconds.
    fn start(&self) -> String {
        stamp(&format!("{} {}", self.value("date"), self.value("time")), &self.value("venue.timezone"))
    }
}

/// The show itself.
#[component]
pub fn ShowFields(
    /// What the fields begin with.
    values: ShowValues,
) -> impl IntoView {
    let categories = Category::ALL.iter().map(|word| (word.to_string(), text::capital(word.as_str())));
    view! {
        <fieldset class="rule pt-4">
            <legend class="display float-left w-full text-2xl">"The show"</legend>
            <div class="clear-both grid gap-5 pt-4 sm:grid-cols-6">
                <div class="sm:col-span-4">
                    <Field name="title" label="Title" value=values.value("title") hint="As it should read on the poster. Short titles print bigger."/>
                </div>
                <div class="sm:col-span-2">
                    <SelectField name="category" label="Category" options=or_none(categories) value=values.value("category")/>
                </div>
                <div class="sm:col-span-6">
                    <TextArea name="description" label="What people will see" value=values.value("description")/>
                </div>
                <div class="sm:col-span-2">
                    <Field name="date" label="Date" kind=FieldKind::Date value=values.value("date")/>
                </div>
                <div class="sm:col-span-2">
                    <Field name="time" label="Starts" kind=FieldKind::Time value=values.value("time") hint="In the venue’s time zone."/>
                </div>
                <div class="sm:col-span-2">
                    <Field
                        name="hold_minutes"
                        label="Minutes to pay"
                        kind=FieldKind::Number
                        value=values.value("hold_minutes")
                        hint="How long tickets are held for a buyer: 5 to 60."
                    />
                </div>
                <TimeFields values=values.clone()/>
            </div>
        </fieldset>
        <PlaceFields values=values.clone()/>
        <Hidden name="start_was" value=values.start()/>
        <Hidden name="hold_was" value=values.value("hold_minutes")/>
    }
}

#[component]
fn PlaceFields(values: ShowValues) -> impl IntoView {
    let zone = values.value("venue.timezone");
    let zones = or_none(places::zones(&zone).into_iter());
    let countries = or_none(places::countries().into_iter());
    view! {
        <fieldset class="rule pt-4">
            <legend class="display float-left w-full text-2xl">"The place"</legend>
            <div class="clear-both grid gap-5 pt-4 sm:grid-cols-6">
                <div class="sm:col-span-3"><Field name="venue.name" label="Venue" value=values.value("venue.name")/></div>
                <div class="sm:col-span-3">
                    <Field name="venue.address" label="Street and number" value=values.value("venue.address")/>
                </div>
                <div class="sm:col-span-2"><Field name="venue.city" label="City" value=values.value("venue.city")/></div>
                <div class="sm:col-span-2">
                    <SelectField name="venue.country" label="Country" options=countries value=values.value("venue.country")/>
                </div>
                <div class="sm:col-span-2">
                    <SelectField name="venue.timezone" label="Time zone" options=zones value=zone hint="Times are shown in it, wherever the buyer is."/>
                </div>
            </div>
        </fieldset>
    }
}

/// Nothing is chosen for anybody.
fn or_none(options: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), "Choose one".to_owned())).chain(options).collect()
}

/// A new show as it was entered, or everything that is wrong with it.
pub(crate) fn new_show(form: &Submission) -> Result<CreateShow, FormErrors> {
    let (request, errors) = entered(form);
    all(errors, &request).or(request)
}

/// What was entered, with what cannot be read.
fn entered(form: &Submission) -> (CreateShow, FormErrors) {
    let (start, errors) = start(form);
    let (category, errors) = match form.parse::<Category>("category") {
        Some(category) => (category, errors),
        None => (Category::Other, errors.and("category", "Choose a category")),
    };
    let (hold_seconds, errors) = hold(form, errors);
    let (doors_at, refund_until, errors) = times::entered(form, errors);
    let request = CreateShow {
        title: form.text("title"),
        description: lines(form),
        category,
        starts_at: start.unwrap_or_else(now),
        doors_at,
        refund_until,
        venue: venue(form),
        hold_seconds,
    };
    (request, errors)
}

/// Changes of a show as they were entered.
pub(crate) fn changes(form: &Submission) -> Result<UpdateShow, FormErrors> {
    let was = form.text("start_was");
    let is = stamp(&format!("{} {}", form.text("date"), form.text("time")), &form.text("venue.timezone"));
    let (mut show, errors) = entered(form);
    // A time that was left alone moves along with the start: it is not judged by what the page had shown.
    let times = (show.doors_at, show.refund_until);
    let (doors_at, refund_until) = times::changed(form, times, show.starts_at);
    (show.doors_at, show.refund_until) = (doors_at, refund_until);
    let show = all(errors, &show).or(show)?;
    Ok(UpdateShow {
        title: Some(show.title),
        description: Some(show.description),
        category: Some(show.category),
        starts_at: (was != is).then_some(show.starts_at),
        doors_at,
        refund_until,
        venue: Some(show.venue),
        hold_seconds: show.hold_seconds,
    })
}

/// What a service refuses, at the fields of this form.
pub(crate) fn refusal(error: AppError) -> Refusal {
    match error {
        AppError::Invalid(errors) => FormErrors::from(errors).renamed(FIELDS).into(),
        error => error.into(),
    }
}

/// Fields of the request and what they are called in the form.
const FIELDS: &[(&str, &str)] = &[
    ("starts_at", "date"),
    ("doors_at", "doors"),
    ("refund_until", "refunds"),
    ("hold_seconds", "hold_minutes"),
];

fn all(errors: FormErrors, request: &CreateShow) -> FormErrors {
    errors.join(FormErrors::check(request).err().unwrap_or_default().renamed(FIELDS))
}

fn start(form: &Submission) -> (Option<Timestamp>, FormErrors) {
    let (date, time, zone) = (form.text("date"), form.text("time"), form.text("venue.timezone"));
    let a_day = text::from_input(&format!("{date}T12:00"), "UTC").is_some();
    let a_time = text::from_input(&format!("2000-01-01T{time}"), "UTC").is_some();
    let wrong = [
        (a_day, "date", "Choose the day of the show"),
        (a_time, "time", "Enter a time, such as 19:30"),
        (!form.text("venue.country").is_empty(), "venue.country", "Choose the country"),
    ];
    let wrong = wrong.into_iter().filter(|(right, ..)| !right);
    let errors = wrong.fold(FormErrors::default(), |errors, (_, field, words)| errors.and(field, words));
    match text::from_input("2000-01-01T12:00", &zone) {
        None => (None, errors.and("venue.timezone", "Choose the venue’s time zone")),
        Some(_) if !errors.is_empty() => (None, errors),
        Some(_) => match text::from_input(&format!("{date}T{time}"), &zone) {
            Some(start) => (Some(start), errors),
            None => (None, errors.and("time", "The clocks skip this hour on that day: choose another")),
        },
    }
}

/// Minutes that were left alone are not sent: a hold may last 930 seconds.
fn hold(form: &Submission, errors: FormErrors) -> (Option<u32>, FormErrors) {
    let minutes = form.text("hold_minutes");
    if !minutes.is_empty() && minutes == form.text("hold_was") {
        return (None, errors);
    }
    match form.parse::<u32>("hold_minutes").filter(|minutes| (1..=60).contains(minutes)) {
        Some(minutes) => (Some(minutes * 60), errors),
        None => (None, errors.and("hold_minutes", "Enter a number of minutes from 5 to 60")),
    }
}

fn venue(form: &Submission) -> Venue {
    Venue {
        name: form.text("venue.name"),
        address: form.text("venue.address"),
        city: form.text("venue.city"),
        country: form.text("venue.country"),
        timezone: form.text("venue.timezone"),
    }
}

/// Browsers send line breaks as two characters.
fn lines(form: &Submission) -> String {
    form.text("description").replace("\r\n", "\n")
}
