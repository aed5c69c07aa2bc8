//! What a user does with videos: rates, keeps, watches, goes on later.
//!
//! Of one video the journal tells what is new about it; of many, that they changed.

use std::{collections::BTreeMap, time::Duration};

use catalogue::{Personal, UserId, VideoId};
use media::ContentId;
use serde_json::{Value, json};

use crate::{
    Done, Store, StoreError,
    db::{Arg, Link, Row, args, column, list},
    done::Notes,
    entries::read_personal,
    places::must,
};

/// Something that was played.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Play {
    /// Its number, which grows.
    pub id: i64,
    /// The video.
    pub video: VideoId,
    /// Its id.
    pub content: ContentId,
    /// When it was begun, in milliseconds since 1970.
    pub started_ms: i64,
    /// How far it was played, in milliseconds from its beginning.
    pub position_ms: u64,
}

/// What to do to the personal data of videos.
enum Mark {
    Rating(Option<u8>),
    Favourite(bool),
    Watched(bool),
}

/// A play that nobody told of for so long is over; the next is another.
const PAUSE_MS: i64 = 6 * 60 * 60 * 1_000;
/// The most videos that are marked at once.
const MANY: usize = 100_000;
/// How many one statement names.
const AT_ONCE: usize = 10_000;

impl Store {
    /// Rates a video, 1 to 5, or takes its rating away.
    pub async fn rate(
        &self,
        user: UserId,
        content: ContentId,
        rating: Option<u8>,
        now_ms: i64,
    ) -> Result<Done<Personal>, StoreError> {
        self.mark(user, content, Mark::Rating(stars(rating)?), now_ms).await
    }

    /// Rates many videos, at most 100,000; how many.
    pub async fn rate_all(
        &self,
        user: UserId,
        videos: &[VideoId],
        rating: Option<u8>,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        self.mark_all(user, videos, &Mark::Rating(stars(rating)?), now_ms).await
    }

    /// Makes a video a favourite, or one no more.
    pub async fn favourite(
        &self,
        user: UserId,
        content: ContentId,
        favourite: bool,
        now_ms: i64,
    ) -> Result<Done<Personal>, StoreError> {
        self.mark(user, content, Mark::Favourite(favourite), now_ms).await
    }

    /// The same with many videos, at most 100,000; how many.
    pub async fn favourite_all(
        &self,
        user: UserId,
        videos: &[VideoId],
        favourite: bool,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        self.mark_all(user, videos, &Mark::Favourite(favourite), now_ms).await
    }

    /// Says that a video was watched to the end, or was not; either way there is no place to go on from.
    pub async fn watched(
        &self,
        user: UserId,
        content: ContentId,
        watched: bool,
        now_ms: i64,
    ) -> Result<Done<Personal>, StoreError> {
        self.mark(user, content, Mark::Watched(watched), now_ms).await
    }

    /// The same of many videos, at most 100,000; how many.
    pub async fn watched_all(
        &self,
        user: UserId,
        videos: &[VideoId],
        watched: bool,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        self.mark_all(user, videos, &Mark::Watched(watched), now_ms).await
    }

