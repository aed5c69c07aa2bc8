//! Playlists: a user's videos in an order of his own.

use catalogue::{PlaylistId, UserId, VideoId};
use media::ContentId;
use store::{PlaylistRow, VideoRow};

use crate::{Library, error::LibraryError, now_ms};

/// The most items of a playlist that are shown at once.
const SHOWN: u32 = 10_000;

impl Library {
    /// A user's playlists, by name.
    pub async fn playlists(&self, user: UserId) -> Result<Vec<PlaylistRow>, LibraryError> {
        Ok(self.0.store.playlists(user).await?)
    }

    /// A playlist and its items, in order: each with its number.
    pub async fn playlist(
        &self,
        user: UserId,
        id: PlaylistId,
    ) -> Result<(PlaylistRow, Vec<(i64, VideoRow)>), LibraryError> {
        let store = &self.0.store;
        let playlist = store.playlist(user, id).await?;
        let items = store.playlist_items(user, id, None, SHOWN).await?;
        let mut rows = Vec::with_capacity(items.len());
        for some in items.chunks(500) {
            let mut videos: Vec<VideoId> = some.iter().map(|item| item.video).collect();
            videos.sort_unstable();
            videos.dedup();
            let found = store.videos(user, &videos).await?;
            let of = |video: VideoId| found.iter().find(|row| row.video == video).cloned();
            rows.extend(some.iter().filter_map(|item| Some((item.item, of(item.video)?))));
        }
        Ok((playlist, rows))
    }

    /// The videos of a playlist, each once, for filtering.
    pub async fn playlist_videos(
        &self,
        user: UserId,
        id: PlaylistId,
    ) -> Result<Vec<VideoId>, LibraryError> {
        Ok(self.0.store.playlist_videos(user, id).await?)
    }

    /// A new playlist with nothing in it.
    pub async fn new_playlist(
        &self,
        user: UserId,
        name: &str,
    ) -> Result<PlaylistRow, LibraryError> {
        self.follow(self.0.store.new_playlist(user, name, now_ms()).await?).await
    }

    /// Gives a playlist another name, if nobody changed it since `version`, if one is given.
    pub async fn rename_playlist(
        &self,
        user: UserId,
        id: PlaylistId,
        name: &str,
        version: Option<i64>,
    ) -> Result<PlaylistRow, LibraryError> {
        let done = self.0.store.rename_playlist(user, id, name, version, now_ms()).await?;
        self.follow(done).await
    }

    /// Takes a playlist away; its videos stay.
    pub async fn delete_playlist(&self, user: UserId, id: PlaylistId) -> Result<(), LibraryError> {
        self.follow(self.0.store.delete_playlist(user, id, now_ms()).await?).await
    }

    /// Puts videos into a playlist, before the item at this place or at the end; the numbers of the new
    /// items.
    pub async fn add_to_playlist(
        &self,
        user: UserId,
        id: PlaylistId,
        videos: &[ContentId],
        at: Option<u64>,
    ) -> Result<Vec<i64>, LibraryError> {
        let mut numbers = Vec::with_capacity(videos.len());
        for video in videos {
            numbers.push(self.number(*video).await?);
        }
        let done = self.0.store.add_to_playlist(user, id, &numbers, at, now_ms()).await?;
        self.follow(done).await
    }

    /// Takes an item out of a playlist.
    pub async fn remove_from_playlist(
        &self,
        user: UserId,
        id: PlaylistId,
        item: i64,
    ) -> Result<PlaylistRow, LibraryError> {
        let done = self.0.store.remove_from_playlist(user, id, item, now_ms()).await?;
        self.follow(done).await
    }

    /// Puts an item before another one, or at the end.
    pub async fn move_in_playlist(
        &self,
        user: UserId,
        id: PlaylistId,
        item: i64,
        before: Option<i64>,
    ) -> Result<PlaylistRow, LibraryError> {
        let done = self.0.store.move_in_playlist(user, id, item, before, None, now_ms()).await?;
        self.follow(done).await
    }
}
