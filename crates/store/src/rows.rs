//! What pages show of a video.

use std::collections::HashMap;

use catalogue::{Personal, PlaylistId, TagId, UserId, VideoId};
use media::ContentId;
use serde_json::Value;

use crate::{
    FileState, Store, StoreError, TitleFrom,
    db::{Link, Row, args, list},
    entries::{name_of, read_personal},
    places::find,
};

/// A video with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoRow {
    /// Its number.
    pub video: VideoId,
    /// Its id.
    pub content: ContentId,
    /// Its title.
    pub title: String,
    /// Where the title is from.
    pub title_from: TitleFrom,
    /// What is said about it.
    pub description: Option<String>,
    /// How long it lasts, in milliseconds.
    pub duration_ms: u64,
    /// The container's name.
    pub container: String,
    /// Pixels across; 0 without pictures.
    pub width: u32,
    /// Pixels down; 0 without pictures.
    pub height: u32,
    /// Pictures in 1,000 seconds.
    pub frame_rate_milli: Option<u32>,
    /// Bits per second.
    pub bit_rate: Option<u64>,
    /// The coding of its pictures.
    pub video_codec: Option<String>,
    /// The codings of its sound.
    pub audio_codecs: Vec<String>,
    /// The languages of its sound.
    pub audio_languages: Vec<String>,
    /// The languages of its subtitles.
    pub text_languages: Vec<String>,
    /// The kind of high dynamic range.
    pub hdr: Option<String>,
    /// How often it was viewed.
    pub views: u64,
    /// Whether it is kept out of lists.
    pub hidden: bool,
    /// When it came, in milliseconds since 1970.
    pub added_ms: i64,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: Option<i64>,
    /// Whether one of its files is there.
    pub present: bool,
    /// Counts the changes of title, facts, files and tags; not views and what users do.
    pub version: i64,
    /// What the user did with it.
    pub personal: Personal,
    /// Its tags, by name.
    pub tags: Vec<TagName>,
    /// Its pictures, if any were made or tried.
    pub artwork: Option<ArtworkRow>,
    /// How many files that are there hold it.
    pub copies: u32,
    /// The file to take: one that is there if there is one, and the oldest of these.
    pub file: Option<FileRow>,
}

/// A tag as it is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TagName {
    /// Its number.
    pub id: TagId,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Option<String>,
}

/// The pictures of a video.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArtworkRow {
    /// The poster, as who made it describes it.
    pub poster: Option<Value>,
    /// The storyboard.
    pub storyboard: Option<Value>,
    /// The preview.
    pub preview: Option<Value>,
    /// Why there are none, for a person.
    pub problem: Option<String>,
    /// Counts how often they were made anew.
    pub version: i64,
    /// When they were made, in milliseconds since 1970.
    pub made_ms: i64,
}

/// A file of a video.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileRow {
    /// Its media folder.
    pub root: String,
    /// The path below it, percent-encoded.
    pub path: String,
    /// The path without the name, percent-encoded.
    pub folder: String,
    /// The name, readable.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When it was modified, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// How it stands.
    pub state: FileState,
    /// What is wrong with it, for a person.
    pub problem: Option<String>,
}

/// A video with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoDetails {
    /// What lists show as well.
    pub row: VideoRow,
    /// What the scan wrote for this page.
    pub details: Value,
    /// All its files, those that are there first. At most 1,000.
    pub files: Vec<FileRow>,
    /// The user's playlists that it is in, by name.
    pub playlists: Vec<(PlaylistId, String)>,
}

impl Store {
    /// Videos for a user, in the order asked; those that do not exist are left out. At most 1,000.
    pub async fn videos(
        &self,
        user: UserId,
        videos: &[VideoId],
    ) -> Result<Vec<VideoRow>, StoreError> {
        let mut link = self.db.read().await?;
        rows(&mut link, user, videos).await
    }

    /// All videos with their files, by number: at most `limit` after this one.
    pub async fn videos_after(
        &self,
        user: UserId,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<(VideoRow, Vec<FileRow>)>, StoreError> {
        let mut link = self.db.snapshot().await?;
        let found = link
            .rows(
                "SELECT id FROM videos WHERE id > $1 ORDER BY id LIMIT $2",
                args![after.map_or(0, |video| i64::from(video.0)), limit.min(1_000)],
            )
            .await?;
        let mut videos = Vec::with_capacity(found.len());
        for row in found {
            videos.push(row.columns().video()?);
        }
        let mut files = files_of(&mut link, &videos).await?;
        let rows = rows(&mut link, user, &videos).await?;
        let with_files = |row: VideoRow| {
            let files = files.remove(&row.video).unwrap_or_default();
            (row, files)
        };
        Ok(rows.into_iter().map(with_files).collect())
    }

    /// One video for a user, by its id or one that it had before.
    pub async fn video(
        &self,
        user: UserId,
        content: ContentId,
    ) -> Result<Option<VideoRow>, StoreError> {
        let mut link = self.db.read().await?;
        let Some((video, _)) = find(&mut link, content).await? else { return Ok(None) };
        Ok(rows(&mut link, user, &[video]).await?.pop())
    }

    /// One video with all that is known of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    pub async fn details(
        &self,
        user: UserId,
        content: ContentId,
    ) -> Result<VideoDetails, StoreError> {
        const NONE: StoreError = StoreError::NotFound { what: "such video" };
        let mut link = self.db.snapshot().await?;
        let (video, _) = find(&mut link, content).await?.ok_or(NONE)?;
        let row = rows(&mut link, user, &[video]).await?.pop().ok_or(NONE)?;
        let details =
            match link.row("SELECT body FROM details WHERE video = $1", args![video]).await? {
                Some(row) => row.columns().json()?,
                None => Value::Null,
            };
        let files = files_of(&mut link, &[video]).await?.remove(&video).unwrap_or_default();
        let mut playlists = Vec::new();
        for row in link
            .rows(
                "SELECT DISTINCT l.id, l.name FROM playlist_items i JOIN playlists l ON l.id = i.playlist \
                 WHERE i.video = $1 AND l.user_id = $2 ORDER BY l.name, l.id",
                args![video, user],
            )
            .await?
        {
            let mut columns = row.columns();
            playlists.push((PlaylistId(columns.int()?), columns.text()?));
        }
        Ok(VideoDetails { row, details, files, playlists })
    }
}

