//! The files that the store knows below a path, while a scan goes over them.
//!
//! Of a million files each costs about two hundred bytes, while it lasts.

use std::collections::HashMap;

use store::{FileState as Stands, Store};

use crate::{
    error::LibraryError,
    walk::{FileState, Place},
};

/// How many are asked for at once.
const PAGE: u32 = 5_000;

pub(super) struct KnownFiles(HashMap<u128, Known>);

struct Known {
    file: i64,
    state: FileState,
    stands: Stands,
    /// Whether it holds a video.
    is_video: bool,
    /// Whether it is accounted for now.
    met: bool,
    /// The way in which its content's id was made.
    identity: u32,
    /// For when a folder cannot be read.
    path: Box<str>,
}

/// What a file that is there means for what was known of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Met {
    /// It is as it was.
    Unchanged,
    /// It was away, and is back as it was.
    Back(i64),
    /// It must be looked into; whether a video was known there.
    Look {
        /// Whether a video was known there.
        is_known: bool,
    },
}

impl KnownFiles {
    /// All files of a media folder at or below a path; `""` is all of it.
    pub(super) async fn load(
        store: &Store,
        root: &str,
        prefix: &str,
    ) -> Result<Self, LibraryError> {
        let mut known = HashMap::new();
        let mut after = String::new();
        loop {
            let page = store.known_below(root, prefix, &after, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            if let Some(last) = page.last() {
                after.clone_from(&last.path);
            }
            known.extend(page.into_iter().map(|one| {
                let state = FileState {
                    size: one.size,
                    modified_ns: one.modified_ns,
                    inode: one.inode,
                    device: one.device,
                    beside: one.beside,
                };
                let known = Known {
                    file: one.file,
                    state,
                    stands: one.state,
                    is_video: one.video.is_some(),
                    met: false,
                    identity: one.identity_version,
                    path: one.path.into(),
                };
                (digest(&known.path), known)
            }));
            if is_last {
                return Ok(Self(known));
            }
        }
    }

    /// Notes that a file is there, and says what it means.
    pub(super) fn meet(&mut self, place: &Place) -> Met {
        let Some(known) = self.0.get_mut(&digest(&place.path.to_url_path())) else {
            return Met::Look { is_known: false };
        };
        known.met = true;
        // A file without content has no way.
        let is_of_today = matches!(known.identity, 0 | demux::IDENTITY_VERSION);
        match known.stands {
            Stands::Present if is_of_today && known.state.is_as(&place.state) => Met::Unchanged,
            Stands::Away if is_of_today && known.state.is_as(&place.state) => Met::Back(known.file),
            // What comes before it may be gone.
            Stands::Present | Stands::Away | Stands::Shadowed => {
                Met::Look { is_known: known.is_video }
            }
        }
    }

    /// Of files in this folder nobody knows whether they are there.
    pub(super) fn spare(&mut self, folder: &str) {
        for known in self.0.values_mut() {
            let below = known.path.strip_prefix(folder);
            if folder.is_empty() || below.is_some_and(|below| below.starts_with('/')) {
                known.met = true;
            }
        }
    }

    /// Those that were there the last time and were not met.
    pub(super) fn gone(&self) -> Vec<i64> {
        let all = self.0.values();
        all.filter(|known| known.stands != Stands::Away && !known.met)
            .map(|known| known.file)
            .collect()
    }
}

fn digest(path: &str) -> u128 {
    let digest = blake3::hash(path.as_bytes());
    u128::from_le_bytes(digest.as_bytes().first_chunk().copied().unwrap_or_default())
}
