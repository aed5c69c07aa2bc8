//! The library page as somebody sees it who was never here: HTML, scripts, styles, the first list, facets, pictures.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::pace::Pace;
use super::{Stage, serve};
use crate::client::Client;
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::real;
use crate::page::{Cell, Page, Table};
use crate::peers::find;
use crate::report::grouped;

/// What a browser accepts.
const AS_BROWSERS: &str = "Accept: text/html, */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n";
/// Pictures that a large screen shows before anybody scrolls.
const PICTURES: usize = 30;
/// The first list, as the page asks for it.
const LIST: &str = "/api/v1/videos?sort=added&order=desc&limit=100";
/// What else the page asks for before it is complete.
const REST: [&str; 4] = [
    "/api/v1/session",
    "/api/v1/tags?limit=10000",
    "/api/v1/playlists?limit=10000",
    "/api/v1/videos/facets",
];

#[derive(Debug, Deserialize)]
pub(super) struct List {
    pub(super) items: Vec<Video>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Video {
    pub(super) id: String,
    poster: Option<Poster>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Poster {
    url: String,
}

/// Each library in turn.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let headings = [
        "library of",
        "requests",
        "KB",
        "whole p50 ms",
        "p95 ms",
        "first list p95 ms",
        "facets p95 ms",
    ];
    let mut table = Table::new(&headings);
    for count in &stage.sizes {
        let server = serve::generated(stage, *count)?;
        give_pictures(stage, &mut Client::connect(server.address)?)?;
        say(&format!("{count}: the first page"));
        let mut loads = Vec::new();
        for _ in 0..=stage.pick(200, 10) {
            stage.stop.check()?;
            loads.push(load(&mut Client::connect(server.address)?)?);
        }
        // The first one makes pictures of the size that is asked for.
        let loads = loads.split_off(1);
        let of = |part: fn(&Load) -> Duration| Pace::of(loads.iter().map(part));
        let whole = of(|load| load.whole);
        let size = grouped(real(*count), 0);
        let last = loads.last();
        table.row(
            &size,
            [
                Cell::Value(last.map_or(f64::NAN, |load| real(load.requests)), 0),
                Cell::Value(last.map_or(f64::NAN, |load| real(load.bytes) / 1e3), 0),
                Cell::Value(whole.ms(500), 1),
                Cell::Value(whole.ms(950), 1),
                Cell::Value(of(|load| load.list).ms(950), 1),
                Cell::Value(of(|load| load.facets).ms(950), 1),
            ],
        );
        let what = format!("first page of a library of {size}: p95");
        page.bar(what, whole.ms(950), "ms", 1, Demand::AtMost(100.0));
    }
    page.table(
        "The first page",
        "The HTML, every script and style that it names, the first 100 videos, session, tags, playlists, facets, and the \
         first 30 posters, over one new connection, one after the other; nothing is in the browser's cache. What the \
         browser itself does with them is not in it.",
        &table,
    );
    Ok(())
}

struct Load {
    whole: Duration,
    list: Duration,
    facets: Duration,
    requests: u64,
    bytes: u64,
}

fn load(client: &mut Client) -> Result<Load> {
    let begun = Instant::now();
    let html = client.get_with("/library", "Accept: text/html\r\n")?;
    let mut load = Load {
        whole: Duration::ZERO,
        list: Duration::ZERO,
        facets: Duration::ZERO,
        requests: 2,
        bytes: html.len() as u64,
    };
    for asset in assets(&String::from_utf8_lossy(&html)) {
        load.add(client, &asset)?;
    }
    let asked = Instant::now();
    let list: List = serve::ask(client, LIST)?;
    load.list = asked.elapsed();
    for path in REST {
        load.facets = load.add(client, path)?;
    }
    for poster in list.items.iter().take(PICTURES).filter_map(Video::picture) {
        let joint = if poster.url.contains('?') { '&' } else { '?' };
        load.add(client, &format!("{}{joint}w=320", poster.url))?;
    }
    load.whole = begun.elapsed();
    Ok(load)
}

impl Video {
    /// Its poster, if there is one: then its address has a version.
    fn picture(&self) -> Option<&Poster> {
        self.poster.as_ref().filter(|poster| poster.url.contains("v="))
    }
}

impl Load {
    fn add(&mut self, client: &mut Client, path: &str) -> Result<Duration> {
        let took = client.time(path, AS_BROWSERS)?;
        self.requests += 1;
        self.bytes += took.bytes;
        Ok(took.total)
    }
}

/// The scripts and styles that a page names, each once.
pub(super) fn assets(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in html.split("=\"/assets/").skip(1) {
        let Some((name, _)) = part.split_once('"') else { continue };
        let path = format!("/assets/{name}");
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// Gives the videos of the first page posters, as a person would.
fn give_pictures(stage: &Stage, client: &mut Client) -> Result<()> {
    let list: List = serve::ask(client, LIST)?;
    let missing: Vec<&Video> =
        list.items.iter().take(PICTURES).filter(|video| video.picture().is_none()).collect();
    for (at, video) in missing.into_iter().enumerate() {
        stage.stop.check()?;
        give(client, &video.id, &picture(stage, at)?)?;
    }
    Ok(())
}

/// Lets the poster of a video be this picture.
pub(super) fn give(client: &mut Client, id: &str, picture: &[u8]) -> Result<()> {
    let poster = format!("/api/v1/videos/{id}/poster");
    client.send("PUT", &poster, "Content-Type: image/jpeg\r\n", picture).map(drop)
}

/// One of as many pictures as a page shows.
pub(super) fn picture(stage: &Stage, at: usize) -> Result<Vec<u8>> {
    let folder = stage.work.join("pictures");
    let path = folder.join(format!("{}.jpg", at + 1));
    if !path.is_file() {
        make_pictures(&folder)?;
    }
    fs::read(&path).with_context(|| format!("could not read {}", path.display()))
}

fn make_pictures(folder: &Path) -> Result<()> {
    let Some(ffmpeg) = find("ffmpeg") else {
        bail!("ffmpeg is not installed; the Debian package is: ffmpeg")
    };
    fs::create_dir_all(folder)?;
    let noise = "testsrc2=size=1280x720:rate=1,noise=alls=20:allf=t";
    let status = Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", noise])
        .args(["-frames:v", &PICTURES.to_string(), "-q:v", "4"])
        .arg(folder.join("%d.jpg"))
        .stdin(Stdio::null())
        .status()
        .context("could not run ffmpeg")?;
    if !status.success() {
        bail!("ffmpeg could not make pictures: {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_names_is_asked_for_once() {
        let html = "<script src=\"/assets/a.js\"></script><link href=\"/assets/b.css\"><link href=\"/assets/a.js\"><a href=\"/library\">";
        assert_eq!(assets(html), ["/assets/a.js", "/assets/b.css"]);
    }
}
