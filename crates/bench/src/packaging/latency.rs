//! How long playlists, inits and segments take: from a warm server, and from one that has just started.

use anyhow::{Context as _, Result};

use super::Stage;
use super::film::{self, FILMS, Film, Kind, Names};
use crate::client::{Client, Took};
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::{Dice, nanos, percentile, real};
use crate::page::{Cell, Page, Table};
use crate::server::Server;
use crate::workdir::evict;

/// What browsers say they accept: playlists are then compressed.
const AS_BROWSERS: &str = "Accept-Encoding: gzip, deflate, br, zstd\r\n";

struct Times {
    first: Vec<u64>,
    total: Vec<u64>,
}

impl Times {
    fn of(mut times: Vec<Took>) -> Self {
        let mut first: Vec<u64> = times.iter().map(|took| nanos(took.first)).collect();
        let mut total: Vec<u64> = times.drain(..).map(|took| nanos(took.total)).collect();
        first.sort_unstable();
        total.sort_unstable();
        Self { first, total }
    }

    fn cells(&self) -> [Cell; 4] {
        [(&self.first, 500), (&self.first, 990), (&self.total, 500), (&self.total, 990)]
            .map(|(times, at)| Cell::Value(ms(times, at), 3))
    }
}

fn ms(times: &[u64], per_mille: usize) -> f64 {
    percentile(times, per_mille).map_or(f64::NAN, |nanos| real(nanos) / 1e6)
}

/// Warm answers first, then those of new processes, then those that have to come from the disk.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    for film in FILMS.into_iter().take(2) {
        let headings = [film.title, "n", "first byte p50 ms", "p99 ms", "whole p50 ms", "p99 ms"];
        let mut table = Table::new(&headings);
        film::warm(stage, film)?;
        let (cmaf, ts) = warm(stage, film, &mut table, page)?;
        for on_disk in [false, true] {
            new_processes(stage, film, &cmaf, &ts, on_disk, &mut table, page)?;
        }
        film::warm(stage, film)?;
        page.table(
            &format!("First byte and whole answer, two-hour {}", film.title),
            "One connection. The first byte is the first of the body. A new process has the index on its shelf and has \
             opened no film; \"from disk\" has film and index evicted from the page cache as well. With 25 answers p99 is \
             the slowest.",
            &table,
        );
    }
    Ok(())
}

fn warm(stage: &Stage, film: Film, table: &mut Table, page: &mut Page) -> Result<(Names, Names)> {
    let server = Server::start(&stage.vidicon, stage.work, stage.stop)?;
    let mut client = Client::connect(server.address)?;
    let cmaf = film::names(&mut client, film, Kind::Cmaf)?;
    let ts = film::names(&mut client, film, Kind::Ts)?;
    let init = cmaf.init.clone().context("a playlist without an init")?;
    let some: Vec<String> = cmaf.some().into_iter().cloned().collect();
    let some_ts: Vec<String> = ts.some().into_iter().cloned().collect();
    let rows: [(&str, Vec<String>, &str, Option<f64>); 6] = [
        ("master", vec![cmaf.master.clone()], "", None),
        ("media playlist", vec![cmaf.media.clone()], "", Some(2.0)),
        (
            "media playlist, asked for as browsers do",
            vec![cmaf.media.clone()],
            AS_BROWSERS,
            Some(2.0),
        ),
        ("init", vec![init], "", None),
        ("segment of pictures", some, "", Some(2.0)),
        ("segment of pictures and sound, TS", some_ts, "", Some(2.0)),
    ];
    for (name, paths, fields, most) in rows {
        say(&format!("{}: warm {name}", film.title));
        let mut dice = Dice::new(7);
        let mut took = Vec::with_capacity(stage.warm);
        for _ in 0..stage.warm {
            stage.stop.check()?;
            let at = usize::try_from(dice.below(paths.len() as u64))?;
            took.push(client.time(paths.get(at).map_or("", String::as_str), fields)?);
        }
        let bytes = took.last().map_or(0, |took| took.bytes);
        let times = Times::of(took);
        table.row(
            &format!("warm: {name} ({} KB)", bytes.div_ceil(1000)),
            [Cell::Value(real(stage.warm as u64), 0)].into_iter().chain(times.cells()),
        );
        if let Some(most) = most {
            let what = format!("{}, {name}, warm: first byte p99", film.title);
            page.bar(what, ms(&times.first, 990), "ms", 3, Demand::AtMost(most));
        }
    }
    Ok((cmaf, ts))
}

fn new_processes(
    stage: &Stage,
    film: Film,
    cmaf: &Names,
    ts: &Names,
    on_disk: bool,
    table: &mut Table,
    page: &mut Page,
) -> Result<()> {
    let kind = if on_disk { "new process, from disk" } else { "new process" };
    let init = cmaf.init.clone().unwrap_or_default();
    let rows = [
        ("master", cmaf.master.as_str(), false),
        ("media playlist", &cmaf.media, false),
        ("init", &init, false),
        ("segment of pictures", cmaf.middle(), true),
        ("segment of pictures and sound, TS", ts.middle(), true),
    ];
    for (name, path, has_bar) in rows {
        say(&format!("{}: {kind}, {name}", film.title));
        let mut took = Vec::with_capacity(stage.cold);
        for _ in 0..stage.cold {
            let server = Server::start(&stage.vidicon, stage.work, stage.stop)?;
            let mut client = Client::connect(server.address)?;
            if on_disk {
                evict(&stage.work.file(film.file))?;
                evict_shelf(stage)?;
            }
            took.push(client.time(path, "")?);
        }
        let times = Times::of(took);
        table.row(
            &format!("{kind}: {name}"),
            [Cell::Value(real(stage.cold as u64), 0)].into_iter().chain(times.cells()),
        );
        if has_bar {
            let what = format!("{}, {name}, {kind}: first byte p99", film.title);
            page.bar(what, ms(&times.first, 990), "ms", 1, Demand::AtMost(15.0));
        }
    }
    Ok(())
}

fn evict_shelf(stage: &Stage) -> Result<()> {
    let mut folders = vec![stage.work.own("vidicon")?.join("data/index/files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).context("there is no shelf")?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                evict(&path)?;
            }
        }
    }
    Ok(())
}
