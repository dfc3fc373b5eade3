//! What somebody whose account is suspended is told.

use crate::components::{Stamp, Stub, Ticket, TicketKind, Title};
use leptos::prelude::*;

/// The page by its own address, for links in mail: says what a suspension means, but not whose.
#[component]
pub fn SuspendedPage() -> impl IntoView {
    view! { <Suspended reason=""/> }
}

/// The reason, and what can still be done.
#[component]
pub fn Suspended(
    /// As the admin wrote it.
    #[prop(into)]
    reason: String,
) -> impl IntoView {
    let reason = if reason.is_empty() { "It is in the mail that we sent you.".to_owned() } else { reason };
    view! {
        <Title text="Your account is suspended"/>
        <div class="mx-auto max-w-4xl pt-8 md:pt-14">
            <h1 class="text-3xl md:text-5xl">"You have been signed out: your account is suspended"</h1>
            <div class="mt-8">
                <Ticket kind=TicketKind::Void>
                    <Stub slot class="ticket-stub flex items-center justify-center sm:w-56">
                        <Stamp colour="text-danger">"Suspended"</Stamp>
                    </Stub>
                    <dl>
                        <dt class="label">"Reason"</dt>
                        <dd class="text-lg font-semibold leading-snug text-ink">{reason}</dd>
                    </dl>
                </Ticket>
            </div>
            <div class="mt-9 grid gap-x-12 gap-y-6 md:grid-cols-2">
                <WhatHappens/>
                <section aria-labelledby="mistake">
                    <h2 class="rule pt-3 text-xl" id="mistake">"If this is a mistake"</h2>
                    <p class="mt-2 text-sm">
                        "Answer the mail that told you, once and in your own words. Somebody who did not make the decision reads it."
                    </p>
                </section>
            </div>
        </div>
    }
}

#[component]
fn WhatHappens() -> impl IntoView {
    view! {
        <section aria-labelledby="now">
            <h2 class="rule pt-3 text-xl" id="now">"What happens now"</h2>
            <ul class="mt-2 list-disc pl-5 text-sm leading-relaxed">
                <li>"Tickets you paid for still open the door, unless the mail says otherwise."</li>
                <li>"Your holds were released and cost you nothing."</li>
                <li>"Listings, resale and payouts are paused, not lost."</li>
                <li>"You are signed out on every device."</li>
            </ul>
        </section>
    }
}
