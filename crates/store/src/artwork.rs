//! Which pictures of a video there are. What they are like is said by who makes them.

use catalogue::VideoId;
use media::ContentId;
use serde_json::Value;

use crate::{
    ArtworkRow, Done, Store, StoreError,
    db::{args, list},
    done::Notes,
    personal::{bounded, contents_of},
    text::clean_within,
};

/// The pictures of a video that were made, or why there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Artwork {
    /// The poster.
    pub poster: Option<Value>,
    /// The storyboard.
    pub storyboard: Option<Value>,
    /// The preview.
    pub preview: Option<Value>,
    /// Why something is missing, for a person.
    pub problem: Option<String>,
}

/// The most bytes of a description of a picture.
const BODY: usize = 256 << 10;

impl Store {
    /// The pictures of a video, if they were made or tried.
    pub async fn artwork(&self, video: VideoId) -> Result<Option<ArtworkRow>, StoreError> {
        let mut link = self.db.read().await?;
        let row = link
            .row(
                "SELECT poster, storyboard, preview, problem, version, made_ms FROM artwork WHERE video = $1",
                args![video],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut columns = row.columns();
        Ok(Some(ArtworkRow {
            poster: columns.maybe_json()?,
            storyboard: columns.maybe_json()?,
            preview: columns.maybe_json()?,
            problem: columns.maybe_text()?,
            version: columns.int()?,
            made_ms: columns.int()?,
        }))
    }

    /// The pictures of a video are these now; their version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such video any more.
    pub async fn set_artwork(
        &self,
        video: VideoId,
        artwork: Artwork,
        now_ms: i64,
    ) -> Result<Done<i64>, StoreError> {
        let mut texts = Vec::with_capacity(3);
        for picture in [artwork.poster, artwork.storyboard, artwork.preview] {
            let text = picture.map(|picture| picture.to_string());
            if text.as_ref().is_some_and(|text| text.len() > BODY) {
                return Err(StoreError::Refused {
                    what: format!("the description of a picture has more than {BODY} bytes"),
                });
            }
            texts.push(text);
        }
        let mut texts = texts.into_iter();
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let changed =
            link.run("UPDATE videos SET version = version + 1 WHERE id = $1", args![video]).await?;
        if changed == 0 {
            return Err(StoreError::NotFound { what: "such video" });
        }
        let row = link
            .row(
                "INSERT INTO artwork (video, poster, storyboard, preview, problem, version, made_ms) \
                 VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (video) DO UPDATE SET \
                   poster = excluded.poster, storyboard = excluded.storyboard, preview = excluded.preview, \
                   problem = excluded.problem, version = artwork.version + 1, made_ms = excluded.made_ms \
                 RETURNING version",
                args![
                    video,
                    texts.next().flatten(),
                    texts.next().flatten(),
                    texts.next().flatten(),
                    artwork.problem.map(|problem| clean_within(problem, 2_000)),
                    now_ms
                ],
            )
            .await?;
        let version = row.map_or(Ok(1), |row| row.int())?;
        let mut contents = Vec::new();
        contents_of(&mut link, &[video], &mut contents).await?;
        notes.video(video);
        notes.videos_line(&[], &contents, &[]);
        notes.commit(link, version).await
    }

    /// Videos that are there and of which no pictures were made or tried: at most `limit` after this
    /// one.
    pub async fn missing_artwork(
        &self,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<(VideoId, ContentId)>, StoreError> {
        self.pairs(
            "SELECT v.id, v.content FROM videos v WHERE v.id > $1 AND v.present = 1 \
             AND NOT EXISTS (SELECT 1 FROM artwork a WHERE a.video = v.id) ORDER BY v.id LIMIT $2",
            after,
            limit,
        )
        .await
    }

    /// How many videos are there of which no pictures were made or tried.
    pub async fn missing_artwork_count(&self) -> Result<u64, StoreError> {
        let mut link = self.db.read().await?;
        let row = link
            .row(
                "SELECT COUNT(*) FROM videos v WHERE v.present = 1 \
                 AND NOT EXISTS (SELECT 1 FROM artwork a WHERE a.video = v.id)",
                args![],
            )
            .await?;
        row.map_or(Ok(0), |row| row.columns().count())
    }

    /// Videos with pictures, to find what files nobody needs: at most `limit` after this one.
    pub async fn with_artwork(
        &self,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<(VideoId, ContentId)>, StoreError> {
        self.pairs(
            "SELECT v.id, v.content FROM artwork a JOIN videos v ON v.id = a.video \
             WHERE a.video > $1 ORDER BY a.video LIMIT $2",
            after,
            limit,
        )
        .await
    }

    /// Forgets the pictures of videos, at most 100,000, so that they are made anew; how many.
    pub async fn forget_artwork(
        &self,
        videos: &[VideoId],
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        bounded(videos.len())?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let mut count = 0;
        let mut contents = Vec::new();
        for videos in videos.chunks(10_000) {
            let list = list(videos);
            count += link
                .run(
                    "DELETE FROM artwork WHERE video IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                    args![list.as_str()],
                )
                .await?;
            link.run(
                "UPDATE videos SET version = version + 1 \
                 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                args![list],
            )
            .await?;
            contents_of(&mut link, videos, &mut contents).await?;
            notes.all(videos);
        }
        notes.videos_line(&[], &contents, &[]);
        notes.commit(link, count).await
    }

    async fn pairs(
        &self,
        sql: &'static str,
        after: Option<VideoId>,
        limit: u32,
    ) -> Result<Vec<(VideoId, ContentId)>, StoreError> {
        let mut link = self.db.read().await?;
        let after = after.map_or(0, |video| i64::from(video.0));
        let rows = link.rows(sql, args![after, limit]).await?;
        let mut pairs = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            pairs.push((columns.video()?, columns.content()?));
        }
        Ok(pairs)
    }
}
