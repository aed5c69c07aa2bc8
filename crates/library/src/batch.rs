//! The same for many videos at once, and taking the last of it back.

use std::collections::{HashMap, HashSet};

use catalogue::{Personal, PlaylistId, Query, UserId, VideoId};
use media::ContentId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{PutBack, StoreError};

use crate::{Library, error::LibraryError, import::plain, now_ms};

/// Which videos.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These.
    Ids(Vec<ContentId>),
    /// All that a query means.
    Query(Box<Query>),
}

/// What is to be done with them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Give a tag.
    Tag(String),
    /// Take a tag away.
    Untag(String),
    /// Give stars, or take them away.
    Rate(Option<u8>),
    /// Make them favourites, or no longer.
    Favourite(bool),
    /// Say that they were watched, or were not.
    Watched(bool),
    /// Put them at the end of a playlist.
    Playlist(PlaylistId),
    /// Keep them out of lists, or no longer.
    Hide(bool),
    /// Read their files again, and make their pictures anew.
    Refresh,
}

/// What a batch did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Batched {
    /// How many videos are different now.
    pub changed: u64,
    /// What can be taken back; none if nothing can.
    pub undo: Option<UndoOffer>,
}

/// Something that can be taken back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UndoOffer {
    /// Its number; a later one takes its place.
    pub id: i64,
    /// What was done, in words.
    pub label: String,
}

/// Of more videos the folders are looked through rather than file by file.
const ONE_BY_ONE: usize = 1_000;
/// The most videos of one batch.
pub const BATCH_MOST: usize = 100_000;

/// How a batch is taken back.
#[derive(Debug, Deserialize, Serialize)]
enum Back {
    Untag {
        tag: String,
        videos: Vec<VideoId>,
    },
    Tag {
        tag: String,
        videos: Vec<VideoId>,
    },
    /// The stars that they had.
    Rate(Vec<(VideoId, Option<u8>)>),
    /// Since when they were favourites.
    Favourite(Vec<(VideoId, Option<i64>)>),
    /// Since when they were watched, and where to go on.
    Watched(Vec<(VideoId, Option<i64>, Option<u64>)>),
    Hide {
        hidden: bool,
        videos: Vec<VideoId>,
    },
    Playlist {
        playlist: PlaylistId,
        items: Vec<i64>,
    },
}

impl Library {
    /// Does it, for all of them or for none.
    pub async fn batch(
        &self,
        user: UserId,
        of: &Selection,
        action: &Action,
    ) -> Result<Batched, LibraryError> {
        let videos = self.selected(of).await?;
        if videos.len() > BATCH_MOST {
            let many = videos.len();
            return Err(LibraryError::Refused(format!(
                "{many} videos are selected; a batch takes {BATCH_MOST}: select fewer"
            )));
        }
        let (changed, back) = match action {
            Action::Tag(name) => self.tag_all(videos, name).await?,
            Action::Untag(name) => self.untag_all(videos, name).await?,
            Action::Rate(rating) => self.rate_all(user, videos, *rating).await?,
            Action::Favourite(favourite) => self.favour_all(user, videos, *favourite).await?,
            Action::Watched(watched) => self.watch_all_of(user, videos, *watched).await?,
            Action::Playlist(playlist) => self.put_all(user, videos, *playlist).await?,
            Action::Hide(hidden) => self.hide_all(videos, *hidden).await?,
            Action::Refresh => {
                self.refresh(&videos).await?;
                return Ok(Batched { changed: videos.len() as u64, undo: None });
            }
        };
        if changed == 0 {
            return Ok(Batched::default());
        }
        let label = label(action, changed);
        let id = self.0.store.save_undo(user, &label, &json!(back), now_ms()).await?;
        Ok(Batched { changed, undo: Some(UndoOffer { id, label }) })
    }

    async fn tag_all(&self, videos: Vec<VideoId>, name: &str) -> Result<(u64, Back), LibraryError> {
        let had = self.0.store.tagged(&videos, name).await?;
        let videos = without(&videos, &had);
        self.follow(self.0.store.tag(&videos, name, now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Untag { tag: name.to_owned(), videos }))
    }

