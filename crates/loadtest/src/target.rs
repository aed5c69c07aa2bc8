//! Which server is asked, and whether it is on this machine.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr, UdpSocket},
    str::FromStr,
};

/// A server, by its address: `http://host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: u16,
}

/// Why an address cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It is no address.
    #[error("{0:?} is no address of a server: write it like http://127.0.0.1:9000")]
    Malformed(String),
    /// It speaks TLS.
    #[error("{0:?} asks for TLS, which is not spoken here: name a listener with plain HTTP")]
    Tls(String),
    /// It has no address.
    #[error("{0} is not found: {1}")]
    Unknown(String, #[source] io::Error),
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let malformed = || TargetError::Malformed(text.to_owned());
        if text.starts_with("https://") {
            return Err(TargetError::Tls(text.to_owned()));
        }
        let rest = text.strip_prefix("http://").ok_or_else(malformed)?;
        let authority: http::uri::Authority =
            rest.strip_suffix('/').unwrap_or(rest).parse().map_err(|_| malformed())?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(malformed());
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => 80,
            Some(port) => {
                port.strip_prefix(':').and_then(|port| port.parse().ok()).ok_or_else(malformed)?
            }
            None => return Err(malformed()),
        };
        Ok(Self { host: authority.host().to_owned(), port })
    }
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Self {
        let host = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self { host, port: address.port() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority())
    }
}

impl Target {
    /// Host and port, as in a `Host` header.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Its addresses.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, TargetError> {
        let unknown = |error| TargetError::Unknown(self.authority(), error);
        let found: Vec<_> =
            tokio::net::lookup_host(self.authority()).await.map_err(unknown)?.collect();
        if found.is_empty() {
            return Err(unknown(io::Error::other("it has no address")));
        }
        Ok(found)
    }
}

/// Whether an address is one of this machine: only those can be bound to.
pub fn is_this_machine(address: IpAddr) -> bool {
    address.to_canonical().is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_read_or_refused_with_an_example() {
        for (text, shown) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("http://tv.local/", "http://tv.local:80"),
            ("http://[::1]:9000/", "http://[::1]:9000"),
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "tv.local",
            "http://",
            "http://a/b",
            "http://u@h",
            "http://h:x",
            "http://h:70000",
            "ftp://h",
        ] {
            let why = text.parse::<Target>().unwrap_err().to_string();
            assert!(why.contains("http://127.0.0.1:9000"), "{text}: {why}");
        }
        assert!("https://h".parse::<Target>().unwrap_err().to_string().contains("TLS"));
    }

    #[test]
    fn only_addresses_of_this_machine_are_its_own() {
        for own in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            assert!(is_this_machine(own.parse().unwrap()), "{own}");
        }
        // TEST-NET-1 (RFC 5737) is nobody's.
        assert!(!is_this_machine("192.0.2.1".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_target_of_an_address_leads_there() {
        let address: SocketAddr = "[::1]:9000".parse().unwrap();
        assert_eq!(Target::from(address).resolve().await.unwrap(), [address]);
    }
}
