//! Files: where they are, how they stand, and what is wrong with them.

use catalogue::VideoId;
use media::ContentId;

use crate::{
    Done, FileState, Store, StoreError,
    db::{Link, args, list},
    done::Notes,
    record::recount,
};

/// A file as the store knows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Known {
    /// Its number.
    pub file: i64,
    /// The path below its media folder, percent-encoded.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// When it was modified, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Its number on its device.
    pub inode: u64,
    /// The device.
    pub device: u64,
    /// A digest of what lay beside it; 0 for nothing.
    pub beside: i64,
    /// How it stands.
    pub state: FileState,
    /// What it holds.
    pub video: Option<VideoId>,
    /// The way in which its content's id was made; 0 if it has none. Where there is a newer way now,
    /// the file is to be read again.
    pub identity_version: u32,
    /// Whether something is wrong with it.
    pub problem: bool,
}

/// What a file in some state holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Same {
    /// The video.
    pub video: VideoId,
    /// Its id.
    pub content: ContentId,
    /// The way in which the id was made.
    pub identity_version: u32,
}

/// Something that is wrong with a file or a video.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// Where to go on after it.
    pub at: (i64, i64),
    /// The video, if it is one.
    pub content: Option<ContentId>,
    /// Its media folder.
    pub root: String,
    /// The path below it, percent-encoded.
    pub path: String,
    /// What is wrong, for a person.
    pub problem: String,
    /// Since when the file is known, in milliseconds since 1970.
    pub found_ms: i64,
}

/// A video that several files hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Duplicate {
    /// The video.
    pub video: VideoId,
    /// How many files that are there hold it.
    pub copies: u32,
}

/// How many files one statement names.
const AT_ONCE: usize = 10_000;

/// Reads what a scan must know of a file.
pub(crate) fn read_known(row: &crate::db::Row) -> Result<Known, StoreError> {
    let mut columns = row.columns();
    Ok(Known {
        file: columns.int()?,
        path: columns.text()?,
        size: columns.count()?,
        modified_ns: columns.int()?,
        inode: columns.int()?.cast_unsigned(),
        device: columns.int()?.cast_unsigned(),
        beside: columns.int()?,
        state: FileState::of(columns.int()?),
        video: columns.maybe_video()?,
        identity_version: columns.small()?,
        problem: columns.flag()?,
    })
}

