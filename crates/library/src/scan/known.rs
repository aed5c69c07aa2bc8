//! The files that the store knows below a path, while a scan goes over them.
//!
//! Of a million files each costs about two hundred bytes, while it lasts.

use std::collections::HashMap;

use store::Store;

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
    /// Whether it was there the last time.
    present: bool,
    /// Whether it is accounted for now.
    met: bool,
    /// The way in which its content's id was made.
    identity: u32,
    /// For when a folder cannot be read.
    path: Box<str>,
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
                let (file, state_of, met) = (one.file, one.state, false);
                let present = state_of != store::FileState::Away;
                (
                    digest(&one.path),
                    Known {
                        file,
                        state,
                        present,
                        met,
                        identity: one.identity_version,
                        path: one.path.into(),
                    },
                )
            }));
            if is_last {
                return Ok(Self(known));
            }
        }
    }

    /// Notes that a file is there; whether it is as it was.
    pub(super) fn is_unchanged(&mut self, place: &Place) -> bool {
        let Some(known) = self.0.get_mut(&digest(&place.path.to_url_path())) else { return false };
        known.met = true;
        // A file without content has no way.
        let is_of_today = matches!(known.identity, 0 | demux::IDENTITY_VERSION);
        known.present && is_of_today && known.state.is_as(&place.state)
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
        self.0
            .values()
            .filter(|known| known.present && !known.met)
            .map(|known| known.file)
            .collect()
    }
}

fn digest(path: &str) -> u128 {
    let digest = blake3::hash(path.as_bytes());
    u128::from_le_bytes(digest.as_bytes().first_chunk().copied().unwrap_or_default())
}
