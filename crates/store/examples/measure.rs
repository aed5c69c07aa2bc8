//! What the store costs: `measure LOCATION ENTRIES`. The database should be empty.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use std::{
    error::Error,
    future::Future,
    time::{Duration, Instant},
};

use catalogue::UserId;
use media::ContentId;
use store::{Content, Facts, Found, Location, Store, TitleFrom, What};

const ME: UserId = UserId::HOUSEHOLD;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(location), Some(count)) = (args.next(), args.next()) else {
        return Err("measure LOCATION ENTRIES".into());
    };
    let location: Location = location.parse()?;
    let count: u64 = count.parse()?;
    let store = Store::open(&location).await?;
    println!("{count} entries in {location}");

    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    for first in (0..count).step_by(1_000) {
        let batch = (first..count.min(first + 1_000)).map(found).collect();
        let each = Instant::now();
        store.record(batch, 1, 1).await?;
        slowest = slowest.max(each.elapsed());
    }
    say("record, new", count, began.elapsed());
    println!("  slowest batch {slowest:?}");

    let began = Instant::now();
    let mut after = String::new();
    loop {
        let page = store.known("/media", &after, 5_000).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.path);
    }
    say("known, all", count, began.elapsed());

    let began = Instant::now();
    let mut last = None;
    let mut videos = Vec::new();
    loop {
        let page = store.entries(last, 10_000).await?;
        let Some((video, _)) = page.last() else { break };
        last = Some(*video);
        videos.extend(page.into_iter().map(|(video, _)| video));
    }
    say("entries, all", count, began.elapsed());

    let began = Instant::now();
    store
        .rate_all(ME, videos.get(..videos.len().min(100_000)).unwrap_or_default(), Some(4), 2)
        .await?;
    say("rate_all", count.min(100_000), began.elapsed());

    let page: Vec<_> = videos.iter().step_by(videos.len() / 60 + 1).copied().collect();
    each("videos, a page", || async { store.videos(ME, &page).await.map(drop) }).await?;
    let content = id(count / 2);
    each("video", || async { store.video(ME, content).await.map(drop) }).await?;
    each("details", || async { store.details(ME, content).await.map(drop) }).await?;
    each("rate", || async { store.rate(ME, content, Some(3), 3).await.map(drop) }).await?;
    each("progress", || async { store.progress(ME, content, 5, 9, 3).await.map(drop) }).await?;
    each("view", || async { store.view(ME, content, 4).await.map(drop) }).await?;
    each("tags_all", || async { store.tags_all().await.map(drop) }).await?;
    each("missing_artwork", || async { store.missing_artwork(None, 100).await.map(drop) }).await?;
    each("problems", || async { store.problems(None, 100).await.map(drop) }).await?;
    each("duplicates", || async { store.duplicates(None, 100).await.map(drop) }).await?;

    let path = std::env::temp_dir().join(format!("vidicon-measure-{}", std::process::id()));
    let began = Instant::now();
    let backup = store.backup(&path, 5).await?;
    say("backup, rows", backup.rows, began.elapsed());
    println!("  {} MB", backup.bytes / 1_000_000);
    std::fs::remove_file(path)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    for line in status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
    {
        println!("{line}");
    }
    Ok(())
}

fn say(what: &str, count: u64, took: Duration) {
    let rate = u128::from(count) * 1_000 / took.as_millis().max(1);
    println!("{what:20} {took:>12.1?}  {rate}/s");
}

async fn each<F: Future<Output = Result<(), store::StoreError>>>(
    what: &str,
    mut call: impl FnMut() -> F,
) -> Result<(), store::StoreError> {
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        call().await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    println!("{what:20} p50 {:>9.1?}  p99 {:>9.1?}", at(100), at(197));
    Ok(())
}

fn id(number: u64) -> ContentId {
    format!("{number:026}").parse().unwrap_or_else(|_| unreachable!())
}

fn found(number: u64) -> Found {
    let folder = format!("shows/{:04}", number / 100);
    Found {
        root: "/media".to_owned(),
        path: format!("{folder}/Some%20Film%20{number}.mp4"),
        folder,
        size: number,
        modified_ns: 1_700_000_000_000_000_000,
        inode: number,
        device: 1,
        beside: 0,
        shadowed: false,
        what: What::Video(Box::new(Content {
            id: id(number),
            identity_version: 1,
            facts: Facts {
                title: format!("Some Film {number}"),
                title_from: TitleFrom::Name,
                duration_ms: 60_000,
                container: "mp4".to_owned(),
                width: 1_920,
                height: 1_080,
                video_codec: Some("h264".to_owned()),
                audio_codecs: vec!["aac".to_owned()],
                audio_languages: vec!["en".to_owned()],
                details: serde_json::json!({ "tracks": [
                    { "kind": "video", "number": 1, "codec": "avc1.640028", "default": true, "forced": false },
                    { "kind": "audio", "number": 2, "codec": "mp4a.40.2", "language": "en", "channels": 2 },
                ], "chapters": [] }),
                ..Facts::default()
            },
        })),
    }
}
