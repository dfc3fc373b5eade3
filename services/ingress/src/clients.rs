//! Who is asking: the address that limits and logs go by.

use std::net::IpAddr;

use http::HeaderMap;

use crate::routes::Door;

/// Finds the client's address. `None` only behind the private door, when the frontend asks for itself.
pub(crate) fn address(
    door: Door,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted_proxies: &[IpAddr],
) -> Option<IpAddr> {
    match door {
        Door::Private => told(headers),
        Door::Public => {
            let peer = peer?.to_canonical();
            Some(if trusted_proxies.contains(&peer) {
                behind(headers, trusted_proxies).unwrap_or(peer)
            } else {
                peer
            })
        }
    }
}

/// What the frontend server says: it passes on the one address that we gave it.
fn told(headers: &HeaderMap) -> Option<IpAddr> {
    let real = headers.get("x-real-ip").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    real.or_else(|| forwarded(headers).first().copied()).map(|address: IpAddr| address.to_canonical())
}

/// The last address that no proxy of ours added: everything before it is the client's own invention.
fn behind(headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> Option<IpAddr> {
    forwarded(headers).into_iter().rev().find(|address| !trusted_proxies.contains(address))
}

fn forwarded(headers: &HeaderMap) -> Vec<IpAddr> {
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses = lists.flat_map(|list| list.split(',')).filter_map(|item| item.trim().parse().ok());
    addresses.map(|address: IpAddr| address.to_canonical()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_public_door_believes_the_socket() {
        let said = headers(&[("x-forwarded-for", "1.1.1.1"), ("x-real-ip", "2.2.2.2")]);
        assert_eq!(address(Door::Public, Some(ip("9.9.9.9")), &said, &[]), Some(ip("9.9.9.9")));
    }

    #[test]
    fn a_trusted_proxy_is_looked_through() {
        let said = headers(&[("x-forwarded-for", "6.6.6.6, 1.1.1.1, 10.0.0.2")]);
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let peer = Some(ip("::ffff:10.0.0.1"));
        assert_eq!(address(Door::Public, peer, &said, &trusted), Some(ip("1.1.1.1")));
        assert_eq!(address(Door::Public, peer, &HeaderMap::new(), &trusted), Some(ip("10.0.0.1")));
    }

    #[test]
    fn the_private_door_believes_the_frontend() {
        let peer = Some(ip("127.0.0.1"));
        let said = headers(&[("x-forwarded-for", "1.1.1.1")]);
        assert_eq!(address(Door::Private, peer, &said, &[]), Some(ip("1.1.1.1")));
        assert_eq!(address(Door::Private, peer, &HeaderMap::new(), &[]), None);
    }
}
