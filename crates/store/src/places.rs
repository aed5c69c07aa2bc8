//! From content ids to numbers and files, and back.

use catalogue::VideoId;
use media::ContentId;

use crate::{
    Store, StoreError,
    db::{Link, args, list},
};

/// Where a content can be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The media folder.
    pub root: String,
    /// The path below it, percent-encoded.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// The statement that finds a video by its id or one that it had before.
pub(crate) const BY_CONTENT: &str = "SELECT v.id, v.content FROM videos v WHERE v.content = $1 \
     UNION ALL SELECT v.id, v.content FROM aliases a JOIN videos v ON v.id = a.video \
     WHERE a.content = $1 LIMIT 1";

impl Store {
    /// The files that are there and hold this content, the one that is known longest first. Earlier
    /// ids are understood.
    pub async fn place_of(&self, content: ContentId) -> Result<Vec<Place>, StoreError> {
        let mut link = self.db.read().await?;
        let Some((video, _)) = find(&mut link, content).await? else { return Ok(Vec::new()) };
        let rows = link
            .rows(
                "SELECT root, path, size FROM files WHERE video = $1 AND state = 0 ORDER BY id LIMIT 100",
                args![video],
            )
            .await?;
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            places.push(Place {
                root: columns.text()?,
                path: columns.text()?,
                size: columns.count()?,
            });
        }
        Ok(places)
    }

    /// The number of a video, by its id or one that it had before.
    pub async fn number_of(&self, content: ContentId) -> Result<Option<VideoId>, StoreError> {
        let mut link = self.db.read().await?;
        Ok(find(&mut link, content).await?.map(|(video, _)| video))
    }

    /// The video at a path below one of these media folders; of several that have it, the one whose
    /// file can be asked for. Also of a file that is away, if none is there.
    pub async fn video_at(
        &self,
        roots: &[String],
        path: &str,
    ) -> Result<Option<(VideoId, ContentId)>, StoreError> {
        let roots = roots.iter().map(|root| serde_json::json!({ "r": root })).collect();
        let mut link = self.db.read().await?;
        let row = link
            .row(
                "SELECT v.id, v.content FROM json_each($1) e \
                 JOIN files f ON f.root = e.value->>'r' AND f.path = $2 \
                 JOIN videos v ON v.id = f.video \
                 ORDER BY CASE f.state WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, f.id LIMIT 1",
                args![&serde_json::Value::Array(roots), path],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut columns = row.columns();
        Ok(Some((columns.video()?, columns.content()?)))
    }

    /// The ids of videos, in the order asked; those that do not exist are left out.
    pub async fn contents_of(
        &self,
        videos: &[VideoId],
    ) -> Result<Vec<(VideoId, ContentId)>, StoreError> {
        let mut link = self.db.read().await?;
        let mut contents = Vec::with_capacity(videos.len());
        for videos in videos.chunks(10_000) {
            let rows = link
                .rows(
                    "SELECT id, content FROM videos \
                     WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                    args![list(videos)],
                )
                .await?;
            let mut found = std::collections::HashMap::with_capacity(rows.len());
            for row in rows {
                let mut columns = row.columns();
                found.insert(columns.video()?, columns.content()?);
            }
            contents.extend(videos.iter().filter_map(|video| Some((*video, *found.get(video)?))));
        }
        Ok(contents)
    }
}

/// A video by its id or one that it had before.
pub(crate) async fn find(
    link: &mut Link,
    content: ContentId,
) -> Result<Option<(VideoId, ContentId)>, StoreError> {
    let Some(row) = link.row(BY_CONTENT, args![content]).await? else { return Ok(None) };
    let mut columns = row.columns();
    Ok(Some((columns.video()?, columns.content()?)))
}

/// The same, where it must exist.
pub(crate) async fn must(
    link: &mut Link,
    content: ContentId,
) -> Result<(VideoId, ContentId), StoreError> {
    find(link, content).await?.ok_or(StoreError::NotFound { what: "such video" })
}
