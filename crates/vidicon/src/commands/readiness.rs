//! What `/ready` reports: what is degraded at the moment, in words.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use api::{Condition, Readiness, State};

use super::serve::Started;

/// Less free disk than this on the data folder is worth telling.
const LITTLE_DISK: u64 = 1 << 30;

/// The checks. Each request for `/ready` runs them anew.
pub(super) fn checks(
    started: &Started,
    folders: &delivery::Folders,
    stop: &net::Stop,
) -> Readiness {
    let roots: Vec<PathBuf> = folders.roots().to_vec();
    let missing_at_start: Vec<String> =
        started.media.missing.iter().map(|missing| missing.why.clone()).collect();
    let data = started.data.path().to_owned();
    let drain = stop.drain.clone();
    Arc::new(move || {
        let mut conditions = media(&roots, &missing_at_start);
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

fn media(roots: &[PathBuf], missing_at_start: &[String]) -> Vec<Condition> {
    let gone: Vec<&PathBuf> =
        roots.iter().filter(|root| std::fs::read_dir(root).is_err()).collect();
    let state = if gone.len() == roots.len() { State::Unavailable } else { State::Degraded };
    gone.iter()
        .map(|root| Condition {
            state,
            what: format!("the media folder {} cannot be read", root.display()),
            mend: "its files answer 503 until it is back: connect its drive, or grant the right to read it"
                .to_owned(),
        })
        .chain(missing_at_start.iter().map(|why| Condition {
            state: State::Degraded,
            what: why.clone(),
            mend: "its files are not served: connect its drive and restart".to_owned(),
        }))
        .collect()
}

fn disk(data: &Path) -> Option<Condition> {
    let degraded = |what: String, mend: &str| Condition {
        state: State::Degraded,
        what,
        mend: mend.to_owned(),
    };
    match rustix::fs::statvfs(data) {
        Err(error) => Some(degraded(
            format!("the data folder {} cannot be looked at: {error}", data.display()),
            "nothing can be kept there: is its drive connected?",
        )),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            (free < LITTLE_DISK).then(|| {
                degraded(
                    format!("{} MiB are free on the disk of the data folder", free >> 20),
                    "make room, or name a data folder on another disk by --data",
                )
            })
        }
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
        assert!(media(std::slice::from_ref(&here), &[]).is_empty());
        let states = |roots: &[PathBuf]| -> Vec<State> {
            media(roots, &[]).iter().map(|condition| condition.state).collect()
        };
        assert_eq!(states(&[here, gone.clone()]), [State::Degraded]);
        assert_eq!(states(&[gone]), [State::Unavailable]);
    }
}
