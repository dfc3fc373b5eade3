//! The form itself, with the summary of its errors on top.

use super::{
    FormState,
    submission::{FORM_FIELD, KEY_FIELD, new_key},
};
use crate::components::Icon;
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
    /// Its fields and button.
    children: Children,
) -> impl IntoView {
    let state = FormState::of(id);
    let key = state.value(KEY_FIELD).map_or_else(new_key, str::to_owned);
    view! {
        <Provider value=state.clone()>
            <form id=id class=class method="post" action=action novalidate>
                <ErrorSummary state/>
                <input type="hidden" name=FORM_FIELD value=id/>
                <input type="hidden" name=KEY_FIELD value=key/>
                {children()}
            </form>
        </Provider>
    }
}

#[component]
fn ErrorSummary(state: FormState) -> impl IntoView {
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
            view! { <li><a href=format!("#{}", state.control(name))>{message.clone()}</a></li> }
        })
        .collect_view();
    view! {
        <div class="notice notice-danger" role="alert" tabindex="-1" autofocus>
            {Icon::Warning.view()}
            <h2>{title}</h2>
            <ul class="text-sm">{links}</ul>
        </div>
    }
    .into_any()
}
