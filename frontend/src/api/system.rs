//! What runs: the ingress's own state, and `whoami` of every service.

use crate::{backend::Api, error::AppError};
use contracts::auth::WhoAmI;
use std::collections::HashMap;

/// Every service that knows who is banned.
const SERVICES: [&str; 6] = ["auth", "tickets", "orders", "expiration", "payments", "notifications"];

/// What is known of one service.
#[derive(Clone, Debug)]
pub struct Health {
    /// Its name.
    pub name: &'static str,
    /// Healthy and known instances, as the ingress sees them.
    pub instances: Option<(u32, u32)>,
    /// Who answered.
    pub answer: Result<WhoAmI, AppError>,
}

#[derive(serde::Deserialize)]
struct Ready {
    services: HashMap<String, Instances>,
}

#[derive(serde::Deserialize)]
struct Instances {
    healthy: u32,
    known: u32,
}

/// Asks the ingress and every service, side by side.
pub async fn services(api: &Api) -> Vec<Health> {
    let asked: Vec<_> = SERVICES
        .into_iter()
        .map(|name| {
            let api = api.clone();
            (name, tokio::spawn(async move { api.get(&format!("/api/{name}/whoami")).await }))
        })
        .collect();
    // The private listener says it; the public one would not.
    let ready = api.get::<Ready>("/readyz").await;
    let mut services = Vec::new();
    for (name, answer) in asked {
        let answer = answer.await.unwrap_or(Err(AppError::Broken { request_id: None }));
        let instances = ready.as_ref().ok().and_then(|ready| ready.services.get(name));
        let instances = instances.map(|instances| (instances.healthy, instances.known));
        services.push(Health { name, instances, answer });
    }
    services
}
