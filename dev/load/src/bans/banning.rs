//! Bans people one after the other, whatever is broken meanwhile, and learns when each ban was acknowledged.

use super::{
    asking::{Asking, Person},
    faults::Fault,
    history::Banned,
};
use crate::system::System;
use anyhow::Context;
use contracts::auth::BanReceipt;
use reqwest::{Method, StatusCode};
use seed::api::Session;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// Somebody is asked about for so long before they are banned.
const BEFORE: Duration = Duration::from_millis(100);
/// The pause between the beginnings of two bans while something is broken.
const EVERY: Duration = Duration::from_millis(250);
/// How many are being banned at the same time while something is broken: they share what is asked closely.
const AT_ONCE: u32 = 4;
/// People are asked about for so long after their ban: longer than the bound, and than a restart.
const AFTER: Duration = Duration::from_secs(4);
/// How long it may take until a ban is acknowledged, with everything healed again.
const PATIENCE: Duration = Duration::from_mins(1);
const AGAIN: Duration = Duration::from_millis(100);
/// One request may take so long.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Bans everybody: one at a time while all is well, so that each is asked about closely; side by side otherwise.
pub(crate) async fn all(
    system: &System,
    admin: &Session,
    people: &[Session],
    asking: &Arc<Asking>,
    fault: Fault,
) -> anyhow::Result<Vec<String>> {
    let mut under_way = JoinSet::new();
    let mut banned = Vec::new();
    for session in people {
        let person = patiently(|| Person::of(session)).await?;
        banned.push(person.id.clone());
        let begun = Instant::now();
        let one = one(system.clone(), admin.clone(), person, Arc::clone(asking), fault);
        if fault == Fault::None {
            under_way.spawn(one.await?);
        } else {
            under_way.spawn(async move { one.await?.await });
            sleep(EVERY.saturating_sub(begun.elapsed())).await;
        }
    }
    while let Some(ended) = under_way.join_next().await {
        ended??;
    }
    Ok(banned)
}

/// Bans somebody; what is left to wait for afterwards is given back.
async fn one(
    system: System,
    admin: Session,
    person: Person,
    asking: Arc<Asking>,
    fault: Fault,
) -> anyhow::Result<impl Future<Output = anyhow::Result<()>> + Send + 'static> {
    asking.begin(&person);
    let share = if fault == Fault::None { 1 } else { AT_ONCE };
    let closely = tokio::spawn(Arc::clone(&asking).closely(person.clone(), share));
    sleep(BEFORE).await;
    let path = format!("/api/auth/admin/users/{}/ban", person.id);
    let body = json!({ "reason": "A measurement" });
    let ban = || ask(&system, &admin, Method::PUT, &path, Some(&body));
    let _: BanReceipt = patiently(ban).await.with_context(|| format!("banning {}", person.id))?;
    if fault == Fault::None {
        closely.await?;
    }
    Ok(async move {
        sleep(AFTER).await;
        asking.let_go(&person);
        Ok(())
    })
}

/// When each ban was acknowledged, once all of them are.
pub(crate) async fn receipts(
    system: &System,
    admin: &Session,
    people: Vec<String>,
) -> anyhow::Result<Vec<Banned>> {
    let mut bans = Vec::new();
    for person in people {
        // Asked for until the bus has acknowledged it.
        let path = format!("/api/auth/admin/users/{person}");
        let receipt = || async {
            let user: Value = ask(system, admin, Method::GET, &path, None).await?;
            let ban = user["bans"][0]["id"].as_str().context("there is no ban")?.to_owned();
            let path = format!("/api/auth/admin/bans/{ban}/receipt");
            let receipt: BanReceipt = ask(system, admin, Method::GET, &path, None).await?;
            receipt.acknowledged_at.context("it is not acknowledged")
        };
        let acknowledged = patiently(receipt).await.with_context(|| format!("the receipt of {person}"))?;
        bans.push(Banned { person, acknowledged });
    }
    Ok(bans)
}

/// Tries until it succeeds: what is broken now is whole again soon, and a ban may be asked for twice.
async fn patiently<T, F: Future<Output = anyhow::Result<T>>>(work: impl Fn() -> F) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        let error = match timeout(ANSWER_WITHIN, work()).await {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => error,
            Err(late) => late.into(),
        };
        if begun.elapsed() > PATIENCE {
            return Err(error);
        }
        sleep(AGAIN).await;
    }
}

async fn ask<T: serde::de::DeserializeOwned>(
    system: &System,
    who: &Session,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> anyhow::Result<T> {
    let request = system.http.request(method, format!("{}{path}", system.base)).bearer_auth(who.token());
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    let response = request.send().await?;
    let status = response.status();
    anyhow::ensure!(
        matches!(status, StatusCode::OK | StatusCode::ACCEPTED),
        "{path} was answered with {status}"
    );
    Ok(response.json().await?)
}
