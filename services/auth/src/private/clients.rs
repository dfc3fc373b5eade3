//! Who may ask: services, by the hashes of their secrets.

use auth::pull::PullSecret;
use std::{collections::BTreeMap, str::FromStr};
use subtle::ConstantTimeEq;

/// Services at most.
const SERVICES_MAX: usize = 64;

/// The hash of each service's secret ([`PullSecret::hash`]). Whoever reads it can ask nothing with it.
#[derive(Clone, Debug)]
pub(crate) struct Clients(BTreeMap<String, [u8; 32]>);

/// The list cannot be used. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientsError {
    #[error(
        "must be like orders=<64 hexadecimal digits>, separated by commas, with names of letters, digits, - and _"
    )]
    Form,
    #[error("must name each service once, and no two with the same secret")]
    Twice,
    #[error("must name from 1 to {SERVICES_MAX} services")]
    Count,
}

impl FromStr for Clients {
    type Err = ClientsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.len() > SERVICES_MAX {
            return Err(ClientsError::Count);
        }
        let mut clients = BTreeMap::new();
        for part in parts {
            let (service, hash) = part.split_once('=').ok_or(ClientsError::Form)?;
            let hash = hex::decode(hash).ok().and_then(|bytes| bytes.try_into().ok());
            let hash: [u8; 32] = hash.ok_or(ClientsError::Form)?;
            if !auth::subjects::is_token(service) {
                return Err(ClientsError::Form);
            }
            // A secret of two services would let one ask in the other's name.
            let known = clients.values().any(|known| *known == hash);
            if known || clients.insert(service.to_owned(), hash).is_some() {
                return Err(ClientsError::Twice);
            }
        }
        Ok(Self(clients))
    }
}

impl Clients {
    /// Whose secret is it? Every hash is compared, each in constant time, whether or not one was found.
    pub(crate) fn whose(&self, secret: &PullSecret) -> Option<&str> {
        let hash = secret.hash();
        let same = |known: &[u8; 32]| bool::from(hash.ct_eq(known));
        self.0.iter().fold(None, |found, (service, known)| if same(known) { Some(&**service) } else { found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(service: &str, secret: u8) -> String {
        format!("{service}={}", hex::encode(PullSecret::new([secret; 32]).hash()))
    }

    #[test]
    fn a_service_is_known_by_its_own_secret_alone() {
        let text = [entry("orders", 1), entry("tickets", 2)].join(", ");
        let clients: Clients = text.parse().unwrap();
        assert_eq!(clients.whose(&PullSecret::new([1; 32])), Some("orders"));
        assert_eq!(clients.whose(&PullSecret::new([2; 32])), Some("tickets"));
        assert_eq!(clients.whose(&PullSecret::new([3; 32])), None);
    }

    #[test]
    fn a_list_that_would_let_in_too_many_is_refused() {
        let read = |text: String| text.parse::<Clients>().err();
        assert_eq!(read(String::new()), Some(ClientsError::Count));
        assert_eq!(read("orders=00".to_owned()), Some(ClientsError::Form));
        assert_eq!(read(entry("or.ders", 1)), Some(ClientsError::Form), "a name that no subject can have");
        assert_eq!(read([entry("orders", 1), entry("tickets", 1)].join(",")), Some(ClientsError::Twice));
        assert_eq!(read([entry("orders", 1), entry("orders", 2)].join(",")), Some(ClientsError::Twice));
    }
}
