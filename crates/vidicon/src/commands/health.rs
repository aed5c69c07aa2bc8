//! `vidicon health`: asks a running Vidicon whether it is alive. Made for health checks of containers, so it
//! is quick to start, needs nothing but a socket, and never takes longer than a few seconds.

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _},
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow, bail};

use super::print;
use crate::{
    failure::Failure,
    platform::Surroundings,
    settings::{self, Flags, Listener},
};

/// The longest time for the whole question.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// As much of an answer as is read: the status line and a first glance at the rest.
const GLANCE: usize = 4096;
/// As much as is read of one that is wanted whole.
const WHOLE: usize = 1 << 20;

pub(super) fn run(url: Option<&str>, flags: &Flags, around: &Surroundings) -> Result<(), Failure> {
    let url = match url {
        Some(url) => url.to_owned(),
        None => default_url(
            &settings::load(flags, around)?.settings.listeners().map_err(Failure::Usage)?,
        )
        .map_err(Failure::Usage)?,
    };
    let target = Target::parse(&url).map_err(Failure::Usage)?;
    let ask = Ask { method: "GET", key: None, whole: false };
    let Answer { status, .. } = target
        .ask(&ask, Instant::now() + PATIENCE)
        .with_context(|| format!("{url} does not answer"))?;
    if (200..300).contains(&status) {
        return print(&format!("{url} is alive\n"));
    }
    Err(anyhow!("{url} answers with status {status} where 200 means alive: look into its log")
        .into())
}

/// Where to ask whether it is alive.
fn default_url(listeners: &[Listener]) -> Result<String, String> {
    Ok(format!("{}/health", address_of(listeners)?))
}

/// Where to ask: the first listener that speaks plain HTTP, by loopback where it listens on every address.
pub(super) fn address_of(listeners: &[Listener]) -> Result<String, String> {
    let plain = listeners.iter().find(|listener| !listener.tls && listener.address.port() != 0);
    let listener = plain.ok_or(
        "there is no listener with plain HTTP and a fixed port to ask: add one for this machine alone, like \
         \"http://127.0.0.1:9001\" in listen, or give the address",
    )?;
    Ok(format!("http://{}", on_this_machine(listener.address)))
}

pub(super) fn on_this_machine(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// How to ask.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    /// GET, or POST without a body.
    pub(super) method: &'static str,
    /// The API key to show.
    pub(super) key: Option<&'a str>,
    /// Whether the body of the answer is wanted.
    pub(super) whole: bool,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Empty unless it was wanted.
    pub(super) body: Vec<u8>,
}

/// What to ask, and whom.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Host and port as they stand in the URL; also the Host field.
    authority: String,
    /// Host and port to look up.
    endpoint: String,
    /// Path and query.
    path: String,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let wrong =
            |why: &str| format!("{url:?} {why}: write it like http://127.0.0.1:9000/health");
        if url.starts_with("https://") {
            return Err(wrong(
                "asks for TLS, which this check does not speak; ask a listener with plain HTTP on loopback",
            ));
        }
        let rest = url.strip_prefix("http://").ok_or_else(|| wrong("is not an http:// address"))?;
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/health"),
        };
        let good = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if authority.is_empty()
            || authority.contains('@')
            || !good(authority)
            || !good(path)
            || !path.starts_with('/')
        {
            return Err(wrong("is not an address that can be asked"));
        }
        let ported =
            authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let endpoint = if ported { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { authority: authority.to_owned(), endpoint, path: path.to_owned() })
    }

    /// The answer (RFC 9112, section 4), which must be there by `deadline`. A body is taken to end with the
    /// connection, which this asks for.
    pub(super) fn ask(&self, ask: &Ask<'_>, deadline: Instant) -> anyhow::Result<Answer> {
        let mut stream = self.connect(deadline)?;
        let key = ask.key.map(|key| format!("X-API-Key: {key}\r\n")).unwrap_or_default();
        let length = if ask.method == "GET" { "" } else { "Content-Length: 0\r\n" };
        let question = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: vidicon\r\nAccept: application/json\r\n{key}{length}\
             Connection: close\r\n\r\n",
            ask.method, self.path, self.authority
        );
        stream.set_write_timeout(Some(left(deadline)?))?;
        stream.write_all(question.as_bytes())?;
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        // A server that sends it byte by byte still meets the deadline.
        let is_enough = |answer: &Vec<u8>| {
            if ask.whole {
                answer.len() > WHOLE
            } else {
                answer.contains(&b'\n') || answer.len() > GLANCE
            }
        };
        while !is_enough(&answer) {
            stream.set_read_timeout(Some(left(deadline)?))?;
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            answer.extend(buffer.iter().take(count));
        }
        let status =
            status(&answer).ok_or_else(|| anyhow!("what answers there does not speak HTTP/1.1"))?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let body = end.map(|end| answer.split_off(end + 4)).filter(|_| ask.whole);
        Ok(Answer { status, body: body.unwrap_or_default() })
    }

    fn connect(&self, deadline: Instant) -> anyhow::Result<TcpStream> {
        let mut last = None;
        for address in self.endpoint.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(deadline)?) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) => Err(error.into()),
            None => bail!("{} has no address", self.endpoint),
        }
    }
}

fn left(deadline: Instant) -> anyhow::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        bail!("no answer within {} s", PATIENCE.as_secs());
    }
    Ok(left)
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.trim_end().parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_plain_listener_is_asked_by_loopback() {
        let at = |text: &str, tls| Listener { address: text.parse().unwrap(), tls };
        let url = |listeners: &[Listener]| default_url(listeners);
        assert_eq!(url(&[at("0.0.0.0:9000", false)]).unwrap(), "http://127.0.0.1:9000/health");
        assert_eq!(url(&[at("[::]:9000", false)]).unwrap(), "http://[::1]:9000/health");
        assert_eq!(
            url(&[at("0.0.0.0:9443", true), at("192.168.1.5:80", false)]).unwrap(),
            "http://192.168.1.5:80/health"
        );
        assert!(url(&[at("0.0.0.0:9443", true)]).unwrap_err().contains("http://127.0.0.1:9001"));
    }

    #[test]
    fn urls_are_read_or_refused_with_an_example() {
        let target = Target::parse("http://localhost/ready?x=1").unwrap();
        assert_eq!(
            (target.endpoint.as_str(), target.path.as_str()),
            ("localhost:80", "/ready?x=1")
        );
        let target = Target::parse("http://[::1]:9000").unwrap();
        assert_eq!((target.endpoint.as_str(), target.path.as_str()), ("[::1]:9000", "/health"));
        for url in [
            "",
            "localhost:9000",
            "http://",
            "http://a b/",
            "http://u:p@h/",
            "http://h/a\r\nX: y",
            "https://h/",
        ] {
            let why = Target::parse(url).unwrap_err();
            assert!(why.ends_with("write it like http://127.0.0.1:9000/health"), "{why}");
        }
    }

    #[test]
    fn the_status_is_read_from_the_first_line() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Some(200));
        assert_eq!(status(b"HTTP/1.0 503\r\n"), Some(503));
        assert_eq!(status(b"SSH-2.0-OpenSSH\r\n"), None);
        assert_eq!(status(b""), None);
    }
}
