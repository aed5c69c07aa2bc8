//! What the person who starts the server reads first: where it is to be found.

use std::{
    fmt::Write as _,
    io::Write as _,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// How many files are named as examples.
const EXAMPLES: usize = 3;

/// What stays as it is in a path of a URL (RFC 3986 section 3.3).
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Prints one line for each listener, then how other devices reach it, and a few files to try.
///
/// `certified` is a name of this machine that its certificate has, for the encrypted listeners: a browser
/// refuses their bare address.
pub(super) fn print(
    listeners: &[(SocketAddr, bool)],
    certified: Option<&str>,
    folders: &[PathBuf],
) {
    let text = text(listeners, certified, outward_address(), &examples(folders));
    let mut out = std::io::stdout().lock();
    // Nobody may be reading; that is no reason to stop.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn text(
    listeners: &[(SocketAddr, bool)],
    certified: Option<&str>,
    outward: Option<IpAddr>,
    examples: &[String],
) -> String {
    let mut text = String::new();
    let mut first = None;
    for (address, tls) in listeners {
        let own = if address.ip().is_unspecified() {
            format!("localhost:{}", address.port())
        } else {
            address.to_string()
        };
        let scheme = if *tls { "https" } else { "http" };
        let _ = writeln!(text, "Vidicon is serving at {scheme}://{own}/");
        let mut reach = format!("{scheme}://{own}/");
        let outside = match certified.filter(|_| *tls) {
            Some(name) => Some(format!("{name}:{}", address.port())),
            None => outward.map(|ip| SocketAddr::new(ip, address.port()).to_string()),
        };
        if address.ip().is_unspecified()
            && let Some(outside) = outside
        {
            reach = format!("{scheme}://{outside}/");
            let _ = writeln!(text, "  from other devices: {reach}");
        }
        first.get_or_insert(reach);
    }
    if let Some(base) = first.filter(|_| !examples.is_empty()) {
        text.push_str("Try in a browser, mpv or VLC:\n");
        for example in examples {
            let _ = writeln!(text, "  {base}{example}");
        }
    }
    text
}

/// The first few videos right in the media folders, as paths of URLs.
fn examples(folders: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        // A look, not a scan: the folder may hold a hundred thousand files on a slow drive.
        let mut here: Vec<String> = entries
            .take(1000)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.') && rank(Path::new(name)).is_some())
            .collect();
        here.sort_by_cached_key(|name| (rank(Path::new(name)), name.clone()));
        names.extend(here);
        if names.len() >= EXAMPLES {
            break;
        }
    }
    names.truncate(EXAMPLES);
    names.iter().map(|name| utf8_percent_encode(name, IN_PATH).to_string()).collect()
}

/// What a browser plays comes first; none for what is no video.
fn rank(path: &Path) -> Option<usize> {
    let extension = path.extension()?;
    ["mp4", "webm", "m4v", "mkv", "mov", "ogv", "ts", "avi"]
        .iter()
        .position(|video| extension.eq_ignore_ascii_case(video))
}

/// The address that this machine has towards its network: what the routing table says, without
/// sending anything (TEST-NET-1, RFC 5737, is nobody's).
fn outward_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

/// The names that a certificate for this machine is made for: the loopback ones, the host's, and those
/// that were configured. Its address on the network is none of them: each change of the lease would
/// make a new certificate, which clients have to trust anew.
pub(super) fn own_names(configured: &[String]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(host());
    names.extend(local_name());
    names.extend(configured.iter().cloned());
    names.sort();
    names.dedup();
    names
}

/// The name by which other devices find this machine without a name server (multicast DNS, RFC 6762):
/// `tv.local`. One of [`own_names`].
pub(super) fn local_name() -> Option<String> {
    host().as_deref().map(local)
}

fn local(host: &str) -> String {
    let (label, _domain) = host.split_once('.').unwrap_or((host, ""));
    format!("{label}.local")
}

/// What this machine is called, unless nobody has named it.
pub(super) fn host() -> Option<String> {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    (!host.is_empty() && host != "localhost").then_some(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_address_that_is_printed_can_be_opened() {
        let listeners =
            [("127.0.0.1:9000".parse().unwrap(), false), ("0.0.0.0:9443".parse().unwrap(), true)];
        let outward = Some("192.168.1.20".parse().unwrap());
        assert_eq!(
            text(&listeners, None, outward, &["a%20b.mp4".to_owned()]),
            "Vidicon is serving at http://127.0.0.1:9000/\n\
             Vidicon is serving at https://localhost:9443/\n\
             \x20 from other devices: https://192.168.1.20:9443/\n\
             Try in a browser, mpv or VLC:\n\
             \x20 http://127.0.0.1:9000/a%20b.mp4\n"
        );
    }

    #[test]
    fn an_encrypted_listener_is_named_as_its_certificate_names_it() {
        let listeners =
            [("[::]:9443".parse().unwrap(), true), ("0.0.0.0:9000".parse().unwrap(), false)];
        let outward = Some("192.168.1.20".parse().unwrap());
        assert_eq!(
            text(&listeners, Some("tv.local"), outward, &["a.mp4".to_owned()]),
            "Vidicon is serving at https://localhost:9443/\n\
             \x20 from other devices: https://tv.local:9443/\n\
             Vidicon is serving at http://localhost:9000/\n\
             \x20 from other devices: http://192.168.1.20:9000/\n\
             Try in a browser, mpv or VLC:\n\
             \x20 https://tv.local:9443/a.mp4\n"
        );
        for host in ["tv", "tv.local", "tv.example.org"] {
            assert_eq!(local(host), "tv.local");
        }
        assert!(local_name().is_none_or(|name| own_names(&[]).contains(&name)));
    }

    #[test]
    fn a_few_videos_are_named_as_they_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b ä.mp4", "a.mkv", ".hidden.mp4", "notes.txt", "c.webm", "d.mov"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(examples(&[folder.path().to_owned()]), ["b%20%C3%A4.mp4", "c.webm", "a.mkv"]);
    }

    #[test]
    fn a_certificate_covers_the_loopback_and_what_was_asked_for() {
        let names = own_names(&["tv.example.org".to_owned(), "localhost".to_owned()]);
        for name in ["localhost", "127.0.0.1", "::1", "tv.example.org"] {
            assert_eq!(names.iter().filter(|own| *own == name).count(), 1, "{name}");
        }
    }
}
