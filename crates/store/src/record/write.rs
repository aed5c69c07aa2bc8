//! Writes what a batch means.

use std::collections::{BTreeMap, HashMap, HashSet};

use catalogue::VideoId;
use media::ContentId;
use serde::Serialize;

use super::{
    merge::merge,
    model::{Before, Model, Video},
};
use crate::{
    FileState, StoreError,
    db::{Link, args, list},
    done::Notes,
    stored::Stored,
    tags::{NAME, ensure, tags_line},
    text,
};

pub(super) async fn write(
    link: &mut Link,
    mut model: Model,
    generation: i64,
    now_ms: i64,
    notes: &mut Notes,
) -> Result<Vec<Option<VideoId>>, StoreError> {
    let merged = merges(link, &model, notes).await?;
    contents(link, &model).await?;
    new_videos(link, &mut model, now_ms).await?;
    renewed_videos(link, &model).await?;
    details(link, &model).await?;
    files(link, &model, generation, now_ms).await?;
    tags(link, &model, notes).await?;
    others(link, &model).await?;
    let present = presence(link, &model).await?;
    tell(&model, &present, &merged, notes);
    let ids: Vec<_> =
        model.new.iter().map(|new| model.video_of(new.video).and_then(|video| video.id)).collect();
    Ok(model.answers.iter().map(|at| ids.get(*at).copied().flatten()).collect())
}

/// Makes pairs of videos one; the ids of those that ended.
async fn merges(
    link: &mut Link,
    model: &Model,
    notes: &mut Notes,
) -> Result<Vec<ContentId>, StoreError> {
    let mut merged = Vec::new();
    for (ends, stays) in &model.merges {
        let (Some(ends), Some(stays)) = (model.videos.get(*ends), model.videos.get(*stays)) else {
            continue;
        };
        if let (Some(ends), Some(stays)) = (ends.id, stays.id) {
            merge(link, ends, stays).await?;
            notes.gone(ends);
        }
        merged.push(known_as(ends));
    }
    Ok(merged)
}

/// The id by which a video was known before this batch.
fn known_as(video: &Video) -> ContentId {
    video.former.first().copied().unwrap_or(video.content)
}

/// Gives videos their new ids, and keeps the ones that they had.
async fn contents(link: &mut Link, model: &Model) -> Result<(), StoreError> {
    for video in &model.videos {
        if video.part_of.is_none()
            && !video.former.is_empty()
            && let Some(id) = video.id
        {
            link.run("DELETE FROM aliases WHERE content = $1", args![video.content]).await?;
            link.run("UPDATE videos SET content = $2 WHERE id = $1", args![id, video.content])
                .await?;
        }
    }
    for (at, video) in model.videos.iter().enumerate() {
        let Some(now) = model.video_of(Some(at)) else { continue };
        let Some(id) = now.id else { continue };
        let ended = video.part_of.map(|_| video.content);
        for former in video.former.iter().copied().chain(ended) {
            if former != now.content {
                link.run(
                    "INSERT INTO aliases (content, video) VALUES ($1, $2) \
                     ON CONFLICT (content) DO UPDATE SET video = excluded.video",
                    args![former, id],
                )
                .await?;
            }
        }
    }
    Ok(())
}

/// A video as the statements take it.
#[derive(Serialize)]
struct VideoLine<'a> {
    id: Option<VideoId>,
    content: String,
    identity: i64,
    present: u8,
    #[serde(flatten)]
    stored: &'a Stored,
}

fn lines<'a>(videos: impl Iterator<Item = &'a Video>) -> Result<Option<String>, StoreError> {
    let lines: Vec<_> = videos
        .map(|video| VideoLine {
            id: video.id,
            content: video.content.to_string(),
            identity: video.identity,
            present: u8::from(video.files > 0),
            stored: &video.stored,
        })
        .collect();
    if lines.is_empty() { Ok(None) } else { json(&lines).map(Some) }
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Refused {
        what: format!("what was found cannot be written down: {error}"),
    })
}