    async fn untag_all(
        &self,
        videos: Vec<VideoId>,
        name: &str,
    ) -> Result<(u64, Back), LibraryError> {
        let videos = self.0.store.tagged(&videos, name).await?;
        self.follow(self.0.store.untag(&videos, name, now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Tag { tag: name.to_owned(), videos }))
    }

    async fn rate_all(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        rating: Option<u8>,
    ) -> Result<(u64, Back), LibraryError> {
        crate::edits::check_rating(rating)?;
        let before = self.personals(user, &videos).await?;
        let stars = |video: &VideoId| before.get(video).and_then(|personal| personal.rating);
        let videos: Vec<VideoId> =
            videos.into_iter().filter(|video| stars(video) != rating).collect();
        let back = videos.iter().map(|video| (*video, stars(video))).collect();
        let changed =
            self.follow(self.0.store.rate_all(user, &videos, rating, now_ms()).await?).await?;
        Ok((changed, Back::Rate(back)))
    }

    async fn favour_all(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        favourite: bool,
    ) -> Result<(u64, Back), LibraryError> {
        let before = self.personals(user, &videos).await?;
        let since = |video: &VideoId| before.get(video).and_then(|personal| personal.favourite_ms);
        let videos: Vec<VideoId> =
            videos.into_iter().filter(|video| since(video).is_some() != favourite).collect();
        let back = videos.iter().map(|video| (*video, since(video))).collect();
        let done = self.0.store.favourite_all(user, &videos, favourite, now_ms()).await?;
        Ok((self.follow(done).await?, Back::Favourite(back)))
    }

    async fn watch_all_of(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        watched: bool,
    ) -> Result<(u64, Back), LibraryError> {
        let before = self.personals(user, &videos).await?;
        let of = |video: &VideoId| before.get(video).copied().unwrap_or_default();
        let differs = |video: &VideoId| {
            of(video).watched_ms.is_some() != watched || of(video).resume_ms.is_some()
        };
        let videos: Vec<VideoId> = videos.into_iter().filter(differs).collect();
        let back = videos
            .iter()
            .map(|video| (*video, of(video).watched_ms, of(video).resume_ms))
            .collect();
        let done = self.0.store.watched_all(user, &videos, watched, now_ms()).await?;
        Ok((self.follow(done).await?, Back::Watched(back)))
    }

    async fn put_all(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        playlist: PlaylistId,
    ) -> Result<(u64, Back), LibraryError> {
        let done = self.0.store.add_to_playlist(user, playlist, &videos, None, now_ms()).await?;
        let items = self.follow(done).await?;
        Ok((items.len() as u64, Back::Playlist { playlist, items }))
    }

    async fn hide_all(
        &self,
        videos: Vec<VideoId>,
        hidden: bool,
    ) -> Result<(u64, Back), LibraryError> {
        let mut differ = Vec::new();
        for some in videos.chunks(1_000) {
            let rows = self.0.store.videos(UserId::HOUSEHOLD, some).await?;
            differ.extend(rows.into_iter().filter(|row| row.hidden != hidden).map(|row| row.video));
        }
        let done = self.0.store.hide_all(&differ, hidden, now_ms()).await?;
        Ok((self.follow(done).await?, Back::Hide { hidden: !hidden, videos: differ }))
    }

    /// Writes one thing back that these videos had, and leaves the rest of it as it is now.
    async fn put_back(
        &self,
        user: UserId,
        what: PutBack,
        had: &[(VideoId, Option<i64>, Option<i64>)],
    ) -> Result<(), LibraryError> {
        let done = self.0.store.put_back(user, what, had, now_ms()).await?;
        self.follow(done).await.map(drop)
    }

    async fn personals(
        &self,
        user: UserId,
        videos: &[VideoId],
    ) -> Result<HashMap<VideoId, Personal>, LibraryError> {
        let mut all = HashMap::with_capacity(videos.len());
        for some in videos.chunks(1_000) {
            all.extend(self.0.store.personals_of(user, some).await?);
        }
        Ok(all)
    }

    /// What can be taken back.
    pub async fn can_undo(&self, user: UserId) -> Result<Option<UndoOffer>, LibraryError> {
        let undo = self.0.store.undo(user).await?;
        Ok(undo.map(|undo| UndoOffer { id: undo.id, label: undo.label }))
    }

