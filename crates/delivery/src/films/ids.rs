//! Films by the identity of their content.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Instant,
};

use media::ContentId;

use super::{Film, FilmError, Films, lock};
use crate::RelativePath;

/// The most that are remembered; the shelf remembers the others.
const MOST: usize = 100_000;

/// Where content was seen last, since the start.
#[derive(Debug, Default)]
pub(super) struct Ids(Mutex<HashMap<ContentId, Seen>>);

#[derive(Clone, Debug)]
struct Seen {
    path: RelativePath,
    /// How long the file is.
    len: u64,
    /// When it was there.
    at: Instant,
}

impl Ids {
    pub(super) fn saw(&self, id: ContentId, path: &RelativePath, len: u64) {
        let mut ids = lock(&self.0);
        if ids.len() >= MOST {
            ids.clear();
        }
        ids.insert(id, Seen { path: path.clone(), len, at: Instant::now() });
    }

    /// Notes that it is still there.
    fn is_there(&self, id: ContentId) {
        if let Some(seen) = lock(&self.0).get_mut(&id) {
            seen.at = Instant::now();
        }
    }

    fn get(&self, id: ContentId) -> Option<Seen> {
        lock(&self.0).get(&id).cloned()
    }
}

/// Tells the paths, as URLs have them, at which whoever keeps a list of all files last saw content.
pub type Locate =
    Arc<dyn Fn(ContentId) -> Pin<Box<dyn Future<Output = Vec<String>> + Send>> + Send + Sync>;

impl Films {
    /// Lets somebody who keeps a list of all files tell where content is. Only the first is asked.
    pub fn locate_with(&self, locate: Locate) {
        // A second one would know no better.
        let _ = self.0.locate.set(locate);
    }

    /// The film with this content, wherever its file is now.
    pub(super) async fn by_id(&self, id: ContentId) -> Result<Option<Arc<Film>>, FilmError> {
        let seen = self.0.ids.get(id);
        if let Some(seen) = &seen
            && let Some(film) = self.with_id(id, &seen.path).await?
        {
            self.0.ids.is_there(id);
            return Ok(Some(film));
        }
        // Another file is there now, or none: there may be a copy.
        let listed = match self.0.locate.get() {
            Some(locate) => locate(id).await,
            None => Vec::new(),
        };
        for path in listed.iter().filter_map(|path| RelativePath::from_url_path(path).ok()) {
            if let Some(film) = self.with_id(id, &path).await? {
                return Ok(Some(film));
            }
        }
        let inner = Arc::clone(&self.0);
        let shelved = tokio::task::spawn_blocking(move || inner.shelf.seen(id)).await;
        let mut lengths: Vec<u64> = seen.iter().map(|seen| seen.len).collect();
        for (path, len) in shelved.unwrap_or_default() {
            lengths.push(len);
            let Ok(path) = RelativePath::from_url_path(&path) else { continue };
            if let Some(film) = self.with_id(id, &path).await? {
                return Ok(Some(film));
            }
        }
        if lengths.is_empty() {
            // Nobody ever had it.
            return Ok(None);
        }
        lengths.sort_unstable();
        lengths.dedup();
        self.search(id, &lengths, seen.map(|seen| seen.at)).await
    }

    /// The film at this path if it is the one with this content.
    pub(super) async fn with_id(
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
