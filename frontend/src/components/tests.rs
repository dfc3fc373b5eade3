//! Components render what assistive technology needs.

use super::*;
use crate::forms::{Field, FieldKind, Form, FormErrors, FormState, StepperField};
use contracts::{Currency, Money, shows::Stock};
use leptos::{prelude::*, tachys::view::RenderHtml};

/// The HTML of a view, rendered as on the server.
fn html<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    Owner::new_root(None).with(|| view().into_view().to_html())
}

fn refused(name: &str, message: &str) -> FormState {
    FormState::new("test", vec![("email".to_owned(), "priya@".to_owned())], FormErrors::field(name, message))
}

#[test]
fn a_wrong_field_says_so_and_keeps_what_was_entered() {
    let html = html(|| {
        provide_context(refused("email", "Enter an e-mail address"));
        view! { <Form id="test"><Field name="email" label="Email" kind=FieldKind::Email hint="Where tickets go"/></Form> }
    });
    for part in [
        r#"<label for="test-email">Email</label>"#,
        r#"value="priya@""#,
        r#"aria-invalid="true""#,
        r#"aria-describedby="test-email-error test-email-hint""#,
        r#"id="test-email-error""#,
        r#"role="alert""#,
        r#"tabindex="-1""#,
        r##"href="#test-email""##,
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn a_password_is_never_shown_again() {
    let html = html(|| {
        let kept = vec![("password".to_owned(), "correct horse".to_owned())];
        provide_context(FormState::new("test", kept, FormErrors::field("password", "Wrong")));
        view! { <Form id="test"><Field name="password" label="Password" kind=FieldKind::Password/></Form> }
    });
    assert!(html.contains(r#"type="password""#) && !html.contains("correct horse"), "{html}");
}

#[test]
fn a_form_names_itself_and_carries_a_key() {
    let html = html(|| view! { <Form id="test">"…"</Form> });
    assert!(html.contains(r#"method="post""#) && html.contains(r#"name="form" value="test""#), "{html}");
    assert!(html.contains(r#"name="idempotency_key""#) && !html.contains("role=\"alert\""), "{html}");
}

#[test]
fn a_stepper_is_a_number_input_with_named_buttons() {
    let html = html(|| view! { <StepperField name="quantity" label="How many" value=2 max=8/> });
    for part in [r#"type="number""#, r#"max="8""#, r#"value="2""#, r#"aria-label="How many: one more""#] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn availability_is_said_in_words() {
    let stock = Stock { total: 240, held: 29, sold: 170, free: 41 };
    let html = html(move || view! { <AvailabilityBar id="a" stock yours=9/> });
    assert!(html.contains(r#"aria-label="170 sold, 20 held, 9 held by you, 41 free of 240""#), "{html}");
    assert!(html.contains(r#"id="stock-a""#) && html.contains("url(#stock-a)"), "{html}");
}

#[test]
fn a_poster_is_decoration_and_its_words_are_text() {
    let html = html(|| {
        view! { <Poster id="evt_nf006" title="Night Ferry" foot="Fri 20 Nov" side="£24.20" href="/shows/1"/> }
    });
    for part in [r#"alt="""#, r#"data-palette="2""#, r#"<a href="/shows/1">Night Ferry</a>"#] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn a_failure_is_spoken_and_icons_are_not() {
    let html = html(
        || view! { <Notice tone=Tone::Danger title="Your bank declined the card">"Nothing was charged."</Notice> },
    );
    assert!(html.contains(r#"role="alert""#) && html.contains(r#"aria-hidden="true""#), "{html}");
}

#[test]
fn tables_have_captions_and_scoped_heads() {
    let html = html(|| {
        view! { <Data caption="Your orders" columns=vec!["Show", ">Paid"]><tr><td>"Night Ferry"</td></tr></Data> }
    });
    assert!(
        html.contains("<caption") && html.contains(r#"scope="col""#) && html.contains(r#"class="r""#),
        "{html}"
    );
}

#[test]
fn whoever_is_waited_for_stays_last_in_the_wire() {
    let row = |name: &str, after_ms| WireRow { name: name.to_owned(), after_ms, gone: false };
    let rows = vec![row("door-1", None), row("orders-1", Some(31.0)), row("auth-1", Some(2.0))];
    let html = html(move || view! { <Wire rows/> });
    let at = |name: &str| html.find(name).unwrap();
    assert!(at("auth-1") < at("orders-1") && at("orders-1") < at("door-1"), "{html}");
    assert!(html.contains("waiting"));
}

#[test]
fn money_and_tabs() {
    let price = html(|| view! { <Price of=Money::new(4840, Currency::GBP)/> });
    assert!(price.contains("£48.40"));
    let tabs = vec![Tab { href: "/a".to_owned(), label: "Upcoming".to_owned(), current: true }];
    let tabs = html(move || view! { <Tabs label="Tickets" tabs/> });
    assert!(tabs.contains(r#"aria-current="page""#) && tabs.contains(r#"aria-label="Tickets""#), "{tabs}");
}
