//! One entry of `listen`: an address and a port, and whether TLS is spoken there.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

use super::BadValue;

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Nothing was written: TLS when `tls` is set, plain HTTP otherwise.
    AsConfigured,
    /// `http://`: plain HTTP whatever `tls` says.
    Http,
    /// `https://`: TLS; an error when `tls` is off.
    Https,
}

/// `[http://|https://]ADDR:PORT`, with IPv6 addresses in brackets.
///
/// `:PORT` means every IPv4 address of the machine, `localhost:PORT` means `127.0.0.1`. Other names are
/// not looked up: a listener that depends on a name server may or may not come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenEntry {
    /// What is spoken there.
    pub scheme: Scheme,
    /// Where. Port 0 lets the system choose one.
    pub address: SocketAddr,
}

impl FromStr for ListenEntry {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("http://") {
            (Scheme::Http, rest)
        } else if let Some(rest) = text.strip_prefix("https://") {
            (Scheme::Https, rest)
        } else {
            (Scheme::AsConfigured, text)
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let address = address(rest).ok_or_else(|| {
            BadValue(format!(
                "{text:?} is not an address to listen on: write ADDR:PORT, like \"0.0.0.0:9000\", \"127.0.0.1:8080\" \
                 or \"[::]:9000\", with \"http://\" or \"https://\" in front where it matters"
            ))
        })?;
        Ok(Self { scheme, address })
    }
}

fn address(text: &str) -> Option<SocketAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let (host, port) = text.rsplit_once(':')?;
    // `u16::from_str` would take a sign.
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let host = match host {
        "" | "*" => Ipv4Addr::UNSPECIFIED,
        "localhost" => Ipv4Addr::LOCALHOST,
        _ => return None,
    };
    Some(SocketAddr::new(IpAddr::V4(host), port.parse().ok()?))
}

impl fmt::Display for ListenEntry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::AsConfigured => "",
            Scheme::Http => "http://",
            Scheme::Https => "https://",
        };
        write!(out, "{scheme}{}", self.address)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        text.parse::<ListenEntry>().map_or_else(|why| why.0, |entry| entry.to_string())
    }

    #[test]
    fn addresses_are_read_with_and_without_a_scheme() {
        assert_eq!(read("0.0.0.0:9000"), "0.0.0.0:9000");
        assert_eq!(read("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(read("https://[::]:9443/"), "https://[::]:9443");
        assert_eq!(read("[::1]:0"), "[::1]:0");
        assert_eq!(read(":5000"), "0.0.0.0:5000");
        assert_eq!(read("*:5000"), "0.0.0.0:5000");
        assert_eq!(read("localhost:5000"), "127.0.0.1:5000");
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_examples() {
        for text in [
            "",
            "9000",
            "0.0.0.0",
            "::1:9000",
            "example.org:80",
            "0.0.0.0:70000",
            ":+80",
            ":",
            "ftp://1.2.3.4:5",
        ] {
            assert!(text.parse::<ListenEntry>().is_err(), "{text:?} was read as {}", read(text));
        }
        assert_eq!(
            read("9000"),
            "\"9000\" is not an address to listen on: write ADDR:PORT, like \"0.0.0.0:9000\", \"127.0.0.1:8080\" or \
             \"[::]:9000\", with \"http://\" or \"https://\" in front where it matters"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,30}") {
            let _ = text.parse::<ListenEntry>();
        }

        #[test]
        fn a_displayed_entry_reads_back_the_same(ip: [u8; 4], port: u16) {
            let entry = ListenEntry { scheme: Scheme::Https, address: SocketAddr::from((ip, port)) };
            prop_assert_eq!(entry.to_string().parse::<ListenEntry>().unwrap(), entry);
        }
    }
}
