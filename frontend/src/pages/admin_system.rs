//! Which services run, as far as the ingress can see, and who answers for each.

use crate::{
    api::{self, system::Health},
    components::{AdminTabs, Data, Tag, TagKind, Title},
    loading::{Main, load},
    session::{require_admin, use_api},
};
use leptos::prelude::*;

/// Services.
#[component]
pub fn AdminSystemPage() -> impl IntoView {
    let services = load(async {
        require_admin()?;
        Ok(api::system::services(&use_api()?).await)
    });
    view! {
        <Title text="Services"/>
        <Main load=services let:services>
            <AdminTabs/>
            <h1 class="pt-8 text-3xl md:text-4xl">"Services"</h1>
            <p class="mt-2 max-w-[70ch] text-ink-2">
                "What the ingress sees at this moment, and which instance answered this page’s question who you are. An answer means that the instance is sure who is banned. Reload to ask again."
            </p>
            <Services services/>
            <p class="mt-6 text-sm"><a class="inline-block py-0.5" href="/api/docs">"What the services offer to programs"</a></p>
        </Main>
    }
}

#[component]
fn Services(services: Vec<Health>) -> impl IntoView {
    let rows = services.into_iter().map(|service| view! { <Row service/> }).collect_view();
    view! {
        <div class="mt-6">
            <Data caption="Services and their instances" columns=vec!["Service", "Healthy instances", "Asked just now"]>
                {rows}
            </Data>
        </div>
    }
}

#[component]
fn Row(service: Health) -> impl IntoView {
    let instances = match service.instances {
        Some((healthy, known)) => {
            let kind = match healthy {
                0 => TagKind::Danger,
                healthy if healthy < known => TagKind::Warn,
                _ => TagKind::Ok,
            };
            view! { <Tag kind>{format!("{healthy} of {known}")}</Tag> }.into_any()
        }
        None => "not known: the ingress did not say".into_any(),
    };
    let answered = match service.answer {
        Ok(who) => format!("{} answered", who.instance),
        Err(error) => format!("No answer. {}", error.message()),
    };
    view! {
        <tr>
            <th scope="row">{service.name}</th>
            <td data-l="Healthy instances"><span>{instances}</span></td>
            <td data-l="Asked just now">{answered}</td>
        </tr>
    }
}
