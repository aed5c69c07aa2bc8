//! Tags: shared by all users, their names unique whatever their case.

use catalogue::{TagId, VideoId};
use media::ContentId;
use serde_json::json;

use crate::{
    Done, Store, StoreError,
    db::{Link, Row, args, list},
    done::Notes,
    personal::{bounded, contents_of},
    places::must,
    text,
};

/// A tag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TagRow {
    /// Its number.
    pub id: TagId,
    /// Its name, as it was first written.
    pub name: String,
    /// Its colour, as it was given.
    pub colour: Option<String>,
    /// How many videos have it, hidden ones and those that are away too.
    pub count: u64,
    /// Counts the changes of name and colour.
    pub version: i64,
}

/// The most characters of a name.
pub(crate) const NAME: usize = 100;
/// The most tags of a video.
const TAGS: usize = 200;
/// How many videos one statement names.
const AT_ONCE: usize = 10_000;

const ONE: &str = "SELECT t.id, t.name, t.colour, \
     (SELECT COUNT(*) FROM video_tags vt WHERE vt.tag = t.id), t.version FROM tags t WHERE t.id = $1";

impl Store {
    /// All tags, by name.
    pub async fn tags_all(&self) -> Result<Vec<TagRow>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT t.id, t.name, t.colour, COALESCE(c.n, 0), t.version FROM tags t \
                 LEFT JOIN (SELECT tag, COUNT(*) AS n FROM video_tags GROUP BY tag) c ON c.tag = t.id \
                 ORDER BY t.folded",
                args![],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// All tags, by name, without counting the videos of each, which takes a second of a million: all
    /// counts are 0.
    pub async fn tags_uncounted(&self) -> Result<Vec<TagRow>, StoreError> {
        let mut link = self.db.read().await?;
        let sql = "SELECT id, name, colour, 0, version FROM tags ORDER BY folded";
        link.rows(sql, args![]).await?.iter().map(read).collect()
    }

    /// The tag with this name, whatever its case.
    pub async fn tag_named(&self, name: &str) -> Result<Option<TagRow>, StoreError> {
        let Ok(name) = text::name("the name of the tag", name, NAME) else { return Ok(None) };
        let mut link = self.db.read().await?;
        let row =
            link.row("SELECT id FROM tags WHERE folded = $1", args![text::fold(&name)]).await?;
        match row {
            Some(row) => Ok(Some(one(&mut link, TagId(row.int()?)).await?)),
            None => Ok(None),
        }
    }

    /// A new tag.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is one with this name.
    pub async fn new_tag(
        &self,
        name: &str,
        colour: Option<&str>,
        now_ms: i64,
    ) -> Result<Done<TagRow>, StoreError> {
        let name = text::name("the name of the tag", name, NAME)?;
        let colour = colour.map(|colour| text::name("the colour", colour, 32)).transpose()?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        free(&mut link, &name, None).await?;
        let id = insert(&mut link, &name, colour).await?;
        let tag = one(&mut link, id).await?;
        tags_line(&mut notes);
        notes.commit(link, tag).await
    }

    /// Gives a tag another name or colour; what is none stays.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if another tag has the name, [`StoreError::Conflict`] if its version is
    /// not `if_version` any more.
    pub async fn edit_tag(
        &self,
        tag: TagId,
        name: Option<&str>,
        colour: Option<Option<&str>>,
        if_version: Option<i64>,
        now_ms: i64,
    ) -> Result<Done<TagRow>, StoreError> {
        let name = name.map(|name| text::name("the name of the tag", name, NAME)).transpose()?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let old = one(&mut link, tag).await?;
        if if_version.is_some_and(|version| version != old.version) {
            return Err(StoreError::Conflict { current: old.version });
        }
        if let Some(name) = name.filter(|name| *name != old.name) {
            free(&mut link, &name, Some(tag)).await?;
            link.run(
                "UPDATE tags SET name = $2, folded = $3 WHERE id = $1",
                args![tag, name.as_str(), text::fold(&name)],
            )
            .await?;
            with_tag(&mut link, tag, &mut notes).await?;
        }
        if let Some(colour) = colour {
            let colour = colour.map(|colour| text::name("the colour", colour, 32)).transpose()?;
            link.run("UPDATE tags SET colour = $2 WHERE id = $1", args![tag, colour]).await?;
        }
        link.run("UPDATE tags SET version = version + 1 WHERE id = $1", args![tag]).await?;
        let tag = one(&mut link, tag).await?;
        tags_line(&mut notes);
        notes.commit(link, tag).await
    }

