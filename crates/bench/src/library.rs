//! `vidicon-bench library`: lists, filters, facets and words of generated libraries, the first page, scans of real
//! files, memory, many users, and what a browser's own judge says of the page.
//!
//! Libraries are written by the store, as a scan would; everything else is asked of a server over HTTP.

mod browser;
mod clips;
mod entries;
mod first_page;
mod idle;
mod pace;
mod queries;
mod questions;
mod scan;
mod serve;
mod users;
mod weight;
mod words;

use std::fs::{self, File};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::cores::Cores;
use crate::files::{Outcome, allow_many_files, say};
use crate::machine::Machine;
use crate::page::Page;
use crate::peers::Peer;
use crate::stop::Stop;

/// What to measure and how often.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Few and short runs, to see that it works; the figures mean little.
    #[arg(long)]
    quick: bool,
    /// The Vidicon to measure.
    #[arg(long, value_name = "PATH", default_value = "target/release/vidicon")]
    vidicon: PathBuf,
    /// The work folder: libraries and files are made here. About 4 GB.
    #[arg(long, value_name = "DIR", default_value = "target/bench-library")]
    work: PathBuf,
    /// What to measure: queries, first-page, idle, scan, users, weight, browser.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// How many videos the generated libraries have.
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000])]
    sizes: Vec<u64>,
    /// How many small files are scanned.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    files: u64,
    /// Keep the small files and the libraries for the next run.
    #[arg(long)]
    keep: bool,
    /// The program of Lighthouse, a browser's judge of pages; without it that part is left out.
    #[arg(long, value_name = "PATH")]
    lighthouse: Option<PathBuf>,
}

/// A part of the run.
type Part = fn(&Stage, &mut Page) -> Result<()>;

/// The parts, in the order in which they run.
const PARTS: [(&str, Part); 7] = [
    ("queries", queries::measure),
    ("first-page", first_page::measure),
    ("idle", idle::measure),
    ("scan", scan::measure),
    ("users", users::measure),
    ("weight", weight::measure),
    ("browser", browser::measure),
];

/// What every part of the run needs.
pub(crate) struct Stage<'a> {
    work: PathBuf,
    stop: &'a Stop,
    vidicon: PathBuf,
    lighthouse: Option<PathBuf>,
    /// How many videos the generated libraries have, ascending.
    sizes: Vec<u64>,
    /// How many small files are scanned.
    files: u64,
    quick: bool,
}

impl Stage<'_> {
    /// One number for a run that counts, another to see that it works.
    fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// Measures, and prints the section of the page to stdout; progress goes to stderr.
pub(crate) fn run(options: &Options) -> Result<Outcome> {
    let known = PARTS.map(|(name, _)| name);
    for name in &options.only {
        if !known.contains(&name.as_str()) {
            bail!("--only does not know {name:?}; there are: {}", known.join(", "));
        }
    }
    if let Some(size) = options.sizes.iter().find(|size| !(500..=2_000_000).contains(*size)) {
        bail!("--sizes {size}: a generated library has 500 to 2000000 videos");
    }
    let stop = Stop::on_signals()?;
    allow_many_files()?;
    let vidicon = Peer::Vidicon.program(&options.vidicon).map_err(anyhow::Error::msg)?;
    let make = || -> std::io::Result<(PathBuf, File)> {
        fs::create_dir_all(&options.work)?;
        let work = options.work.canonicalize()?;
        let lock = File::create(work.join("lock"))?;
        Ok((work, lock))
    };
    let (work, lock) =
        make().with_context(|| format!("could not make {}", options.work.display()))?;
    if lock.try_lock().is_err() {
        bail!(
            "another run uses {}; wait for it, or name another folder with --work",
            work.display()
        );
    }
    let mut sizes = options.sizes.clone();
    sizes.sort_unstable();
    sizes.dedup();
    let stage = Stage {
        work,
        stop: &stop,
        vidicon,
        lighthouse: options.lighthouse.clone(),
        sizes,
        files: options.files,
        quick: options.quick,
    };
    let machine = Machine::read(Cores::choose()?);
    let mut page = Page::new(head(&machine, &stage), "Bars of the library");
    for (name, part) in PARTS {
        if options.only.is_empty() || options.only.iter().any(|one| one == name) {
            stop.check()?;
            say(name);
            page.attempt(name, |page| part(&stage, page));
        }
    }
    if !options.keep {
        for made in ["clips", "library", "data"] {
            let _ = fs::remove_dir_all(stage.work.join(made));
        }
    }
    stop.check()?;
    print!("{}", page.markdown());
    Ok(if page.failed() { Outcome::Incomplete } else { Outcome::Complete })
}

/// What the section begins with.
fn head(m: &Machine, stage: &Stage) -> String {
    format!(
        "## The library\n\n- Date: {}\n- Machine: {}, {} cores, {:.0} GB memory\n- System: {}; kernel {}\n\
         - Versions: Vidicon {}, SQLite\n- Way: loopback, plain HTTP/1.1; the server and what asks it share all cores; \
         kept answers are switched off (`library.cache_ttl: 0s`), so every answer is found anew. MB are powers of ten.\n",
        m.date,
        m.processor,
        m.cores,
        m.memory_gb,
        m.system,
        m.kernel,
        Peer::Vidicon.version(&stage.vidicon),
    )
}
