//! What was taken over from an older installation, once.

use std::collections::BTreeMap;

use catalogue::{UserId, VideoId};
use serde_json::{Value, json};

use crate::{
    Done, Store, StoreError,
    db::{Link, Row, args, column},
    done::Notes,
    personal::contents_of,
    tags::ensure,
    text,
};

/// What is to be taken over, and from which files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// Ratings, 1 to 5, of videos that the user has not rated yet; others keep theirs.
    pub ratings: Vec<(VideoId, u8)>,
    /// Favourites to be.
    pub favourites: Vec<VideoId>,
    /// How many views there are at least.
    pub views: Vec<(VideoId, u64)>,
    /// Tags to be given.
    pub tags: Vec<(String, Vec<VideoId>)>,
    /// What is remembered of it: the names in the files of the folder, and what was said of each.
    pub names: Vec<(String, Value)>,
    /// The folder that all this is from. If the same was taken over from it before, nothing is done.
    pub files: Vec<ImportFile>,
}

/// A file that something is taken over from.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportFile {
    /// Its path.
    pub file: String,
    /// A digest of what was in it.
    pub digest: String,
    /// What matched, what did not, and why.
    pub report: Value,
}

/// A file that was taken over.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// The file.
    pub import: ImportFile,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// The most views that one video gets from a file.
const VIEWS: i64 = 1_000_000_000_000;
/// How many lines one statement takes.
const AT_ONCE: usize = 10_000;

impl Store {
    /// Whether a file with this in it was taken over before.
    pub async fn imported(&self, file: &str, digest: &str) -> Result<bool, StoreError> {
        let mut link = self.db.read().await?;
        imported(&mut link, file, digest).await
    }

    /// Takes all over, or nothing if one of the files was taken over before; whether it was done.
    pub async fn import(
        &self,
        user: UserId,
        import: Import,
        now_ms: i64,
    ) -> Result<Done<bool>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        for file in &import.files {
            if imported(&mut link, &file.file, &file.digest).await? {
                return Ok(Done::default());
            }
        }
        let touched = take(&mut link, user, &import, now_ms).await?;
        for file in &import.files {
            for names in import.names.chunks(AT_ONCE) {
                let lines: Vec<_> = names
                    .iter()
                    .map(|(name, said)| json!({ "name": name, "said": said }))
                    .collect();
                link.run(
                    "INSERT INTO imported (folder, name, said) \
                     SELECT $2, e.value->>'name', e.value->>'said' FROM json_each($1) e WHERE true \
                     ON CONFLICT (folder, name) DO UPDATE SET said = excluded.said",
                    args![&Value::Array(lines), file.file.as_str()],
                )
                .await?;
            }
        }
        for file in import.files {
            link.run(
                "INSERT INTO imports (file, digest, at_ms, report) VALUES ($1, $2, $3, $4)",
                args![file.file, file.digest, now_ms, &file.report],
            )
            .await?;
        }
        let mut contents = Vec::new();
        for videos in touched.chunks(AT_ONCE) {
            contents_of(&mut link, videos, &mut contents).await?;
        }
        notes.all(&touched);
        notes.videos_line(&[], &contents, &[]);
        if !import.tags.is_empty() {
            notes.line("tags", json!({}));
        }
        notes.commit(link, true).await
    }

    /// What was taken over from the files of a folder: the names in them, and what was said of each.
    pub async fn imported_names(&self, folder: &str) -> Result<Vec<(String, Value)>, StoreError> {
        let mut link = self.db.read().await?;
        let rows =
            link.rows("SELECT name, said FROM imported WHERE folder = $1", args![folder]).await?;
        let read = |row: &Row| {
            let mut columns = row.columns();
            Ok((columns.text()?, columns.json()?))
        };
        rows.iter().map(read).collect()
    }

    /// What was taken over, the newest first, at most `limit` files.
    pub async fn imports(&self, limit: u32) -> Result<Vec<ImportRow>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT file, digest, report, at_ms FROM imports ORDER BY at_ms DESC, file LIMIT $1",
                args![limit],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<ImportRow, StoreError> {
    let mut columns = row.columns();
    Ok(ImportRow {
        import: ImportFile {
            file: columns.text()?,
            digest: columns.text()?,
            report: columns.json()?,
        },
        at_ms: columns.int()?,
    })
}

