//! Prints the index of a file, and what reading it cost: `cargo run --example index -- FILE`.

use std::{fs, os::unix::fs::FileExt};

use media::{Budget, Detail, Source};

// What ships: memory that is fresh from the system is half the cost otherwise.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct File(fs::File, u64);

impl Source for File {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.0.read_at(buffer, offset)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        println!("{path}");
        let file = fs::File::open(&path)?;
        let length = file.metadata()?.len();
        let source = File(file, length);
        let begin = cpu_millis();
        let index = isobmff::read::read(&source, &Budget::default());
        let took = cpu_millis() - begin;
        match index {
            Ok(index) => print(&index),
            Err(error) => println!("  {error}"),
        }
        println!("  read in {took:.2} ms of CPU");
    }
    Ok(())
}

/// What this thread has cost so far, as Linux counts it; 0 elsewhere.
#[allow(clippy::cast_precision_loss)]
fn cpu_millis() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: u64 = stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0);
    nanos as f64 / 1e6
}

fn print(index: &media::Index) {
    println!(
        "  {} {:?}, {:.3} s, created {:?}, fast start {}",
        index.container.name(),
        index.title,
        std::time::Duration::from_micros(index.duration_micros().unsigned_abs()).as_secs_f64(),
        index.created,
        index.fast_start
    );
    for track in &index.tracks {
        println!(
            "  {} {} {:?} {:?} {:?} {:?}",
            track.number,
            track.codec.name(),
            track.codec_string,
            track.language.as_ref().map(media::Language::as_str),
            track.title,
            track.roles
        );
        println!(
            "    {:?} samples, {:?} bytes, {}..{} of {}, cadence {:?}, {} keys ({} open)",
            track.count,
            track.bytes,
            track.start,
            track.end,
            track.timescale.get(),
            track.cadence,
            track.keys.len(),
            track.keys.iter().filter(|key| key.open).count()
        );
        match &track.detail {
            Detail::Video(video) => println!("    {video:?}"),
            Detail::Audio(audio) => println!("    {audio:?}"),
            Detail::Text | Detail::Other => {}
        }
    }
    for chapter in &index.chapters {
        println!("  {chapter:?}");
    }
    for attachment in &index.attachments {
        println!("  {attachment:?}");
    }
    for note in &index.notes {
        println!("  {}: {}", if note.loss { "LOSS" } else { "note" }, note.text);
    }
}
