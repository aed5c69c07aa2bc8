//! The registry: every configuration key, once.
//!
//! Loading, the check for unknown keys, environment names, the sample file, `vidicon config` and the table
//! in the documents all come from this table. Keys of one section stand together, in the order in which
//! the sample shows them. The first word of a key is never `service`, `port`, `name` or `env`, because
//! container platforms set variables of those names.

use serde_json::{Value as Json, json};

use super::{
    key::{Key, Kind},
    subjects::{LocalAdmin, LogFormat, Segments, Symlinks},
    tls::TlsMode,
    values::{ByteSize, Duration, Word},
};

/// Short names: a text written for the section itself is written for this key.
pub const SHORT: [(&str, &str); 1] = [("tls", "tls.mode")];

/// Every key.
pub static KEYS: &[Key] = &[
    Key {
        name: "folders",
        about: "The media folders whose files are served. Folders named on the command line replace the list. In a \
                configuration file a relative path counts from the folder of that file.",
        kind: Kind::List("paths"),
        example: "[/srv/videos, ~/Videos]",
        otherwise: None,
        read: |to, from| {
            to.folders =
                from.items()?.iter().map(super::key::Reading::path).collect::<Result<_, _>>()?;
            Ok(())
        },
        show: |of| of.folders.iter().map(|path| json!(path.display().to_string())).collect(),
    },
    Key {
        name: "listen",
        about: "Where to listen: [http://|https://]ADDR:PORT, with IPv6 addresses in brackets. An entry without a scheme \
                speaks TLS when tls is set and plain HTTP otherwise; http:// stays plain.",
        kind: Kind::List("addresses"),
        example: "[\"0.0.0.0:9000\", \"http://127.0.0.1:9001\"]",
        otherwise: None,
        read: |to, from| from.list().map(|list| to.listen = list),
        show: |of| of.listen.iter().map(|entry| json!(entry.to_string())).collect(),
    },
    Key {
        name: "data",
        about: "Where everything lives that Vidicon writes: certificates, caches, the catalogue, recordings. One running \
                Vidicon per data folder; it must not lie inside a media folder.",
        kind: Kind::Path,
        example: "/srv/vidicon",
        otherwise: Some("the platform's data folder"),
        read: |to, from| from.path().map(|path| to.data = path),
        show: |of| json!(of.data.display().to_string()),
    },
    Key {
        name: "database",
        about: "Where the library is kept: sqlite (in the data folder), sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE \
                when it outgrows one machine. `vidicon backup` and `vidicon restore` move it from one to the other.",
        kind: Kind::Text,
        example: "postgres://vidicon@db.local/vidicon",
        otherwise: None,
        read: |to, from| {
            to.database = from.text()?.parse().map_err(|error| from.refuse(format!("{error}")))?;
            Ok(())
        },
        show: |of| json!(of.database.to_string()),
    },
    Key {
        name: "tls.mode",
        about: "Where the certificate comes from: off (plain HTTP), self-signed (Vidicon makes one and keeps it in the data \
                folder) or files (tls.certificate and tls.key). `tls: self-signed` is short for this key.",
        kind: Kind::word::<TlsMode>(),
        example: "self-signed",
        otherwise: None,
        read: |to, from| from.word().map(|mode| to.tls.mode = Some(mode)),
        show: |of| json!(of.tls.mode().word()),
    },
    Key {
        name: "tls.certificate",
        about: "The PEM file of the certificate chain. Naming it turns TLS on, unless tls.mode says otherwise.",
        kind: Kind::Path,
        example: "/etc/vidicon/tls/fullchain.pem",
        otherwise: Some("none"),
        read: |to, from| from.path().map(|path| to.tls.certificate = Some(path)),
        show: |of| shown_path(of.tls.certificate.as_deref()),
    },
    Key {
        name: "tls.key",
        about: "The PEM file of the certificate's private key.",
        kind: Kind::Path,
        example: "/etc/vidicon/tls/privkey.pem",
        otherwise: Some("none"),
        read: |to, from| from.path().map(|path| to.tls.key = Some(path)),
        show: |of| shown_path(of.tls.key.as_deref()),
    },
    Key {
        name: "tls.names",
        about: "DNS names and IP addresses that the self-signed certificate covers, besides those of the machine.",
        kind: Kind::List("names"),
        example: "[tv.example.org, 192.168.1.20]",
        otherwise: None,
        read: |to, from| {
            to.tls.names = from.items()?.iter().map(host_name).collect::<Result<_, _>>()?;
            Ok(())
        },
        show: |of| json!(of.tls.names),
    },
    Key {
        name: "access.api_keys",
        about: "When there are keys, every request except /health must bring one. Use 16 characters or more; \
                `openssl rand -hex 24` makes a good one.",
        kind: Kind::List("secrets"),
        example: "[\"3a8f0c61d2b7449e\"]",
        otherwise: None,
        read: |to, from| from.list().map(|list| to.access.api_keys = list),
        show: |of| of.access.api_keys.iter().map(|secret| json!(secret.to_string())).collect(),
    },
    Key {
        name: "access.api_keys_file",
        about: "A file with further API keys, one a line; lines that begin with # are comments.",
        kind: Kind::Path,
        example: "/etc/vidicon/api-keys",
        otherwise: Some("none"),
        read: |to, from| from.path().map(|path| to.access.api_keys_file = Some(path)),
        show: |of| shown_path(of.access.api_keys_file.as_deref()),
    },
    Key {
        name: "access.hosts",
        about: "Names by which this server is asked: those that a name server or a proxy gives it. Under other names \
                nothing is changed, and the library is not shown over plain HTTP. Addresses, names without a dot, those that \
                end in .local, .lan or .home.arpa and the machine's own need not be named.",
        kind: Kind::List("names"),
        example: "[tv.example.org]",
        otherwise: None,
        read: |to, from| {
            to.access.hosts = from.items()?.iter().map(exact_name).collect::<Result<_, _>>()?;
            Ok(())
        },
        show: |of| json!(of.access.hosts),
    },
    Key {
        name: "access.local_admin",
        about: "Whether somebody at this machine administers without the password, by localhost or 127.0.0.1. A proxy on \
                this machine can make everybody look so: auto says no where access.hosts names a name.",
        kind: Kind::word::<LocalAdmin>(),
        example: "off",
        otherwise: None,
        read: |to, from| from.word().map(|local| to.access.local_admin = local),
        show: |of| json!(of.access.local_admin.word()),
    },
    Key {
        name: "access.session_lifetime",
        about: "How long an administrator who signed in from another machine stays so.",
        kind: Kind::Duration(Duration::from_secs(60), Duration::from_secs(365 * 86_400)),
        example: "8h",
        otherwise: None,
        read: |to, from| from.duration().map(|lifetime| to.access.session_lifetime = lifetime),
        show: |of| json!(of.access.session_lifetime.to_string()),
    },
    Key {
        name: "access.cors.origins",
        about: "The sites whose pages may read from here (GET and HEAD): scheme://host[:port], or * for all. * is for \
                files and films: the library, with what was watched, is read only by sites that are named, unless \
                access.cors.writes is set. An empty list lets no page of another site read.",
        kind: Kind::List("origins"),
        example: "[\"https://tv.example.org\"]",
        otherwise: None,
        read: |to, from| from.list().map(|list| to.access.cors.origins = list),
        show: |of| of.access.cors.origins.iter().map(|origin| json!(origin.to_string())).collect(),
    },
    Key {
        name: "access.cors.writes",
        about: "Whether pages of those sites may also change things (every method other than GET and HEAD).",
        kind: Kind::word::<bool>(),
        example: "true",
        otherwise: None,
        read: |to, from| from.word().map(|writes| to.access.cors.writes = writes),
        show: |of| json!(of.access.cors.writes),
    },
    Key {
        name: "files.symlinks",
        about: "Symbolic links below the media folders: follow them wherever they lead, follow them as long as they stay \
                inside the media folders, or refuse them.",
        kind: Kind::word::<Symlinks>(),
        example: "inside",
        otherwise: None,
        read: |to, from| from.word().map(|symlinks| to.files.symlinks = symlinks),
        show: |of| json!(of.files.symlinks.word()),
    },
    Key {
        name: "files.max_age",
        about: "How long a browser or a proxy may use a file without asking whether it has changed. With 0s it asks each \
                time, which costs one small request.",
        kind: Kind::Duration(Duration::from_secs(0), Duration::from_secs(365 * 86_400)),
        example: "1h",
        otherwise: None,
        read: |to, from| from.duration().map(|age| to.files.max_age = age),
        show: |of| json!(of.files.max_age.to_string()),
    },
    Key {
        name: "files.max_ranges",
        about: "The most ranges that one request may ask for; a request for more is refused.",
        kind: Kind::Number(1, 1024),
        example: "32",
        otherwise: None,
        read: |to, from| from.number().map(|count| to.files.max_ranges = count),
        show: |of| json!(of.files.max_ranges),
    },
    Key {
        name: "segments.target",
        about: "How long segments of HLS and DASH shall be. Segments begin at key frames, so they are as near to this as \
                the file allows. Changing it changes the address of every segment.",
        kind: Kind::Duration(Segments::TARGET[0], Segments::TARGET[1]),
        example: "4s",
        otherwise: None,
        read: |to, from| from.duration().map(|target| to.segments.target = target),
        show: |of| json!(of.segments.target.to_string()),
    },
    Key {
        name: "segments.minimum",
        about: "How long a segment is at least, where key frames lie closer together. Not more than segments.target.",
        kind: Kind::Duration(Segments::SHORTER[0], Segments::SHORTER[1]),
        example: "2s",
        otherwise: None,
        read: |to, from| from.duration().map(|minimum| to.segments.minimum = minimum),
        show: |of| json!(of.segments.minimum.to_string()),
    },
    Key {
        name: "segments.first",
        about: "How long the first segment shall be: shorter than the others lets playing begin sooner. Not more than \
                segments.target.",
        kind: Kind::Duration(Segments::SHORTER[0], Segments::SHORTER[1]),
        example: "1s",
        otherwise: None,
        read: |to, from| from.duration().map(|first| to.segments.first = first),
        show: |of| json!(of.segments.first.to_string()),
    },
    Key {
        name: "index.time_limit",
        about: "How long reading one file for its index may take, which happens once for each file. Most take milliseconds; \
                a transport stream is read whole.",
        kind: Kind::Duration(Duration::from_secs(1), Duration::from_secs(86_400)),
        example: "5m",
        otherwise: None,
        read: |to, from| from.duration().map(|limit| to.index.time_limit = limit),
        show: |of| json!(of.index.time_limit.to_string()),
    },
    Key {
        name: "library.scan_every",
        about: "How often all media folders are looked through, whatever the system tells of changes.",
        kind: Kind::Duration(Duration::from_secs(60), Duration::from_secs(30 * 86_400)),
        example: "1d",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.library.scan_every = time),
        show: |of| json!(of.library.scan_every.to_string()),
    },
    Key {
        name: "library.poll_every",
        about: "How often a media folder is looked through whose changes the system does not tell, such as one in the \
                network. It is done less often where it takes more than a twentieth of the time.",
        kind: Kind::Duration(Duration::from_secs(1), Duration::from_secs(86_400)),
        example: "5m",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.library.poll_every = time),
        show: |of| json!(of.library.poll_every.to_string()),
    },
    Key {
        name: "library.cache_ttl",
        about: "How long an answer about the library may be given again. Whatever is changed makes it invalid at once. The \
                variable CACHE_TTL, in seconds, is understood as well.",
        kind: Kind::Duration(Duration::from_secs(0), Duration::from_secs(86_400)),
        example: "1m",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.library.cache_ttl = time),
        show: |of| json!(of.library.cache_ttl.to_string()),
    },
    Key {
        name: "library.pictures_ahead",
        about: "Whether posters and storyboards are made for every video, one after the other with low priority, before \
                somebody asks for them. Otherwise they are made when they are to be seen.",
        kind: Kind::word::<bool>(),
        example: "false",
        otherwise: None,
        read: |to, from| from.word().map(|ahead| to.library.pictures_ahead = ahead),
        show: |of| json!(of.library.pictures_ahead),
    },
    Key {
        name: "library.backup_every",
        about: "How often the library is backed up into the folder backups in the data folder; 0s for never. A copy of \
                these files on another disk is yours to make.",
        kind: Kind::Duration(Duration::from_secs(0), Duration::from_secs(365 * 86_400)),
        example: "7d",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.library.backup_every = time),
        show: |of| json!(of.library.backup_every.to_string()),
    },
    Key {
        name: "library.backups_kept",
        about: "How many of these backups are kept; the oldest go.",
        kind: Kind::Number(1, 1_000),
        example: "30",
        otherwise: None,
        read: |to, from| from.number().map(|count| to.library.backups_kept = count),
        show: |of| json!(of.library.backups_kept),
    },
    Key {
        name: "limits.connections",
        about: "The most connections at a time. Each open stream needs two open files; `vidicon doctor` says whether the \
                system allows so many.",
        kind: Kind::Number(1, 1_000_000),
        example: "10000",
        otherwise: None,
        read: |to, from| from.number().map(|count| to.limits.connections = count),
        show: |of| json!(of.limits.connections),
    },
    Key {
        name: "limits.connections_per_address",
        about: "The most connections at a time from one address. Raise it when many viewers come through one proxy.",
        kind: Kind::Number(1, 1_000_000),
        example: "512",
        otherwise: None,
        read: |to, from| from.number().map(|count| to.limits.connections_per_address = count),
        show: |of| json!(of.limits.connections_per_address),
    },
    Key {
        name: "limits.header_size",
        about: "The largest head of a request: its first line and its header fields.",
        kind: Kind::Size(ByteSize::kib(8), ByteSize::mib(1)),
        example: "64KiB",
        otherwise: None,
        read: |to, from| from.size().map(|size| to.limits.header_size = size),
        show: |of| json!(of.limits.header_size.to_string()),
    },
    Key {
        name: "limits.header_timeout",
        about: "How long a client may take to send the head of a request.",
        kind: Kind::Duration(Duration::from_millis(100), Duration::from_secs(3600)),
        example: "10s",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.limits.header_timeout = time),
        show: |of| json!(of.limits.header_timeout.to_string()),
    },
    Key {
        name: "limits.stall_timeout",
        about: "A connection that makes no progress for so long is closed. A slow player that does make progress is never \
                closed.",
        kind: Kind::Duration(Duration::from_millis(100), Duration::from_secs(86_400)),
        example: "1m",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.limits.stall_timeout = time),
        show: |of| json!(of.limits.stall_timeout.to_string()),
    },
    Key {
        name: "limits.body_size",
        about: "The largest body of a request, but for pictures that are to be posters: those may have 20 MiB.",
        kind: Kind::Size(ByteSize::new(0), ByteSize::gib(1)),
        example: "4MiB",
        otherwise: None,
        read: |to, from| from.size().map(|size| to.limits.body_size = size),
        show: |of| json!(of.limits.body_size.to_string()),
    },
    Key {
        name: "stop.grace",
        about: "How long running responses may go on after the first signal to stop. The second signal ends them at once.",
        kind: Kind::Duration(Duration::from_secs(0), Duration::from_secs(3600)),
        example: "30s",
        otherwise: None,
        read: |to, from| from.duration().map(|time| to.stop.grace = time),
        show: |of| json!(of.stop.grace.to_string()),
    },
    Key {
        name: "log.format",
        about: "The look of a log line: human (a line for people) or json (an object a line, for collectors). auto is human.",
        kind: Kind::word::<LogFormat>(),
        example: "json",
        otherwise: None,
        read: |to, from| from.word().map(|format| to.log.format = format),
        show: |of| json!(of.log.format.word()),
    },
    Key {
        name: "log.level",
        about: "What is logged: error, warn, info, debug or trace, or one per part of the program, like \
                \"info,delivery=debug\".",
        kind: Kind::Text,
        example: "debug",
        otherwise: None,
        read: |to, from| {
            let level = from.text()?.trim();
            if let Err(why) = crate::logging::filter(level) {
                return Err(from.refuse(why));
            }
            level.clone_into(&mut to.log.level);
            Ok(())
        },
        show: |of| json!(of.log.level),
    },
    Key {
        name: "log.access",
        about: "Whether every request gets a line in the log.",
        kind: Kind::word::<bool>(),
        example: "false",
        otherwise: None,
        read: |to, from| from.word().map(|access| to.log.access = access),
        show: |of| json!(of.log.access),
    },
];