async fn imported(link: &mut Link, file: &str, digest: &str) -> Result<bool, StoreError> {
    let row = link
        .row("SELECT 1 FROM imports WHERE file = $1 AND digest = $2", args![file, digest])
        .await?;
    Ok(row.is_some())
}

/// Writes what is taken over; the videos that it concerns.
async fn take(
    link: &mut Link,
    user: UserId,
    import: &Import,
    now_ms: i64,
) -> Result<Vec<VideoId>, StoreError> {
    let mut touched = Vec::new();
    // Several names may mean one video. Of its ratings the first counts; the views of the names are added up.
    let mut ratings = BTreeMap::new();
    for (video, rating) in &import.ratings {
        ratings.entry(*video).or_insert(i64::from(*rating));
    }
    let favourites: BTreeMap<_, _> =
        import.favourites.iter().map(|video| (*video, now_ms)).collect();
    let mut views: BTreeMap<VideoId, i64> = BTreeMap::new();
    for (video, count) in &import.views {
        let sum = views.entry(*video).or_default();
        *sum = sum.saturating_add(column(*count)).min(VIEWS);
    }
    if import.ratings.iter().any(|(_, rating)| !(1..=5).contains(rating)) {
        return Err(StoreError::Refused { what: "a rating is 1, 2, 3, 4 or 5".to_owned() });
    }
    for (lines, sql) in [
        (
            ratings,
            "INSERT INTO personal (user_id, video, rating, plays) \
             SELECT $2, v.id, CAST(e.value->>'n' AS BIGINT), 0 FROM json_each($1) e \
             JOIN videos v ON v.id = CAST(e.value->>'v' AS BIGINT) WHERE true \
             ON CONFLICT (user_id, video) DO UPDATE SET rating = COALESCE(personal.rating, excluded.rating)",
        ),
        (
            favourites,
            "INSERT INTO personal (user_id, video, favourite_ms, plays) \
             SELECT $2, v.id, CAST(e.value->>'n' AS BIGINT), 0 FROM json_each($1) e \
             JOIN videos v ON v.id = CAST(e.value->>'v' AS BIGINT) WHERE true \
             ON CONFLICT (user_id, video) DO UPDATE SET \
               favourite_ms = COALESCE(personal.favourite_ms, excluded.favourite_ms)",
        ),
        (
            views,
            "UPDATE videos SET views = CAST(e.value->>'n' AS BIGINT) FROM json_each($1) e \
             WHERE videos.id = CAST(e.value->>'v' AS BIGINT) \
             AND videos.views < CAST(e.value->>'n' AS BIGINT) AND $2 > 0",
        ),
    ] {
        let lines: Vec<_> = lines.into_iter().collect();
        for lines in lines.chunks(AT_ONCE) {
            touched.extend(lines.iter().map(|(video, _)| *video));
            let list: Vec<_> =
                lines.iter().map(|(video, n)| json!({ "v": video.0, "n": n })).collect();
            link.run(sql, args![&Value::Array(list), user]).await?;
        }
    }
    for (name, videos) in &import.tags {
        let tag = ensure(link, &text::name("the name of a tag", name, crate::tags::NAME)?).await?;
        for videos in videos.chunks(AT_ONCE) {
            link.run(
                "INSERT INTO video_tags (video, tag) SELECT v.id, $2 FROM videos v \
                 WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
                 ON CONFLICT (video, tag) DO NOTHING",
                args![crate::db::list(videos), tag],
            )
            .await?;
            touched.extend_from_slice(videos);
        }
    }
    touched.sort_unstable();
    touched.dedup();
    for videos in touched.chunks(AT_ONCE) {
        link.run(
            "UPDATE videos SET version = version + 1 \
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            args![crate::db::list(videos)],
        )
        .await?;
    }
    Ok(touched)
}
