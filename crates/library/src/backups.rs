//! Backups that are made by themselves, so that there is one when somebody needs it.
//!
//! They lie in a folder beside the library, are called by the day, and the oldest go. They help
//! against mistakes and damaged databases; against a lost disk helps a copy elsewhere.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use store::JobRow;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{Library, error::LibraryError, jobs::JobKind, now_ms};

/// What backups are called: this, the day and the time, and an ending.
const NAME: &str = "library-";
const ENDING: &str = ".backup";
/// How the names of those end that are being written.
const UNFINISHED: &str = ".part";
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

/// A backup that is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BackupFile {
    /// The name of its file.
    pub name: String,
    /// How long the file is.
    pub bytes: u64,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
}

impl Library {
    /// Makes a backup whenever the last one is too old, for as long as the runtime lives.
    pub(crate) async fn keep_backing_up(self, backups: Backups) {
        let Some(every) = backups.every else { return };
        // Of what the first scan has found, rather than beside it.
        self.scanned().await;
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
            let made = match self.backup_job().await {
                Ok((_, work)) => work.await,
                Err(error) => Err(error),
            };
            match made {
                // Somebody called it off, and will not want it again in an hour.
                Ok(_) | Err(LibraryError::Cancelled) => sleep(every).await,
                Err(error) => {
                    tracing::error!(folder = %backups.folder.display(), %error, "the library cannot be backed up");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Makes one now, as a job that goes on by itself; as it is now. One that waits already is the same.
    pub async fn ask_backup(&self) -> Result<JobRow, LibraryError> {
        if let Some(row) = self.jobs().waiting(JobKind::Backup) {
            return Ok(row);
        }
        let (row, work) = self.backup_job().await?;
        tokio::spawn(work);
        Ok(row)
    }

    /// The backups that are there, the newest first.
    pub async fn backups(&self) -> Result<Vec<BackupFile>, LibraryError> {
        let folder = self.0.backups.folder.clone();
        let listed = tokio::task::spawn_blocking(move || listed(&folder)).await;
        listed.map_err(io::Error::other).and_then(|listed| listed).map_err(failed)
    }

    /// Opens the backup of this name; the file and its length in bytes.
    pub async fn open_backup(&self, name: &str) -> Result<(File, u64), LibraryError> {
        let no_such = LibraryError::NotFound("such backup");
        // A name of ours leads nowhere else.
        if !is_ours(name) || name.contains(['/', '\\', '\0']) {
            return Err(no_such);
        }
        let path = self.0.backups.folder.join(name);
        let opened = tokio::task::spawn_blocking(move || {
            let file = File::open(path)?;
            let len = file.metadata()?.len();
            Ok((file, len))
        });
        match opened.await.map_err(io::Error::other).and_then(|opened| opened) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(no_such),
            opened => opened.map_err(failed),
        }
    }

    /// A backup as a job, and the work itself.
    async fn backup_job(
        &self,
    ) -> Result<
        (JobRow, impl Future<Output = Result<BackupFile, LibraryError>> + use<>),
        LibraryError,
    > {
        let (jobs, library) = (self.jobs(), self.clone());
        let stop = CancellationToken::new();
        let job = jobs.begin(JobKind::Backup, None, stop.clone()).await?;
        let row = jobs.live(job.id()).ok_or(LibraryError::Cancelled)?;
        let work = async move {
            let one_at_a_time = library.0.backing_up.lock();
            let _one_at_a_time = tokio::select! {
                held = one_at_a_time => held,
                () = stop.cancelled() => return Err(LibraryError::Cancelled),
            };
            let told = |made: &BackupFile| format!("{}, {} bytes", made.name, made.bytes);
            job.run(library.back_up(), told).await
        };
        Ok((row, work))
    }

    /// Makes one now, and removes those that are too many.
    async fn back_up(&self) -> Result<BackupFile, LibraryError> {
        let backups = &self.0.backups;
        let (folder, keep) = (backups.folder.clone(), backups.keep.max(1));
        let made = folder.clone();
        let make = tokio::task::spawn_blocking(move || fs::create_dir_all(made)).await;
        make.map_err(io::Error::other).and_then(|made| made).map_err(failed)?;
        let now = jiff::Timestamp::from_millisecond(now_ms()).unwrap_or_default();
        let name = format!("{NAME}{}{ENDING}", now.strftime("%Y-%m-%d-%H%M%S"));
        let file = folder.join(&name);
        let backup = self.0.store.backup(&file, now_ms()).await?;
        tracing::info!(file = %file.display(), bytes = backup.bytes, "the library is backed up");
        let tidy = tokio::task::spawn_blocking(move || tidy(&folder, keep)).await;
        // Too many are no harm today.
        if let Ok(Err(error)) = tidy {
            tracing::warn!(%error, "old backups cannot be removed");
        }
        Ok(BackupFile { name, bytes: backup.bytes, made_ms: backup.made_ms })
    }

    /// Removes what a backup that was cut short has left. For whoever has the data folder for itself.
    pub(crate) async fn remove_unfinished_backups(&self) {
        let folder = self.0.backups.folder.clone();
        let removed = tokio::task::spawn_blocking(move || unfinished(&folder)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "an unfinished backup cannot be removed");
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is what a failed answer is mapped with")]
fn failed(error: io::Error) -> LibraryError {
    LibraryError::Failed(error.to_string())
}

/// Whether this is the name of one of our backups.
fn is_ours(name: &str) -> bool {
    name.starts_with(NAME) && name.ends_with(ENDING)
}

fn listed(folder: &Path) -> io::Result<Vec<BackupFile>> {
    let all = match ours(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        all => all?,
    };
    let mut listed = Vec::with_capacity(all.len());
    for path in all.iter().rev() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        // Removed meanwhile is as good as not there.
        let Ok(metadata) = fs::metadata(path) else { continue };
        let made = metadata.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let made_ms = i64::try_from(made.as_millis()).unwrap_or(i64::MAX);
        listed.push(BackupFile { name, bytes: metadata.len(), made_ms });
    }
    Ok(listed)
}

/// Removes unfinished files.
fn unfinished(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if name.starts_with(NAME) && name.ends_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Our backups in a folder, the oldest first: their names begin with the day.
fn ours(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(is_ours) {
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
        let names: Vec<String> =
            listed(folder.path()).unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(
            names,
            ["library-2026-01-03-000000.backup", "library-2026-01-02-000000.backup"],
            "the newest first"
        );
    }

    #[test]
    fn what_was_cut_short_goes_and_whole_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, part) =
            ("library-2026-01-01-000000.backup", "library-2026-01-02-000000.backup.7.part");
        for name in [whole, part, "notes.part"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        unfinished(folder.path()).unwrap();
        assert!(folder.path().join(whole).exists() && folder.path().join("notes.part").exists());
        assert!(!folder.path().join(part).exists());
        unfinished(&folder.path().join("none")).unwrap();
        assert!(listed(&folder.path().join("none")).unwrap().is_empty());
    }
}
