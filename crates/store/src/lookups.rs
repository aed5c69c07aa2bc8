//! Finding videos by what people, older programs and scans know of them.

use catalogue::VideoId;

use crate::{
    Known, Store, StoreError,
    db::{args, list},
    files::read_known,
    text,
};

/// How many videos one statement names.
const AT_ONCE: usize = 10_000;

impl Store {
    /// How many videos there are, away ones too.
    pub async fn count(&self) -> Result<u64, StoreError> {
        let mut link = self.db.read().await?;
        match link.row("SELECT COUNT(*) FROM videos", args![]).await? {
            Some(row) => row.columns().count(),
            None => Ok(0),
        }
    }

    /// The files of a media folder at or below a path whose own paths come after `after_path`, byte by
    /// byte. At most `limit`, in order.
    pub async fn known_below(
        &self,
        root: &str,
        path: &str,
        after_path: &str,
        limit: u32,
    ) -> Result<Vec<Known>, StoreError> {
        if path.is_empty() {
            return self.known(root, after_path, limit).await;
        }
        let mut link = self.db.read().await?;
        // '0' is the character after '/'.
        let (from, to) = (format!("{path}/"), format!("{path}0"));
        let rows = link
            .rows(
                "SELECT id, path, size, modified_ns, inode, device, beside, state, video, identity, \
                   CASE WHEN problem IS NULL THEN 0 ELSE 1 END \
                 FROM files WHERE root = $1 AND path >= $2 AND path < $5 AND path <> $6 \
                 AND (path = $3 OR path >= $4) ORDER BY path LIMIT $7",
                // One lower bound, from which the index is read.
                args![root, after_path.max(path), path, from, to, after_path, limit],
            )
            .await?;
        rows.iter().map(read_known).collect()
    }

    /// The video whose file is at this path below a media folder, with the path; or if `there` is not
    /// asked for, the one whose file was there last.
    pub async fn at_path(
        &self,
        path: &str,
        there: bool,
    ) -> Result<Vec<(VideoId, String)>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT video, path FROM files WHERE path = $1 AND video IS NOT NULL AND (state <> 1 OR $2 = 0) \
                 ORDER BY CASE state WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, id LIMIT 1",
                args![path, there],
            )
            .await?;
        let read = |row: &crate::db::Row| {
            let mut columns = row.columns();
            Ok((columns.video()?, columns.text()?))
        };
        rows.iter().map(read).collect()
    }

    /// The videos whose files have this name, percent-encoded, in whatever folder; those that are there,
    /// or if none is, those that were. At most `limit` files.
    pub async fn with_name(
        &self,
        name: &str,
        limit: u32,
    ) -> Result<Vec<(VideoId, String)>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT video, path, state FROM files WHERE name = $1 AND video IS NOT NULL \
                 ORDER BY CASE state WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, id LIMIT $2",
                args![name, limit],
            )
            .await?;
        let mut found = Vec::with_capacity(rows.len());
        let mut best = None;
        for row in rows {
            let mut columns = row.columns();
            let (video, path, state) = (columns.video()?, columns.text()?, columns.int()?);
            if *best.get_or_insert(state) == state {
                found.push((video, path));
            }
        }
        Ok(found)
    }

    /// Those of the videos that have a tag.
    pub async fn tagged(&self, videos: &[VideoId], name: &str) -> Result<Vec<VideoId>, StoreError> {
        let folded = text::fold(&text::name("the name of the tag", name, 100)?);
        let mut link = self.db.read().await?;
        let mut found = Vec::new();
        for videos in videos.chunks(AT_ONCE) {
            let rows = link
                .rows(
                    "SELECT vt.video FROM tags t JOIN video_tags vt ON vt.tag = t.id WHERE t.folded = $2 \
                     AND vt.video IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                    args![list(videos), folded.clone()],
                )
                .await?;
            for row in rows {
                found.push(row.columns().video()?);
            }
        }
        Ok(found)
    }

    /// The path of a file of each video, one that is there if there is one.
    pub async fn paths_of(&self, videos: &[VideoId]) -> Result<Vec<(VideoId, String)>, StoreError> {
        let mut link = self.db.read().await?;
        let mut found = Vec::with_capacity(videos.len());
        for videos in videos.chunks(AT_ONCE) {
            let rows = link
                .rows(
                    "SELECT video, path FROM files WHERE video IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
                     ORDER BY video, CASE state WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, id",
                    args![list(videos)],
                )
                .await?;
            for row in rows {
                let mut columns = row.columns();
                let (video, path) = (columns.video()?, columns.text()?);
                if found.last().is_none_or(|(last, _)| *last != video) {
                    found.push((video, path));
                }
            }
        }
        Ok(found)
    }

    /// Where the files of these videos are that are there: the media folder, and the path below it.
    pub async fn places_of(&self, videos: &[VideoId]) -> Result<Vec<(String, String)>, StoreError> {
        let mut link = self.db.read().await?;
        let mut found = Vec::new();
        for videos in videos.chunks(AT_ONCE) {
            let rows = link
                .rows(
                    "SELECT root, path FROM files WHERE state <> 1 \
                     AND video IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY id",
                    args![list(videos)],
                )
                .await?;
            for row in rows {
                let mut columns = row.columns();
                found.push((columns.text()?, columns.text()?));
            }
        }
        Ok(found)
    }

    /// Forgets in which state the files of these videos were, so that the next scan reads them again.
    pub async fn forget_states(&self, videos: &[VideoId]) -> Result<(), StoreError> {
        let mut link = self.db.write().await?;
        for videos in videos.chunks(AT_ONCE) {
            link.run(
                "UPDATE files SET modified_ns = modified_ns - 1 \
                 WHERE video IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                args![list(videos)],
            )
            .await?;
        }
        link.commit().await
    }
}
