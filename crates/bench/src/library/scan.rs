//! How long it takes to look through many files: for the first time, when nothing has changed, and how long the
//! page takes meanwhile.

use std::fs;
use std::net::SocketAddrV4;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::pace::Pace;
use super::{Stage, clips, serve};
use crate::client::Client;
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::{Spread, real};
use crate::page::{Cell, Page, Table};
use crate::procfs;
use crate::server::Server;

/// What the server says of its scans.
#[derive(Debug, Deserialize)]
struct Said {
    state: String,
    seen: u64,
    since: Option<String>,
    /// How long the last whole one took, in seconds.
    took: Option<f64>,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Total {
    total: u64,
}

/// A scan that takes longer is given up.
const LIMIT: Duration = Duration::from_mins(15);
/// From one look of the simulated client at the page to the next.
const EVERY: Duration = Duration::from_millis(50);

/// One scan with nobody there, some that find nothing new, and one while somebody looks at the page.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let media = clips::folder(stage, stage.files)?;
    warm(stage, &media)?;
    let files = crate::report::grouped(real(stage.files), 0);

    let busy = busy(stage, &media)?;
    let server = fresh(stage, &media)?;
    let first = ended(stage, server.address, None)?;
    let cpu = procfs::cpu(server.pid())?;
    all_are_known(server.address, stage.files)?;
    say(&format!("{files} files scanned in {:.1} s", first.0));
    let mut again = Vec::new();
    for _ in 0..stage.pick(5, 2) {
        let mut client = Client::connect(server.address)?;
        let before: Said = serve::ask(&mut client, "/api/v1/scan")?;
        client.send("POST", "/api/v1/scan", "", b"")?;
        again.push(ended(stage, server.address, before.since.as_deref())?.0);
    }
    let rest = look(stage, server.address, Until::Times(stage.pick(400, 40)))?;
    drop(server);

    let mut table = Table::new(&["scan", "s", "files/s", "CPU-s"]);
    table.row(
        "all files new",
        [Cell::Value(first.0, 1), Cell::Value(real(first.1) / first.0, 0), Cell::Value(cpu, 1)],
    );
    let spread = Spread::of(&again).map_or(f64::NAN, |spread| spread.median);
    table.row(
        "nothing changed",
        [
            Cell::Runs(again, 2),
            Cell::Value(real(stage.files) / spread, 0),
            Cell::Text(String::new()),
        ],
    );
    page.table(
        &format!("Scans of {files} small files"),
        "MP4s of about 2 KB in folders of 100, in the page cache; the data folder is empty at first. CPU is all that the server \
         used since its start.",
        &table,
    );
    page.bar(format!("{files} small MP4s scanned"), first.0, "s", 1, Demand::AtMost(60.0));
    page.bar(format!("{files} files, nothing changed: scan"), spread, "s", 2, Demand::AtMost(2.0));

    let mut table =
        Table::new(&["the page, its first list and facets", "n", "p50 ms", "p95 ms", "p99 ms"]);
    for (name, pace) in [("at rest", &rest), ("during the scan", &busy)] {
        let cells = [500, 950, 990].map(|at| Cell::Value(pace.ms(at), 2));
        table.row(name, [Cell::Value(pace.count(), 0)].into_iter().chain(cells));
    }
    page.table(
        "The page during a scan",
        "Twenty times a second somebody opens the library page: its HTML, 100 videos and the facets, one after the other. \
         During the scan there are fewer videos to begin with, and all of them at the end.",
        &table,
    );
    for (name, at) in [("p50", 500), ("p95", 950)] {
        let what = format!("the page during a scan against at rest: {name}");
        page.bar(what, busy.ms(at) / rest.ms(at), "times", 2, Demand::AtMost(2.0));
    }
    Ok(())
}

/// How long the page takes while all files are new.
fn busy(stage: &Stage, media: &Path) -> Result<Pace> {
    let server = fresh(stage, media)?;
    look(stage, server.address, Until::Scanned)
}

/// A server over a media folder, with an empty data folder.
pub(super) fn fresh(stage: &Stage, media: &Path) -> Result<Server> {
    let data = stage.work.join("data");
    if data.exists() {
        fs::remove_dir_all(&data)
            .with_context(|| format!("could not remove {}", data.display()))?;
    }
    serve::start(stage, &data, media)
}

/// Waits for the end of a scan that began after `before`: its seconds, and the files that it met.
pub(super) fn ended(
    stage: &Stage,
    address: SocketAddrV4,
    before: Option<&str>,
) -> Result<(f64, u64)> {
    let mut client = Client::connect(address)?;
    let begun = Instant::now();
    loop {
        stage.stop.check()?;
        let said: Said = serve::ask(&mut client, "/api/v1/scan")?;
        if let Some(error) = said.error {
            bail!("the scan failed: {error}");
        }
        if let Some(took) = said.took
            && said.state == "idle"
            && said.since.as_deref() != before
        {
            return Ok((took, said.seen));
        }
        if begun.elapsed() > LIMIT {
            bail!("the scan has not ended after {} minutes", LIMIT.as_secs() / 60);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// An error if not every file is a video in the library: then the scan has not done what was timed.
fn all_are_known(address: SocketAddrV4, files: u64) -> Result<()> {
    let list: Total = serve::ask(&mut Client::connect(address)?, "/api/v1/videos?limit=1")?;
    if list.total != files {
        bail!("of {files} files {} are in the library after the scan", list.total);
    }
    Ok(())
}

/// How long somebody looks.
#[derive(Clone, Copy)]
enum Until {
    Times(usize),
    Scanned,
}

fn look(stage: &Stage, address: SocketAddrV4, until: Until) -> Result<Pace> {
    let mut client = Client::connect(address)?;
    let mut times = Vec::new();
    let begun = Instant::now();
    loop {
        stage.stop.check()?;
        let mut took = Duration::ZERO;
        for path in
            ["/library", "/api/v1/videos?limit=100&sort=added&order=desc", "/api/v1/videos/facets"]
        {
            took += client.time(path, "Accept: text/html, application/json\r\n")?.total;
        }
        times.push(took);
        let is_over = match until {
            Until::Times(most) => times.len() >= most,
            Until::Scanned => {
                let said: Said = serve::ask(&mut client, "/api/v1/scan")?;
                said.state == "idle" && said.took.is_some() || begun.elapsed() > LIMIT
            }
        };
        if is_over {
            return Ok(Pace::of(times));
        }
        thread::sleep(EVERY.saturating_sub(took));
    }
}

/// Reads all files once, so that the page cache has them.
fn warm(stage: &Stage, folder: &Path) -> Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        stage.stop.check()?;
        for entry in fs::read_dir(&folder)?.flatten() {
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                fs::read(entry.path())?;
            }
        }
    }
    Ok(())
}
