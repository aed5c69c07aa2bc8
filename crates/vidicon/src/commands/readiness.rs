//! What `/ready` reports: what is degraded at the moment, in words.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use api::{Condition, Readiness, State};

use super::serve::Started;
use crate::free_disk;

/// The checks. Each request for `/ready` runs them anew.
pub(super) fn checks(
    started: &Started,
    folders: &delivery::Folders,
    stop: &net::Stop,
) -> Readiness {
    let roots: Vec<PathBuf> = folders.roots().to_vec();
    let data = started.data.path().to_owned();
    let drain = stop.drain.clone();
    Arc::new(move || {
        let mut conditions = media(&roots);
        conditions.extend(disk(&data));
        conditions.extend(ffmpeg());
        if drain.is_cancelled() {
            conditions.push(Condition {
                state: State::Unavailable,
                what: "the server is stopping".to_owned(),
                mend: "start it again".to_owned(),
            });
        }
        conditions
    })
}

fn media(roots: &[PathBuf]) -> Vec<Condition> {
    let gone: Vec<&PathBuf> =
        roots.iter().filter(|root| std::fs::read_dir(root).is_err()).collect();
    let state = if gone.len() == roots.len() { State::Unavailable } else { State::Degraded };
    gone.iter()
        .map(|root| Condition {
            state,
            what: format!("the media folder {} cannot be read", root.display()),
            mend: "paths that no other folder has answer 503 until it is back: connect its drive, or grant the right to read it"
                .to_owned(),
        })
        .collect()
}

fn disk(data: &Path) -> Option<Condition> {
    let degraded = |what: String, mend: &str| Condition {
        state: State::Degraded,
        what,
        mend: mend.to_owned(),
    };
    match free_disk::at(data) {
        Err(error) => Some(degraded(
            format!("the data folder {} cannot be looked at: {error}", data.display()),
            "nothing can be kept there: is its drive connected?",
        )),
        Ok(free) => (free < free_disk::LITTLE).then(|| {
            degraded(
                format!("{} MiB are free on the disk of the data folder", free.bytes() >> 20),
                "make room, or name a data folder on another disk by --data",
            )
        }),
    }
}

fn ffmpeg() -> Option<Condition> {
    let found = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join("ffmpeg").is_file())
    });
    (!found).then(|| Condition {
        state: State::Degraded,
        what: "ffmpeg is not installed".to_owned(),
        mend: "files are served as they are; install ffmpeg for everything that makes new pictures"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_missing_folder_degrades_and_all_missing_make_unavailable() {
        let here = tempfile::tempdir().unwrap();
        let (here, gone) = (here.path().to_owned(), here.path().join("gone"));
        assert!(media(std::slice::from_ref(&here)).is_empty());
        let states = |roots: &[PathBuf]| -> Vec<State> {
            media(roots).iter().map(|condition| condition.state).collect()
        };
        assert_eq!(states(&[here, gone.clone()]), [State::Degraded]);
        assert_eq!(states(&[gone]), [State::Unavailable]);
    }
}