async fn rows(
    link: &mut Link,
    user: UserId,
    videos: &[VideoId],
) -> Result<Vec<VideoRow>, StoreError> {
    if videos.len() > 1_000 {
        return Err(StoreError::Refused {
            what: format!("{} videos at once; ask for at most 1,000", videos.len()),
        });
    }
    let found = link
        .rows(
            "SELECT v.id, v.content, v.title, v.title_from, v.description, v.duration_ms, v.container, \
               v.width, v.height, v.frame_rate_milli, v.bit_rate, v.video_codec, v.audio_codecs, \
               v.audio_languages, v.text_languages, v.hdr, v.views, v.hidden, v.added_ms, v.made_ms, \
               v.present, v.version, p.rating, p.favourite_ms, p.watched_ms, p.resume_ms, p.played_ms, \
               a.version, a.poster, a.storyboard, a.preview, a.problem, a.made_ms \
             FROM videos v LEFT JOIN personal p ON p.user_id = $2 AND p.video = v.id \
             LEFT JOIN artwork a ON a.video = v.id \
             WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            args![list(videos), user],
        )
        .await?;
    let mut tags = tags_of(link, videos).await?;
    let mut files = files_of(link, videos).await?;
    let mut rows = HashMap::with_capacity(found.len());
    for row in &found {
        let mut row = read(row)?;
        row.tags = tags.remove(&row.video).unwrap_or_default();
        let files = files.remove(&row.video).unwrap_or_default();
        let there = files.iter().filter(|file| file.state == FileState::Present).count();
        row.copies = u32::try_from(there).unwrap_or(u32::MAX);
        row.file = files.into_iter().next();
        rows.insert(row.video, row);
    }
    // Whoever asks for one twice gets it twice.
    Ok(videos.iter().filter_map(|video| rows.get(video).cloned()).collect())
}

fn read(row: &Row) -> Result<VideoRow, StoreError> {
    let mut columns = row.columns();
    Ok(VideoRow {
        video: columns.video()?,
        content: columns.content()?,
        title: columns.text()?,
        title_from: TitleFrom::of(columns.int()?),
        description: columns.maybe_text()?,
        duration_ms: columns.count()?,
        container: columns.text()?,
        width: columns.small()?,
        height: columns.small()?,
        frame_rate_milli: columns.maybe_int()?.and_then(|rate| u32::try_from(rate).ok()),
        bit_rate: columns.maybe_count()?,
        video_codec: columns.maybe_text()?,
        audio_codecs: columns.words()?,
        audio_languages: columns.words()?,
        text_languages: columns.words()?,
        hdr: columns.maybe_text()?,
        views: columns.count()?,
        hidden: columns.flag()?,
        added_ms: columns.int()?,
        made_ms: columns.maybe_int()?,
        present: columns.flag()?,
        version: columns.int()?,
        personal: read_personal(&mut columns)?,
        artwork: match columns.maybe_int()? {
            Some(version) => Some(ArtworkRow {
                poster: columns.maybe_json()?,
                storyboard: columns.maybe_json()?,
                preview: columns.maybe_json()?,
                problem: columns.maybe_text()?,
                version,
                made_ms: columns.int()?,
            }),
            None => None,
        },
        tags: Vec::new(),
        copies: 0,
        file: None,
    })
}

async fn tags_of(
    link: &mut Link,
    videos: &[VideoId],
) -> Result<HashMap<VideoId, Vec<TagName>>, StoreError> {
    let rows = link
        .rows(
            "SELECT vt.video, t.id, t.name, t.colour FROM video_tags vt JOIN tags t ON t.id = vt.tag \
             WHERE vt.video IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY t.folded",
            args![list(videos)],
        )
        .await?;
    let mut tags: HashMap<VideoId, Vec<TagName>> = HashMap::new();
    for row in rows {
        let mut columns = row.columns();
        tags.entry(columns.video()?).or_default().push(TagName {
            id: TagId(columns.int()?),
            name: columns.text()?,
            colour: columns.maybe_text()?,
        });
    }
    Ok(tags)
}

/// The files of videos, those that are there first, then by age.
async fn files_of(
    link: &mut Link,
    videos: &[VideoId],
) -> Result<HashMap<VideoId, Vec<FileRow>>, StoreError> {
    let rows = link
        .rows(
            "SELECT video, root, path, folder, size, modified_ns, state, problem FROM files \
             WHERE video IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             ORDER BY CASE state WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, id",
            args![list(videos)],
        )
        .await?;
    let mut files: HashMap<VideoId, Vec<FileRow>> = HashMap::new();
    for row in rows {
        let mut columns = row.columns();
        let of_video = files.entry(columns.video()?).or_default();
        if of_video.len() == 1_000 {
            continue;
        }
        let (root, path) = (columns.text()?, columns.text()?);
        of_video.push(FileRow {
            root,
            name: name_of(&path),
            path,
            folder: columns.text()?,
            size: columns.count()?,
            modified_ns: columns.int()?,
            state: FileState::of(columns.int()?),
            problem: columns.maybe_text()?,
        });
    }
    Ok(files)
}