/// The key of this dotted name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Whether keys lie below this dotted name.
pub fn is_section(name: &str) -> bool {
    sections().any(|section| section == name)
}

/// The names under which keys lie: `tls`, `access`, `access.cors`. Some come more than once.
pub fn sections() -> impl Iterator<Item = &'static str> {
    KEYS.iter().flat_map(|key| key.name.match_indices('.').filter_map(|(at, _)| key.name.get(..at)))
}

fn shown_path(path: Option<&std::path::Path>) -> Json {
    path.map_or(Json::Null, |path| json!(path.display().to_string()))
}

/// A name for a certificate: an IP address or a DNS name (letters, digits, hyphens, dots).
fn host_name(from: &super::key::Reading<'_>) -> Result<String, super::key::Refusal> {
    let name = from.text()?.trim();
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let dns = name.len() <= 253 && name.strip_prefix("*.").unwrap_or(name).split('.').all(label);
    if dns || name.parse::<std::net::IpAddr>().is_ok() {
        return Ok(name.to_owned());
    }
    Err(from.refuse(format!(
        "{name:?} is neither a DNS name nor an IP address: write it like \"tv.example.org\" or \"192.168.1.20\", without \
         a scheme or port"
    )))
}

/// A name that stands for itself alone.
fn exact_name(from: &super::key::Reading<'_>) -> Result<String, super::key::Refusal> {
    let name = host_name(from)?;
    if name.starts_with('*') {
        return Err(from.refuse(format!(
            "{name:?} stands for many names, and whoever can choose one of them could pass for this server: write each name"
        )));
    }
    Ok(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_has_its_own_name_and_its_own_variable() {
        let names: HashSet<_> = KEYS.iter().map(|key| key.name).collect();
        let variables: HashSet<_> = KEYS.iter().map(Key::variable).collect();
        assert_eq!((names.len(), variables.len()), (KEYS.len(), KEYS.len()));
        assert_eq!(
            find("limits.header_timeout").unwrap().variable(),
            "VIDICON_LIMITS_HEADER_TIMEOUT"
        );
    }

    #[test]
    fn no_key_is_a_section_too() {
        assert!(KEYS.iter().all(|key| !is_section(key.name)));
        assert!(is_section("access.cors") && is_section("tls") && !is_section("folders"));
    }

    #[test]
    fn no_key_begins_with_a_word_that_container_platforms_use() {
        for key in KEYS {
            let first = key.name.split(['.', '_']).next().unwrap();
            assert!(!["service", "port", "name", "env", "config"].contains(&first), "{}", key.name);
        }
    }

    #[test]
    fn the_keys_of_a_section_stand_together() {
        let mut seen: Vec<&str> = Vec::new();
        for key in KEYS {
            let section = key.name.rsplit_once('.').map_or("", |(section, _)| section);
            if seen.last() != Some(&section) {
                assert!(!seen.contains(&section), "{} stands apart from its section", key.name);
                seen.push(section);
            }
        }
    }
}
