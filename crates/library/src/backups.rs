//! Backups that are made by themselves, so that there is one when somebody needs it.
//!
//! They lie in a folder beside the library, are called by the day, and the oldest go. They help
//! against mistakes and damaged databases; against a lost disk helps a copy elsewhere.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::time::sleep;

use crate::{Library, error::LibraryError, now_ms};

/// What backups are called: this, the day and the time, and an ending.
const NAME: &str = "library-";
const ENDING: &str = ".backup";
/// When one that failed is tried again.
const AGAIN: Duration = Duration::from_hours(1);

/// When backups are made, and how many are kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Backups {
    /// Where they are kept.
    pub folder: PathBuf,
    /// From one to the next; none: no backups.
    pub every: Option<Duration>,
    /// How many are kept, at least one.
    pub keep: usize,
}

impl Library {
    /// Makes a backup whenever the last one is too old, for as long as the runtime lives.
    pub(crate) async fn keep_backing_up(self, backups: Backups) {
        let Some(every) = backups.every else { return };
        loop {
            let folder = backups.folder.clone();
            let newest = tokio::task::spawn_blocking(move || newest(&folder)).await.ok().flatten();
            // A clock that was set back makes one from the future as good as one of today.
            let age = newest.map(|made| made.elapsed().unwrap_or_default());
            if let Some(left) =
                age.and_then(|age| every.checked_sub(age)).filter(|left| !left.is_zero())
            {
                sleep(left).await;
                continue;
            }
            match self.back_up(&backups).await {
                Ok(()) => sleep(every).await,
                Err(error) => {
                    tracing::error!(folder = %backups.folder.display(), %error, "the library cannot be backed up");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Makes one now, and removes those that are too many.
    async fn back_up(&self, backups: &Backups) -> Result<(), LibraryError> {
        let failed = |error: io::Error| LibraryError::Failed(error.to_string());
        let (folder, keep) = (backups.folder.clone(), backups.keep.max(1));
        let made = folder.clone();
        let make = tokio::task::spawn_blocking(move || fs::create_dir_all(made)).await;
        make.map_err(io::Error::other).and_then(|made| made).map_err(failed)?;
        let now = jiff::Timestamp::from_millisecond(now_ms()).unwrap_or_default();
        let file = folder.join(format!("{NAME}{}{ENDING}", now.strftime("%Y-%m-%d-%H%M%S")));
        let backup = self.0.store.backup(&file, now_ms()).await?;
        tracing::info!(file = %file.display(), bytes = backup.bytes, "the library is backed up");
        let tidy = tokio::task::spawn_blocking(move || tidy(&folder, keep)).await;
        // Too many are no harm today.
        if let Ok(Err(error)) = tidy {
            tracing::warn!(%error, "old backups cannot be removed");
        }
        Ok(())
    }
}

/// Our backups in a folder, the oldest first: their names begin with the day.
fn ours(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(NAME) && name.ends_with(ENDING)) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let made = |path: &PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    ours(folder).ok()?.iter().filter_map(made).max()
}

fn tidy(folder: &Path, keep: usize) -> io::Result<()> {
    let all = ours(folder)?;
    let too_many = all.len().saturating_sub(keep);
    all.iter().take(too_many).try_for_each(fs::remove_file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_oldest_backups_go_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "library-2026-01-02-000000.backup",
            "library-2026-01-01-000000.backup",
            "library-2026-01-03-000000.backup",
            "mine.backup",
        ] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        tidy(folder.path(), 2).unwrap();
        let left = ours(folder.path()).unwrap();
        assert_eq!(left.len(), 2);
        assert!(left.first().unwrap().ends_with("library-2026-01-02-000000.backup"));
        assert!(folder.path().join("mine.backup").exists());
        assert!(newest(folder.path()).is_some());
    }
}
