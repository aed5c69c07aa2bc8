//! What is asked of the library: lists, facets, suggestions, what the first page shows.
//!
//! Finding takes milliseconds of a processor; it is done on a thread that drives no connections.
//! Answers are kept for a moment, until something is written.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use catalogue::{FacetKind, Facets, Page, Position, Query, Sort, UserId, VideoId, Watched};
use media::ContentId;
use quick_cache::sync::Cache;
use serde::Serialize;
use store::{TagRow, VideoDetails, VideoRow};

use crate::{Library, error::LibraryError, now_ms};

/// A stretch of a list.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The videos, in order.
    pub videos: Vec<VideoRow>,
    /// How many there are in all.
    pub total: u64,
    /// Where to go on, if there are more.
    pub next: Option<String>,
}

/// What the first page shows.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// What was begun, what was played last first.
    pub begun: Vec<VideoRow>,
    /// What came last.
    pub added: Vec<VideoRow>,
    /// Favourites, what was played last first.
    pub favourites: Vec<VideoRow>,
    /// Folders at the top, and how many videos are below each.
    pub folders: Vec<(String, u64)>,
    /// A few of all; others every hour.
    pub random: Vec<VideoRow>,
}

/// What somebody may mean who has typed so far.
#[derive(Clone, Debug, Default)]
pub struct Suggestions {
    /// Videos.
    pub videos: Vec<VideoRow>,
    /// Tags, by name.
    pub tags: Vec<TagRow>,
    /// Folders, as in URLs.
    pub folders: Vec<String>,
}

/// The most videos of one row on the first page.
const ROW: usize = 24;
/// The most videos of one answer.
pub const MOST: usize = 500;

/// What was answered lately.
pub(crate) struct Answers {
    kept: Cache<u64, Arc<Kept>>,
    lasts: Duration,
    hits: AtomicU64,
    misses: AtomicU64,
}

struct Kept {
    /// All of the question: digests may be the same for two.
    question: (Query, Position, usize),
    answer: Listed,
    generation: u64,
    at: Instant,
}

/// How the answers that are kept are of use.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct CacheStatus {
    /// Answers that are kept now, valid or not.
    pub entries: u64,
    /// Questions that were answered from them since the start.
    pub hits: u64,
    /// Questions that were not.
    pub misses: u64,
    /// How long an answer is kept at most, in seconds.
    pub ttl_seconds: u64,
}

/// The most answers that are kept.
const KEPT: usize = 256;

