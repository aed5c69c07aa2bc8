//! An independent judge of what the server makes of a film.
//!
//! It fetches a presentation as a player would, and holds it against the source with nothing but
//! ffmpeg and ffprobe, a plain reading of playlists and manifests, and the few boxes that say when
//! samples are due. It shares no code with what it judges. What it finds it says in sentences; a
//! presentation without findings shows every picture of the source once and in order, when it is
//! due, in step with the sound, from any place.
//!
//! Documented exceptions, which are the convention of the product:
//! - Pictures before the first key picture of a file, and those that lead it, are left out.
//! - Where an edit begins between key pictures, the presentation begins at the key picture before.
//! - Sound may begin up to 120 ms before zero, to prime its decoder.

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

use tempfile::TempDir;

mod boxes;
mod clip;
mod compare;
mod dash;
mod fetch;
mod manifest;
mod playlist;
mod presentation;
mod probe;
mod random;
mod rendition;
mod source;
mod text;
mod track;
mod whole;
mod words;

pub use source::Kind;

use self::{
    fetch::{Fetcher, Nature},
    random::Random,
    source::Source,
    track::Judged,
};

/// What was found, and how much was looked at.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What is wrong, as sentences.
    pub findings: Vec<String>,
    /// Pictures that were compared with the source's.
    pub pictures: usize,
    /// Packets of sound that were compared with the source's.
    pub packets: usize,
    /// Segments that were fetched.
    pub segments: usize,
    /// Lines of text that were compared.
    pub cues: usize,
}

impl Report {
    /// Ends the test with all that was found, if anything was.
    #[track_caller]
    pub fn expect_clean(&self, what: &str) {
        assert!(
            self.findings.is_empty(),
            "{what}: {} findings\n  {}",
            self.findings.len(),
            self.findings.join("\n  ")
        );
    }
}

/// How much of the source must come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Demand {
    /// Everything that can be packaged.
    All,
    /// Tracks may be missing; those that come must be whole.
    SomeTracks,
    /// It is damaged: what comes must be its own, and in order.
    WhatIsLeft,
}

/// Judges presentations of one film.
#[derive(Debug)]
pub struct Judge {
    source: Source,
    fetcher: Fetcher,
    scratch: TempDir,
    report: Report,
    random: Random,
    /// What has been judged of each track, by the packaging (`HLS`, `TS`) and the track.
    judged: BTreeMap<(&'static str, Kind, usize), Judged>,
    /// The packaging of each text that was judged.
    texts: Vec<&'static str>,
    /// Whether it is our server that made it.
    ours: bool,
    brief: bool,
    demand: Demand,
}

impl Judge {
    /// A judge of the presentations that this server makes of this file.
    #[track_caller]
    pub fn new(source: &Path, server: SocketAddr) -> Self {
        Self {
            source: Source::open(source),
            fetcher: Fetcher::new(server),
            scratch: TempDir::with_prefix("vidicon-judge-").unwrap(),
            report: Report::default(),
            random: Random::new(1),
            judged: BTreeMap::new(),
            texts: Vec::new(),
            ours: true,
            brief: false,
            demand: Demand::All,
        }
    }

    /// Another packager made what is judged. The manners of the server are left alone: validators,
    /// ranges, caching, media types. And each rendition may begin by itself.
    #[must_use]
    pub fn of_another_packager(mut self) -> Self {
        self.ours = false;
        self
    }

    /// The source is damaged: what comes must be the source's and in order, but need not be all,
    /// and decoders may complain.
    #[must_use]
    pub fn damaged(mut self) -> Self {
        self.demand = Demand::WhatIsLeft;
        self
    }

    /// The source is long: what can be judged by the segments is not judged by players as well.
    #[must_use]
    pub fn brief(mut self) -> Self {
        self.brief = true;
        self
    }

    /// Tracks may be missing, as they must be coded anew before anybody can play them.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.demand = Demand::SomeTracks;
        self
    }

    /// Fetches all of HLS, whatever it is: for a file of which nobody knows what it should show.
    pub fn fetch_hls(&mut self, master: &str) {
        self.fetch_all(master);
    }

    /// Fetches all that was fetched again, in another order, and gives the report.
    pub fn finish(mut self) -> Report {
        self.report.findings.extend(self.fetcher.fetch_in_any_order());
        self.report
    }

    fn is_damaged(&self) -> bool {
        self.demand == Demand::WhatIsLeft
    }

    fn say(&mut self, place: &str, findings: impl IntoIterator<Item = String>) {
        self.report.findings.extend(findings.into_iter().map(|text| format!("{place}: {text}")));
    }

    fn behaves(&mut self, target: &str, nature: Nature) {
        if self.ours && self.fetcher.get(target).is_ok() {
            self.report.findings.extend(fetch::behaviour(self.fetcher.addr, target, nature));
        }
    }

    fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.fetcher.addr)
    }
}
