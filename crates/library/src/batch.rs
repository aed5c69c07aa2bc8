//! The same for many videos at once, and taking the last of it back.

use std::collections::{HashMap, HashSet};

use catalogue::{Personal, PlaylistId, Query, UserId, VideoId};
use media::ContentId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Library, error::LibraryError};

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
    /// What can be taken back, in words; none if nothing can.
    pub undo: Option<String>,
}

/// The most videos of one batch.
pub const BATCH_MOST: usize = 100_000;

/// How a batch is taken back.
#[derive(Debug, Deserialize, Serialize)]
enum Back {
    Untag { tag: String, videos: Vec<VideoId> },
    Tag { tag: String, videos: Vec<VideoId> },
    /// Videos by the stars that they had.
    Rate(Vec<(Option<u8>, Vec<VideoId>)>),
    /// Those that were none, and those that were, with when.
    Favourite { made: bool, videos: Vec<VideoId> },
    /// As they were, one by one: watched, resume point.
    Watched { videos: Vec<(VideoId, Option<i64>, Option<u64>)> },
    Playlist { playlist: PlaylistId, items: Vec<i64> },
    Hide { hidden: bool, videos: Vec<VideoId> },
}

impl Library {
    /// Does it, for all of them or for none.
    pub async fn batch(&self, user: UserId, of: &Selection, action: &Action) -> Result<Batched, LibraryError> {
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
        self.0.store.save_undo(user, &label, &json!(back), self.now_ms()).await?;
        Ok(Batched { changed, undo: Some(label) })
    }

    async fn tag_all(&self, videos: Vec<VideoId>, name: &str) -> Result<(u64, Back), LibraryError> {
        let had = self.0.store.tagged(&videos, name).await?;
        let videos = without(&videos, &had);
        self.follow(self.0.store.tag(&videos, name, self.now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Untag { tag: name.to_owned(), videos }))
    }

    async fn untag_all(&self, videos: Vec<VideoId>, name: &str) -> Result<(u64, Back), LibraryError> {
        let videos = self.0.store.tagged(&videos, name).await?;
        self.follow(self.0.store.untag(&videos, name, self.now_ms()).await?).await?;
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
        let mut back: Vec<(Option<u8>, Vec<VideoId>)> = Vec::new();
        let videos: Vec<VideoId> = videos.into_iter().filter(|video| stars(video) != rating).collect();
        for video in &videos {
            match back.iter_mut().find(|(were, _)| *were == stars(video)) {
                Some((_, same)) => same.push(*video),
                None => back.push((stars(video), vec![*video])),
            }
        }
        self.follow(self.0.store.rate(user, &videos, rating, self.now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Rate(back)))
    }

    async fn favour_all(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        favourite: bool,
    ) -> Result<(u64, Back), LibraryError> {
        let before = self.personals(user, &videos).await?;
        let is = |video: &VideoId| before.get(video).is_some_and(|personal| personal.favourite_ms.is_some());
        let videos: Vec<VideoId> = videos.into_iter().filter(|video| is(video) != favourite).collect();
        self.follow(self.0.store.favourite(user, &videos, favourite, self.now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Favourite { made: favourite, videos }))
    }

    async fn watch_all_of(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        watched: bool,
    ) -> Result<(u64, Back), LibraryError> {
        let before = self.personals(user, &videos).await?;
        let of = |video: &VideoId| before.get(video).copied().unwrap_or_default();
        let differs = |video: &VideoId| of(video).watched_ms.is_some() != watched || of(video).resume_ms.is_some();
        let videos: Vec<VideoId> = videos.into_iter().filter(differs).collect();
        let were = videos.iter().map(|video| (*video, of(video).watched_ms, of(video).resume_ms)).collect();
        self.follow(self.0.store.watched(user, &videos, watched, self.now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Watched { videos: were }))
    }

    async fn put_all(
        &self,
        user: UserId,
        videos: Vec<VideoId>,
        playlist: PlaylistId,
    ) -> Result<(u64, Back), LibraryError> {
        let done = self.0.store.add_to_playlist(user, playlist, &videos, None, self.now_ms()).await?;
        let items = self.follow(done).await?;
        Ok((items.len() as u64, Back::Playlist { playlist, items }))
    }

    async fn hide_all(&self, videos: Vec<VideoId>, hidden: bool) -> Result<(u64, Back), LibraryError> {
        let videos = self.follow(self.0.store.hide(&videos, hidden, self.now_ms()).await?).await?;
        Ok((videos.len() as u64, Back::Hide { hidden: !hidden, videos }))
    }

    async fn personals(&self, user: UserId, videos: &[VideoId]) -> Result<HashMap<VideoId, Personal>, LibraryError> {
        let mut all = HashMap::with_capacity(videos.len());
        for some in videos.chunks(1_000) {
            all.extend(self.0.store.personals_of(user, some).await?);
        }
        Ok(all)
    }

    /// What can be taken back, in words.
    pub async fn can_undo(&self, user: UserId) -> Result<Option<String>, LibraryError> {
        Ok(self.0.store.undo(user).await?.map(|undo| undo.label))
    }

    /// Takes the last batch back; in words, what it was. None if there is nothing to take back.
    pub async fn undo(&self, user: UserId) -> Result<Option<String>, LibraryError> {
        let store = &self.0.store;
        let Some(undo) = store.take_undo(user).await? else { return Ok(None) };
        let now = self.now_ms();
        let back: Back = serde_json::from_value(undo.body)
            .map_err(|error| LibraryError::Failed(format!("what was saved for taking back cannot be read: {error}")))?;
        match back {
            Back::Untag { tag, videos } => drop(self.follow(store.untag(&videos, &tag, now).await?).await?),
            Back::Tag { tag, videos } => drop(self.follow(store.tag(&videos, &tag, now).await?).await?),
            Back::Rate(all) => {
                for (rating, videos) in all {
                    self.follow(store.rate(user, &videos, rating, now).await?).await?;
                }
            }
            Back::Favourite { made, videos } => {
                self.follow(store.favourite(user, &videos, !made, now).await?).await?;
            }
            Back::Watched { videos } => self.follow(store.restore_watched(user, &videos, now).await?).await?,
            Back::Playlist { playlist, items } => {
                self.follow(store.remove_from_playlist(user, playlist, &items, now).await?).await?;
            }
            Back::Hide { hidden, videos } => drop(self.follow(store.hide(&videos, hidden, now).await?).await?),
        }
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

    /// Looks again at the files of these videos.
    async fn refresh(&self, videos: &[VideoId]) -> Result<(), LibraryError> {
        let done = self.0.store.forget_states(videos, self.now_ms()).await?;
        self.follow(done).await?;
        self.scan_all();
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