impl Answers {
    pub(crate) fn new(lasts: Duration) -> Self {
        Self { kept: Cache::new(KEPT), lasts, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    fn get(
        &self,
        key: u64,
        question: &(Query, Position, usize),
        generation: u64,
    ) -> Option<Listed> {
        let kept = self.kept.get(&key).filter(|kept| {
            kept.generation == generation
                && kept.at.elapsed() < self.lasts
                && kept.question == *question
        });
        let counter = if kept.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        kept.map(|kept| kept.answer.clone())
    }
}

impl Library {
    /// A stretch of the list that a query means, at most [`MOST`] long.
    pub async fn list(
        &self,
        query: &Query,
        position: Position,
        limit: usize,
    ) -> Result<Listed, LibraryError> {
        self.is_open()?;
        let limit = limit.clamp(1, MOST);
        let question = (query.clone(), position, limit);
        let mut hasher = DefaultHasher::new();
        (&question.0, format!("{:?}", question.1), limit).hash(&mut hasher);
        let key = hasher.finish();
        let answers = &self.0.answers;
        let generation = self.0.generation.load(Ordering::Acquire);
        if let Some(answer) = answers.get(key, &question, generation) {
            return Ok(answer);
        }
        let (query, position) = (question.0.clone(), question.1.clone());
        let page = self.find(move |catalogue| catalogue.page(&query, &position, limit)).await?;
        let Page { videos, total, next } =
            page.map_err(|error| LibraryError::Refused(error.to_string()))?;
        let videos = self.0.store.videos(question.0.user, &videos).await?;
        let answer = Listed { videos, total, next };
        let kept = Kept { question, answer: answer.clone(), generation, at: Instant::now() };
        answers.kept.insert(key, Arc::new(kept));
        Ok(answer)
    }

    /// How many videos have what, of those that a query means.
    pub async fn facets(&self, query: &Query, kinds: &[FacetKind]) -> Result<Facets, LibraryError> {
        self.is_open()?;
        let (query, kinds, now) = (query.clone(), kinds.to_vec(), now_ms());
        self.find(move |catalogue| catalogue.facets(&query, &kinds, now)).await
    }

    /// All that a query means, without an order.
    pub(crate) async fn all(&self, query: &Query) -> Result<Vec<VideoId>, LibraryError> {
        self.is_open()?;
        let query = query.clone();
        self.find(move |catalogue| catalogue.ids(&query)).await
    }

    /// One of those that a query means; the same seed, the same one.
    pub async fn random(&self, query: &Query, seed: u64) -> Result<Option<VideoRow>, LibraryError> {
        self.is_open()?;
        let (user, query) = (query.user, query.clone());
        let Some(video) = self.find(move |catalogue| catalogue.random(&query, seed)).await? else {
            return Ok(None);
        };
        Ok(self.0.store.videos(user, &[video]).await?.pop())
    }

    /// What somebody may mean who has typed this.
    pub async fn suggest(
        &self,
        user: UserId,
        text: &str,
        limit: usize,
    ) -> Result<Suggestions, LibraryError> {
        self.is_open()?;
        let limit = limit.clamp(1, 50);
        let typed = text.to_owned();
        let videos = self.find(move |catalogue| catalogue.suggest(&typed, limit)).await?;
        let videos = self.0.store.videos(user, &videos).await?;
        let tags = self.tags().await?;
        let like = |tag: &TagRow| catalogue::has_word_like(&tag.name, text);
        let tags = tags.into_iter().filter(like).take(limit).collect();
        let typed = text.to_owned();
        let folders = self.find(move |catalogue| catalogue.folders_like(&typed, limit)).await?;
        Ok(Suggestions { videos, tags, folders })
    }

    /// The folders directly below one, and how many videos are in or below each.
    pub async fn folders(&self, parent: &str) -> Result<Vec<(String, u64)>, LibraryError> {
        self.is_open()?;
        let parent = parent.to_owned();
        self.find(move |catalogue| catalogue.folders(&parent)).await
    }

    /// The first videos of each of these folders, at most so many of each.
    pub async fn first_of_folders(
        &self,
        user: UserId,
        folders: Vec<String>,
        each: usize,
    ) -> Result<Vec<Vec<VideoRow>>, LibraryError> {
        self.is_open()?;
        let first = self.find(move |catalogue| {
            let first = |folder: String| {
                let mut query = Query { user, ..Query::default() };
                query.filters.folder = Some(folder);
                // From the beginning there is always a page.
                let page = catalogue.page(&query, &Position::Start, each);
                page.map(|page| page.videos).unwrap_or_default()
            };
            folders.into_iter().map(first).collect::<Vec<_>>()
        });
        let first = first.await?;
        let all: Vec<VideoId> = first.iter().flatten().copied().collect();
        let rows = self.0.store.videos(user, &all).await?;
        let rows: HashMap<VideoId, VideoRow> =
            rows.into_iter().map(|row| (row.video, row)).collect();
        let rows_of = |videos: Vec<VideoId>| {
            videos.iter().filter_map(|video| rows.get(video).cloned()).collect()
        };
        Ok(first.into_iter().map(rows_of).collect())
    }

    /// What the first page shows.
    pub async fn home(&self, user: UserId) -> Result<Home, LibraryError> {
        let query = |sort, descending| Query { user, sort, descending, ..Query::default() };
        let mut begun = query(Sort::Played, true);
        begun.filters.watched = Some(Watched::Begun);
        let mut favourites = query(Sort::Played, true);
        favourites.filters.favourite = Some(true);
        let hour = u64::try_from(now_ms() / 3_600_000).unwrap_or(0);
        let random = Query { seed: hour, ..query(Sort::Random, false) };
        let row = |query: Query| async move { self.list(&query, Position::Start, ROW).await };
        let (begun, added, favourites, random, folders) = tokio::try_join!(
            row(begun),
            row(query(Sort::Added, true)),
            row(favourites),
            row(random),
            self.folders("")
        )?;
        Ok(Home {
            begun: begun.videos,
            added: added.videos,
            favourites: favourites.videos,
            folders: folders.into_iter().take(ROW).collect(),
            random: random.videos,
        })
    }

    /// All that is known of a video.
    pub async fn details(&self, user: UserId, id: ContentId) -> Result<VideoDetails, LibraryError> {
        Ok(self.0.store.details(user, id).await?)
    }

    /// Files that are no videos although they are called so, and videos that yield no picture, with
    /// reasons: at most `limit` after one that was listed.
    pub async fn problems(
        &self,
        after: Option<(i64, i64)>,
        limit: u32,
    ) -> Result<Vec<store::Problem>, LibraryError> {
        Ok(self.0.store.problems(after, limit).await?)
    }

    /// How the answers that are kept are of use.
    pub fn cache_status(&self) -> CacheStatus {
        let answers = &self.0.answers;
        CacheStatus {
            entries: answers.kept.len() as u64,
            hits: answers.hits.load(Ordering::Relaxed),
            misses: answers.misses.load(Ordering::Relaxed),
            ttl_seconds: answers.lasts.as_secs(),
        }
    }

    /// Forgets all answers.
    pub fn refresh_cache(&self) {
        self.0.answers.kept.clear();
        self.0.generation.fetch_add(1, Ordering::Release);
    }

    /// A number that every write changes: with it a list can be told from a later one.
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Asks the catalogue on a thread that drives no connections.
    async fn find<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&catalogue::Catalogue) -> T + Send + 'static,
    ) -> Result<T, LibraryError> {
        let library = self.clone();
        let found = tokio::task::spawn_blocking(move || ask(&library.catalogue())).await;
        found.map_err(|error| LibraryError::Failed(format!("finding failed: {error}")))
    }
}
