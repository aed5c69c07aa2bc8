//! Two videos become one, which has what both had.

use catalogue::VideoId;

use crate::{
    StoreError,
    db::{Link, args},
};

/// What is said once for a pair: `$1` stays, `$2` ends.
const STATEMENTS: &[&str] = &[
    // Of two ratings the one of the video that stays; the place of whoever played last.
    "INSERT INTO personal (user_id, video, rating, favourite_ms, watched_ms, resume_ms, played_ms, plays) \
     SELECT user_id, $1, rating, favourite_ms, watched_ms, resume_ms, played_ms, plays \
     FROM personal WHERE video = $2 \
     ON CONFLICT (user_id, video) DO UPDATE SET \
       rating = COALESCE(personal.rating, excluded.rating), \
       favourite_ms = CASE WHEN personal.favourite_ms IS NULL OR excluded.favourite_ms < personal.favourite_ms \
                      THEN excluded.favourite_ms ELSE personal.favourite_ms END, \
       watched_ms = CASE WHEN personal.watched_ms IS NULL OR excluded.watched_ms > personal.watched_ms \
                    THEN COALESCE(excluded.watched_ms, personal.watched_ms) ELSE personal.watched_ms END, \
       resume_ms = CASE WHEN personal.resume_ms IS NULL \
                         OR (excluded.resume_ms IS NOT NULL AND excluded.played_ms > COALESCE(personal.played_ms, 0)) \
                   THEN excluded.resume_ms ELSE personal.resume_ms END, \
       played_ms = CASE WHEN personal.played_ms IS NULL OR excluded.played_ms > personal.played_ms \
                   THEN COALESCE(excluded.played_ms, personal.played_ms) ELSE personal.played_ms END, \
       plays = personal.plays + excluded.plays",
    "UPDATE plays SET video = $1 WHERE video = $2",
    "INSERT INTO video_tags (video, tag) SELECT $1, tag FROM video_tags WHERE video = $2 \
     ON CONFLICT (video, tag) DO NOTHING",
    "UPDATE playlist_items SET video = $1 WHERE video = $2",
    "UPDATE files SET video = $1 WHERE video = $2",
    "UPDATE aliases SET video = $1 WHERE video = $2",
    "INSERT INTO artwork (video, poster, storyboard, preview, problem, version, made_ms) \
     SELECT $1, poster, storyboard, preview, problem, version, made_ms FROM artwork WHERE video = $2 \
     ON CONFLICT (video) DO NOTHING",
    // What somebody wrote is worth more than what was found.
    "UPDATE videos SET \
       views = videos.views + e.views, \
       hidden = CASE WHEN e.hidden = 1 THEN 1 ELSE videos.hidden END, \
       added_ms = CASE WHEN e.added_ms < videos.added_ms THEN e.added_ms ELSE videos.added_ms END, \
       title = CASE WHEN e.edited & 1 = 1 AND videos.edited & 1 = 0 THEN e.title ELSE videos.title END, \
       title_from = CASE WHEN e.edited & 1 = 1 THEN 3 ELSE videos.title_from END, \
       description = CASE WHEN e.edited & 2 = 2 AND videos.edited & 2 = 0 \
                     THEN e.description ELSE videos.description END, \
       made_ms = CASE WHEN e.edited & 4 = 4 AND videos.edited & 4 = 0 THEN e.made_ms ELSE videos.made_ms END, \
       edited = videos.edited | e.edited, \
       version = videos.version + 1 \
     FROM videos e WHERE e.id = $2 AND videos.id = $1",
];

/// What is left of the video that ends.
const LEFT: &[&str] = &[
    "DELETE FROM personal WHERE video = $1",
    "DELETE FROM video_tags WHERE video = $1",
    "DELETE FROM artwork WHERE video = $1",
    "DELETE FROM details WHERE video = $1",
    "DELETE FROM videos WHERE id = $1",
];

/// Gives what `ends` has to `stays`, and removes it.
pub(super) async fn merge(
    link: &mut Link,
    ends: VideoId,
    stays: VideoId,
) -> Result<(), StoreError> {
    for sql in STATEMENTS {
        link.run(*sql, args![stays, ends]).await?;
    }
    for sql in LEFT {
        link.run(*sql, args![ends]).await?;
    }
    Ok(())
}