impl Store {
    /// The files of a media folder whose paths come after this one, byte by byte; "" begins. At most
    /// `limit`, in order.
    pub async fn known(
        &self,
        root: &str,
        after_path: &str,
        limit: u32,
    ) -> Result<Vec<Known>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT id, path, size, modified_ns, inode, device, beside, state, video, identity, \
                   CASE WHEN problem IS NULL THEN 0 ELSE 1 END \
                 FROM files WHERE root = $1 AND path > $2 ORDER BY path LIMIT $3",
                args![root, after_path, limit],
            )
            .await?;
        rows.iter().map(read_known).collect()
    }

    /// These files are not there any more. Their videos keep everything; one that no other file
    /// holds is away.
    pub async fn gone(&self, files: &[i64], now_ms: i64) -> Result<Done<()>, StoreError> {
        self.stand(files, FileState::Away, now_ms).await
    }

    /// These files are there again, as they were.
    pub async fn back(&self, files: &[i64], now_ms: i64) -> Result<Done<()>, StoreError> {
        self.stand(files, FileState::Present, now_ms).await
    }

    /// These files stand so now. What is so already is left alone.
    pub async fn stand(
        &self,
        files: &[i64],
        state: FileState,
        now_ms: i64,
    ) -> Result<Done<()>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let mut videos = Vec::new();
        for files in files.chunks(AT_ONCE) {
            let files: serde_json::Value = files.into();
            let rows = link
                .rows(
                    "UPDATE files SET state = $2 WHERE state <> $2 \
                     AND id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) RETURNING video",
                    args![&files, state.number()],
                )
                .await?;
            for row in rows {
                videos.extend(row.columns().maybe_video()?);
            }
            if state == FileState::Present {
                // Which of several folders' files of one path can be asked for is to be seen again.
                link.run(
                    "UPDATE files SET modified_ns = modified_ns - 1 WHERE id IN (\
                       SELECT f.id FROM files b JOIN files f ON f.path = b.path AND f.root <> b.root \
                       WHERE f.state = 0 AND b.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)))",
                    args![&files],
                )
                .await?;
            }
        }
        videos.sort_unstable();
        videos.dedup();
        came_and_went(&mut link, &videos, &mut notes).await?;
        notes.commit(link, ()).await
    }

    /// The scan has seen these files, as they were.
    pub async fn touch(&self, files: &[i64], generation: i64) -> Result<(), StoreError> {
        let mut link = self.db.write().await?;
        for files in files.chunks(AT_ONCE) {
            let files: serde_json::Value = files.into();
            link.run(
                "UPDATE files SET seen = $2 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                args![&files, generation],
            )
            .await?;
        }
        link.commit().await
    }

    /// What a file holds that is in this state, without reading it: another was in it, so it was
    /// renamed or moved. None if no file was, or if two held different contents.
    pub async fn same_state(
        &self,
        device: u64,
        inode: u64,
        size: u64,
        modified_ns: i64,
    ) -> Result<Option<Same>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT DISTINCT v.id, v.content, f.identity FROM files f JOIN videos v ON v.id = f.video \
                 WHERE f.inode = $1 AND f.size = $2 AND f.device = $3 AND f.modified_ns = $4 \
                 AND f.problem IS NULL LIMIT 2",
                args![
                    inode.cast_signed(),
                    crate::db::column(size),
                    device.cast_signed(),
                    modified_ns
                ],
            )
            .await?;
        let [row] = rows.as_slice() else { return Ok(None) };
        let mut columns = row.columns();
        Ok(Some(Same {
            video: columns.video()?,
            content: columns.content()?,
            identity_version: columns.small()?,
        }))
    }

    /// What is wrong, at most `limit` after where an earlier answer ended: first files that are
    /// there, then videos of which no pictures could be made.
    pub async fn problems(
        &self,
        after: Option<(i64, i64)>,
        limit: u32,
    ) -> Result<Vec<Problem>, StoreError> {
        let (kind, number) = after.unwrap_or((0, 0));
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT kind, number, content, root, path, problem, found_ms FROM (\
                   SELECT 0 AS kind, f.id AS number, v.content AS content, f.root AS root, f.path AS path, \
                     f.problem AS problem, f.found_ms AS found_ms \
                   FROM files f LEFT JOIN videos v ON v.id = f.video \
                   WHERE f.problem IS NOT NULL AND f.state <> 1 \
                   UNION ALL \
                   SELECT 1, a.video, v.content, f.root, f.path, a.problem, f.found_ms \
                   FROM artwork a JOIN videos v ON v.id = a.video \
                   JOIN files f ON f.id = (SELECT MIN(g.id) FROM files g WHERE g.video = a.video AND g.state = 0) \
                   WHERE a.problem IS NOT NULL) AS p \
                 WHERE kind > $1 OR (kind = $1 AND number > $2) ORDER BY kind, number LIMIT $3",
                args![kind, number, limit],
            )
            .await?;
        let mut problems = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            let at = (columns.int()?, columns.int()?);
            let content = columns.maybe_text()?.and_then(|content| content.parse().ok());
            problems.push(Problem {
                at,
                content,
                root: columns.text()?,
                path: columns.text()?,
                problem: columns.text()?,
                found_ms: columns.int()?,
            });
        }
        Ok(problems)
    }

    /// The videos that more than one file holds, at most `limit` after this one.
    pub async fn duplicates(
        &self,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<Duplicate>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT video, COUNT(*) FROM files WHERE video > $1 AND state = 0 \
                 GROUP BY video HAVING COUNT(*) > 1 ORDER BY video LIMIT $2",
                args![after.map_or(0, |video| i64::from(video.0)), limit],
            )
            .await?;
        let mut duplicates = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            duplicates.push(Duplicate { video: columns.video()?, copies: columns.small()? });
        }
        Ok(duplicates)
    }
}

/// Says anew of videos whether they are there, and notes which came and went.
async fn came_and_went(
    link: &mut Link,
    videos: &[VideoId],
    notes: &mut Notes,
) -> Result<(), StoreError> {
    let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for videos in videos.chunks(AT_ONCE) {
        let before = link
            .rows(
                "SELECT id, content, present FROM videos \
                 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                args![list(videos)],
            )
            .await?;
        let present = recount(link, videos).await?;
        for row in before {
            let mut columns = row.columns();
            let (video, content, was) = (columns.video()?, columns.content()?, columns.flag()?);
            match (was, present.contains(&video)) {
                (false, true) => added.push(content),
                (true, true) => changed.push(content),
                (true, false) => removed.push(content),
                (false, false) => {}
            }
            notes.video(video);
        }
    }
    notes.videos_line(&added, &changed, &removed);
    Ok(())
}
