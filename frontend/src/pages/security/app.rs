//! Adding an authenticator app: the secret goes into the app, and a code comes back.

use super::recovery::{Codes, codes_of, kept};
use crate::{
    api,
    components::{Button, ButtonKind, LinkButton, Qr, Title},
    error::AppError,
    forms::{Done, Field, FieldKind, Form, FormErrors, FormId, FormState, Forms, Outcome, Submission},
    loading::{Main, load},
    pages::failure::go_on,
    session::{require_user, use_api},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use contracts::second_factors::{ConfirmTotp, TotpOffer};
use leptos::prelude::*;

/// Where it is.
pub(super) const PATH: &str = "/account/security/app";
const CONFIRM: FormId = "confirm-app";

pub(super) fn forms() -> Forms {
    Forms::at(PATH).on(CONFIRM, confirm)
}

/// The secret, and then the recovery codes.
#[component]
pub fn AddAppPage() -> impl IntoView {
    let codes = codes_of(&FormState::of(CONFIRM));
    if !codes.is_empty() {
        return view! { <Added codes/> }.into_any();
    }
    let offer = load(async {
        require_user()?;
        match api::second_factors::totp_offer(&use_api()?).await {
            // Confirmed, ended, or never begun: the page that begins says which.
            Err(AppError::NotFound) => Ok(None),
            found => found.map(Some),
        }
    });
    view! {
        <Title text="Add an authenticator app"/>
        <Main load=offer let:offer>
            {match offer {
                Some(offer) => view! { <Offer offer/> }.into_any(),
                None => go_on(super::PATH),
            }}
        </Main>
    }
    .into_any()
}

#[component]
fn Added(codes: Vec<String>) -> impl IntoView {
    view! {
        <Title text="Your authenticator app is added"/>
        <h1 class="pt-8 text-3xl md:pt-12 md:text-5xl">"Your authenticator app is added"</h1>
        <p class="mt-3 max-w-[60ch] text-lg">"From now on you are asked for its code when you sign in."</p>
        <div class="mt-8"><Codes codes/></div>
        <p class="mt-8"><LinkButton href=super::PATH kind=ButtonKind::Spot>"I have kept them"</LinkButton></p>
    }
}

#[component]
fn Offer(offer: TotpOffer) -> impl IntoView {
    let drawing = format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(&offer.qr));
    let typed = in_groups(&offer.secret);
    view! {
        <div class="max-w-3xl pt-8 md:pt-12">
            <h1 class="text-3xl md:text-5xl">"Add an authenticator app"</h1>
            <ol class="mt-8 grid gap-10">
                <li>
                    <h2 class="rule pt-3 text-2xl">"1. Scan this with the app"</h2>
                    <div class="mt-4 w-60 max-w-full"><Qr src=drawing code="for your authenticator app; its secret is below"/></div>
                    <p class="mt-4 max-w-[60ch]">
                        "On this very phone? " <a class="inline-block py-0.5" href=offer.uri>"Open the app"</a>
                        ". Or type the secret into it:"
                    </p>
                    <p class="num mt-2 text-lg tracking-wide break-all">{typed}</p>
                </li>
                <li>
                    <h2 class="rule pt-3 text-2xl">"2. Enter the code it shows"</h2>
                    <div class="mt-4 max-w-md">
                        <Form id=CONFIRM>
                            <Field
                                name="code"
                                label="Code"
                                kind=FieldKind::Code
                                autocomplete="one-time-code"
                                hint="Six digits. It changes every half minute."
                            />
                            <Button kind=ButtonKind::Spot wide=true>"Add the app"</Button>
                        </Form>
                    </div>
                </li>
            </ol>
        </div>
    }
}

/// Four letters at a time are easier to type.
fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

async fn confirm(form: Submission) -> Outcome {
    let request = ConfirmTotp { code: form.text("code") };
    FormErrors::check(&request)?;
    match api::second_factors::confirm_totp(form.api(), &request).await {
        Ok(answer) if answer.body.recovery_codes.is_empty() => {
            Ok(Done::to(format!("{}?done=app", super::PATH)).with_cookies(answer.cookies))
        }
        Ok(answer) => Ok(Done::here(kept(answer.body.recovery_codes)).with_cookies(answer.cookies)),
        // Confirmed in another tab, or never begun: the page that begins says which.
        Err(AppError::NotFound) => Ok(Done::to(super::PATH)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_in_groups_of_four() {
        assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
