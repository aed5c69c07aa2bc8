//! What an index costs, how large it is, and that it is made once.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use rustix::time::{ClockId, clock_gettime};

use super::Stage;
use super::film::{FILMS, Film};
use crate::client::Client;
use crate::demand::Demand;
use crate::numbers::{Spread, real};
use crate::page::{Cell, Page, Table};
use crate::procfs;
use crate::server::Server;

/// How often a film is read for its index.
const TIMES: usize = 15;

struct Source {
    file: File,
    len: u64,
    read: std::sync::atomic::AtomicU64,
}

impl media::Source for Source {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.file.read_at(buffer, offset)?;
        self.read.fetch_add(count as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}

/// Reads every film several times, on this thread.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let mut table = Table::new(&[
        "two hours",
        "file, MB",
        "CPU ms",
        "wall ms",
        "read, MB",
        "index, KB",
        "bytes a sample",
    ]);
    for film in FILMS {
        let (mut cpu, mut wall) = (Vec::new(), Vec::new());
        let (mut size, mut read, mut samples) = (0, 0, 0);
        let path = stage.work.file(film.file);
        // Once uncounted: it brings the headers into the page cache.
        for turn in 0..=TIMES {
            stage.stop.check()?;
            let file =
                File::open(&path).with_context(|| format!("could not open {}", film.file))?;
            let len = file.metadata()?.len();
            let source = Source { file, len, read: 0.into() };
            let (before, begin) = (clock(), Instant::now());
            let index = match demux::read(&source, &media::Budget::default()) {
                Ok(index) => index,
                Err(error) => bail!("{}: {error}", film.file),
            };
            let bytes = index.to_bytes();
            if turn > 0 {
                cpu.push((clock() - before) * 1e3);
                wall.push(begin.elapsed().as_secs_f64() * 1e3);
            }
            size = bytes.len();
            read = source.read.into_inner();
            samples = index
                .tracks
                .iter()
                .filter_map(|track| track.table())
                .map(|t| u64::from(t.len()))
                .sum();
        }
        let most = match film.file {
            "film.mp4" => Some(20.0),
            "film.mkv" => Some(100.0),
            _ => None,
        };
        if let Some(most) = most {
            let median = Spread::of(&cpu).map_or(f64::NAN, |spread| spread.median);
            let what = format!("index of a two-hour {}: CPU", film.title);
            page.bar(what, median, "ms", 1, Demand::AtMost(most));
        }
        let length = fs::metadata(&path)?.len();
        let each = if samples == 0 {
            Cell::Text("–".to_owned())
        } else {
            Cell::Value(real(size as u64) / real(samples), 2)
        };
        table.row(
            film.title,
            [
                Cell::Value(real(length) / 1e6, 0),
                Cell::Runs(cpu, 2),
                Cell::Runs(wall, 2),
                Cell::Value(real(read) / 1e6, 2),
                Cell::Value(real(size as u64) / 1e3, 0),
                each,
            ],
        );
    }
    page.table(
        "The index of a two-hour film",
        &format!(
            "Read {TIMES} times in one thread, headers in the page cache. An MKV whose samples are searched when they \
             are asked for has no table of them."
        ),
        &table,
    );
    Ok(())
}

/// Processor time of this thread in seconds.
fn clock() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds and nanoseconds of one run")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    seconds
}

/// What a server reads for the first playlist of a film: without its index, and after a start with it.
pub(super) fn again(stage: &Stage, page: &mut Page) -> Result<()> {
    let mut table = Table::new(&[
        "two hours",
        "never seen: ms",
        "read, KB",
        "after a start: ms",
        "read, KB",
        "on the shelf, KB",
    ]);
    let shelf = stage.work.own("vidicon")?.join("data/index");
    for film in FILMS {
        let _ = fs::remove_dir_all(&shelf);
        let (first, first_read) = ask(stage, film)?;
        let (second, second_read) = ask(stage, film)?;
        let kb = |bytes| Cell::Value(real(bytes) / 1e3, 1);
        let kept = size_of(&shelf.join("files"));
        table.row(
            film.title,
            [
                Cell::Value(first, 1),
                kb(first_read),
                Cell::Value(second, 1),
                kb(second_read),
                kb(kept),
            ],
        );
        let what = format!("{}: read again after a restart (16 KB are no index)", film.title);
        page.bar(what, real(second_read) / 1e3, "KB", 1, Demand::AtMost(16.0));
    }
    page.table(
        "Read once",
        "The media playlist is asked of a server that has no index of the file, and of one started later with the same \
         data folder. \"Read\" is `rchar` of `/proc/PID/io`: everything that read(2) gave, from the page cache too; the \
         kept index is mapped and does not count.",
        &table,
    );
    Ok(())
}

fn ask(stage: &Stage, film: Film) -> Result<(f64, u64)> {
    let server = Server::start(&stage.vidicon, stage.work, stage.stop)?;
    let before = procfs::was_read(server.pid())?;
    let took =
        Client::connect(server.address)?.time(&format!("/hls/{}/video-1.m3u8", film.file), "")?;
    let after = procfs::was_read(server.pid())?;
    Ok((took.total.as_secs_f64() * 1e3, after.saturating_sub(before)))
}

fn size_of(folder: &std::path::Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => size_of(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}
