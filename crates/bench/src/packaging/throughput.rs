//! Segments and playlists as fast as one core can send them, beside nginx with the same bytes in files.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::Stage;
use super::film::{self, FILMS, Kind, Twins};
use crate::case::Done;
use crate::client::Client;
use crate::demand::Demand;
use crate::files::say;
use crate::load::Ask;
use crate::numbers::{Dice, Spread, real};
use crate::page::{Cell, Page, Table};
use crate::peers::Peer;
use crate::server::Server;

/// Keep-alive connections that ask for playlists.
const MANY: usize = 64;

/// The values of the runs of one server.
#[derive(Default)]
struct Values {
    requests: Vec<f64>,
    rate: Vec<f64>,
    /// Bytes per second of the server's processor time, in GB.
    per_cpu: Vec<f64>,
    micros: Vec<f64>,
}

type All = BTreeMap<Peer, Values>;

fn servers(stage: &Stage) -> Result<Vec<Server>> {
    let recipes = stage.nginx.iter().chain([&stage.vidicon]);
    recipes.map(|recipe| Server::start(recipe, stage.work, stage.stop)).collect()
}

fn vidicon(servers: &[Server]) -> Result<&Server> {
    servers.iter().find(|server| server.peer == Peer::Vidicon).context("Vidicon is not running")
}

/// Lets the servers take turns.
fn turns(
    stage: &Stage,
    servers: &[Server],
    twins: &Twins,
    connections: usize,
    page: &mut Page,
) -> Result<All> {
    let mut all = All::new();
    for run in 0..stage.runs {
        for server in servers {
            let requests = if server.peer == Peer::Vidicon { twins.made } else { twins.files };
            // The same order for every server, another for each run and connection.
            let seed = |connection: usize| (run * 1000 + connection) as u64;
            let asks = (0..connections)
                .map(|connection| Ask::Any { requests, dice: Dice::new(seed(connection)) })
                .collect();
            let done = Done::counted(asks, server, stage.measure, stage.stop)?;
            page.others(done.cost.others / done.tally.seconds);
            let values = all.entry(server.peer).or_default();
            let (requests, bytes) = (real(done.tally.requests), real(done.tally.bytes) / 1e9);
            values.requests.push(requests / done.tally.seconds);
            values.rate.push(bytes / done.tally.seconds);
            values.per_cpu.push(bytes / done.cost.server);
            values.micros.push(done.cost.server * 1e6 / requests);
        }
    }
    Ok(all)
}

fn median(values: &[f64]) -> f64 {
    Spread::of(values).map_or(f64::NAN, |spread| spread.median)
}

fn best(all: &All, of: impl Fn(&Values) -> &Vec<f64>) -> f64 {
    let peers = all.iter().filter(|(peer, _)| **peer != Peer::Vidicon);
    peers.map(|(_, values)| median(of(values))).fold(f64::NAN, f64::max)
}

/// Segments in random order, by one connection and by sixteen.
pub(super) fn segments(stage: &Stage, page: &mut Page) -> Result<()> {
    let servers = servers(stage)?;
    let own = vidicon(&servers)?;
    let mut table = Table::new(&[
        "segments",
        "conn",
        "server",
        "segments/s",
        "GB/s",
        "GB per CPU-s",
        "CPU µs each",
        "Vidicon / nginx per CPU-s",
    ]);
    let kinds = [(0, Kind::Cmaf), (1, Kind::Cmaf), (2, Kind::Cmaf), (0, Kind::Ts), (1, Kind::Ts)];
    for (film, kind) in kinds {
        let Some(film) = FILMS.get(film).copied() else { continue };
        let wrapping = if kind == Kind::Ts { "TS" } else { "fMP4 pictures" };
        let title = format!("{} as {wrapping}", film.title);
        say(&format!("segments: {title}"));
        let names = match film::names(&mut Client::connect(own.address)?, film, kind) {
            Ok(names) => names,
            Err(error) => {
                page.note(&format!("Left out: {title}: {error:#}"));
                continue;
            }
        };
        let folder = format!("{}-{}", film.file, if kind == Kind::Ts { "ts" } else { "cmaf" });
        let twins = film::twins(stage, own, &folder, &names.some(), false)?;
        for connections in [1, 16] {
            let all = turns(stage, &servers, &twins, connections, page)?;
            let ratio = all.get(&Peer::Vidicon).map_or(f64::NAN, |own| median(&own.per_cpu))
                / best(&all, |values| &values.per_cpu);
            for (peer, values) in all {
                let ratio = if peer == Peer::Vidicon {
                    Cell::Value(ratio, 2)
                } else {
                    Cell::Text(String::new())
                };
                table.row(
                    &title,
                    [
                        Cell::Value(real(connections as u64), 0),
                        Cell::Text(peer.title().to_owned()),
                        Cell::Runs(values.requests, 0),
                        Cell::Runs(values.rate, 2),
                        Cell::Runs(values.per_cpu, 2),
                        Cell::Runs(values.micros, 0),
                        ratio,
                    ],
                );
            }
            let what = format!(
                "{title}, {connections} connection{}: bytes per CPU-second against the better nginx",
                if connections == 1 { "" } else { "s" }
            );
            page.bar(what, ratio, "", 2, Demand::AtLeast(0.8));
        }
    }
    page.table(
        "Segments, made against ready-made",
        "120 segments from the whole length of the film, in random order, in the page cache. nginx sends the very same \
         bytes from files that were written with what Vidicon sent.",
        &table,
    );
    Ok(())
}

/// Playlists of the two-hour film.
pub(super) fn playlists(stage: &Stage, page: &mut Page) -> Result<()> {
    let servers = servers(stage)?;
    let own = vidicon(&servers)?;
    let mut table = Table::new(&[
        "playlist",
        "server",
        "requests/s",
        "GB/s",
        "CPU µs each",
        "requests per CPU-s",
    ]);
    let film = FILMS.first().copied().context("there is no film")?;
    let names = film::names(&mut Client::connect(own.address)?, film, Kind::Cmaf)?;
    let asked = [("master", &names.master), ("media", &names.media)];
    for ((name, path), gzip) in asked.into_iter().flat_map(|one| [(one, false), (one, true)]) {
        let form = if gzip { ", asked for as browsers do" } else { "" };
        say(&format!("playlists: {name}{form}"));
        let twins = film::twins(stage, own, &format!("{name}-playlist"), &[path], gzip)?;
        let bytes = twins.made.first().map_or(0, |request| request.length);
        let all = turns(stage, &servers, &twins, MANY, page)?;
        let own = all.get(&Peer::Vidicon).map_or(f64::NAN, |own| 1e6 / median(&own.micros));
        for (peer, values) in all {
            table.row(
                &format!("{name}{form} ({bytes} bytes)"),
                [
                    Cell::Text(peer.title().to_owned()),
                    Cell::Runs(values.requests, 0),
                    Cell::Runs(values.rate, 2),
                    Cell::Runs(values.micros.clone(), 1),
                    Cell::Value(1e6 / median(&values.micros), 0),
                ],
            );
        }
        let what = format!("{name} playlist of a two-hour film{form}: requests per CPU-second");
        page.bar(what, own, "", 0, Demand::AtLeast(60_000.0));
    }
    page.table(
        "Playlists of a two-hour MP4",
        &format!(
            "{MANY} keep-alive connections; nginx sends the same bytes from a file. As browsers do: with \
             `Accept-Encoding: gzip`, which nginx answers from a compressed file beside it (`gzip_static`)."
        ),
        &table,
    );
    Ok(())
}
