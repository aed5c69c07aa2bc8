//! The servers that are measured, and how each is told to serve one folder on one port.
//!
//! Only command lines and configuration texts; starting and ending is `server`'s.

use std::env;
use std::fs;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// A server under measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Peer {
    /// nginx with `tcp_nopush on`.
    NginxNopush,
    /// nginx with `tcp_nopush off`.
    Nginx,
    Caddy,
    Vidicon,
}

impl Peer {
    /// In the order in which they take turns.
    pub(crate) const ALL: [Self; 4] = [Self::NginxNopush, Self::Nginx, Self::Caddy, Self::Vidicon];

    /// The name on the command line and in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NginxNopush => "nginx-nopush",
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Vidicon => "vidicon",
        }
    }

    /// The name in tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::NginxNopush => "nginx, tcp_nopush on",
            Self::Nginx => "nginx, tcp_nopush off",
            Self::Caddy => "Caddy",
            Self::Vidicon => "Vidicon",
        }
    }

    /// Where its program is, or a sentence on how to get it.
    pub(crate) fn program(self, vidicon: &Path) -> Result<PathBuf, String> {
        let (name, package) = match self {
            Self::NginxNopush | Self::Nginx => ("nginx", "nginx"),
            Self::Caddy => ("caddy", "caddy"),
            Self::Vidicon => {
                let missing = |_| {
                    format!(
                        "there is no {}; build it with: cargo build --release -p vidicon",
                        vidicon.display()
                    )
                };
                return vidicon.canonicalize().map_err(missing);
            }
        };
        find(name)
            .ok_or_else(|| format!("{name} is not installed; the Debian package is: {package}"))
    }

    /// What the program says of its version, in one line.
    pub(crate) fn version(self, program: &Path) -> String {
        let argument = match self {
            Self::NginxNopush | Self::Nginx => "-v",
            Self::Caddy => "version",
            Self::Vidicon => "--version",
        };
        let Ok(output) = Command::new(program).arg(argument).output() else {
            return "unknown".to_owned();
        };
        // nginx speaks on stderr.
        let said = if output.stdout.is_empty() { output.stderr } else { output.stdout };
        let line = String::from_utf8_lossy(&said).lines().next().unwrap_or("unknown").to_owned();
        let number =
            line.strip_prefix("nginx version: nginx/").or_else(|| line.strip_prefix("vidicon "));
        number.unwrap_or(&line).split_ascii_whitespace().next().unwrap_or("unknown").to_owned()
    }

    /// Writes what configuration it needs and gives its command line, program first.
    ///
    /// `own` is a folder for its configuration, logs and data.
    pub(crate) fn command(
        self,
        program: &Path,
        own: &Path,
        files: &Path,
        address: SocketAddrV4,
    ) -> Result<Command> {
        let mut command = Command::new(program);
        let write = |name: &str, text: String| {
            let path = own.join(name);
            fs::write(&path, text)
                .with_context(|| format!("could not write {}", path.display()))?;
            anyhow::Ok(path)
        };
        match self {
            Self::NginxNopush | Self::Nginx => {
                let path = write(
                    "nginx.conf",
                    nginx_conf(self == Self::NginxNopush, own, files, address),
                )?;
                command.arg("-e").arg(own.join("error.log")).arg("-p").arg(own).arg("-c").arg(path);
            }
            Self::Caddy => {
                let path = write("caddy.json", caddy_json(files, address)?)?;
                command.arg("run").arg("--config").arg(path);
                command.env("XDG_DATA_HOME", own).env("XDG_CONFIG_HOME", own);
            }
            Self::Vidicon => {
                command.arg("serve").arg(files).arg("--listen").arg(address.to_string());
                command.arg("--data").arg(own.join("data"));
                for setting in [
                    "log.access=false",
                    "limits.connections=5000",
                    "limits.connections_per_address=5000",
                ] {
                    command.arg("--set").arg(setting);
                }
            }
        }
        Ok(command)
    }
}

/// nginx as one process: one worker, no master, in the foreground, as the user who runs it.
fn nginx_conf(nopush: bool, own: &Path, files: &Path, address: SocketAddrV4) -> String {
    let own = own.display();
    let nopush = if nopush { "on" } else { "off" };
    format!(
        r#"daemon off;
master_process off;
worker_processes 1;
pid "{own}/nginx.pid";
error_log "{own}/error.log" warn;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush {nopush};
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
    gzip_static on;
    default_type application/octet-stream;
    client_body_temp_path "{own}/body";
    proxy_temp_path "{own}/proxy";
    fastcgi_temp_path "{own}/fastcgi";
    uwsgi_temp_path "{own}/uwsgi";
    scgi_temp_path "{own}/scgi";
    server {{
        listen {address} backlog=4096;
        root "{files}";
    }}
}}
"#,
        files = files.display()
    )
}

/// Caddy as a plain file server: no administration, no certificates, no access log.
fn caddy_json(files: &Path, address: SocketAddrV4) -> Result<String> {
    let config = serde_json::json!({
        "admin": { "disabled": true, "config": { "persist": false } },
        "logging": { "logs": { "default": { "level": "ERROR" } } },
        "apps": { "http": { "servers": { "files": {
            "listen": [address.to_string()],
            "protocols": ["h1"],
            "automatic_https": { "disable": true },
            "routes": [{ "handle": [{ "handler": "file_server", "root": files }] }],
        } } } },
    });
    serde_json::to_string_pretty(&config).context("could not write Caddy's configuration")
}

/// A program on the search path, or where system programs lie that only root has on the path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::Ipv4Addr;

    use super::*;

    const ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8123);

    #[test]
    fn nginx_writes_only_below_its_own_folder() {
        let conf = nginx_conf(true, Path::new("/w/my own"), Path::new("/w/files"), ADDRESS);
        assert!(conf.contains("tcp_nopush on;") && conf.contains("listen 127.0.0.1:8123 "));
        for line in
            conf.lines().filter(|line| line.contains("_temp_path") || line.starts_with("pid"))
        {
            assert!(line.contains("\"/w/my own/"), "{line}");
        }
        let conf = nginx_conf(false, Path::new("/w"), Path::new("/w/files"), ADDRESS);
        assert!(conf.contains("tcp_nopush off;"));
    }

    #[test]
    fn caddy_serves_plain_http_on_loopback() {
        let text = caddy_json(Path::new("/w/files"), ADDRESS).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let server = value.pointer("/apps/http/servers/files").unwrap();
        assert_eq!(server.pointer("/listen/0").unwrap(), "127.0.0.1:8123");
        assert_eq!(server.pointer("/automatic_https/disable").unwrap(), true);
        assert_eq!(server.pointer("/routes/0/handle/0/root").unwrap(), "/w/files");
    }

    #[test]
    fn vidicon_is_known_by_its_command_line_only() {
        let dir = tempfile::tempdir().unwrap();
        let command = Peer::Vidicon
            .command(Path::new("vidicon"), dir.path(), Path::new("/w/files"), ADDRESS)
            .unwrap();
        let arguments: Vec<_> =
            command.get_args().map(|one| one.to_string_lossy().into_owned()).collect();
        assert_eq!(
            arguments.get(..4).unwrap(),
            ["serve", "/w/files", "--listen", "127.0.0.1:8123"]
        );
        assert!(arguments.contains(&"limits.connections=5000".to_owned()));
    }

    #[test]
    fn a_missing_program_says_how_to_get_it() {
        let reason = Peer::Vidicon.program(Path::new("no/such/vidicon")).unwrap_err();
        assert!(reason.contains("cargo build --release -p vidicon"), "{reason}");
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
