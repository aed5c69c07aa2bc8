//! How a password gets from `vidicon admin password` to the server: as its hash, in a file of the data folder that is
//! gone once it was taken. So it makes no difference whether the server runs: it looks when it starts, and every second.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// Its name in the data folder.
const NAME: &str = "admin-password.new";

/// How often the server looks.
const EVERY: Duration = Duration::from_secs(1);

/// Where the file is.
pub fn file(data: &Path) -> PathBuf {
    data.join(NAME)
}

/// Where it is while the server takes it: another one that is left meanwhile is another file.
pub fn taken(data: &Path) -> PathBuf {
    data.join(format!("{NAME}.taken"))
}

/// Leaves a hash for the server: whole or not at all, and for this user alone.
pub fn leave(data: &Path, hash: &str) -> io::Result<()> {
    let temporary = data.join(format!("{NAME}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(hash.as_bytes())?;
    // Who may have called this by sudo; the server may run as somebody else, to whom the folder belongs.
    let (own, folder) = (file.metadata()?, fs::metadata(data)?);
    if own.uid() != folder.uid() {
        std::os::unix::fs::fchown(&file, Some(folder.uid()), Some(folder.gid()))?;
    }
    file.sync_all()?;
    fs::rename(temporary, self::file(data))
}

/// Whether the server has taken what was left.
pub fn is_taken(data: &Path) -> bool {
    // In this order: it goes from the one name to the other.
    !file(data).exists() && !taken(data).exists()
}

/// Takes every hash that is left, for as long as this is polled.
pub async fn watch(data: PathBuf, access: api::Access) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if let Err(error) = take(&data, &access).await {
            tracing::error!(file = %file(&data).display(), %error, "the new administrator's password cannot be taken");
        }
    }
}

async fn take(data: &Path, access: &api::Access) -> anyhow::Result<()> {
    let path = taken(data);
    match tokio::fs::rename(file(data), &path).await {
        // One that could not be taken the last time may be there still.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let text = match tokio::fs::read_to_string(&path).await {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let hash = text.trim();
    if api::is_password_hash(hash) {
        access.set_password_hash(hash.to_owned()).await?;
        tracing::info!("the administrator's password was set by the command");
    } else {
        tracing::warn!(file = %path.display(), "this is no hash of a password; it is thrown away");
    }
    // Taken twice if this fails: the same password again.
    tokio::fs::remove_file(&path).await?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A keeper that is told a password while another one is left.
    struct Slow {
        data: PathBuf,
        kept: api::InMemory,
    }

    impl api::SessionKeeper for Slow {
        fn begin(&self, token: api::SessionToken, session: api::Session) -> api::Kept<'_, ()> {
            self.kept.begin(token, session)
        }

        fn session(
            &self,
            token: api::SessionToken,
            now_ms: i64,
        ) -> api::Kept<'_, Option<api::Session>> {
            self.kept.session(token, now_ms)
        }

        fn used(&self, session: api::Session, now_ms: i64) -> api::Kept<'_, ()> {
            self.kept.used(session, now_ms)
        }

        fn list(&self, now_ms: i64) -> api::Kept<'_, Vec<api::Session>> {
            self.kept.list(now_ms)
        }

        fn end(&self, id: String) -> api::Kept<'_, bool> {
            self.kept.end(id)
        }

        fn end_others(&self, but: Option<String>) -> api::Kept<'_, ()> {
            self.kept.end_others(but)
        }

        fn meta(&self, key: &'static str) -> api::Kept<'_, Option<String>> {
            self.kept.meta(key)
        }

        fn set_meta(&self, key: &'static str, value: String) -> api::Kept<'_, ()> {
            assert!(!is_taken(&self.data), "who waits for it waits until it is kept");
            leave(&self.data, "left meanwhile").unwrap();
            self.kept.set_meta(key, value)
        }
    }

    #[tokio::test]
    async fn a_hash_that_is_left_while_another_is_taken_is_not_lost() {
        let data = tempfile::tempdir().unwrap();
        let keeper = Slow { data: data.path().to_owned(), kept: api::InMemory::default() };
        let metrics = api::Metrics::default();
        let observe = api::Observe::new(api::Logs::default(), Vec::new());
        let access = api::Access::new(
            api::AccessSettings::default(),
            std::sync::Arc::new(keeper),
            metrics,
            observe,
        );
        leave(data.path(), &api::hash_password("correct horse").unwrap()).unwrap();
        take(data.path(), &access).await.unwrap();
        assert_eq!(fs::read_to_string(file(data.path())).unwrap(), "left meanwhile");
        assert!(!taken(data.path()).exists());
    }

    #[test]
    fn a_hash_is_left_for_its_user_alone() {
        let data = tempfile::tempdir().unwrap();
        assert!(is_taken(data.path()));
        leave(data.path(), "first").unwrap();
        leave(data.path(), "second").unwrap();
        assert!(!is_taken(data.path()));
        assert_eq!(fs::read_to_string(file(data.path())).unwrap(), "second");
        let mode = fs::metadata(file(data.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1, "nothing else is left over");
    }
}
