//! What people write about a video.

use catalogue::VideoId;
use media::ContentId;

use crate::{
    Done, Store, StoreError, TitleFrom,
    content::edited,
    db::{args, list},
    done::Notes,
    personal::{bounded, contents_of},
    places::must,
    text::clean_within,
};

/// What to write; what is none stays as it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Edit {
    /// A title, 1 to 500 characters.
    pub title: Option<String>,
    /// A description of up to 64 KiB, or none any more.
    pub description: Option<Option<String>>,
    /// Whether to keep it out of lists.
    pub hidden: Option<bool>,
    /// When it was made, in milliseconds since 1970, or unknown.
    pub made_ms: Option<Option<i64>>,
}

impl Store {
    /// Writes about a video; its new version. A scan does not replace what was written here.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if its version is not `if_version` any more.
    pub async fn edit(
        &self,
        content: ContentId,
        edit: Edit,
        if_version: Option<i64>,
        now_ms: i64,
    ) -> Result<Done<i64>, StoreError> {
        let title = match edit.title {
            Some(title) => Some(crate::text::name("the title", &title, 500)?),
            None => None,
        };
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let (video, content) = must(&mut link, content).await?;
        let row = link
            .row("SELECT version FROM videos WHERE id = $1", args![video])
            .await?
            .ok_or(StoreError::NotFound { what: "such video" })?;
        let current = row.int()?;
        if if_version.is_some_and(|version| version != current) {
            return Err(StoreError::Conflict { current });
        }
        let mut edits = 0;
        if let Some(title) = title {
            edits |= edited::TITLE;
            link.run(
                "UPDATE videos SET title = $2, title_from = $3 WHERE id = $1",
                args![video, title, TitleFrom::User.number()],
            )
            .await?;
        }
        if let Some(description) = edit.description {
            edits |= edited::DESCRIPTION;
            let description = description.map(|text| clean_within(text, 64 << 10));
            link.run("UPDATE videos SET description = $2 WHERE id = $1", args![video, description])
                .await?;
        }
        if let Some(made_ms) = edit.made_ms {
            edits |= edited::MADE;
            link.run("UPDATE videos SET made_ms = $2 WHERE id = $1", args![video, made_ms]).await?;
        }
        if let Some(hidden) = edit.hidden {
            link.run("UPDATE videos SET hidden = $2 WHERE id = $1", args![video, hidden]).await?;
        }
        link.run(
            "UPDATE videos SET edited = edited | $2, version = version + 1 WHERE id = $1",
            args![video, edits],
        )
        .await?;
        notes.video(video);
        notes.videos_line(&[], &[content], &[]);
        notes.commit(link, current + 1).await
    }

    /// Keeps many videos out of lists, or does not any more; at most 100,000. How many.
    pub async fn hide_all(
        &self,
        videos: &[VideoId],
        hidden: bool,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        bounded(videos.len())?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let mut count = 0;
        let mut contents = Vec::new();
        for videos in videos.chunks(10_000) {
            count += link
                .run(
                    "UPDATE videos SET hidden = $2, version = version + 1 WHERE hidden <> $2 \
                     AND id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                    args![list(videos), hidden],
                )
                .await?;
            contents_of(&mut link, videos, &mut contents).await?;
            notes.all(videos);
        }
        notes.videos_line(&[], &contents, &[]);
        notes.commit(link, count).await
    }
}
