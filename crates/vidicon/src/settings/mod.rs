//! Configuration: what can be set, where it is looked for, and what it comes to.
//!
//! One registry ([`keys`]) names every key. [`load()`] reads the layers (file, environment, flags) over the
//! defaults, each value remembering where it came from; [`render`] writes the registry and the result out
//! again as the sample file, the table of the documents and the answer of `vidicon config`.
//!
//! Nothing here opens a socket or a media folder: whether a setting can work on this machine is asked by the
//! doctor and at start.

mod access;
mod database;
mod environment;
mod file;
mod key;
pub mod keys;
mod load;
mod nearest;
mod node;
pub mod render;
mod source;
mod subjects;
mod tls;
pub mod values;

use std::path::PathBuf;

pub use database::Database;
pub use key::{Key, Kind, Reading, Refusal};
pub use load::{Loaded, load};
pub use node::{Entry, Node, Value};
pub use source::{ConfigError, Flags, Problem, Source};
pub use subjects::{
    Access, Cors, Files, Index, Library, Limits, LocalAdmin, Log, LogFormat, Segments, Stop,
    Symlinks,
};
pub use tls::{Certificate, Listener, Tls, TlsMode};
use values::{ListenEntry, Scheme};

use crate::platform::Surroundings;

/// Every setting, one struct per subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The media folders, as they were named.
    pub folders: Vec<PathBuf>,
    /// Where to listen, as written; [`Settings::listeners`] says what each one speaks.
    pub listen: Vec<ListenEntry>,
    /// Where everything lives that Vidicon writes.
    pub data: PathBuf,
    /// Where the library is kept.
    pub database: Database,
    /// The keys below `tls`; [`Tls::certificate`] says what they come to.
    pub tls: Tls,
    /// Who may ask, and from which pages.
    pub access: Access,
    /// How files are served.
    pub files: Files,
    /// How films are cut into segments.
    pub segments: Segments,
    /// How files are read for their indexes.
    pub index: Index,
    /// When the library does what by itself.
    pub library: Library,
    /// What a client may take.
    pub limits: Limits,
    /// How the server ends.
    pub stop: Stop,
    /// What is logged.
    pub log: Log,
}

impl Settings {
    /// The port that is listened on when nobody says otherwise.
    pub const PORT: u16 = 9000;

    /// The defaults in these surroundings. `data` is empty for a user without a home: [`load()`] then asks
    /// for `--data`.
    pub fn defaults(around: &Surroundings) -> Self {
        Self {
            folders: vec![PathBuf::from("./videos")],
            listen: vec![ListenEntry {
                scheme: Scheme::AsConfigured,
                address: ([0, 0, 0, 0], Self::PORT).into(),
            }],
            data: around.data_folder().unwrap_or_default(),
            database: Database::default(),
            tls: Tls::default(),
            access: Access::default(),
            files: Files::default(),
            segments: Segments::default(),
            index: Index::default(),
            library: Library::default(),
            limits: Limits::default(),
            stop: Stop::default(),
            log: Log::default(),
        }
    }

    /// The listeners to open, or what is wrong with `listen` and `tls` together.
    pub fn listeners(&self) -> Result<Vec<Listener>, String> {
        tls::listeners(&self.listen, self.tls.mode())
    }
}
