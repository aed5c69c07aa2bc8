//! Certificates and keys: from files, or made here and kept.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// What the encrypted listeners speak: TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Certificate or key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{what} {}: {source}", path.display())]
    File {
        /// What was to be done with the file.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{} holds no {what} in PEM form: {reason}", path.display())]
    Pem {
        /// What was looked for.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why it could not be read.
        reason: String,
    },
    /// Certificate and key do not go together, or the key's kind is not supported.
    #[error("{} and {} cannot be used together: {reason}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What rustls said.
        reason: String,
    },
    /// A certificate could not be made.
    #[error("cannot make a self-signed certificate for {names}: {reason}")]
    Make {
        /// The names that it was to be for.
        names: String,
        /// Why not.
        reason: String,
    },
}

impl Tls {
    /// From a certificate chain and its key, both PEM files.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain = read(certificate)?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
            .collect::<Result<_, _>>()
            .map_err(|error| pem_error("certificate", certificate, &error))?;
        if chain.is_empty() {
            let reason = "there is no CERTIFICATE block".to_owned();
            return Err(TlsError::Pem { what: "certificate", path: certificate.into(), reason });
        }
        let private = PrivateKeyDer::from_pem_slice(&read(key)?)
            .map_err(|error| pem_error("private key", key, &error))?;
        let pair_error = |error: rustls::Error| TlsError::Pair {
            certificate: certificate.into(),
            key: key.into(),
            reason: error.to_string(),
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(pair_error)?
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .map_err(pair_error)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// From a certificate that signs itself, for these DNS names and IP addresses. It is made
    /// once and kept in `folder`, so that a browser that was told to trust it goes on doing so.
    pub fn self_signed(folder: &Path, names: &[String]) -> Result<Self, TlsError> {
        let certificate = folder.join("self-signed.crt");
        let key = folder.join("self-signed.key");
        let asked_for = folder.join("self-signed.names");
        let wanted = names.join("\n");
        let kept = fs::read_to_string(&asked_for).is_ok_and(|kept| kept == wanted);
        if !(kept && certificate.exists() && key.exists()) {
            let make_error = |error: rcgen::Error| TlsError::Make {
                names: names.join(", "),
                reason: error.to_string(),
            };
            let made = rcgen::generate_simple_self_signed(names).map_err(make_error)?;
            fs::create_dir_all(folder).map_err(|source| TlsError::File {
                what: "cannot create the folder",
                path: folder.into(),
                source,
            })?;
            // The list of names goes last: it is what says that the other two are whole.
            write_secret(&key, made.signing_key.serialize_pem().as_bytes())?;
            write_secret(&certificate, made.cert.pem().as_bytes())?;
            write_secret(&asked_for, wanted.as_bytes())?;
        }
        Self::from_files(&certificate, &key)
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::File {
        what: "cannot read",
        path: path.into(),
        source,
    })
}

/// Writes a file that only its owner may read, whole or not at all.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    let write = || -> io::Result<()> {
        let temporary = path.with_extension("new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(temporary, path)
    };
    write().map_err(|source| TlsError::File { what: "cannot write", path: path.into(), source })
}

fn pem_error(what: &'static str, path: &Path, error: &rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem { what, path: path.into(), reason: error.to_string() }
}
