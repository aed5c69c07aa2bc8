//! Playlists: a user's videos in an order, the same as often as wanted.
//!
//! An item has a rank. Between ranks there is room, so that putting an item elsewhere writes one
//! row; where the room is used up, the ranks of the playlist are dealt out anew.

use catalogue::{PlaylistId, UserId, VideoId};
use media::ContentId;
use serde_json::{Value, json};

use crate::{
    Done, Store, StoreError,
    db::{Link, Row, args},
    done::Notes,
    personal::bounded,
    text,
};

/// A playlist.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlaylistRow {
    /// Its number.
    pub id: PlaylistId,
    /// Its name.
    pub name: String,
    /// How many items it has.
    pub count: u64,
    /// How long they last in all, in milliseconds.
    pub duration_ms: u64,
    /// Its first videos, for a picture: four at most.
    pub first: Vec<VideoId>,
    /// Counts its changes.
    pub version: i64,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was changed, in milliseconds since 1970.
    pub changed_ms: i64,
}

/// An item of a playlist.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PlaylistItem {
    /// Its number, unlike that of any other item.
    pub item: i64,
    /// Its place among the others; with the number it says where a page goes on.
    pub rank: i64,
    /// The video.
    pub video: VideoId,
    /// The video's id.
    pub content: ContentId,
}

/// The room between two items.
const GAP: i64 = 1 << 20;
/// The most items of a playlist.
const ITEMS: usize = 100_000;
/// The most playlists of a user.
const PLAYLISTS: i64 = 10_000;

/// Playlists of user `$1`: the one with number `$2`, or all for 0.
const SELECT: &str = "SELECT l.id, l.name, \
       (SELECT COUNT(*) FROM playlist_items i WHERE i.playlist = l.id), \
       (SELECT CAST(COALESCE(SUM(v.duration_ms), 0) AS BIGINT) FROM playlist_items i \
        JOIN videos v ON v.id = i.video WHERE i.playlist = l.id), \
       l.version, l.created_ms, l.changed_ms \
     FROM playlists l WHERE l.user_id = $1 AND ($2 = 0 OR l.id = $2) ORDER BY l.name, l.id";

impl Store {
    /// The playlists of a user, by name.
    pub async fn playlists(&self, user: UserId) -> Result<Vec<PlaylistRow>, StoreError> {
        let mut link = self.db.snapshot().await?;
        select(&mut link, user, None).await
    }

