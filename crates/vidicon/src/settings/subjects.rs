//! The settings, one small struct per subject, with their defaults.
//!
//! What a field does, its range and its name in files are in the registry ([`super::keys`]).

use super::values::{ByteSize, Duration, Origin, Secret, Word};

/// Who may ask, and from which pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Keys of which one must come with every request; none means that nobody is asked.
    pub api_keys: Vec<Secret>,
    /// A file with more keys, one a line; see [`Access::all_keys`].
    pub api_keys_file: Option<std::path::PathBuf>,
    /// Names by which this server is asked, beside addresses and the names of home networks.
    pub hosts: Vec<String>,
    /// Whether sitting at this machine is enough to administer.
    pub local_admin: LocalAdmin,
    /// How long an administrator stays signed in.
    pub session_lifetime: Duration,
    /// What pages of other sites may do.
    pub cors: Cors,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            api_keys: Vec::new(),
            api_keys_file: None,
            hosts: Vec::new(),
            local_admin: LocalAdmin::Auto,
            session_lifetime: Duration::from_secs(30 * 86_400),
            cors: Cors::default(),
        }
    }
}

/// Whether sitting at this machine is enough to administer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalAdmin {
    /// Unless a proxy may stand before.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Word for LocalAdmin {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("on", Self::On), ("off", Self::Off)];
}

/// What pages of other sites may do (Fetch, section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// The sites whose pages may read (GET and HEAD). None: no page of another site.
    pub origins: Vec<Origin>,
    /// Whether they may also change things (any other method).
    pub writes: bool,
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: vec![Origin::Any], writes: false }
    }
}

/// How the files of the media folders are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// What happens with symbolic links.
    pub symlinks: Symlinks,
    /// How long caches may use a file without asking again.
    pub max_age: Duration,
    /// The most ranges that one request may ask for.
    pub max_ranges: u32,
}

impl Default for Files {
    fn default() -> Self {
        Self { symlinks: Symlinks::Follow, max_age: Duration::default(), max_ranges: 32 }
    }
}

/// What happens with symbolic links below the media folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symlinks {
    /// They are followed wherever they lead: people link whole external drives.
    Follow,
    /// They are followed as long as they stay inside the media folders.
    Inside,
    /// What is reached over a link does not exist.
    Refuse,
}

impl Word for Symlinks {
    const WORDS: &'static [(&'static str, Self)] =
        &[("follow", Self::Follow), ("inside", Self::Inside), ("refuse", Self::Refuse)];
}

/// How long segments of HLS and DASH shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// What a segment shall last.
    pub target: Duration,
    /// What a segment lasts at least, where pictures allow.
    pub minimum: Duration,
    /// What the first segment shall last.
    pub first: Duration,
}

impl Default for Segments {
    fn default() -> Self {
        Self {
            target: Duration::from_secs(6),
            minimum: Duration::from_secs(1),
            first: Duration::from_secs(2),
        }
    }
}

impl Segments {
    /// What a target may be.
    pub const TARGET: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(60)];
    /// What the other two may be.
    pub const SHORTER: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(60)];

    /// What is wrong with them, alone or together: which, and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let Self { target, minimum, first } = self;
        for (name, value, [least, most]) in [
            ("target", target, Self::TARGET),
            ("minimum", minimum, Self::SHORTER),
            ("first", first, Self::SHORTER),
        ] {
            if *value < least || *value > most {
                let why =
                    format!("{name}: a segment of {value} makes no sense: write {least} to {most}");
                return Err((name, why));
            }
            if value > target {
                let why = format!(
                    "{name}: {value} is longer than the target, which is {target}: make one \
                     shorter or the other longer"
                );
                return Err((name, why));
            }
        }
        Ok(())
    }

    /// The same for whoever cuts.
    pub fn policy(&self) -> packager::Policy {
        let millis = |value: Duration| u32::try_from(value.get().as_millis()).unwrap_or(u32::MAX);
        packager::Policy {
            target: millis(self.target),
            minimum: millis(self.minimum),
            first: millis(self.first),
        }
    }
}

/// How files are read for their indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// The longest time that reading one file may take.
    pub time_limit: Duration,
}

impl Default for Index {
    fn default() -> Self {
        Self { time_limit: Duration::from_secs(30 * 60) }
    }
}

/// When the library does what by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Library {
    /// From one look through all media folders to the next.
    pub scan_every: Duration,
    /// The same for folders of whose changes the system does not tell.
    pub poll_every: Duration,
    /// How long an answer may be given again.
    pub cache_ttl: Duration,
    /// Whether pictures are made before somebody asks for them.
    pub pictures_ahead: bool,
    /// From one backup to the next; zero for none.
    pub backup_every: Duration,
    /// How many backups are kept.
    pub backups_kept: u32,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            scan_every: Duration::from_secs(6 * 3600),
            poll_every: Duration::from_secs(30),
            cache_ttl: Duration::from_secs(300),
            pictures_ahead: true,
            backup_every: Duration::from_secs(86_400),
            backups_kept: 7,
        }
    }
}

/// What a client may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most connections at a time.
    pub connections: u32,
    /// The most connections at a time from one address.
    pub connections_per_address: u32,
    /// The largest head of a request.
    pub header_size: ByteSize,
    /// The longest time for the head of a request.
    pub header_timeout: Duration,
    /// The longest time without progress.
    pub stall_timeout: Duration,
    /// The largest body of a request.
    pub body_size: ByteSize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 512,
            header_size: ByteSize::kib(32),
            header_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(30),
            body_size: ByteSize::mib(1),
        }
    }
}

/// How the server ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// How long running responses may go on after the first signal.
    pub grace: Duration,
}

impl Default for Stop {
    fn default() -> Self {
        Self { grace: Duration::from_secs(10) }
    }
}

/// What is logged, and how it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The look of a line.
    pub format: LogFormat,
    /// What is logged, in the words of `tracing`'s filter: a level, or `target=level` pairs.
    pub level: String,
    /// Whether every request gets a line.
    pub access: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Auto, level: "info".to_owned(), access: true }
    }
}

/// The look of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// The one that suits most: for people.
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

impl Word for LogFormat {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("human", Self::Human), ("json", Self::Json)];
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_of_segments_fit_together() {
        let usual = Segments::default();
        assert_eq!(usual.check(), Ok(()));
        assert_eq!(usual.policy(), packager::Policy::default());
        let secs = Duration::from_secs;
        let (name, why) = Segments { minimum: secs(7), ..usual }.check().unwrap_err();
        assert_eq!(name, "minimum");
        assert!(why.starts_with("minimum: 7s is longer than the target, which is 6s"), "{why}");
        let (name, why) = Segments { target: secs(90), ..usual }.check().unwrap_err();
        assert_eq!((name, why.contains("500ms to 1m")), ("target", true), "{why}");
        let equal = Segments { target: secs(2), minimum: secs(2), first: secs(2) };
        assert_eq!(equal.check(), Ok(()));
    }
}
