//! Single values: the hash of a password, the number of the last scan.

use crate::{
    Store, StoreError,
    db::{Link, args},
};

/// The most bytes of a key, and of a value.
const KEY: usize = 200;
const VALUE: usize = 1 << 20;

impl Store {
    /// The value of a key.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut link = self.db.read().await?;
        read(&mut link, key).await
    }

    /// Sets the value of a key, or removes it.
    pub async fn set_meta(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let mut link = self.db.write().await?;
        write(&mut link, key, value).await?;
        link.commit().await
    }

    /// Sets the value of a key if it is `old` so far; whether it was.
    pub async fn replace_meta(
        &self,
        key: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) -> Result<bool, StoreError> {
        let mut link = self.db.write().await?;
        if read(&mut link, key).await?.as_deref() != old {
            return Ok(false);
        }
        write(&mut link, key, new).await?;
        link.commit().await?;
        Ok(true)
    }
}

async fn read(link: &mut Link, key: &str) -> Result<Option<String>, StoreError> {
    let row = link.row("SELECT value FROM meta WHERE key = $1", args![key]).await?;
    row.map(|row| row.columns().text()).transpose()
}

async fn write(link: &mut Link, key: &str, value: Option<&str>) -> Result<(), StoreError> {
    if key.len() > KEY || value.is_some_and(|value| value.len() > VALUE) {
        return Err(StoreError::Refused {
            what: format!("a key has at most {KEY} bytes, its value {VALUE}"),
        });
    }
    match value {
        Some(value) => {
            link.run(
                "INSERT INTO meta (key, value) VALUES ($1, $2) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                args![key, value],
            )
            .await?
        }
        None => link.run("DELETE FROM meta WHERE key = $1", args![key]).await?,
    };
    Ok(())
}
