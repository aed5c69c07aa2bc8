//! The feed of the catalogue: what there is to find, and what one user did with it.

use std::collections::HashMap;

use catalogue::{Entry, Personal, TagId, UserId, VideoId};

use crate::{
    Store, StoreError,
    db::{Columns, Link, Row, args, list},
};

/// The columns of `videos v` that an entry is made of.
macro_rules! entry_columns {
    () => {
        "v.id, v.title, v.description, v.duration_ms, v.width, v.height, v.container, v.video_codec, \
         v.audio_codecs, v.audio_languages, v.text_languages, v.views, v.added_ms, v.made_ms, v.hidden, \
         v.present"
    };
}
macro_rules! personal_columns {
    () => {
        "p.video, p.rating, p.favourite_ms, p.watched_ms, p.resume_ms, p.played_ms"
    };
}
macro_rules! of_list {
    ($column:literal) => {
        concat!($column, " IN (SELECT CAST(value AS BIGINT) FROM json_each($1))")
    };
}

/// The most videos of one answer.
const AT_ONCE: usize = 10_000;

impl Store {
    /// All videos, by number: at most `limit` (10,000 at most) after this one.
    pub async fn entries(
        &self,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<(VideoId, Entry)>, StoreError> {
        let after = after.map_or(0, |video| i64::from(video.0));
        let limit = limit.min(u32::try_from(AT_ONCE).unwrap_or(u32::MAX));
        let mut link = self.db.snapshot().await?;
        let rows = link
            .rows(
                concat!(
                    "SELECT ",
                    entry_columns!(),
                    " FROM videos v WHERE v.id > $1 ORDER BY v.id LIMIT $2"
                ),
                args![after, limit],
            )
            .await?;
        let mut entries = read_all(&rows)?;
        let Some((last, _)) = entries.last() else { return Ok(entries) };
        let last = i64::from(last.0);
        let files = link
            .rows(
                "SELECT video, state, path, folder, size, CASE WHEN problem IS NULL THEN 0 ELSE 1 END \
                 FROM files WHERE video > $1 AND video <= $2 ORDER BY video, id",
                args![after, last],
            )
            .await?;
        let tags = link
            .rows(
                "SELECT t.video, t.tag FROM video_tags t WHERE t.video > $1 AND t.video <= $2 ORDER BY t.video, t.tag",
                args![after, last],
            )
            .await?;
        let pictureless = link
            .rows(
                "SELECT video FROM artwork WHERE video > $1 AND video <= $2 AND problem IS NOT NULL",
                args![after, last],
            )
            .await?;
        complete(&mut link, &mut entries, &files, &tags, &pictureless).await?;
        Ok(entries)
    }

    /// Some videos, by number; those that do not exist are left out.
    pub async fn entries_of(
        &self,
        videos: &[VideoId],
    ) -> Result<Vec<(VideoId, Entry)>, StoreError> {
        let mut link = self.db.snapshot().await?;
        let mut all = Vec::with_capacity(videos.len());
        for videos in videos.chunks(AT_ONCE) {
            let list = list(videos);
            let rows = link
                .rows(
                    concat!(
                        "SELECT ",
                        entry_columns!(),
                        " FROM videos v WHERE ",
                        of_list!("v.id"),
                        " ORDER BY v.id"
                    ),
                    args![list.as_str()],
                )
                .await?;
            let mut entries = read_all(&rows)?;
            let files = link
                .rows(
                    concat!(
                        "SELECT video, state, path, folder, size, CASE WHEN problem IS NULL THEN 0 ELSE 1 END \
                         FROM files WHERE ",
                        of_list!("video"),
                        " ORDER BY video, id"
                    ),
                    args![list.as_str()],
                )
                .await?;
            let tags = link
                .rows(
                    concat!(
                        "SELECT video, tag FROM video_tags WHERE ",
                        of_list!("video"),
                        " ORDER BY video, tag"
                    ),
                    args![list.as_str()],
                )
                .await?;
            let pictureless = link
                .rows(
                    concat!(
                        "SELECT video FROM artwork WHERE problem IS NOT NULL AND ",
                        of_list!("video")
                    ),
                    args![list.as_str()],
                )
                .await?;
            complete(&mut link, &mut entries, &files, &tags, &pictureless).await?;
            all.append(&mut entries);
        }
        Ok(all)
    }

    /// What a user did, by video: at most `limit` after this one. Videos that nothing was done with
    /// are left out.
    pub async fn personals(
        &self,
        user: UserId,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<(VideoId, Personal)>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                concat!(
                    "SELECT ",
                    personal_columns!(),
                    " FROM personal p WHERE p.user_id = $1 AND p.video > $2 ORDER BY p.video LIMIT $3"
                ),
                args![user, after.map_or(0, |video| i64::from(video.0)), limit],
            )
            .await?;
        rows.iter().map(personal_of).collect()
    }