    /// Takes a tag away from all videos, and away.
    pub async fn delete_tag(&self, tag: TagId, now_ms: i64) -> Result<Done<()>, StoreError> {
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        one(&mut link, tag).await?;
        with_tag(&mut link, tag, &mut notes).await?;
        link.run("DELETE FROM video_tags WHERE tag = $1", args![tag]).await?;
        link.run("DELETE FROM tags WHERE id = $1", args![tag]).await?;
        tags_line(&mut notes);
        notes.commit(link, ()).await
    }

    /// Gives all videos of a tag another one instead, and takes the first away.
    pub async fn merge_tags(
        &self,
        tag: TagId,
        into: TagId,
        now_ms: i64,
    ) -> Result<Done<TagRow>, StoreError> {
        if tag == into {
            return Err(StoreError::Refused {
                what: "a tag cannot become part of itself; name another one".to_owned(),
            });
        }
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        one(&mut link, tag).await?;
        one(&mut link, into).await?;
        with_tag(&mut link, tag, &mut notes).await?;
        link.run(
            "INSERT INTO video_tags (video, tag) SELECT video, $2 FROM video_tags WHERE tag = $1 \
             ON CONFLICT (video, tag) DO NOTHING",
            args![tag, into],
        )
        .await?;
        link.run("DELETE FROM video_tags WHERE tag = $1", args![tag]).await?;
        link.run("DELETE FROM tags WHERE id = $1", args![tag]).await?;
        let into = one(&mut link, into).await?;
        tags_line(&mut notes);
        notes.commit(link, into).await
    }

    /// Gives videos a tag, which is made if there is none with this name; at most 100,000 videos.
    /// The tag, and how many did not have it.
    pub async fn tag(
        &self,
        videos: &[VideoId],
        name: &str,
        now_ms: i64,
    ) -> Result<Done<(TagRow, u64)>, StoreError> {
        bounded(videos.len())?;
        let name = text::name("the name of the tag", name, NAME)?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let tag = ensure(&mut link, &name).await?;
        let mut count = 0;
        let mut contents = Vec::new();
        for videos in videos.chunks(AT_ONCE) {
            count += link
                .run(
                    "INSERT INTO video_tags (video, tag) SELECT v.id, $2 FROM videos v \
                     WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
                     AND (SELECT COUNT(*) FROM video_tags o WHERE o.video = v.id) < 200 \
                     ON CONFLICT (video, tag) DO NOTHING",
                    args![list(videos), tag],
                )
                .await?;
            changed(&mut link, videos, &mut contents, &mut notes).await?;
        }
        let tag = one(&mut link, tag).await?;
        notes.videos_line(&[], &contents, &[]);
        tags_line(&mut notes);
        notes.commit(link, (tag, count)).await
    }

    /// Takes a tag from videos; how many had it. The tag stays, also if no video has it.
    pub async fn untag(
        &self,
        videos: &[VideoId],
        name: &str,
        now_ms: i64,
    ) -> Result<Done<u64>, StoreError> {
        bounded(videos.len())?;
        let name = text::name("the name of the tag", name, NAME)?;
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let row =
            link.row("SELECT id FROM tags WHERE folded = $1", args![text::fold(&name)]).await?;
        let Some(row) = row else { return Ok(Done::default()) };
        let tag = TagId(row.int()?);
        let mut count = 0;
        let mut contents = Vec::new();
        for videos in videos.chunks(AT_ONCE) {
            count += link
                .run(
                    "DELETE FROM video_tags WHERE tag = $2 \
                     AND video IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
                    args![list(videos), tag],
                )
                .await?;
            changed(&mut link, videos, &mut contents, &mut notes).await?;
        }
        notes.videos_line(&[], &contents, &[]);
        tags_line(&mut notes);
        notes.commit(link, count).await
    }

