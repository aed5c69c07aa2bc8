//! Films by the identity of their content.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use media::ContentId;

use super::{Film, FilmError, Films, lock};
use crate::RelativePath;

/// Where content was seen last, since the start.
#[derive(Debug, Default)]
pub(super) struct Ids(Mutex<HashMap<ContentId, RelativePath>>);

impl Ids {
    pub(super) fn saw(&self, id: ContentId, path: &RelativePath) {
        lock(&self.0).insert(id, path.clone());
    }
}

impl Films {
    /// The film with this content, wherever its file is now.
    pub(super) async fn by_id(&self, id: ContentId) -> Result<Option<Arc<Film>>, FilmError> {
        let known = lock(&self.0.ids.0).get(&id).cloned();
        if let Some(path) = known
            && let Some(film) = self.with_id(id, &path).await?
        {
            return Ok(Some(film));
        }
        // Another file is there now, or none: there may be a copy.
        let inner = Arc::clone(&self.0);
        let shelved = tokio::task::spawn_blocking(move || inner.shelf.seen(id)).await;
        for (path, _) in shelved.unwrap_or_default() {
            let Ok(path) = RelativePath::from_url_path(&path) else { continue };
            if let Some(film) = self.with_id(id, &path).await? {
                return Ok(Some(film));
            }
        }
        lock(&self.0.ids.0).remove(&id);
        Ok(None)
    }

    /// The film at this path if it is the one with this content.
    async fn with_id(
        &self,
        id: ContentId,
        path: &RelativePath,
    ) -> Result<Option<Arc<Film>>, FilmError> {
        match Box::pin(self.at(path)).await {
            Ok(film) if film.id == id => Ok(Some(film)),
            Err(busy @ FilmError::Busy { .. }) => Err(busy),
            // It is the one, and there is a reason.
            Err(error) if error.id() == Some(id) => Err(error),
            _ => Ok(None),
        }
    }
}