    /// What a user did with some videos; those that nothing was done with are left out.
    pub async fn personals_of(
        &self,
        user: UserId,
        videos: &[VideoId],
    ) -> Result<Vec<(VideoId, Personal)>, StoreError> {
        let mut link = self.db.read().await?;
        let mut all = Vec::with_capacity(videos.len());
        for videos in videos.chunks(AT_ONCE) {
            let rows = link
                .rows(
                    concat!(
                        "SELECT ",
                        personal_columns!(),
                        " FROM personal p WHERE ",
                        of_list!("p.video"),
                        " AND p.user_id = $2 ORDER BY p.video"
                    ),
                    args![list(videos), user],
                )
                .await?;
            for row in &rows {
                all.push(personal_of(row)?);
            }
        }
        Ok(all)
    }
}

fn personal_of(row: &Row) -> Result<(VideoId, Personal), StoreError> {
    let mut columns = row.columns();
    Ok((columns.video()?, read_personal(&mut columns)?))
}

/// Rating, favourite, watched, resume point and last play, in this order.
pub(crate) fn read_personal(columns: &mut Columns<'_>) -> Result<Personal, StoreError> {
    Ok(Personal {
        rating: columns.maybe_int()?.and_then(|rating| u8::try_from(rating).ok()),
        favourite_ms: columns.maybe_int()?,
        watched_ms: columns.maybe_int()?,
        resume_ms: columns.maybe_count()?,
        played_ms: columns.maybe_int()?,
    })
}

fn read_all(rows: &[Row]) -> Result<Vec<(VideoId, Entry)>, StoreError> {
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<(VideoId, Entry), StoreError> {
    let mut columns = row.columns();
    let video = columns.video()?;
    let entry = Entry {
        title: columns.text()?,
        description: columns.maybe_text()?.unwrap_or_default(),
        duration_ms: columns.count()?,
        width: columns.small()?,
        height: columns.small()?,
        container: columns.text()?,
        video_codec: columns.maybe_text()?,
        audio_codecs: columns.words()?,
        audio_languages: columns.words()?,
        text_languages: columns.words()?,
        views: columns.count()?,
        added_ms: columns.int()?,
        made_ms: columns.maybe_int()?,
        hidden: columns.flag()?,
        present: columns.flag()?,
        ..Entry::default()
    };
    Ok((video, entry))
}

/// Adds what is in other tables. All rows come in the order of videos.
async fn complete(
    link: &mut Link,
    entries: &mut [(VideoId, Entry)],
    files: &[Row],
    tags: &[Row],
    pictureless: &[Row],
) -> Result<(), StoreError> {
    let at: HashMap<VideoId, usize> =
        entries.iter().enumerate().map(|(at, (video, _))| (*video, at)).collect();
    for row in files {
        let mut columns = row.columns();
        let Some((_, entry)) = at.get(&columns.video()?).and_then(|at| entries.get_mut(*at)) else {
            continue;
        };
        let present = columns.int()? == 0;
        // Of a video that is there only what is there; of others all that was.
        if !present && entry.present {
            continue;
        }
        let (path, folder) = (columns.text()?, columns.text()?);
        entry.names.push(name_of(&path));
        if !entry.folders.contains(&folder) {
            entry.folders.push(folder);
        }
        entry.size = entry.size.max(columns.count()?);
        entry.copies += u32::from(present);
        entry.problem |= columns.flag()?;
    }
    if !tags.is_empty() {
        let names = tag_names(link).await?;
        for row in tags {
            let mut columns = row.columns();
            if let Some((_, entry)) = at.get(&columns.video()?).and_then(|at| entries.get_mut(*at))
            {
                let tag = TagId(columns.int()?);
                if let Some(name) = names.get(&tag) {
                    entry.tags.push((tag, name.clone()));
                }
            }
        }
    }
    for row in pictureless {
        if let Some((_, entry)) =
            at.get(&row.columns().video()?).and_then(|at| entries.get_mut(*at))
        {
            entry.problem = true;
        }
    }
    Ok(())
}

async fn tag_names(link: &mut Link) -> Result<HashMap<TagId, String>, StoreError> {
    let rows = link.rows("SELECT id, name FROM tags", args![]).await?;
    let mut names = HashMap::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns();
        names.insert(TagId(columns.int()?), columns.text()?);
    }
    Ok(names)
}

/// The name of a file, readable, from its path.
pub(crate) fn name_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned()
}
