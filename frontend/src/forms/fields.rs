//! Controls with label, hint and error. They know the state of the [`super::Form`] they stand in.

use super::FormState;
use crate::{components::text::Joined, islands::Stepper};
use leptos::prelude::*;

/// What is entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A secret: never shown again.
    Password,
    /// A code that works once: readable, and never shown again.
    Code,
    /// A whole number.
    Number,
    /// An amount of money, such as `18.00`.
    Money,
    /// Day and time at the venue.
    DateTime,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// Words to search for.
    Search,
    /// An address on the web.
    Url,
}

impl FieldKind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Code | Self::Money => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Number => "number",
            Self::DateTime => "datetime-local",
            Self::Date => "date",
            Self::Time => "time",
            Self::Search => "search",
            Self::Url => "url",
        }
    }

    const fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Money => Some("decimal"),
            Self::Number => Some("numeric"),
            _ => None,
        }
    }
}

/// What every control knows of itself.
struct Control {
    id: String,
    error: Option<String>,
    described_by: Option<String>,
    hint: Option<String>,
}

impl Control {
    fn new(state: &FormState, name: &str, hint: Option<String>) -> Self {
        let id = state.control(name);
        let error = state.errors().on(name).map(str::to_owned);
        let described_by = Joined::new()
            .and(error.is_some().then(|| format!("{id}-error")))
            .and(hint.is_some().then(|| format!("{id}-hint")))
            .text();
        Self { id, error, described_by, hint }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    /// The error stands between the control and its hint.
    fn words(&self) -> impl IntoView + use<> {
        let (id, error, hint) = (self.id.clone(), self.error.clone(), self.hint.clone());
        view! {
            {error.map(|error| view! { <p class="error" id=format!("{id}-error")>{error}</p> })}
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
        }
    }
}

fn state() -> FormState {
    use_context().unwrap_or_default()
}

/// A labelled input.
#[component]
pub fn Field(
    /// Name of the form field.
    name: &'static str,
    /// What to enter.
    #[prop(into)]
    label: String,
    /// What kind of thing it is.
    #[prop(default = FieldKind::Text)]
    kind: FieldKind,
    /// What it begins with.
    #[prop(optional, into)]
    value: String,
    /// How to enter it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What the browser may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// An example, where the label is not enough.
    #[prop(optional)]
    placeholder: Option<&'static str>,
) -> impl IntoView {
    let state = state();
    let control = Control::new(&state, name, hint);
    let value = match kind {
        FieldKind::Password | FieldKind::Code => None,
        _ => Some(state.value(name).map_or(value, str::to_owned)),
    };
    view! {
        <div class="field">
            <label for=control.id.clone()>{label}</label>
            <input
                class="input"
                id=control.id.clone()
                type=kind.input_type()
                inputmode=kind.input_mode()
                name=name
                value=value
                autocomplete=autocomplete
                placeholder=placeholder
                aria-invalid=control.invalid()
                aria-describedby=control.described_by.clone()
            />
            {control.words()}
        </div>
    }
}

/// A labelled choice of a file. Its form sends it with `upload`.
#[component]
pub fn FileField(
    /// Name of the form field.
    name: &'static str,
    /// What to choose.
    #[prop(into)]
    label: String,
    /// Kinds of files that the browser offers, such as `.csv,text/csv`.
    accept: &'static str,
    /// What it must be like.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let control = Control::new(&state(), name, hint);
    view! {
        <div class="field">
            <label for=control.id.clone()>{label}</label>
            <input
                class="input py-2.5"
                id=control.id.clone()
                type="file"
                name=name
                accept=accept
                aria-invalid=control.invalid()
                aria-describedby=control.described_by.clone()
            />
            {control.words()}
        </div>
    }
}

/// A labelled text of several lines.
#[component]
pub fn TextArea(
    /// Name of the form field.
    name: &'static str,
    /// What to enter.
    #[prop(into)]
    label: String,
    /// What it begins with.
    #[prop(optional, into)]
    value: String,
    /// How to enter it.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let state = state();
    let control = Control::new(&state, name, hint);
    let value = state.value(name).map_or(value, str::to_owned);
    view! {
        <div class="field">
            <label for=control.id.clone()>{label}</label>
            <textarea
                class="input"
                id=control.id.clone()
                name=name
                rows="5"
                aria-invalid=control.invalid()
                aria-describedby=control.described_by.clone()
            >
                {value}
            </textarea>
            {control.words()}
        </div>
    }
}

/// A labelled choice of one from a list.
#[component]
pub fn SelectField(
    /// Name of the form field.
    name: &'static str,
    /// What to choose.
    #[prop(into)]
    label: String,
    /// Value and words of each option.
    options: Vec<(String, String)>,
    /// The value that is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// How to choose.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let state = state();
    let control = Control::new(&state, name, hint);
    let chosen = state.value(name).map_or(value, str::to_owned);
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=control.id.clone()>{label}</label>
            <select
                class="input"
                id=control.id.clone()
                name=name
                aria-invalid=control.invalid()
                aria-describedby=control.described_by.clone()
            >
                {options}
            </select>
            {control.words()}
        </div>
    }
}

/// A checkbox, or a radio button of a group that shares its name.
#[component]
pub fn Choice(
    /// Name of the form field.
    name: &'static str,
    /// What is sent when it is chosen.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    /// Is it one of several, of which one is chosen?
    #[prop(optional)]
    radio: bool,
    /// Is it chosen at first?
    #[prop(optional)]
    checked: bool,
    /// What choosing it means.
    children: Children,
) -> impl IntoView {
    let state = state();
    let checked = if state.was_sent() { state.has(name, &value) } else { checked };
    let kind = if radio { "radio" } else { "checkbox" };
    // The summary of errors links to the first of a group.
    let id = if radio { format!("{}-{value}", state.control(name)) } else { state.control(name) };
    view! {
        <label class="choice">
            <input type=kind id=id name=name value=value checked=checked/>
            <span>{children()}</span>
        </label>
    }
}

/// A number with buttons, which are an island around a plain number input.
#[component]
pub fn StepperField(
    /// Name of the form field.
    #[prop(into)]
    name: String,
    /// What is counted.
    #[prop(into)]
    label: String,
    /// What it begins with.
    #[prop(default = 1)]
    value: u32,
    /// The least.
    #[prop(default = 1)]
    min: u32,
    /// The most.
    #[prop(default = 10)]
    max: u32,
    /// Is the label only for those who cannot see the row it stands in?
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let state = state();
    let control = Control::new(&state, &name, None);
    let value = state.value(&name).map_or_else(|| value.to_string(), str::to_owned);
    let words = (!quiet).then(|| view! { <label for=control.id.clone()>{label.clone()}</label> });
    view! {
        <div class="field">
            {words}
            <Stepper
                id=control.id.clone()
                name
                label
                value
                min
                max
                invalid=control.error.is_some()
                described_by=control.described_by.clone()
            />
            {control.words()}
        </div>
    }
}

/// A value that travels with the form.
#[component]
pub fn Hidden(
    /// Name of the form field.
    name: &'static str,
    /// What is sent.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
