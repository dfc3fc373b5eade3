//! Ports that are checked to be free: a fixed port silently talks to somebody else's server.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use anyhow::{Result, bail};

/// How many ports are tried before giving up.
const MAX_TRIES: u16 = 400;

/// Whether nobody listens there, on either loopback address.
pub(crate) fn is_free(port: u16) -> bool {
    let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    // `localhost` may mean ::1 first, so a stranger there would get our visitors.
    TcpListener::bind(v4).is_ok()
        && TcpStream::connect_timeout(&v4, Duration::from_millis(200)).is_err()
        && TcpStream::connect_timeout(&v6, Duration::from_millis(200)).is_err()
}

/// Fails when the port that people open is taken.
pub(crate) fn require_free(port: u16) -> Result<()> {
    if is_free(port) {
        return Ok(());
    }
    bail!("port {port} is in use by another program; stop that one, or choose another port with --port")
}

/// Hands out free ports, none of them twice.
#[derive(Debug)]
pub(crate) struct Ports {
    next: u16,
    taken: BTreeSet<u16>,
}

impl Ports {
    /// Looks upwards from a first port. Keep below 32768: from there on the system gives ports to outgoing
    /// connections, and one of them could sit on a service's port while that service restarts.
    pub(crate) fn from(first: u16) -> Self {
        Self { next: first, taken: BTreeSet::new() }
    }

    /// Never hands out this one.
    pub(crate) fn reserve(&mut self, port: u16) {
        self.taken.insert(port);
    }

    /// The next free one.
    pub(crate) fn take(&mut self) -> Result<u16> {
        let port = self.take_from(self.next)?;
        self.next = port + 1;
        Ok(port)
    }

    /// The first free one from a given one upwards.
    pub(crate) fn take_from(&mut self, first: u16) -> Result<u16> {
        let mut candidates = first..first.saturating_add(MAX_TRIES);
        if let Some(port) = candidates.find(|port| !self.taken.contains(port) && is_free(*port)) {
            self.taken.insert(port);
            return Ok(port);
        }
        bail!("no free port between {first} and {}", first.saturating_add(MAX_TRIES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_listened_on_is_not_free() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(!is_free(port));
        drop(listener);
        assert!(is_free(port));
    }

    #[test]
    fn a_port_on_the_other_loopback_address_is_not_free() {
        let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
        assert!(!is_free(listener.local_addr().unwrap().port()));
    }

    #[test]
    fn no_port_is_handed_out_twice() {
        let mut ports = Ports::from(21_000);
        ports.reserve(21_000);
        let (first, second) = (ports.take().unwrap(), ports.take().unwrap());
        assert!(first > 21_000 && second > first);
    }
}
