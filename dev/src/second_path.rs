//! The second path by which services learn who is banned: auth's private listener, and who may ask it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::{
    config::{Instance, Plan},
    service::Service,
};

impl Plan {
    /// Where auth is asked, and a service's own secret; for auth also where it listens, and the secrets' hashes.
    pub(crate) fn second_path(&self, instance: Instance) -> Result<BTreeMap<String, String>> {
        let urls = self.pull_ports.values().map(|port| format!("http://127.0.0.1:{port}"));
        let mut values = BTreeMap::from([
            ("AUTH_PULL_URLS".to_owned(), urls.collect::<Vec<_>>().join(",")),
            ("AUTH_PULL_SECRET".to_owned(), self.secret_of(instance.service)?.to_owned()),
        ]);
        if instance.service == Service::Auth {
            let port =
                self.pull_ports.get(&instance.number).context("an instance of auth has no private port")?;
            values.insert("LISTEN_PULL".to_owned(), format!("127.0.0.1:{port}"));
            values.insert("PULL_CLIENTS".to_owned(), self.clients()?);
        }
        Ok(values)
    }

    fn clients(&self) -> Result<String> {
        let services = Service::ALL.into_iter().filter(|service| service.has_data());
        let client = |service: Service| {
            let secret = hex::decode(self.secret_of(service)?).context("a secret is damaged")?;
            Ok(format!("{}={}", service.name(), hex::encode(Sha256::digest(secret))))
        };
        Ok(services.map(client).collect::<Result<Vec<_>>>()?.join(","))
    }

    fn secret_of(&self, service: Service) -> Result<&str> {
        self.credentials.secret(&format!("/pull/{}", service.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(service: Service, number: u32) -> BTreeMap<String, String> {
        Plan::for_tests().second_path(Instance { service, number, port: 4103 }).unwrap()
    }

    #[test]
    fn every_service_asks_every_instance_of_auth_with_a_secret_of_its_own() {
        let (orders, tickets) = (values(Service::Orders, 1), values(Service::Tickets, 1));
        assert_eq!(orders["AUTH_PULL_URLS"], "http://127.0.0.1:4121,http://127.0.0.1:4122");
        assert_eq!(orders["AUTH_PULL_SECRET"].len(), 64);
        assert_ne!(orders["AUTH_PULL_SECRET"], tickets["AUTH_PULL_SECRET"]);
        assert!(!orders.contains_key("PULL_CLIENTS") && !orders.contains_key("LISTEN_PULL"));
    }

    #[test]
    fn auth_knows_the_hashes_of_others_and_not_their_secrets() {
        // Each plan has secrets of its own.
        let plan = Plan::for_tests();
        let of = |service, number| plan.second_path(Instance { service, number, port: 4103 }).unwrap();
        let (auth, orders) = (of(Service::Auth, 2), of(Service::Orders, 1));
        assert_eq!(auth["LISTEN_PULL"], "127.0.0.1:4122");
        let hash = hex::encode(Sha256::digest(hex::decode(&orders["AUTH_PULL_SECRET"]).unwrap()));
        assert!(auth["PULL_CLIENTS"].contains(&format!("orders={hash}")));
        assert!(!auth.values().any(|value| value.contains(&orders["AUTH_PULL_SECRET"])));
        assert!(!auth["PULL_CLIENTS"].contains("ingress="));
    }
}