    /// Notes how far somebody is. Nine tenths of `duration_ms` (0: of what the store knows) count as
    /// watched; then there is no place to go on from.
    pub async fn progress(
        &self,
        user: UserId,
        content: ContentId,
        position_ms: u64,
        duration_ms: u64,
        now_ms: i64,
    ) -> Result<Done<Personal>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let (video, content) = must(&mut link, content).await?;
        let mut length = duration_ms;
        if length == 0
            && let Some(row) =
                link.row("SELECT duration_ms FROM videos WHERE id = $1", args![video]).await?
        {
            length = row.columns().count()?;
        }
        let position_ms = if length == 0 { position_ms } else { position_ms.min(length) };
        let seen = length > 0 && u128::from(position_ms) * 10 >= u128::from(length) * 9;
        let resume = (!seen && position_ms > 0).then(|| column(position_ms));
        link.run(
            "INSERT INTO personal (user_id, video, watched_ms, resume_ms, played_ms, plays) \
             VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (user_id, video) DO UPDATE SET \
               watched_ms = COALESCE(excluded.watched_ms, personal.watched_ms), \
               resume_ms = excluded.resume_ms, played_ms = excluded.played_ms",
            args![user, video, seen.then_some(now_ms), resume, now_ms],
        )
        .await?;
        play(&mut link, user, video, Some(position_ms), now_ms).await?;
        let personal = one(&mut link, user, video).await?;
        notes.line(
            "progress",
            json!({
                "id": content.to_string(), "user": user.0, "watched": personal.watched_ms.is_some(),
                "resume": seconds(personal.resume_ms),
            }),
        );
        notes.video(video);
        notes.commit(link, personal).await
    }

    /// Counts a view; how many there are now.
    pub async fn view(
        &self,
        user: UserId,
        content: ContentId,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let (video, content) = must(&mut link, content).await?;
        let row = link
            .row("UPDATE videos SET views = views + 1 WHERE id = $1 RETURNING views", args![video])
            .await?
            .ok_or(StoreError::NotFound { what: "such video" })?;
        let views = row.columns().count()?;
        link.run(
            "INSERT INTO personal (user_id, video, played_ms, plays) VALUES ($1, $2, $3, 1) \
             ON CONFLICT (user_id, video) DO UPDATE SET played_ms = excluded.played_ms, plays = personal.plays + 1",
            args![user, video, now_ms],
        )
        .await?;
        play(&mut link, user, video, None, now_ms).await?;
        notes.line("views", json!({ "id": content.to_string(), "views": views }));
        notes.video(video);
        notes.commit(link, views).await
    }

    /// What a user played, the newest first: at most `limit` before this number.
    pub async fn history(
        &self,
        user: UserId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Play>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT p.id, p.video, v.content, p.started_ms, p.position_ms FROM plays p \
                 JOIN videos v ON v.id = p.video WHERE p.user_id = $1 AND p.id < $2 \
                 ORDER BY p.id DESC LIMIT $3",
                args![user, before.unwrap_or(i64::MAX), limit],
            )
            .await?;
        let mut plays = Vec::with_capacity(rows.len());
        for row in rows {
            let mut columns = row.columns();
            plays.push(Play {
                id: columns.int()?,
                video: columns.video()?,
                content: columns.content()?,
                started_ms: columns.int()?,
                position_ms: columns.count()?,
            });
        }
        Ok(plays)
    }

    /// Writes personal data as they shall be, for many videos, at most 100,000: what was before a
    /// batch, or what was imported. How many.
    pub async fn set_personals(
        &self,
        user: UserId,
        personals: &[(VideoId, Personal)],
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        bounded(personals.len())?;
        // Of a video that is named twice the last counts.
        let personals: BTreeMap<VideoId, Personal> = personals.iter().copied().collect();
        let personals: Vec<_> = personals.into_iter().collect();
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let mut count = 0;
        let mut contents = Vec::new();
        for personals in personals.chunks(AT_ONCE) {
            let mut lines = Vec::with_capacity(personals.len());
            for (video, personal) in personals {
                lines.push(json!({
                    "video": video.0, "rating": stars(personal.rating)?,
                    "favourite_ms": personal.favourite_ms, "watched_ms": personal.watched_ms,
                    "resume_ms": personal.resume_ms.map(column), "played_ms": personal.played_ms,
                }));
                notes.video(*video);
            }
            count += link
                .run(
                    "INSERT INTO personal (user_id, video, rating, favourite_ms, watched_ms, resume_ms, played_ms, plays) \
                     SELECT $2, v.id, CAST(e.value->>'rating' AS BIGINT), CAST(e.value->>'favourite_ms' AS BIGINT), \
                       CAST(e.value->>'watched_ms' AS BIGINT), CAST(e.value->>'resume_ms' AS BIGINT), \
                       CAST(e.value->>'played_ms' AS BIGINT), 0 \
                     FROM json_each($1) e JOIN videos v ON v.id = CAST(e.value->>'video' AS BIGINT) WHERE true \
                     ON CONFLICT (user_id, video) DO UPDATE SET rating = excluded.rating, \
                       favourite_ms = excluded.favourite_ms, watched_ms = excluded.watched_ms, \
                       resume_ms = excluded.resume_ms, played_ms = excluded.played_ms",
                    args![&Value::Array(lines), user],
                )
                .await?;
            let videos: Vec<_> = personals.iter().map(|(video, _)| *video).collect();
            contents_of(&mut link, &videos, &mut contents).await?;
        }
        notes.videos_line(&[], &contents, &[]);
        notes.commit(link, count).await
    }

    async fn mark(
        &self,
        user: UserId,
        content: ContentId,
        mark: Mark,
        now_ms: i64,
    ) -> Result<Done<Personal>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let (video, content) = must(&mut link, content).await?;
        write(&mut link, user, &[video], &mark, now_ms).await?;
        let personal = one(&mut link, user, video).await?;
        let id = content.to_string();
        match mark {
            Mark::Rating(rating) => {
                notes.line("rating", json!({ "id": id, "user": user.0, "rating": rating }));
            }
            Mark::Favourite(favourite) => {
                notes
                    .line("favourite", json!({ "id": id, "user": user.0, "favourite": favourite }));
            }
            Mark::Watched(watched) => {
                notes.line("watched", json!({ "id": id, "user": user.0, "watched": watched }));
            }
        }
        notes.video(video);
        notes.commit(link, personal).await
    }

    async fn mark_all(
        &self,
        user: UserId,
        videos: &[VideoId],
        mark: &Mark,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        bounded(videos.len())?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let mut count = 0;
        let mut contents = Vec::new();
        for videos in videos.chunks(AT_ONCE) {
            count += write(&mut link, user, videos, mark, now_ms).await?;
            contents_of(&mut link, videos, &mut contents).await?;
            notes.all(videos);
        }
        notes.videos_line(&[], &contents, &[]);
        notes.commit(link, count).await
    }
}

