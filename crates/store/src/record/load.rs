//! What the database knows of the files and contents of a batch.

use std::collections::HashSet;

use catalogue::VideoId;
use media::ContentId;
use serde_json::json;

use super::model::{Before, Model, Old, Video};
use crate::{
    FileState, Found, StoreError, What,
    db::{Link, args, column, list},
    stored::{Stored, stored_columns},
};

pub(super) async fn load(link: &mut Link, batch: &[Found]) -> Result<Model, StoreError> {
    let mut model = Model::default();
    let mut wanted: HashSet<VideoId> = HashSet::new();
    let files = files(link, batch).await?;
    wanted.extend(files.iter().filter_map(|(_, _, _, video)| *video));
    let moved = moved(link, batch).await?;
    wanted.extend(moved.iter().map(|(_, video, _)| *video));
    let contents = contents(batch);
    let aliases = aliases(link, &contents).await?;
    wanted.extend(aliases.iter().map(|(_, video)| *video));
    for found in batch {
        if let What::Same { video, .. } = found.what {
            wanted.insert(video);
        }
    }
    let mut wanted: Vec<VideoId> = wanted.into_iter().collect();
    wanted.sort_unstable();
    videos(link, &mut model, &contents, &wanted).await?;
    for (content, video) in aliases {
        model.add_alias(content, video);
    }
    for (root, path, mut old, video) in files {
        old.video = video.and_then(|video| model.of_id(video));
        model.old.insert((root, path), old);
    }
    for (at, video, identity) in moved {
        if let Some(video) = model.of_id(video) {
            model.moved.insert(at, (video, identity));
        }
    }
    Ok(model)
}

/// Files that were read and are at other paths than before, by the way in which they are known: for
/// where in the batch they are, the video and how its id was made. Only those whose ids were made
/// in an older way: others are found by their ids.
async fn moved(link: &mut Link, batch: &[Found]) -> Result<Vec<(usize, VideoId, i64)>, StoreError> {
    let lines: Vec<_> = batch
        .iter()
        .enumerate()
        .filter_map(|(at, found)| match &found.what {
            What::Video(content) => Some(json!({
                "at": at, "i": found.inode.cast_signed(), "d": found.device.cast_signed(),
                "s": column(found.size), "m": found.modified_ns, "v": content.identity_version,
            })),
            _ => None,
        })
        .collect();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let rows = link
        .rows(
            "SELECT CAST(e.value->>'at' AS BIGINT), f.video, f.identity FROM json_each($1) e \
             JOIN files f ON f.inode = CAST(e.value->>'i' AS BIGINT) AND f.size = CAST(e.value->>'s' AS BIGINT) \
             WHERE f.device = CAST(e.value->>'d' AS BIGINT) AND f.modified_ns = CAST(e.value->>'m' AS BIGINT) \
             AND f.video IS NOT NULL AND f.identity < CAST(e.value->>'v' AS BIGINT)",
            args![&serde_json::Value::Array(lines)],
        )
        .await?;
    let mut moved = Vec::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns();
        let at = usize::try_from(columns.count()?).unwrap_or(usize::MAX);
        moved.push((at, columns.video()?, columns.int()?));
    }
    Ok(moved)
}

type File = (String, String, Old, Option<VideoId>);

async fn files(link: &mut Link, batch: &[Found]) -> Result<Vec<File>, StoreError> {
    let places: Vec<_> =
        batch.iter().map(|found| json!({ "r": found.root, "p": found.path })).collect();
    let rows = link
        .rows(
            "SELECT f.root, f.path, f.state, f.size, f.modified_ns, f.inode, f.device, f.identity, \
                    CASE WHEN f.problem IS NULL THEN 0 ELSE 1 END, f.video \
             FROM json_each($1) e \
             JOIN files f ON f.root = e.value->>'r' AND f.path = e.value->>'p'",
            args![&serde_json::Value::Array(places)],
        )
        .await?;
    let mut files = Vec::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns();
        files.push((
            columns.text()?,
            columns.text()?,
            Old {
                state: FileState::of(columns.int()?),
                size: columns.int()?,
                modified_ns: columns.int()?,
                inode: columns.int()?,
                device: columns.int()?,
                identity: columns.int()?,
                problem: columns.flag()?,
                video: None,
            },
            columns.maybe_video()?,
        ));
    }
    Ok(files)
}

/// The contents of a batch as a list for the database.
fn contents(batch: &[Found]) -> String {
    let contents: HashSet<ContentId> = batch
        .iter()
        .filter_map(|found| match &found.what {
            What::Video(content) => Some(content.id),
            _ => None,
        })
        .collect();
    let contents: Vec<_> =
        contents.into_iter().map(|content| json!({ "c": content.to_string() })).collect();
    serde_json::Value::Array(contents).to_string()
}

async fn aliases(link: &mut Link, contents: &str) -> Result<Vec<(ContentId, VideoId)>, StoreError> {
    let rows = link
        .rows(
            "SELECT a.content, a.video FROM json_each($1) e \
             JOIN aliases a ON a.content = e.value->>'c'",
            args![contents],
        )
        .await?;
    let mut aliases = Vec::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns();
        aliases.push((columns.content()?, columns.video()?));
    }
    Ok(aliases)
}

async fn videos(
    link: &mut Link,
    model: &mut Model,
    contents: &str,
    wanted: &[VideoId],
) -> Result<(), StoreError> {
    let rows = link
        .rows(
            concat!(
                "SELECT v.id, v.content, v.identity, v.edited, v.present, \
                 (SELECT COUNT(*) FROM files f WHERE f.video = v.id AND f.state = 0), ",
                stored_columns!(),
                " FROM videos v LEFT JOIN details d ON d.video = v.id \
                 WHERE v.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1) \
                 UNION SELECT w.id FROM json_each($2) e JOIN videos w ON w.content = e.value->>'c')"
            ),
            args![list(wanted), contents],
        )
        .await?;
    for row in rows {
        let mut columns = row.columns();
        let (id, content) = (columns.video()?, columns.content()?);
        let (identity, edits) = (columns.int()?, columns.int()?);
        let (was_present, files) = (columns.flag()?, columns.int()?);
        model.add_video(Video {
            id: Some(id),
            before: if was_present { Before::Present } else { Before::Away },
            content,
            former: Vec::new(),
            identity,
            old_identity: identity,
            stored: Stored::read(&mut columns)?,
            edits,
            files,
            tags: Vec::new(),
            renewed: false,
            touched: false,
            part_of: None,
        });
    }
    Ok(())
}