    /// One playlist of a user.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the user has none with this number.
    pub async fn playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
    ) -> Result<PlaylistRow, StoreError> {
        let mut link = self.db.snapshot().await?;
        one(&mut link, user, playlist).await
    }

    /// A new, empty playlist.
    pub async fn new_playlist(
        &self,
        user: UserId,
        name: &str,
        now_ms: i64,
    ) -> Result<Done<PlaylistRow>, StoreError> {
        let name = text::name("the name of the playlist", name, 200)?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let row =
            link.row("SELECT COUNT(*) FROM playlists WHERE user_id = $1", args![user]).await?;
        if row.is_some_and(|row| row.int().is_ok_and(|count| count >= PLAYLISTS)) {
            return Err(StoreError::Refused {
                what: format!("there are {PLAYLISTS} playlists already; delete some"),
            });
        }
        let row = link
            .row(
                "INSERT INTO playlists (user_id, name, version, created_ms, changed_ms) \
                 VALUES ($1, $2, 1, $3, $3) RETURNING id",
                args![user, name, now_ms],
            )
            .await?
            .ok_or(NONE)?;
        let playlist = PlaylistId(row.int()?);
        let row = one(&mut link, user, playlist).await?;
        tell(&mut notes, user, playlist);
        notes.commit(link, row).await
    }

    /// Gives a playlist another name.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if its version is not `if_version` any more, here and below.
    pub async fn rename_playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
        name: &str,
        if_version: Option<i64>,
        now_ms: i64,
    ) -> Result<Done<PlaylistRow>, StoreError> {
        let name = text::name("the name of the playlist", name, 200)?;
        let mut link = self.begin(user, playlist, if_version).await?;
        link.run("UPDATE playlists SET name = $2 WHERE id = $1", args![playlist, name]).await?;
        finish(link, user, playlist, now_ms).await
    }

    /// Removes a playlist; its videos stay.
    pub async fn delete_playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
        now_ms: i64,
    ) -> Result<Done<()>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.begin(user, playlist, None).await?;
        link.run("DELETE FROM playlist_items WHERE playlist = $1", args![playlist]).await?;
        link.run("DELETE FROM playlists WHERE id = $1", args![playlist]).await?;
        tell(&mut notes, user, playlist);
        notes.commit(link, ()).await
    }

    /// Items of a playlist in their order: at most `limit` after the rank and number of this one.
    pub async fn playlist_items(
        &self,
        user: UserId,
        playlist: PlaylistId,
        after: Option<(i64, i64)>,
        limit: u32,
    ) -> Result<Vec<PlaylistItem>, StoreError> {
        let (rank, item) = after.unwrap_or((i64::MIN, i64::MIN));
        let mut link = self.db.snapshot().await?;
        exists(&mut link, user, playlist).await?;
        let rows = link
            .rows(
                "SELECT i.id, i.rank, i.video, v.content FROM playlist_items i \
                 JOIN videos v ON v.id = i.video \
                 WHERE i.playlist = $1 AND (i.rank, i.id) > ($2, $3) ORDER BY i.rank, i.id LIMIT $4",
                args![playlist, rank, item, limit],
            )
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            items.push(PlaylistItem {
                item: columns.int()?,
                rank: columns.int()?,
                video: columns.video()?,
                content: columns.content()?,
            });
        }
        Ok(items)
    }

    /// The videos of a playlist, each once, for a filter.
    pub async fn playlist_videos(
        &self,
        user: UserId,
        playlist: PlaylistId,
    ) -> Result<Vec<VideoId>, StoreError> {
        let mut link = self.db.snapshot().await?;
        exists(&mut link, user, playlist).await?;
        let rows = link
            .rows(
                "SELECT DISTINCT video FROM playlist_items WHERE playlist = $1 ORDER BY video",
                args![playlist],
            )
            .await?;
        rows.iter().map(|row| row.columns().video()).collect()
    }

    /// Puts videos into a playlist, in this order, before the item that is the `at`th now (from 0),
    /// or at the end. The numbers of the new items, in order.
    pub async fn add_to_playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
        videos: &[VideoId],
        at: Option<u64>,
        now_ms: i64,
    ) -> Result<Done<Vec<i64>>, StoreError> {
        bounded(videos.len())?;
        let mut link = self.begin(user, playlist, None).await?;
        let row = link
            .row("SELECT COUNT(*) FROM playlist_items WHERE playlist = $1", args![playlist])
            .await?;
        let count = row.map_or(Ok(0), |row| row.columns().count())?;
        if count.saturating_add(videos.len() as u64) > ITEMS as u64 {
            return Err(StoreError::Refused {
                what: format!("a playlist has at most {ITEMS} items"),
            });
        }
        let before = match at {
            Some(at) if at < count => item_at(&mut link, playlist, at).await?,
            _ => None,
        };
        let ranks = room(&mut link, playlist, before, videos.len(), None).await?;
        let lines =
            videos.iter().zip(&ranks).map(|(video, rank)| json!({ "v": video.0, "r": rank }));
        let rows = link
            .rows(
                "INSERT INTO playlist_items (playlist, video, rank) \
                 SELECT $2, v.id, CAST(e.value->>'r' AS BIGINT) FROM json_each($1) e \
                 JOIN videos v ON v.id = CAST(e.value->>'v' AS BIGINT) RETURNING rank, id",
                args![&Value::Array(lines.collect()), playlist],
            )
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            items.push((columns.int()?, columns.int()?));
        }
        items.sort_unstable();
        let done = finish(link, user, playlist, now_ms).await?;
        let value = items.into_iter().map(|(_, item)| item).collect();
        Ok(Done {
            value,
            changes: done.changes,
            videos: done.videos,
            added: done.added,
            gone: done.gone,
        })
    }

    /// Takes an item out of a playlist.
    pub async fn remove_from_playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
        item: i64,
        now_ms: i64,
    ) -> Result<Done<PlaylistRow>, StoreError> {
        let mut link = self.begin(user, playlist, None).await?;
        let removed = link
            .run(
                "DELETE FROM playlist_items WHERE playlist = $1 AND id = $2",
                args![playlist, item],
            )
            .await?;
        if removed == 0 {
            return Err(StoreError::NotFound { what: "such item in the playlist" });
        }
        finish(link, user, playlist, now_ms).await
    }

    /// Puts an item before another one, or at the end.
    pub async fn move_in_playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
        item: i64,
        before: Option<i64>,
        if_version: Option<i64>,
        now_ms: i64,
    ) -> Result<Done<PlaylistRow>, StoreError> {
        let mut link = self.begin(user, playlist, if_version).await?;
        rank_of(&mut link, playlist, item).await?;
        if before != Some(item) {
            let ranks = room(&mut link, playlist, before, 1, Some(item)).await?;
            link.run(
                "UPDATE playlist_items SET rank = $2 WHERE id = $1",
                args![item, ranks.first().copied()],
            )
            .await?;
        }
        finish(link, user, playlist, now_ms).await
    }

    /// A transaction on a playlist that exists and has the version that is expected.
    pub(crate) async fn begin(
        &self,
        user: UserId,
        playlist: PlaylistId,
        if_version: Option<i64>,
    ) -> Result<Link, StoreError> {
        let mut link = self.db.write().await?;
        let current = exists(&mut link, user, playlist).await?;
        if if_version.is_some_and(|version| version != current) {
            return Err(StoreError::Conflict { current });
        }
        Ok(link)
    }
}