async fn new_videos(link: &mut Link, model: &mut Model, now_ms: i64) -> Result<(), StoreError> {
    let new = |video: &&Video| video.id.is_none() && video.part_of.is_none();
    let Some(lines) = lines(model.videos.iter().filter(new))? else { return Ok(()) };
    let rows = link
        .rows(
            "INSERT INTO videos (content, identity, title, title_from, edited, description, duration_ms, \
               container, width, height, frame_rate_milli, bit_rate, video_codec, audio_codecs, \
               audio_languages, text_languages, hdr, views, hidden, added_ms, made_ms, present, version) \
             SELECT e.value->>'content', CAST(e.value->>'identity' AS BIGINT), e.value->>'title', \
               CAST(e.value->>'title_from' AS BIGINT), 0, e.value->>'description', \
               CAST(e.value->>'duration_ms' AS BIGINT), e.value->>'container', \
               CAST(e.value->>'width' AS BIGINT), CAST(e.value->>'height' AS BIGINT), \
               CAST(e.value->>'frame_rate_milli' AS BIGINT), CAST(e.value->>'bit_rate' AS BIGINT), \
               e.value->>'video_codec', e.value->>'audio_codecs', e.value->>'audio_languages', \
               e.value->>'text_languages', e.value->>'hdr', 0, 0, $2, \
               CAST(e.value->>'made_ms' AS BIGINT), CAST(e.value->>'present' AS BIGINT), 1 \
             FROM json_each($1) e WHERE true RETURNING content, id",
            args![lines, now_ms],
        )
        .await?;
    let mut ids = HashMap::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns();
        ids.insert(columns.content()?, columns.video()?);
    }
    for video in &mut model.videos {
        if video.id.is_none() && video.part_of.is_none() {
            video.id = ids.get(&video.content).copied();
        }
    }
    Ok(())
}

fn is_renewed(video: &Video) -> bool {
    !video.is_new()
        && video.part_of.is_none()
        && (video.renewed || video.identity != video.old_identity)
}

async fn renewed_videos(link: &mut Link, model: &Model) -> Result<(), StoreError> {
    let renewed = model.videos.iter().filter(|video| is_renewed(video));
    let Some(lines) = lines(renewed)? else {
        return Ok(());
    };
    link.run(
        "UPDATE videos SET identity = CAST(e.value->>'identity' AS BIGINT), title = e.value->>'title', \
           title_from = CAST(e.value->>'title_from' AS BIGINT), description = e.value->>'description', \
           duration_ms = CAST(e.value->>'duration_ms' AS BIGINT), container = e.value->>'container', \
           width = CAST(e.value->>'width' AS BIGINT), height = CAST(e.value->>'height' AS BIGINT), \
           frame_rate_milli = CAST(e.value->>'frame_rate_milli' AS BIGINT), \
           bit_rate = CAST(e.value->>'bit_rate' AS BIGINT), video_codec = e.value->>'video_codec', \
           audio_codecs = e.value->>'audio_codecs', audio_languages = e.value->>'audio_languages', \
           text_languages = e.value->>'text_languages', hdr = e.value->>'hdr', \
           made_ms = CAST(e.value->>'made_ms' AS BIGINT) \
         FROM json_each($1) e WHERE videos.id = CAST(e.value->>'id' AS BIGINT)",
        args![lines],
    )
    .await?;
    Ok(())
}

async fn details(link: &mut Link, model: &Model) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Line<'a> {
        video: VideoId,
        body: &'a str,
    }
    let lines: Vec<_> = model
        .videos
        .iter()
        .filter(|video| {
            // New ones have just got their number.
            video.part_of.is_none() && (video.renewed || video.is_new())
        })
        .filter_map(|video| Some(Line { video: video.id?, body: &video.stored.details }))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    link.run(
        "INSERT INTO details (video, body) \
         SELECT CAST(e.value->>'video' AS BIGINT), e.value->>'body' FROM json_each($1) e WHERE true \
         ON CONFLICT (video) DO UPDATE SET body = excluded.body",
        args![json(&lines)?],
    )
    .await?;
    Ok(())
}

