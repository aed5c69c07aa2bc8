//! How a password gets from `vidicon admin password` to the server: as its hash, in a file of the data folder that is
//! gone once it was taken. So it makes no difference whether the server runs: it looks when it starts, and every second.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
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

/// Leaves a hash for the server: whole or not at all, and for this user alone.
pub fn leave(data: &Path, hash: &str) -> io::Result<()> {
    let temporary = data.join(format!("{NAME}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(hash.as_bytes())?;
    file.sync_all()?;
    fs::rename(temporary, self::file(data))
}

/// Whether the server has taken what was left.
pub fn is_taken(data: &Path) -> bool {
    !file(data).exists()
}

/// Takes every hash that is left, for as long as this is polled.
pub async fn watch(data: PathBuf, access: api::Access) {
    let path = file(&data);
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if let Err(error) = take(&path, &access).await {
            tracing::error!(file = %path.display(), %error, "the new administrator's password cannot be taken");
        }
    }
}

async fn take(path: &Path, access: &api::Access) -> anyhow::Result<()> {
    let text = match tokio::fs::read_to_string(path).await {
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
    tokio::fs::remove_file(path).await?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

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