const NONE: StoreError = StoreError::NotFound { what: "such playlist" };

/// The version of a user's playlist.
async fn exists(link: &mut Link, user: UserId, playlist: PlaylistId) -> Result<i64, StoreError> {
    let row = link
        .row("SELECT version FROM playlists WHERE id = $1 AND user_id = $2", args![playlist, user])
        .await?;
    row.ok_or(NONE)?.int()
}

async fn one(
    link: &mut Link,
    user: UserId,
    playlist: PlaylistId,
) -> Result<PlaylistRow, StoreError> {
    select(link, user, Some(playlist)).await?.pop().ok_or(NONE)
}

async fn select(
    link: &mut Link,
    user: UserId,
    playlist: Option<PlaylistId>,
) -> Result<Vec<PlaylistRow>, StoreError> {
    let rows = link.rows(SELECT, args![user, playlist.map_or(0, |playlist| playlist.0)]).await?;
    let mut playlists = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut playlist = read(row)?;
        for row in link
            .rows(
                "SELECT video FROM playlist_items WHERE playlist = $1 ORDER BY rank, id LIMIT 4",
                args![playlist.id],
            )
            .await?
        {
            playlist.first.push(row.columns().video()?);
        }
        playlists.push(playlist);
    }
    Ok(playlists)
}

fn read(row: &Row) -> Result<PlaylistRow, StoreError> {
    let mut columns = row.columns();
    Ok(PlaylistRow {
        id: PlaylistId(columns.int()?),
        name: columns.text()?,
        count: columns.count()?,
        duration_ms: columns.count()?,
        first: Vec::new(),
        version: columns.int()?,
        created_ms: columns.int()?,
        changed_ms: columns.int()?,
    })
}

/// Ends a change of a playlist.
pub(crate) async fn finish(
    mut link: Link,
    user: UserId,
    playlist: PlaylistId,
    now_ms: i64,
) -> Result<Done<PlaylistRow>, StoreError> {
    let mut notes = Notes::new(now_ms);
    link.run(
        "UPDATE playlists SET version = version + 1, changed_ms = $2 WHERE id = $1",
        args![playlist, now_ms],
    )
    .await?;
    let row = one(&mut link, user, playlist).await?;
    tell(&mut notes, user, playlist);
    notes.commit(link, row).await
}

fn tell(notes: &mut Notes, user: UserId, playlist: PlaylistId) {
    notes.line("playlists", json!({ "id": playlist.0, "user": user.0 }));
}

async fn item_at(
    link: &mut Link,
    playlist: PlaylistId,
    at: u64,
) -> Result<Option<i64>, StoreError> {
    let row = link
        .row(
            "SELECT id FROM playlist_items WHERE playlist = $1 ORDER BY rank, id LIMIT 1 OFFSET $2",
            args![playlist, crate::db::column(at)],
        )
        .await?;
    row.map(|row| row.int()).transpose()
}

async fn rank_of(link: &mut Link, playlist: PlaylistId, item: i64) -> Result<i64, StoreError> {
    let row = link
        .row(
            "SELECT rank FROM playlist_items WHERE playlist = $1 AND id = $2",
            args![playlist, item],
        )
        .await?;
    row.ok_or(StoreError::NotFound { what: "such item in the playlist" })?.int()
}

/// Ranks for so many items before this one, or at the end. `moved` is an item that does not count,
/// because it is about to get one of them.
async fn room(
    link: &mut Link,
    playlist: PlaylistId,
    before: Option<i64>,
    count: usize,
    moved: Option<i64>,
) -> Result<Vec<i64>, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    for renumbered in [false, true] {
        let upper = match before {
            Some(before) => Some(rank_of(link, playlist, before).await?),
            None => None,
        };
        let row = link
            .row(
                "SELECT COALESCE(MAX(rank), 0) FROM playlist_items \
                 WHERE playlist = $1 AND rank < $2 AND id <> $3",
                args![playlist, upper.unwrap_or(i64::MAX), moved.unwrap_or(0)],
            )
            .await?;
        let lower = row.map_or(Ok(0), |row| row.int())?;
        let step = match upper {
            Some(upper) => (upper - lower) / (count + 1),
            None => GAP,
        };
        if step > 0 {
            return Ok((1..=count).map(|at| lower + at * step).collect());
        }
        if !renumbered {
            renumber(link, playlist).await?;
        }
    }
    Err(StoreError::damaged("the order of a playlist", &playlist.0.to_string()))
}

/// Deals the ranks of a playlist out anew, in the order that there is.
async fn renumber(link: &mut Link, playlist: PlaylistId) -> Result<(), StoreError> {
    link.run(
        "UPDATE playlist_items SET rank = n.place * $2 FROM (\
           SELECT id, ROW_NUMBER() OVER (ORDER BY rank, id) AS place FROM playlist_items WHERE playlist = $1) n \
         WHERE n.id = playlist_items.id",
        args![playlist, GAP],
    )
    .await?;
    Ok(())
}
