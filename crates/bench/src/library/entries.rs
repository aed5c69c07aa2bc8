//! Generated libraries: made once in the way in which a scan writes, then kept beside each other.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use catalogue::{Personal, UserId, VideoId};
use store::{Content, Facts, Found, Location, Store, TitleFrom, What};

use super::Stage;
use super::words::{phrase, word};
use crate::files::say;
use crate::numbers::Dice;

/// The tags that the generated libraries have.
pub(super) const TAGS: u64 = 60;
/// Their folders at the top.
pub(super) const SHELVES: u64 = 40;
/// How many files are written down at once.
const BATCH: u64 = 1_000;
/// The span over which they were added: three years, in milliseconds.
const SPAN_MS: i64 = 3 * 365 * 86_400_000;

/// The data folder with a library of so many videos; it is made if there is none.
pub(super) fn data(stage: &Stage, count: u64) -> Result<PathBuf> {
    let folder = stage.work.join("library").join(count.to_string());
    if folder.is_dir() {
        return Ok(folder);
    }
    say(&format!("making a library of {count}"));
    let part = stage.work.join("library").join(format!("{count}.part"));
    let _ = fs::remove_dir_all(&part);
    fs::create_dir_all(&part).with_context(|| format!("could not make {}", part.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(make(stage, &part.join("library.db"), count))?;
    fs::rename(&part, &folder).with_context(|| format!("could not name {}", folder.display()))?;
    Ok(folder)
}

async fn make(stage: &Stage<'_>, path: &Path, count: u64) -> Result<()> {
    let store = Store::open(&Location::Sqlite(path.to_owned())).await?;
    let mut dice = Dice::new(count);
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let mut videos: Vec<VideoId> = Vec::new();
    for first in (0..count).step_by(usize::try_from(BATCH)?) {
        stage.stop.check()?;
        let end = count.min(first + BATCH);
        let batch: Result<Vec<Found>> =
            (first..end).map(|number| found(number, &mut dice)).collect();
        let age_ms = SPAN_MS / i64::try_from(count)? * i64::try_from(count - end)?;
        let done = store.record(batch?, 1, now_ms - age_ms).await?;
        videos.extend(done.value.into_iter().flatten());
    }
    for tag in 0..TAGS {
        stage.stop.check()?;
        // The first ones are on many videos, the last ones on few.
        let share = 6 + tag * 3;
        let some: Vec<VideoId> =
            videos.iter().copied().filter(|_| dice.below(share) == 0).collect();
        for some in some.chunks(50_000) {
            store.tag(some, &tag_name(tag), now_ms).await?;
        }
    }
    let mut marks = Vec::new();
    for video in &videos {
        if dice.below(3) == 0 {
            marks.push((*video, personal(&mut dice, now_ms)));
        }
    }
    for some in marks.chunks(50_000) {
        stage.stop.check()?;
        store.set_personals(UserId::HOUSEHOLD, some, now_ms).await?;
    }
    store.close().await;
    Ok(())
}

/// The name of a tag.
pub(super) fn tag_name(tag: u64) -> String {
    format!("{} {tag}", word(tag * 11))
}

/// The name of a folder at the top.
pub(super) fn shelf(number: u64) -> String {
    format!("shelf-{number:02}")
}

fn personal(dice: &mut Dice, now_ms: i64) -> Personal {
    let ago =
        |dice: &mut Dice| now_ms - i64::try_from(dice.below(SPAN_MS.unsigned_abs())).unwrap_or(0);
    Personal {
        rating: u8::try_from(dice.below(6)).ok().filter(|stars| *stars > 0),
        favourite_ms: (dice.below(8) == 0).then(|| ago(dice)),
        watched_ms: (dice.below(2) == 0).then(|| ago(dice)),
        resume_ms: (dice.below(12) == 0).then_some(30_000),
        played_ms: Some(ago(dice)),
    }
}

/// One of these, the first ones more often.
fn one(dice: &mut Dice, of: &[&str]) -> String {
    let count = of.len() as u64;
    let at = dice.below(count).min(dice.below(count));
    usize::try_from(at).ok().and_then(|at| of.get(at)).copied().unwrap_or_default().to_owned()
}

fn found(number: u64, dice: &mut Dice) -> Result<Found> {
    let folder = format!("{}/{:04}", shelf(number % SHELVES), number / SHELVES / 50);
    let words = 2 + dice.below(4);
    let title = phrase(dice, words);
    let (width, height) = match dice.below(6) {
        0 => (720, 576),
        1 | 2 => (1_280, 720),
        5 => (3_840, 2_160),
        _ => (1_920, 1_080),
    };
    let video = one(dice, &["h264", "hevc", "vp9", "av1", "mpeg2"]);
    let audio = one(dice, &["aac", "ac3", "opus", "flac"]);
    let language = one(dice, &["en", "de", "fr", "ja", "es", "it", "pl", "sv"]);
    let container = one(dice, &["mp4", "matroska", "webm", "mpegts"]);
    let details = serde_json::json!({ "tracks": [
        { "kind": "video", "number": 1, "codec": video, "default": true, "forced": false },
        { "kind": "audio", "number": 2, "codec": audio, "language": language, "channels": 2 },
    ], "chapters": [] });
    Ok(Found {
        root: "/generated".to_owned(),
        path: format!("{folder}/{number}.mp4"),
        folder,
        size: 1_000_000 + dice.below(8_000_000_000),
        modified_ns: 1_700_000_000_000_000_000,
        inode: number,
        device: 1,
        beside: 0,
        shadowed: false,
        what: What::Video(Box::new(Content {
            // Digits are letters of an id.
            id: format!("{number:026}").parse().context("a number is no id")?,
            identity_version: 1,
            facts: Facts {
                tags: Vec::new(),
                title,
                title_from: TitleFrom::Name,
                description: (dice.below(4) == 0).then(|| phrase(dice, 16)),
                duration_ms: 30_000 + dice.below(3 * 3_600_000),
                container,
                width,
                height,
                frame_rate_milli: Some(25_000),
                bit_rate: Some(500_000 + dice.below(20_000_000)),
                video_codec: Some(video),
                audio_codecs: vec![audio],
                audio_languages: vec![language],
                text_languages: if dice.below(3) == 0 { vec!["en".to_owned()] } else { Vec::new() },
                hdr: (dice.below(20) == 0).then(|| "hdr10".to_owned()),
                details,
                made_ms: None,
            },
        })),
    })
}
