//! The films that are asked for, and what their playlists name.

use std::fs;

use anyhow::{Context as _, Result, bail};

use super::Stage;
use crate::client::Client;
use crate::files::say;
use crate::http::Request;
use crate::server::Server;
use crate::workdir;

/// A film in the work folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Film {
    /// Its place below the served folder.
    pub(super) file: &'static str,
    pub(super) title: &'static str,
}

/// Two hours, one after the other, packed differently.
pub(super) const FILMS: [Film; 3] = [
    Film { file: "film.mp4", title: "MP4" },
    Film { file: "film.mkv", title: "MKV with Cues" },
    Film { file: "nocues.mkv", title: "MKV without Cues" },
];

/// A short one, for the browser.
pub(super) const CLIP: &str = "clip.mp4";

/// Says what is missing before anything is measured.
pub(super) fn check(stage: &Stage) -> Result<()> {
    for name in FILMS.iter().map(|film| film.file).chain([CLIP]) {
        let path = stage.work.file(name);
        if !path.is_file() {
            bail!("there is no {}; scripts/bench-packaging makes it", path.display());
        }
    }
    Ok(())
}

/// Which kind of HLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Cmaf,
    Ts,
}

/// What the playlists of one film name; paths from the root of the server.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) master: String,
    /// The playlist of the pictures, or of pictures and sound together.
    pub(super) media: String,
    pub(super) init: Option<String>,
    pub(super) segments: Vec<String>,
}

/// Reads the playlists of a film.
pub(super) fn names(client: &mut Client, film: Film, kind: Kind) -> Result<Names> {
    let (door, lane) = match kind {
        Kind::Cmaf => ("hls", "video-1"),
        Kind::Ts => ("hls-ts", "main"),
    };
    let base = format!("/{door}/{}", film.file);
    let master = format!("{base}/master.m3u8");
    client.get(&master)?;
    let media = format!("{base}/{lane}.m3u8");
    let text = String::from_utf8(client.get(&media)?).context("a playlist that is not text")?;
    let init = text.lines().find_map(|line| {
        let rest = line.strip_prefix("#EXT-X-MAP:URI=\"")?;
        Some(format!("{base}/{}", rest.split_once('"')?.0))
    });
    let segments: Vec<String> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| format!("{base}/{line}"))
        .collect();
    if segments.is_empty() {
        bail!("{media} names no segment");
    }
    Ok(Names { master, media, init, segments })
}

/// How many of a film's segments are asked for, spread evenly: enough to be no cache's favourite.
const SOME: usize = 120;

impl Names {
    /// Some segments from the whole length.
    pub(super) fn some(&self) -> Vec<&String> {
        let count = self.segments.len();
        let number = SOME.min(count);
        (0..number).filter_map(|at| self.segments.get(at * count / number)).collect()
    }

    /// The segment in the middle.
    pub(super) fn middle(&self) -> &str {
        self.segments.get(self.segments.len() / 2).map_or("", String::as_str)
    }
}

/// Requests for the same bytes: made by Vidicon, and as files that any server sends.
pub(super) struct Twins {
    pub(super) made: &'static [Request],
    pub(super) files: &'static [Request],
}

/// Writes what Vidicon sends into files below the served folder, and its gzip beside it if that is
/// what is asked for.
pub(super) fn twins(
    stage: &Stage,
    server: &Server,
    folder: &str,
    paths: &[&String],
    gzip: bool,
) -> Result<Twins> {
    let mut client = Client::connect(server.address)?;
    let place = format!("static/{folder}");
    let folder = stage.work.files().join(&place);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let (mut made, mut files) = (Vec::new(), Vec::new());
    for path in paths {
        stage.stop.check()?;
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut body = client.get(path)?;
        let write = |name: &str, body: &[u8]| {
            let file = folder.join(name);
            fs::write(&file, body).with_context(|| format!("could not write {}", file.display()))
        };
        write(name, &body)?;
        if gzip {
            body = client.get_with(path, "Accept-Encoding: gzip\r\n")?;
            write(&format!("{name}.gz"), &body)?;
        }
        let length = body.len() as u64;
        let request = |path: String| Request { path: path.leak(), length, range: None, gzip };
        made.push(request((*path).clone()));
        files.push(request(format!("/{place}/{name}")));
    }
    Ok(Twins { made: made.leak(), files: files.leak() })
}

/// Reads a film into the page cache.
pub(super) fn warm(stage: &Stage, film: Film) -> Result<()> {
    say(&format!("reading {} into the page cache", film.file));
    workdir::warm(&stage.work.file(film.file), stage.stop)
}
