//! Giving many videos back what a user's batch has taken from them.

use catalogue::{PlaylistId, UserId, VideoId};
use serde_json::{Value, json};

use crate::{
    Done, Store, StoreError,
    db::args,
    done::Notes,
    personal::{bounded, contents_of},
};

/// What is put back; everything else stays as it is now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PutBack {
    /// Stars, 1 to 5.
    Rating,
    /// Since when it was a favourite, in milliseconds since 1970.
    Favourite,
    /// Since when it was watched, in milliseconds since 1970, and the position to go on from, in
    /// milliseconds.
    Watched,
}

impl PutBack {
    fn sql(self) -> &'static str {
        match self {
            Self::Rating => {
                "INSERT INTO personal (user_id, video, rating, plays) \
                 SELECT $2, v.id, CAST(e.value->>'one' AS BIGINT), 0 FROM json_each($1) e \
                 JOIN videos v ON v.id = CAST(e.value->>'video' AS BIGINT) WHERE true \
                 ON CONFLICT (user_id, video) DO UPDATE SET rating = excluded.rating"
            }
            Self::Favourite => {
                "INSERT INTO personal (user_id, video, favourite_ms, plays) \
                 SELECT $2, v.id, CAST(e.value->>'one' AS BIGINT), 0 FROM json_each($1) e \
                 JOIN videos v ON v.id = CAST(e.value->>'video' AS BIGINT) WHERE true \
                 ON CONFLICT (user_id, video) DO UPDATE SET favourite_ms = excluded.favourite_ms"
            }
            Self::Watched => {
                "INSERT INTO personal (user_id, video, watched_ms, resume_ms, plays) \
                 SELECT $2, v.id, CAST(e.value->>'one' AS BIGINT), CAST(e.value->>'two' AS BIGINT), 0 \
                 FROM json_each($1) e \
                 JOIN videos v ON v.id = CAST(e.value->>'video' AS BIGINT) WHERE true \
                 ON CONFLICT (user_id, video) DO UPDATE SET watched_ms = excluded.watched_ms, \
                   resume_ms = excluded.resume_ms"
            }
        }
    }
}

/// How many one statement names.
const AT_ONCE: usize = 10_000;

impl Store {
    /// Puts back what at most 100,000 videos had, each named once; the second value is for
    /// [`PutBack::Watched`]. How many.
    pub async fn put_back(
        &self,
        user: UserId,
        what: PutBack,
        had: &[(VideoId, Option<i64>, Option<i64>)],
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        bounded(had.len())?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let (mut count, mut contents) = (0, Vec::new());
        for had in had.chunks(AT_ONCE) {
            let lines: Vec<Value> = had
                .iter()
                .map(|(video, one, two)| json!({ "video": video.0, "one": one, "two": two }))
                .collect();
            count += link.run(what.sql(), args![&Value::Array(lines), user]).await?;
            let videos: Vec<_> = had.iter().map(|(video, ..)| *video).collect();
            notes.all(&videos);
            contents_of(&mut link, &videos, &mut contents).await?;
        }
        notes.videos_line(&[], &contents, &[]);
        notes.commit(link, count).await
    }

    /// Takes items out of a playlist, those that are still in it.
    pub async fn take_from_playlist(
        &self,
        user: UserId,
        playlist: PlaylistId,
        items: &[i64],
        now_ms: i64,
    ) -> Result<Done<()>, StoreError> {
        let mut link = self.begin(user, playlist, None).await?;
        for items in items.chunks(AT_ONCE) {
            let items: Value = items.into();
            link.run(
                "DELETE FROM playlist_items WHERE playlist = $1 \
                 AND id IN (SELECT CAST(value AS BIGINT) FROM json_each($2))",
                args![playlist, &items],
            )
            .await?;
        }
        let Done { changes, videos, added, gone, .. } =
            crate::playlists::finish(link, user, playlist, now_ms).await?;
        Ok(Done { value: (), changes, videos, added, gone })
    }
}