    /// Gives a video exactly these tags, at most 200; they are made if they are new. The tags, by name.
    pub async fn set_tags(
        &self,
        content: ContentId,
        names: &[String],
        now_ms: i64,
    ) -> Result<Done<Vec<TagRow>>, StoreError> {
        if names.len() > TAGS {
            return Err(StoreError::Refused {
                what: format!("{} tags for one video; give it at most {TAGS}", names.len()),
            });
        }
        let mut clean = Vec::with_capacity(names.len());
        for name in names {
            clean.push(text::name("the name of a tag", name, NAME)?);
        }
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let (video, content) = must(&mut link, content).await?;
        link.run("DELETE FROM video_tags WHERE video = $1", args![video]).await?;
        for name in &clean {
            let tag = ensure(&mut link, name).await?;
            link.run(
                "INSERT INTO video_tags (video, tag) VALUES ($1, $2) ON CONFLICT (video, tag) DO NOTHING",
                args![video, tag],
            )
            .await?;
        }
        changed(&mut link, &[video], &mut Vec::new(), &mut notes).await?;
        let rows = link
            .rows(
                "SELECT t.id, t.name, t.colour, (SELECT COUNT(*) FROM video_tags c WHERE c.tag = t.id), t.version \
                 FROM video_tags vt JOIN tags t ON t.id = vt.tag WHERE vt.video = $1 ORDER BY t.folded",
                args![video],
            )
            .await?;
        let tags = rows.iter().map(read).collect::<Result<_, _>>()?;
        notes.videos_line(&[], &[content], &[]);
        tags_line(&mut notes);
        notes.commit(link, tags).await
    }
}

fn read(row: &Row) -> Result<TagRow, StoreError> {
    let mut columns = row.columns();
    Ok(TagRow {
        id: TagId(columns.int()?),
        name: columns.text()?,
        colour: columns.maybe_text()?,
        count: columns.count()?,
        version: columns.int()?,
    })
}

async fn one(link: &mut Link, tag: TagId) -> Result<TagRow, StoreError> {
    let row = link.row(ONE, args![tag]).await?;
    read(&row.ok_or(StoreError::NotFound { what: "such tag" })?)
}

/// The name is no other tag's.
async fn free(link: &mut Link, name: &str, but: Option<TagId>) -> Result<(), StoreError> {
    let row =
        link.row("SELECT id, name FROM tags WHERE folded = $1", args![text::fold(name)]).await?;
    let Some(row) = row else { return Ok(()) };
    let mut columns = row.columns();
    let (id, name) = (TagId(columns.int()?), columns.text()?);
    if Some(id) == but {
        return Ok(());
    }
    Err(StoreError::Taken { what: format!("a tag named {name:?}") })
}

async fn insert(link: &mut Link, name: &str, colour: Option<String>) -> Result<TagId, StoreError> {
    let row = link
        .row(
            "INSERT INTO tags (name, folded, colour, version) VALUES ($1, $2, $3, 1) RETURNING id",
            args![name, text::fold(name), colour],
        )
        .await?;
    Ok(TagId(row.ok_or(StoreError::NotFound { what: "such tag" })?.int()?))
}

/// The tag with this name, made if there is none.
pub(crate) async fn ensure(link: &mut Link, name: &str) -> Result<TagId, StoreError> {
    let row = link.row("SELECT id FROM tags WHERE folded = $1", args![text::fold(name)]).await?;
    match row {
        Some(row) => Ok(TagId(row.int()?)),
        None => insert(link, name, None).await,
    }
}

/// Notes that videos have other tags now.
async fn changed(
    link: &mut Link,
    videos: &[VideoId],
    contents: &mut Vec<ContentId>,
    notes: &mut Notes,
) -> Result<(), StoreError> {
    link.run(
        "UPDATE videos SET version = version + 1 \
         WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        args![list(videos)],
    )
    .await?;
    contents_of(link, videos, contents).await?;
    notes.all(videos);
    Ok(())
}

/// Notes that all videos of a tag are different now.
async fn with_tag(link: &mut Link, tag: TagId, notes: &mut Notes) -> Result<(), StoreError> {
    let rows = link.rows("SELECT video FROM video_tags WHERE tag = $1", args![tag]).await?;
    let mut videos = Vec::with_capacity(rows.len());
    for row in rows {
        videos.push(row.columns().video()?);
    }
    let mut contents = Vec::new();
    for videos in videos.chunks(AT_ONCE) {
        changed(link, videos, &mut contents, notes).await?;
    }
    notes.videos_line(&[], &contents, &[]);
    Ok(())
}

/// Which tags there are, or what they are called, is different now.
pub(crate) fn tags_line(notes: &mut Notes) {
    notes.line("tags", json!({}));
}
