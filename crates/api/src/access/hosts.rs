//! Under which names Vidicon may be asked. A page of another site can give its own name the address of a machine in
//! the household (DNS rebinding): then the browser takes that machine for the page's own site. Such names are names
//! of the public DNS, and those are not taken.

use std::{net::IpAddr, sync::Arc};

/// Ends of names that nobody can register: they are for home networks (RFC 6761, RFC 6762, RFC 8375).
const HOME: [&str; 4] = [".localhost", ".local", ".lan", ".home.arpa"];

/// The names that are ours.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    /// Those that the configuration names.
    named: Arc<[Box<str>]>,
    /// What the machine calls itself.
    machine: Option<Arc<str>>,
}

impl Hosts {
    /// These names, and what the machine calls itself, beside addresses and the names of home networks.
    pub fn new(named: impl IntoIterator<Item = String>, machine: Option<&str>) -> Self {
        let tidy = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
        Self {
            named: named.into_iter().map(|name| tidy(&name).into()).collect(),
            machine: machine.map(|name| tidy(name).into()),
        }
    }

    /// Whether this is one of ours: `host` is as in a `Host` header, but without the port.
    pub(crate) fn are(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if host.is_empty() {
            return false;
        }
        address(&host).is_some()
            || !host.contains('.')
            || HOME.iter().any(|end| host.ends_with(end))
            || self.machine.as_deref() == Some(&host)
            || self.name(&host)
    }

    /// Whether the configuration names any.
    pub(crate) fn has_names(&self) -> bool {
        !self.named.is_empty()
    }

    /// Whether the configuration names this host.
    pub(crate) fn name(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.named.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Takes `host[:port]` apart; the brackets of an IPv6 address stay.
pub(crate) fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // A colon inside brackets is one of the address.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// The address that a host is, if it is one.
pub(crate) fn address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[') {
        Some(rest) => Some(IpAddr::V6(rest.strip_suffix(']')?.parse().ok()?)),
        None => Some(IpAddr::V4(host.parse().ok()?)),
    }
}

/// Whether a host, with or without a port, is this machine by name or address.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let (host, _) = host_and_port(authority);
    host.eq_ignore_ascii_case("localhost")
        || address(host).is_some_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_home_networks_and_addresses_are_ours_and_public_names_are_not() {
        let hosts = Hosts::new(["TV.Example.org".to_owned()], Some("attic.example.net"));
        for host in [
            "192.168.1.5",
            "[fd00::5]",
            "localhost",
            "LOCALHOST",
            "nas",
            "vidicon",
            "tv.local",
            "tv.local.",
            "tv.lan",
            "a.b.home.arpa",
            "app.localhost",
            "tv.example.org",
            "attic.example.net",
            "127.0.0.1",
        ] {
            assert!(hosts.are(host), "{host}");
        }
        for host in [
            "evil.example",
            "tv.example.org.evil.example",
            "192.168.1.5.evil.example",
            "mylocal.example",
            "x.lan.example",
            "sub.tv.example.org",
            "",
            ".",
            "a.home.arpa.example",
        ] {
            assert!(!hosts.are(host), "{host}");
        }
    }

    #[test]
    fn a_host_is_taken_apart_from_its_port() {
        for (authority, host, port) in [
            ("tv.local", "tv.local", None),
            ("tv.local:9000", "tv.local", Some("9000")),
            ("[::1]", "[::1]", None),
            ("[::1]:9000", "[::1]", Some("9000")),
        ] {
            assert_eq!(host_and_port(authority), (host, port));
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "localhost:9000", "127.0.0.1:9000", "127.9.9.9", "[::1]:9000"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["app.localhost", "192.168.1.5", "localhost.evil.example", "[::2]", "0.0.0.0"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
