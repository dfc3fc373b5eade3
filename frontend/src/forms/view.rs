//! The form itself, with the summary of its errors on top.

use super::{
    FormState,
    submission::{FORM_FIELD, KEY_FIELD, new_key},
};
use crate::components::{Button, ButtonKind, Icon};
use leptos::{context::Provider, prelude::*};

/// A form of this page. Fields inside know its values and errors; a summary of the errors comes first and has the focus.
#[component]
pub fn Form(
    /// Its name within the page, as registered in `forms()`.
    id: &'static str,
    /// Where it is sent, unless to the page itself.
    #[prop(optional, into)]
    action: Option<String>,
    /// Classes.
    #[prop(default = "grid gap-5")]
    class: &'static str,
    /// Does it send a file?
    #[prop(optional)]
    upload: bool,
    /// Leaves the focus to one of its fields, whatever was wrong.
    #[prop(optional)]
    keeps_focus: bool,
    /// Its fields and button.
    children: Children,
) -> impl IntoView {
    let state = FormState::of(id);
    let key = state.value(KEY_FIELD).map_or_else(new_key, str::to_owned);
    view! {
        <Provider value=state.clone()>
            <form id=id class=class method="post" action=action enctype=upload.then_some("multipart/form-data") novalidate>
                <ErrorSummary state focused=!keeps_focus/>
                <input type="hidden" name=FORM_FIELD value=id/>
                <input type="hidden" name=KEY_FIELD value=key/>
                {children()}
            </form>
        </Provider>
    }
}

/// A form that is hidden values and a button, one of several of its kind on a page: a row's own button. Say once per page
/// with [`FormFailure`] where it was refused.
#[component]
pub fn RowForm(
    /// Its name within the page, as registered in `forms()`.
    id: &'static str,
    /// Classes.
    #[prop(optional)]
    class: &'static str,
    /// Its hidden values and button.
    children: Children,
) -> impl IntoView {
    view! {
        <form class=class method="post" novalidate>
            <input type="hidden" name=FORM_FIELD value=id/>
            <input type="hidden" name=KEY_FIELD value=new_key()/>
            {children()}
        </form>
    }
}

/// Why a [`RowForm`] of this page was refused.
#[component]
pub fn FormFailure(
    /// The form's name.
    id: &'static str,
) -> impl IntoView {
    view! { <ErrorSummary state=FormState::of(id) focused=true/> }
}

/// The form that was refused, where its page cannot be shown: what was entered waits in hidden fields.
#[component]
pub fn SendAgain(
    /// The form as it was sent.
    state: FormState,
) -> impl IntoView {
    let form = state;
    view! {
        <form method="post" novalidate>
            <WaitingFields form/>
            <Button kind=ButtonKind::Spot>"Try again"</Button>
        </form>
    }
}

/// What was entered in a form that cannot be shown now, in hidden fields: whoever sends them sends that form.
#[component]
pub(crate) fn WaitingFields(form: FormState) -> impl IntoView {
    let key = form.value(KEY_FIELD).is_none().then(new_key);
    let hidden = |name: String, value: String| view! { <input type="hidden" name=name value=value/> };
    let kept = form.entered().iter().filter(|(name, _)| name != FORM_FIELD);
    let kept = kept.map(|(name, value)| hidden(name.clone(), value.clone())).collect_view();
    view! {
        {hidden(FORM_FIELD.to_owned(), form.id().to_owned())}
        {key.map(|key| hidden(KEY_FIELD.to_owned(), key))}
        {kept}
    }
}

#[component]
pub(crate) fn ErrorSummary(state: FormState, focused: bool) -> impl IntoView {
    if !state.was_sent() {
        return ().into_any();
    }
    let title = match (state.errors().of_form(), state.errors().fields().len()) {
        (Some(message), _) => message.to_owned(),
        (None, 1) => "One thing needs another look".to_owned(),
        (None, count) => format!("{count} things need another look"),
    };
    let links = state
        .errors()
        .fields()
        .iter()
        .map(|(name, message)| {
            // High enough to be pressed with a finger (WCAG 2.5.8).
            view! { <li><a class="inline-block py-0.5" href=format!("#{}", state.control(name))>{message.clone()}</a></li> }
        })
        .collect_view();
    view! {
        <div class="notice notice-danger" role="alert" tabindex="-1" autofocus=focused>
            {Icon::Warning.view()}
            <h2>{title}</h2>
            <ul class="text-sm">{links}</ul>
        </div>
    }
    .into_any()
}
