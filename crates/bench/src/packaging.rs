//! `vidicon-bench packaging`: indexes, first bytes, throughput of segments and playlists, first frames.
//!
//! The films are made beforehand (`scripts/bench-packaging` does it with ffmpeg); what they are called is below.

mod browser;
mod film;
mod index;
mod latency;
mod spawn;
mod throughput;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::cores::Cores;
use crate::files::{Outcome, allow_many_files, say};
use crate::machine::Machine;
use crate::peers::{Peer, find};
use crate::server::Recipe;
use crate::stop::Stop;
use crate::workdir::{SMALL, SMALL_BYTES, WorkDir};

use crate::page::Page;

/// What to measure and how often.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Few and short runs, to see that it works; the figures mean little.
    #[arg(long)]
    quick: bool,
    /// The Vidicon to measure.
    #[arg(long, value_name = "PATH", default_value = "target/release/vidicon")]
    vidicon: PathBuf,
    /// The work folder; `files/` in it has film.mp4, film.mkv, nocues.mkv, and clip.mp4.
    #[arg(long, value_name = "DIR", default_value = "target/bench-packaging")]
    work: PathBuf,
    /// What to measure: index, again, first-byte, spawn, segments, playlists, browser.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// How often throughput is measured; the table shows medians.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=50))]
    runs: u8,
    /// The script that times first frames, and the folder with the packages that it needs.
    #[arg(long, value_name = "FILE", requires = "modules")]
    browser: Option<PathBuf>,
    /// `node_modules` with playwright-core and hls.js.
    #[arg(long, value_name = "DIR")]
    modules: Option<PathBuf>,
}

const PARTS: [&str; 7] =
    ["index", "again", "first-byte", "spawn", "segments", "playlists", "browser"];

/// A part of the run.
type Part = fn(&Stage, &mut Page) -> Result<()>;

/// What every part of the run needs.
pub(crate) struct Stage<'a> {
    pub(crate) work: &'a WorkDir,
    pub(crate) stop: &'a Stop,
    pub(crate) vidicon: Recipe,
    pub(crate) nginx: Vec<Recipe>,
    pub(crate) runs: usize,
    /// How long a load is counted.
    pub(crate) measure: Duration,
    /// How many answers of a warm server are timed, and of a server that has just started.
    pub(crate) warm: usize,
    pub(crate) cold: usize,
}

/// Measures, and prints the section of the page to stdout; progress goes to stderr.
pub(crate) fn run(options: &Options) -> Result<Outcome> {
    for name in &options.only {
        if !PARTS.contains(&name.as_str()) {
            bail!("--only does not know {name:?}; there are: {}", PARTS.join(", "));
        }
    }
    let wants = |name: &str| options.only.is_empty() || options.only.iter().any(|one| one == name);
    let stop = Stop::on_signals()?;
    let cores = Cores::choose()?;
    allow_many_files()?;
    let recipe = |peer: Peer| match peer.program(&options.vidicon) {
        Ok(program) => Ok(Recipe { peer, program, core: cores.server }),
        Err(reason) => bail!("{reason}"),
    };
    let work = WorkDir::open(&options.work, &[(SMALL, SMALL_BYTES)], &stop)?;
    let stage = Stage {
        work: &work,
        stop: &stop,
        vidicon: recipe(Peer::Vidicon)?,
        nginx: vec![recipe(Peer::NginxNopush)?, recipe(Peer::Nginx)?],
        runs: if options.quick { 1 } else { usize::from(options.runs) },
        measure: Duration::from_secs(if options.quick { 1 } else { 3 }),
        warm: if options.quick { 100 } else { 1000 },
        cold: if options.quick { 3 } else { 25 },
    };
    film::check(&stage)?;
    let mut page = Page::new(head(&Machine::read(cores), &stage), "Bars of packaging");

    // The browser has threads of its own on both cores, so it comes before the load generator is pinned.
    if wants("browser") {
        match (&options.browser, &options.modules) {
            (Some(script), Some(modules)) => {
                page.attempt("first frame", |page| browser::measure(&stage, script, modules, page));
            }
            _ => {
                page.note("The browser was left out: there is no --browser script with --modules.");
            }
        }
    }
    cores.pin_load()?;
    let parts: [(&str, Part); 6] = [
        ("index", index::measure),
        ("again", index::again),
        ("first-byte", latency::measure),
        ("spawn", spawn::measure),
        ("segments", throughput::segments),
        ("playlists", throughput::playlists),
    ];
    for (name, part) in parts {
        if wants(name) {
            stop.check()?;
            say(name);
            page.attempt(name, |page| part(&stage, page));
        }
    }
    stop.check()?;
    print!("{}", page.markdown());
    Ok(if page.failed() { Outcome::Incomplete } else { Outcome::Complete })
}

/// What the section begins with.
fn head(m: &Machine, stage: &Stage) -> String {
    let mut versions: Vec<String> =
        vec![format!("Vidicon {}", stage.vidicon.peer.version(&stage.vidicon.program))];
    versions
        .extend(stage.nginx.first().map(|one| format!("nginx {}", one.peer.version(&one.program))));
    versions.extend(spawn::version().ok());
    format!(
        "## Packaging\n\n- Date: {}\n- Machine: {}, {} cores, {:.0} GB memory\n- System: {}; kernel {}\n\
         - Versions: {}\n- Way: loopback, plain HTTP/1.1; every server on core {}, the load generator on core {}; \
         {} runs, loads counted for {} s each, servers taking turns; bodies dropped in the kernel. CPU is user \
         and system time of the server. GB and MB are powers of ten.\n",
        m.date,
        m.processor,
        m.cores,
        m.memory_gb,
        m.system,
        m.kernel,
        versions.join("; "),
        m.server_core,
        m.load_core,
        stage.runs,
        stage.measure.as_secs_f64(),
    )
}

/// A program on the search path, or how to get it.
fn program(name: &str, package: &str) -> Result<PathBuf> {
    find(name).with_context(|| format!("{name} is not installed; the Debian package is: {package}"))
}
