//! Where the certificate comes from, and what each listener therefore speaks.

use std::{net::SocketAddr, path::PathBuf};

use super::values::{ListenEntry, Scheme, Word};

/// The keys below `tls`, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The mode, when one was named.
    pub mode: Option<TlsMode>,
    /// The certificate chain, PEM.
    pub certificate: Option<PathBuf>,
    /// Its private key, PEM.
    pub key: Option<PathBuf>,
    /// Names and addresses that a self-signed certificate covers besides those found by itself.
    pub names: Vec<String>,
}

/// Where the certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// There is none: plain HTTP.
    Off,
    /// Vidicon makes one and keeps it in the data folder.
    SelfSigned,
    /// It lies in files.
    Files,
}

impl Word for TlsMode {
    const WORDS: &'static [(&'static str, Self)] =
        &[("off", Self::Off), ("self-signed", Self::SelfSigned), ("files", Self::Files)];
}

/// What `tls` comes to: everything that the server needs to know about its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// No TLS.
    None,
    /// Make one for these names besides the machine's own, and keep it.
    SelfSigned {
        /// DNS names and IP addresses.
        names: Vec<String>,
    },
    /// Read it.
    Files {
        /// The certificate chain, PEM.
        certificate: PathBuf,
        /// Its private key, PEM.
        key: PathBuf,
    },
}

/// A listener as it will be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Where.
    pub address: SocketAddr,
    /// Whether it speaks TLS.
    pub tls: bool,
}

impl std::fmt::Display for Listener {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}://{}", if self.tls { "https" } else { "http" }, self.address)
    }
}

impl Tls {
    /// The mode in force: the one named, or `files` when a certificate is named, or `off`.
    pub fn mode(&self) -> TlsMode {
        let named = self.certificate.is_some() || self.key.is_some();
        self.mode.unwrap_or(if named { TlsMode::Files } else { TlsMode::Off })
    }

    /// What the keys come to, or what is wrong with them together.
    pub fn certificate(&self) -> Result<Certificate, String> {
        match self.mode() {
            TlsMode::Off => Ok(Certificate::None),
            TlsMode::SelfSigned if self.mode.is_some() && self.certificate.is_some() => Err(
                "tls.mode is self-signed, but tls.certificate names a certificate: take one of the two out".to_owned(),
            ),
            TlsMode::SelfSigned => Ok(Certificate::SelfSigned { names: self.names.clone() }),
            TlsMode::Files => match (self.certificate.clone(), self.key.clone()) {
                (Some(certificate), Some(key)) => Ok(Certificate::Files { certificate, key }),
                (Some(_), None) => Err("tls.certificate is set but tls.key is not: name the PEM file of its private key \
                                        (when both are in one file, name it twice)"
                    .to_owned()),
                (None, Some(_)) => {
                    Err("tls.key is set but tls.certificate is not: name the PEM file of the certificate chain".to_owned())
                }
                (None, None) => Err("tls.mode is files, but tls.certificate and tls.key are not set: name both PEM files, \
                                     or write \"tls: self-signed\""
                    .to_owned()),
            },
        }
    }
}

/// The listeners of these entries. `https://` without a certificate is an error, and so is the same address
/// twice.
pub(super) fn listeners(entries: &[ListenEntry], tls: TlsMode) -> Result<Vec<Listener>, String> {
    let mut listeners: Vec<Listener> = Vec::new();
    for entry in entries {
        let address = entry.address;
        if entry.scheme == Scheme::Https && tls == TlsMode::Off {
            return Err(format!(
                "listen: {entry} asks for TLS, but tls is off: write \"tls: self-signed\", or tls.certificate and tls.key, \
                 or take \"https://\" away"
            ));
        }
        // Port 0 is another port each time.
        if address.port() != 0 && listeners.iter().any(|other| other.address == address) {
            return Err(format!("listen: {address} stands there twice: take one of the two out"));
        }
        listeners
            .push(Listener { address, tls: tls != TlsMode::Off && entry.scheme != Scheme::Http });
    }
    if listeners.is_empty() {
        return Err(
            "listen: there is no address: name at least one, like \"0.0.0.0:9000\"".to_owned()
        );
    }
    Ok(listeners)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn open(entries: &[&str], tls: TlsMode) -> Result<Vec<String>, String> {
        let entries: Vec<ListenEntry> =
            entries.iter().map(|entry| entry.parse().unwrap()).collect();
        Ok(listeners(&entries, tls)?.iter().map(Listener::to_string).collect())
    }

    #[test]
    fn a_bare_entry_speaks_tls_when_there_is_a_certificate() {
        let entries = ["0.0.0.0:9000", "http://127.0.0.1:9001"];
        assert_eq!(
            open(&entries, TlsMode::Off).unwrap(),
            ["http://0.0.0.0:9000", "http://127.0.0.1:9001"]
        );
        assert_eq!(
            open(&entries, TlsMode::SelfSigned).unwrap(),
            ["https://0.0.0.0:9000", "http://127.0.0.1:9001"]
        );
        assert_eq!(open(&["https://1.2.3.4:5"], TlsMode::Files).unwrap(), ["https://1.2.3.4:5"]);
    }

    #[test]
    fn listeners_that_cannot_be_are_refused() {
        assert_eq!(
            open(&["https://0.0.0.0:9443"], TlsMode::Off).unwrap_err(),
            "listen: https://0.0.0.0:9443 asks for TLS, but tls is off: write \"tls: self-signed\", or tls.certificate and \
             tls.key, or take \"https://\" away"
        );
        assert_eq!(
            open(&["0.0.0.0:9000", "http://0.0.0.0:9000"], TlsMode::Off).unwrap_err(),
            "listen: 0.0.0.0:9000 stands there twice: take one of the two out"
        );
        assert_eq!(open(&["127.0.0.1:0", "127.0.0.1:0"], TlsMode::Off).unwrap().len(), 2);
        assert_eq!(
            open(&[], TlsMode::Off).unwrap_err(),
            "listen: there is no address: name at least one, like \"0.0.0.0:9000\""
        );
    }

    #[test]
    fn a_named_certificate_turns_tls_on_and_off_turns_it_off() {
        let mut tls =
            Tls { certificate: Some("c.pem".into()), key: Some("k.pem".into()), ..Tls::default() };
        let files = Certificate::Files { certificate: "c.pem".into(), key: "k.pem".into() };
        assert_eq!(tls.certificate(), Ok(files));
        tls.mode = Some(TlsMode::Off);
        assert_eq!(tls.certificate(), Ok(Certificate::None));
        tls.mode = Some(TlsMode::SelfSigned);
        assert!(tls.certificate().unwrap_err().contains("take one of the two out"));
    }

    #[test]
    fn half_a_certificate_is_refused() {
        let tls = Tls { certificate: Some("c.pem".into()), ..Tls::default() };
        assert!(
            tls.certificate().unwrap_err().starts_with("tls.certificate is set but tls.key is not")
        );
        let tls = Tls { key: Some("k.pem".into()), ..Tls::default() };
        assert!(
            tls.certificate().unwrap_err().starts_with("tls.key is set but tls.certificate is not")
        );
        let tls = Tls { mode: Some(TlsMode::Files), ..Tls::default() };
        assert!(tls.certificate().unwrap_err().contains("name both PEM files"));
    }
}