async fn files(
    link: &mut Link,
    model: &Model,
    generation: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Line<'a> {
        video: Option<VideoId>,
        root: &'a str,
        path: &'a str,
        folder: &'a str,
        name: &'a str,
        size: i64,
        modified_ns: i64,
        inode: i64,
        device: i64,
        state: i64,
        problem: Option<&'a str>,
        identity: i64,
        beside: i64,
    }
    let lines: Vec<_> = model
        .new
        .iter()
        .map(|new| Line {
            video: model.video_of(new.video).and_then(|video| video.id),
            root: &new.found.root,
            path: &new.found.path,
            folder: &new.found.folder,
            name: new.found.path.rsplit('/').next().unwrap_or_default(),
            size: new.found.size,
            modified_ns: new.found.modified_ns,
            inode: new.found.inode,
            device: new.found.device,
            state: new.state.number(),
            problem: new.problem.as_deref(),
            identity: new.identity,
            beside: new.found.beside,
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    link.run(
        "INSERT INTO files (video, root, path, folder, name, size, modified_ns, inode, device, state, \
           problem, identity, beside, found_ms, seen) \
         SELECT CAST(e.value->>'video' AS BIGINT), e.value->>'root', e.value->>'path', e.value->>'folder', \
           e.value->>'name', CAST(e.value->>'size' AS BIGINT), CAST(e.value->>'modified_ns' AS BIGINT), \
           CAST(e.value->>'inode' AS BIGINT), CAST(e.value->>'device' AS BIGINT), \
           CAST(e.value->>'state' AS BIGINT), e.value->>'problem', \
           CAST(e.value->>'identity' AS BIGINT), CAST(e.value->>'beside' AS BIGINT), $2, $3 \
         FROM json_each($1) e WHERE true \
         ON CONFLICT (root, path) DO UPDATE SET video = excluded.video, folder = excluded.folder, \
           size = excluded.size, modified_ns = excluded.modified_ns, inode = excluded.inode, \
           device = excluded.device, state = excluded.state, problem = excluded.problem, \
           identity = excluded.identity, beside = excluded.beside, seen = excluded.seen",
        args![json(&lines)?, now_ms, generation],
    )
    .await?;
    Ok(())
}

/// Gives new videos the tags that they come with.
async fn tags(link: &mut Link, model: &Model, notes: &mut Notes) -> Result<(), StoreError> {
    let mut tagged: BTreeMap<&str, Vec<VideoId>> = BTreeMap::new();
    for video in model.videos.iter().filter(|video| video.is_new() && video.part_of.is_none()) {
        for tag in &video.tags {
            tagged.entry(tag).or_default().extend(video.id);
        }
    }
    if tagged.is_empty() {
        return Ok(());
    }
    for (name, videos) in tagged {
        // What is no name of a tag is none.
        let Ok(name) = text::name("the name of a tag", name, NAME) else { continue };
        let tag = ensure(link, &name).await?;
        link.run(
            "INSERT INTO video_tags (video, tag) \
             SELECT CAST(value AS BIGINT), $2 FROM json_each($1) WHERE true \
             ON CONFLICT (video, tag) DO NOTHING",
            args![list(&videos), tag],
        )
        .await?;
    }
    tags_line(notes);
    Ok(())
}

/// Lets files of other media folders be looked at again whose paths these files have now: which of
/// them can be asked for may be different.
async fn others(link: &mut Link, model: &Model) -> Result<(), StoreError> {
    let came = model.new.iter().filter(|new| {
        let key = (new.found.root.clone(), new.found.path.clone());
        model.old.get(&key).is_none_or(|old| old.state == FileState::Away)
    });
    let lines: Vec<_> = came
        .map(|new| serde_json::json!({ "root": new.found.root, "path": new.found.path }))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    link.run(
        "UPDATE files SET modified_ns = modified_ns - 1 WHERE id IN (\
           SELECT f.id FROM json_each($1) e JOIN files f ON f.path = e.value->>'path' \
           WHERE f.root <> e.value->>'root' AND f.state = 0)",
        args![json(&lines)?],
    )
    .await?;
    Ok(())
}

/// Which of the videos that were known have a file now.
async fn presence(link: &mut Link, model: &Model) -> Result<HashSet<VideoId>, StoreError> {
    let touched: Vec<_> = model
        .videos
        .iter()
        .filter(|video| {
            !video.is_new() && video.part_of.is_none() && (video.touched || video.renewed)
        })
        .filter_map(|video| video.id)
        .collect();
    recount(link, &touched).await
}

/// Says of videos anew whether they are there; answers with those that are.
pub(crate) async fn recount(
    link: &mut Link,
    videos: &[VideoId],
) -> Result<HashSet<VideoId>, StoreError> {
    if videos.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = link
        .rows(
            "UPDATE videos SET version = version + 1, \
               present = CASE WHEN EXISTS (SELECT 1 FROM files f WHERE f.video = videos.id AND f.state = 0) \
                         THEN 1 ELSE 0 END \
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) RETURNING id, present",
            args![list(videos)],
        )
        .await?;
    let mut present = HashSet::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns();
        let video = columns.video()?;
        if columns.flag()? {
            present.insert(video);
        }
    }
    Ok(present)
}

/// Notes which videos came, changed and went.
fn tell(model: &Model, present: &HashSet<VideoId>, merged: &[ContentId], notes: &mut Notes) {
    let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), merged.to_vec());
    for video in model.videos.iter().filter(|video| video.part_of.is_none()) {
        let Some(id) = video.id else { continue };
        if video.is_new() {
            notes.added(id);
            if video.files > 0 {
                added.push(video.content);
            }
            continue;
        }
        if !video.touched && !video.renewed {
            if video.identity != video.old_identity {
                notes.video(id);
            }
            continue;
        }
        notes.video(id);
        // Who knows it by its old id must forget that.
        if !video.former.is_empty() && video.before == Before::Present {
            removed.push(known_as(video));
        }
        match (video.before == Before::Present && video.former.is_empty(), present.contains(&id)) {
            (false, true) => added.push(video.content),
            (true, true) => changed.push(video.content),
            (true, false) => removed.push(video.content),
            (false, false) => {}
        }
    }
    notes.videos_line(&added, &changed, &removed);
}