    /// Takes the last batch back, if it is that with this number, or whichever it is; in words, what it
    /// was. None if there is nothing to take back.
    pub async fn undo(
        &self,
        user: UserId,
        id: Option<i64>,
    ) -> Result<Option<String>, LibraryError> {
        let store = &self.0.store;
        let undo = store.undo(user).await?.filter(|undo| id.is_none_or(|id| id == undo.id));
        let Some(undo) = undo else { return Ok(None) };
        let now = now_ms();
        let back: Back = serde_json::from_value(undo.body).map_err(|error| {
            LibraryError::Failed(format!("what was saved for taking back cannot be read: {error}"))
        })?;
        match back {
            Back::Untag { tag, videos } => {
                self.follow(store.untag(&videos, &tag, now).await?).await?;
            }
            Back::Tag { tag, videos } => {
                self.follow(store.tag(&videos, &tag, now).await?).await?;
            }
            Back::Hide { hidden, videos } => {
                self.follow(store.hide_all(&videos, hidden, now).await?).await?;
            }
            Back::Playlist { playlist, items } => {
                match store.take_from_playlist(user, playlist, &items, now).await {
                    Ok(done) => self.follow(done).await?,
                    // Somebody has deleted it.
                    Err(StoreError::NotFound { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Back::Rate(had) => {
                let had = had.into_iter().map(|(video, stars)| (video, stars.map(i64::from), None));
                self.put_back(user, PutBack::Rating, &had.collect::<Vec<_>>()).await?;
            }
            Back::Favourite(had) => {
                let had = had.into_iter().map(|(video, since)| (video, since, None));
                self.put_back(user, PutBack::Favourite, &had.collect::<Vec<_>>()).await?;
            }
            Back::Watched(had) => {
                let position = |resume: u64| i64::try_from(resume).ok();
                let had = had
                    .into_iter()
                    .map(|(video, since, resume)| (video, since, resume.and_then(position)));
                self.put_back(user, PutBack::Watched, &had.collect::<Vec<_>>()).await?;
            }
        }
        // Only now: whoever is interrupted before can take it back again, to the same end.
        store.forget_undo(user, undo.id).await?;
        Ok(Some(undo.label))
    }

    async fn selected(&self, of: &Selection) -> Result<Vec<VideoId>, LibraryError> {
        match of {
            Selection::Query(query) => self.all(query).await,
            Selection::Ids(ids) => {
                let mut videos = Vec::with_capacity(ids.len());
                for id in ids {
                    videos.push(self.number(*id).await?);
                }
                Ok(videos)
            }
        }
    }

    /// Looks again at the files of these videos, and makes pictures anew that nobody chose.
    async fn refresh(&self, videos: &[VideoId]) -> Result<(), LibraryError> {
        let store = &self.0.store;
        store.forget_states(videos).await?;
        self.forget_pictures(videos).await?;
        if videos.len() > ONE_BY_ONE {
            self.scan_all();
            return Ok(());
        }
        for (root, path) in store.places_of(videos).await? {
            match plain(&path) {
                Some(path) => self.scan_below(&root, path.into()),
                None => self.scan_all(),
            }
        }
        Ok(())
    }
}

fn without(videos: &[VideoId], those: &[VideoId]) -> Vec<VideoId> {
    let those: HashSet<&VideoId> = those.iter().collect();
    videos.iter().filter(|video| !those.contains(video)).copied().collect()
}

/// What was done, for the button that takes it back.
fn label(action: &Action, changed: u64) -> String {
    let videos = if changed == 1 { "1 video".to_owned() } else { format!("{changed} videos") };
    match action {
        Action::Tag(name) => format!("{videos} tagged “{name}”"),
        Action::Untag(name) => format!("tag “{name}” taken from {videos}"),
        Action::Rate(Some(stars)) => format!("{videos} rated {stars}"),
        Action::Rate(None) => format!("rating taken from {videos}"),
        Action::Favourite(true) => format!("{videos} made favourites"),
        Action::Favourite(false) => format!("{videos} no longer favourites"),
        Action::Watched(true) => format!("{videos} marked as watched"),
        Action::Watched(false) => format!("{videos} marked as not watched"),
        Action::Playlist(_) => format!("{videos} put into a playlist"),
        Action::Hide(true) => format!("{videos} hidden"),
        Action::Hide(false) => format!("{videos} shown again"),
        Action::Refresh => format!("{videos} read again"),
    }
}
