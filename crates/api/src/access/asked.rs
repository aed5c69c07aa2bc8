//! What the rules look at in a request.

use std::net::IpAddr;

use http::{HeaderMap, Version, header, request::Parts};
use net::Peer;

/// Stands for a header that is there but cannot be what it should be, so that it matches nothing.
const NONSENSE: &str = "?";

/// What the rules look at in a request, and nothing else: the decisions are made from this alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The address of the other end of the connection.
    pub(crate) peer: IpAddr,
    /// Whether the connection speaks TLS.
    pub(crate) tls: bool,
    /// Whether the method may change something (RFC 9110 section 9.2.1).
    pub(crate) changes: bool,
    /// `Host` or `:authority`, with its port if it has one.
    pub(crate) host: Option<&'a str>,
    /// `Origin`: the site of the page that asks. Browsers send it with all that may change something.
    pub(crate) origin: Option<&'a str>,
    /// `Sec-Fetch-Site`: how the page's site and ours are related, as the browser sees it.
    pub(crate) fetch_site: Option<&'a str>,
    /// Whether somebody else passed the request on: said so, or spoke HTTP/1.0, as nginx does unless told otherwise.
    pub(crate) forwarded: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(request: &'a Parts, peer: Peer) -> Self {
        let headers = &request.headers;
        let authority = request.uri.authority().map(http::uri::Authority::as_str);
        Self {
            peer: peer.address.ip().to_canonical(),
            tls: peer.tls,
            changes: !request.method.is_safe(),
            host: one(headers, "host").or(authority).filter(|host| !host.is_empty()),
            origin: one(headers, "origin"),
            fetch_site: one(headers, "sec-fetch-site"),
            forwarded: request.version < Version::HTTP_11 || headers.keys().any(is_of_a_proxy),
        }
    }
}

/// The value of a header that comes once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return Some(NONSENSE);
    }
    Some(value.to_str().unwrap_or(NONSENSE))
}

/// Whether proxies write this header: one on this machine makes everybody look local.
fn is_of_a_proxy(name: &header::HeaderName) -> bool {
    let name = name.as_str();
    matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use http::Request;

    use super::*;

    fn peer() -> Peer {
        Peer { address: "[::ffff:192.168.1.7]:4000".parse().unwrap(), tls: false }
    }

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn what_comes_twice_is_nothing_that_can_be_right() {
        let origin = ("origin", "http://tv.local");
        let once = parts("/", &[origin]);
        assert_eq!(Asked::of(&once, peer()).origin, Some("http://tv.local"));
        let twice = parts("/", &[origin, origin]);
        assert_eq!(Asked::of(&twice, peer()).origin, Some(NONSENSE));
    }

    #[test]
    fn the_host_is_in_the_header_or_in_the_target() {
        let uri = "https://tv.local:9443/x";
        assert_eq!(Asked::of(&parts(uri, &[]), peer()).host, Some("tv.local:9443"));
        let named = parts(uri, &[("host", "a.local")]);
        assert_eq!(Asked::of(&named, peer()).host, Some("a.local"));
    }

    #[test]
    fn proxies_are_known_by_what_they_write() {
        for name in ["forwarded", "x-forwarded-for", "x-forwarded-anything", "x-real-ip", "via"] {
            assert!(Asked::of(&parts("/", &[(name, "x")]), peer()).forwarded, "{name}");
        }
        let mut plain = parts("/", &[("host", "tv.local")]);
        assert!(!Asked::of(&plain, peer()).forwarded);
        plain.version = Version::HTTP_10;
        assert!(Asked::of(&plain, peer()).forwarded);
    }

    #[test]
    fn an_address_of_ipv4_in_ipv6_is_one_of_ipv4() {
        let asked = parts("/", &[]);
        assert_eq!(Asked::of(&asked, peer()).peer, "192.168.1.7".parse::<IpAddr>().unwrap());
    }
}