/// The most videos that a method takes at once.
pub(crate) fn bounded(count: usize) -> Result<(), StoreError> {
    if count > MANY {
        return Err(StoreError::Refused {
            what: format!("{count} videos at once; take at most {MANY}"),
        });
    }
    Ok(())
}

fn stars(rating: Option<u8>) -> Result<Option<u8>, StoreError> {
    match rating {
        Some(0 | 6..) => {
            Err(StoreError::Refused { what: "a rating is 1, 2, 3, 4 or 5, or none".to_owned() })
        }
        rating => Ok(rating),
    }
}

/// Milliseconds as seconds, for the journal.
fn seconds(position_ms: Option<u64>) -> Option<f64> {
    position_ms.map(|position| Duration::from_millis(position).as_secs_f64())
}

async fn write(
    link: &mut Link,
    user: UserId,
    videos: &[VideoId],
    mark: &Mark,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let (sql, value) = match mark {
        Mark::Rating(rating) => (
            "INSERT INTO personal (user_id, video, rating, plays) \
             SELECT $2, v.id, $3, 0 FROM videos v \
             WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             ON CONFLICT (user_id, video) DO UPDATE SET rating = excluded.rating",
            rating.map(i64::from),
        ),
        // Who presses the heart twice keeps the place of the first time.
        Mark::Favourite(favourite) => (
            "INSERT INTO personal (user_id, video, favourite_ms, plays) \
             SELECT $2, v.id, $3, 0 FROM videos v \
             WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             ON CONFLICT (user_id, video) DO UPDATE SET favourite_ms = \
               CASE WHEN excluded.favourite_ms IS NULL THEN NULL \
               ELSE COALESCE(personal.favourite_ms, excluded.favourite_ms) END",
            favourite.then_some(now_ms),
        ),
        Mark::Watched(watched) => (
            "INSERT INTO personal (user_id, video, watched_ms, plays) \
             SELECT $2, v.id, $3, 0 FROM videos v \
             WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             ON CONFLICT (user_id, video) DO UPDATE SET watched_ms = excluded.watched_ms, resume_ms = NULL",
            watched.then_some(now_ms),
        ),
    };
    link.run(sql, [Arg::from(list(videos)), Arg::from(user), Arg::from(value)]).await
}

async fn one(link: &mut Link, user: UserId, video: VideoId) -> Result<Personal, StoreError> {
    let row = link
        .row(
            "SELECT rating, favourite_ms, watched_ms, resume_ms, played_ms FROM personal \
             WHERE user_id = $1 AND video = $2",
            args![user, video],
        )
        .await?;
    row.as_ref().map_or(Ok(Personal::default()), |row: &Row| read_personal(&mut row.columns()))
}

/// Goes on with the newest play of a video, or begins another. Without a position it is one that
/// begins.
async fn play(
    link: &mut Link,
    user: UserId,
    video: VideoId,
    position_ms: Option<u64>,
    now_ms: i64,
) -> Result<(), StoreError> {
    if let Some(position) = position_ms {
        let changed = link
            .run(
                "UPDATE plays SET position_ms = $3 WHERE id = (\
                   SELECT id FROM plays WHERE user_id = $1 AND video = $2 ORDER BY id DESC LIMIT 1) \
                 AND started_ms > $4",
                args![user, video, column(position), now_ms.saturating_sub(PAUSE_MS)],
            )
            .await?;
        if changed > 0 {
            return Ok(());
        }
    }
    link.run(
        "INSERT INTO plays (user_id, video, started_ms, position_ms) VALUES ($1, $2, $3, $4)",
        args![user, video, now_ms, column(position_ms.unwrap_or(0))],
    )
    .await?;
    Ok(())
}

/// The ids of videos, for the journal.
pub(crate) async fn contents_of(
    link: &mut Link,
    videos: &[VideoId],
    contents: &mut Vec<ContentId>,
) -> Result<(), StoreError> {
    // So many are not named in any case.
    if contents.len() > 1_000 {
        return Ok(());
    }
    let rows = link
        .rows(
            "SELECT content FROM videos \
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY id LIMIT 1001",
            args![list(videos)],
        )
        .await?;
    for row in rows {
        contents.push(row.columns().content()?);
    }
    Ok(())
}
