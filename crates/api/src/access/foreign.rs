//! Whether a page of another site is behind a request.
//!
//! A browser sends requests for any page that asks it to, with our cookies or from an address that may administer. It says
//! which page it was: by `Origin` with everything that may change something, and over TLS and on loopback also by
//! `Sec-Fetch-Site`. Programs that are no browsers send neither and are nobody's tool, so they pass.

use super::{
    asked::Asked,
    hosts::{Hosts, host_and_port},
};

/// Why a request is taken for one of another site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// It was made under a name that is not ours.
    Host,
    /// The page behind it is of another site, or of another port of this machine.
    Page,
}

/// Which other sites may do something: `access.cors.origins`, and `access.cors.writes` for what changes something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Friends {
    pub(crate) origins: Vec<String>,
}

impl Friends {
    pub(crate) fn are(&self, origin: &str) -> bool {
        self.origins.iter().any(|friend| friend == "*" || friend.eq_ignore_ascii_case(origin))
    }
}

/// Refuses what a page of another site has asked for.
pub(crate) fn refuse(asked: &Asked<'_>, hosts: &Hosts, friends: &Friends) -> Result<(), Foreign> {
    if asked.host.is_some_and(|host| !hosts.are(host_and_port(host).0)) {
        return Err(Foreign::Host);
    }
    let Some(origin) = asked.origin else {
        // Without one the browser's own judgement decides: `none` is a person at the address bar.
        return match asked.fetch_site {
            None | Some("same-origin" | "none") => Ok(()),
            Some(_) => Err(Foreign::Page),
        };
    };
    refuse_origin(origin, asked, hosts, friends)
}

/// Refuses what a page of another site wants to read. Browsers name its origin with all that it could read; what comes
/// without one is of our own pages, of a program, or of a person who follows a link. Nor does a browser take a machine for
/// another site over TLS: its certificate has not that site's name.
pub(crate) fn refuse_reading(
    asked: &Asked<'_>,
    hosts: &Hosts,
    readers: &Friends,
) -> Result<(), Foreign> {
    if !asked.tls && asked.host.is_some_and(|host| !hosts.are(host_and_port(host).0)) {
        return Err(Foreign::Host);
    }
    asked.origin.map_or(Ok(()), |origin| refuse_origin(origin, asked, hosts, readers))
}

fn refuse_origin(
    origin: &str,
    asked: &Asked<'_>,
    hosts: &Hosts,
    friends: &Friends,
) -> Result<(), Foreign> {
    if friends.are(origin) {
        return Ok(());
    }
    let own = is_own(origin, asked.host, hosts);
    // A proxy may have changed the host; the browser compared with the one that it asked.
    let agreed = matches!(asked.fetch_site, None | Some("same-origin"));
    if own && agreed { Ok(()) } else { Err(Foreign::Page) }
}

/// Whether an origin is the one that is asked, or a name that the configuration calls ours.
fn is_own(origin: &str, asked: Option<&str>, hosts: &Hosts) -> bool {
    let (authority, usual_port) = if let Some(rest) = origin.strip_prefix("https://") {
        (rest, "443")
    } else if let Some(rest) = origin.strip_prefix("http://") {
        (rest, "80")
    } else {
        // `null`: a page without an origin, such as a sandboxed frame or a file.
        return false;
    };
    let (host, port) = host_and_port(authority);
    if hosts.name(host) {
        return true;
    }
    let Some((asked_host, asked_port)) = asked.map(host_and_port) else { return false };
    host.eq_ignore_ascii_case(asked_host)
        && port.unwrap_or(usual_port) == asked_port.unwrap_or(usual_port)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked<'a>(
        host: Option<&'a str>,
        origin: Option<&'a str>,
        fetch_site: Option<&'a str>,
    ) -> Asked<'a> {
        let peer = "192.168.1.9".parse().unwrap();
        Asked { peer, tls: false, changes: true, host, origin, fetch_site, forwarded: false }
    }

    fn judged(host: &str, origin: Option<&str>, fetch_site: Option<&str>) -> Result<(), Foreign> {
        let hosts = Hosts::new(["tv.example.org".to_owned()], None);
        let friends = Friends { origins: vec!["https://friend.example".to_owned()] };
        refuse(&asked(Some(host), origin, fetch_site), &hosts, &friends)
    }

    #[test]
    fn pages_of_our_own_pass_and_those_of_others_do_not() {
        let (page, host) = (Err(Foreign::Page), Err(Foreign::Host));
        let own = Some("same-origin");
        for (to, origin, site, verdict) in [
            // Our own pages, however they are reached.
            ("192.168.1.5:9000", Some("http://192.168.1.5:9000"), None, Ok(())),
            ("tv.local", Some("http://tv.local"), own, Ok(())),
            ("TV.local:80", Some("http://tv.local"), own, Ok(())),
            ("tv.local", Some("http://tv.local:80"), own, Ok(())),
            ("tv.local:443", Some("https://tv.local"), own, Ok(())),
            ("[::1]:9000", Some("http://[::1]:9000"), own, Ok(())),
            // Behind a proxy that ends TLS, and one that also changes the host.
            ("tv.example.org", Some("https://tv.example.org"), own, Ok(())),
            ("127.0.0.1:9000", Some("https://tv.example.org"), own, Ok(())),
            // No browser at all, and a person at the address bar.
            ("192.168.1.5:9000", None, None, Ok(())),
            ("tv.local", None, Some("none"), Ok(())),
            // A site that may write.
            ("tv.local", Some("https://friend.example"), Some("cross-site"), Ok(())),
            // Other sites, other ports, other schemes, and what has no origin.
            ("tv.local", Some("https://evil.example"), Some("cross-site"), page),
            ("tv.local", Some("https://evil.example"), None, page),
            ("tv.local:9000", Some("http://tv.local:8080"), Some("same-site"), page),
            ("tv.local:9000", Some("http://tv.local:8080"), None, page),
            ("tv.local", Some("https://tv.local"), Some("same-site"), page),
            ("tv.local", Some("null"), None, page),
            ("tv.local", Some("?"), None, page),
            ("tv.local", Some(""), None, page),
            ("tv.local", None, Some("cross-site"), page),
            ("tv.local", None, Some("same-site"), page),
            ("tv.local", None, Some("whatever comes"), page),
            ("tv.local", Some("http://tv.local"), Some("cross-site"), page),
            ("tv.local", Some("http://tv.local.evil.example"), None, page),
            ("tv.local", Some("ftp://tv.local"), None, page),
            // A name that leads to us and is not ours: rebinding.
            ("evil.example:9000", Some("http://evil.example:9000"), own, host),
            ("evil.example", None, None, host),
        ] {
            assert_eq!(judged(to, origin, site), verdict, "{to} from {origin:?}, {site:?}");
        }
    }

    #[test]
    fn a_program_that_names_no_host_is_no_browser() {
        let nobody = asked(None, None, None);
        assert_eq!(refuse(&nobody, &Hosts::default(), &Friends::default()), Ok(()));
        let page = asked(None, Some("http://tv.local"), None);
        let verdict = refuse(&page, &Hosts::default(), &Friends::default());
        assert_eq!(verdict, Err(Foreign::Page));
    }

    #[test]
    fn every_site_may_write_where_that_was_said() {
        let friends = Friends { origins: vec!["*".to_owned()] };
        let page = asked(Some("tv.local"), Some("https://any.example"), Some("cross-site"));
        assert_eq!(refuse(&page, &Hosts::default(), &friends), Ok(()));
    }
}
