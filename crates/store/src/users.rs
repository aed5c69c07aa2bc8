//! Who there is. Until accounts come, the household.

use catalogue::UserId;

use crate::{
    Store, StoreError,
    db::{Row, args},
    text,
};

/// Somebody who watches.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UserRow {
    /// Their number; the household is [`UserId::HOUSEHOLD`].
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they may do: `viewer` or `admin`.
    pub role: String,
    /// Since when they are known, in milliseconds since 1970; 0: from the beginning.
    pub created_ms: i64,
}

impl Store {
    /// All users, the household first.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows("SELECT id, name, role, created_ms FROM users ORDER BY id LIMIT 10000", args![])
            .await?;
        rows.iter().map(read).collect()
    }

    /// A new user.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is one with this name.
    pub async fn new_user(
        &self,
        name: &str,
        role: &str,
        now_ms: i64,
    ) -> Result<UserRow, StoreError> {
        let name = text::name("the name", name, 100)?;
        let role = text::name("the role", role, 20)?;
        let mut link = self.db.write().await?;
        let row = link
            .row(
                "INSERT INTO users (name, role, created_ms) VALUES ($1, $2, $3) \
                 ON CONFLICT (name) DO NOTHING RETURNING id, name, role, created_ms",
                args![name.as_str(), role, now_ms],
            )
            .await?;
        let row =
            row.ok_or_else(|| StoreError::Taken { what: format!("a user named {name:?}") })?;
        let user = read(&row)?;
        link.commit().await?;
        Ok(user)
    }
}

fn read(row: &Row) -> Result<UserRow, StoreError> {
    let mut columns = row.columns();
    Ok(UserRow {
        id: UserId(columns.int()?),
        name: columns.text()?,
        role: columns.text()?,
        created_ms: columns.int()?,
    })
}
