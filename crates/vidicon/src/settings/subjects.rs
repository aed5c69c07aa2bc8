//! The settings, one small struct per subject, with their defaults.
//!
//! What a field does, its range and its name in files are in the registry ([`super::keys`]).

use super::values::{ByteSize, Duration, Origin, Secret, Word};

/// Who may ask, and from which pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Keys of which one must come with every request; none means that nobody is asked.
    pub api_keys: Vec<Secret>,
    /// A file with more keys, one a line; see [`Access::all_keys`].
    pub api_keys_file: Option<std::path::PathBuf>,
    /// What pages of other sites may do.
    pub cors: Cors,
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
