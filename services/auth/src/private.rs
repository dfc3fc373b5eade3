//! The private listener: `POST /revocations`, for the services, when the bus does not tell them who is revoked.
//!
//! It has an address of its own that is reachable from inside only, and serves nothing else. The ingress has no route
//! to it. Who asks is known by a secret of the service's own ([`clients`]); what is answered is signed ([`pull`]).

mod clients;
mod pull;

pub(crate) use clients::Clients;

use crate::state::Auth;
use auth::{issue::RevocationSigner, pull::PATH};
use axum::{Router, routing::post, serve::ListenerExt};
use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;

/// Questions that are answered at once; more are told to come back.
const AT_ONCE: usize = 32;

/// Where the listener is: an address of this machine or of a private network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrivateAddress(pub(crate) SocketAddr);

/// An address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PrivateAddressError {
    #[error("it must be an address and a port")]
    Form,
    #[error("it must be a loopback or private address, not one that everybody reaches")]
    Public,
}

impl FromStr for PrivateAddress {
    type Err = PrivateAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address: SocketAddr = text.parse().map_err(|_| PrivateAddressError::Form)?;
        let private = match address.ip() {
            IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
            IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
        };
        if private { Ok(Self(address)) } else { Err(PrivateAddressError::Public) }
    }
}

/// What its handler can reach.
#[derive(Clone)]
struct Private {
    auth: Auth,
    signer: RevocationSigner,
    clients: Arc<Clients>,
    places: Arc<Semaphore>,
}

/// Opens the listener; the rest serves it until `stop`.
pub(crate) async fn open(
    address: PrivateAddress,
    clients: Clients,
    auth: Auth,
    signer: RevocationSigner,
    stop: CancellationToken,
) -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let listener = TcpListener::bind(address.0).await?.tap_io(|stream| {
        // Answers are awaited by somebody whose lease is ending.
        drop(stream.set_nodelay(true));
    });
    tracing::info!(listen = %address.0, "revocations may be pulled");
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let routes = routes(Private { auth, signer, clients: Arc::new(clients), places });
    let serving = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned());
    Ok(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the private listener ended");
        }
    })
}

fn routes(state: Private) -> Router {
    Router::new().route(PATH, post(pull::pull)).with_state(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_from_inside_are_listened_on() {
        let read = |text: &str| text.parse::<PrivateAddress>();
        for good in ["127.0.0.1:4110", "10.1.2.3:4110", "192.168.0.9:4110", "[::1]:4110", "[fd00::1]:4110"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in ["0.0.0.0:4110", "[::]:4110", "203.0.113.9:4110", "[2001:db8::1]:4110"] {
            assert_eq!(read(bad), Err(PrivateAddressError::Public), "{bad}");
        }
        assert_eq!(read("auth:4110"), Err(PrivateAddressError::Form));
    }
}
