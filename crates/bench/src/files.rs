//! `vidicon-bench files`: the whole run, from making the files to printing the page.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::case::{self, Case, Setting};
use crate::cores::Cores;
use crate::machine::Machine;
use crate::peers::{Peer, find};
use crate::report::{Report, verdicts};
use crate::results::{Failure, Results};
use crate::selection::Selection;
use crate::server::{Recipe, Server};
use crate::slow::STREAMS;
use crate::stop::Stop;
use crate::verify::verify;
use crate::workdir::{self, BIG, BIG_BYTES, SMALL, SMALL_BYTES, WorkDir};

/// What to measure and how often.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// One short run of everything, to see that it works; the figures mean little.
    #[arg(long)]
    quick: bool,
    /// The Vidicon to measure.
    #[arg(long, value_name = "PATH", default_value = "target/release/vidicon")]
    vidicon: PathBuf,
    /// Where the served files and the servers' own files go: about 1.1 GB.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    work: PathBuf,
    /// Servers (nginx-nopush, nginx, caddy, vidicon) and measurements (start, memory, file1, file8, file64, ranges,
    /// small, one, cold) to take, separated by commas.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// How often each measurement is repeated; the table shows medians.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=50))]
    runs: u8,
    /// Also measure how long a hot file takes while a cold one is read.
    #[arg(long)]
    cold: bool,
    /// Writes every single value into this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// How a run ended. A bar that was missed is a result, not a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Complete,
    /// Something could not be measured; the page says what and why.
    Incomplete,
}

/// Memory differs little between runs and takes long, so it is measured at most this often.
const MEMORY_RUNS: usize = 3;

/// Measures, and prints the page to stdout; progress goes to stderr.
pub(crate) fn run(options: &Options) -> Result<Outcome> {
    let selection = Selection::parse(&options.only, options.cold)?;
    let stop = Stop::on_signals()?;
    if find("taskset").is_none() {
        bail!("taskset is not installed; the Debian package is: util-linux");
    }
    let mut versions = Vec::new();
    let mut left_out = Vec::new();
    let mut recipes = Vec::new();
    let cores = Cores::choose()?;
    for peer in selection.peers {
        match peer.program(&options.vidicon) {
            Ok(program) => {
                versions.push((peer, peer.version(&program)));
                recipes.push(Recipe { peer, program, core: cores.server });
            }
            Err(reason) => {
                say(&format!("{} is left out: {reason}", peer.title()));
                left_out.push((peer, reason));
            }
        }
    }
    if recipes.is_empty() {
        bail!("there is no server to measure");
    }
    allow_many_files()?;
    if workdir::memory_available().is_some_and(|bytes| bytes < 2 * BIG_BYTES) {
        say(
            "little memory is free; the page cache may not hold the 1 GiB file, and figures may be those of the disk",
        );
    }
    say(&format!(
        "files in {} (made when missing, then read into the page cache)",
        options.work.display()
    ));
    let work = WorkDir::open(&options.work, &[(BIG, BIG_BYTES), (SMALL, SMALL_BYTES)], &stop)?;
    work.warm(&stop)?;
    cores.pin_load()?;

    let machine = Machine::read(cores);
    let runs = if options.quick { 1 } else { usize::from(options.runs) };
    let measure = if options.quick { Duration::from_secs(1) } else { Duration::from_secs(3) };
    let setting = Setting { work: &work, stop: &stop, measure };
    let mut bench = Bench { setting, runs, results: Results::default(), left: Duration::ZERO };
    bench.run(&recipes, &selection.cases)?;

    let results = bench.results;
    let outcome = if results.failures.is_empty() { Outcome::Complete } else { Outcome::Incomplete };
    let verdicts = verdicts(&results);
    let load_seconds = measure.as_secs_f64();
    let report = Report { machine, runs, load_seconds, versions, left_out, results, verdicts };
    print!("{}", report.markdown());
    if let Some(path) = &options.json {
        let text =
            serde_json::to_string_pretty(&report).context("could not write the values as JSON")?;
        fs::write(path, text).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(outcome)
}

/// A run under way.
struct Bench<'a> {
    setting: Setting<'a>,
    runs: usize,
    results: Results,
    /// About how long the measurements that are still to come will take.
    left: Duration,
}

impl Bench<'_> {
    fn run(&mut self, recipes: &[Recipe], cases: &[Case]) -> Result<()> {
        let (fresh, lasting): (Vec<Case>, Vec<Case>) =
            cases.iter().partition(|case| case.wants_fresh_server());
        let peers = u32::try_from(recipes.len())?;
        for case in cases {
            let times = u32::try_from(self.times(*case))?;
            self.left += case.duration(self.setting.measure) * times * peers;
        }
        // Fresh servers first: one data folder of Vidicon takes one instance at a time.
        for round in 0..self.runs {
            let due: Vec<Case> =
                fresh.iter().copied().filter(|case| round < self.times(*case)).collect();
            for recipe in recipes.iter().filter(|_| !due.is_empty()) {
                self.fresh(recipe, &due, round)?;
            }
        }
        if lasting.is_empty() {
            return Ok(());
        }
        let mut servers = Vec::new();
        for recipe in recipes {
            match self.start_and_verify(recipe) {
                Ok(server) => servers.push(server),
                Err(error) => self.failed(recipe.peer, "start", &error)?,
            }
        }
        for round in 0..self.runs {
            for case in &lasting {
                for server in &mut servers {
                    self.measure(*case, server, round)?;
                }
            }
        }
        Ok(())
    }

    fn times(&self, case: Case) -> usize {
        if case == Case::Memory { self.runs.min(MEMORY_RUNS) } else { self.runs }
    }

    fn fresh(&mut self, recipe: &Recipe, cases: &[Case], round: usize) -> Result<()> {
        match Server::start(recipe, self.setting.work, self.setting.stop) {
            Ok(mut server) => {
                for case in cases {
                    self.measure(*case, &mut server, round)?;
                }
                Ok(())
            }
            Err(error) => self.failed(recipe.peer, "start", &error),
        }
    }

    fn start_and_verify(&self, recipe: &Recipe) -> Result<Server> {
        let server = Server::start(recipe, self.setting.work, self.setting.stop)?;
        verify(&server, self.setting.work)?;
        Ok(server)
    }

    fn measure(&mut self, case: Case, server: &mut Server, round: usize) -> Result<()> {
        let seconds = self.left.as_secs();
        let times = self.times(case);
        say(&format!(
            "run {} of {times}, {}: {} (about {}:{:02} left)",
            round + 1,
            case.name(),
            server.peer.title(),
            seconds / 60,
            seconds % 60
        ));
        self.left = self.left.saturating_sub(case.duration(self.setting.measure));
        let done = server.check_alive().and_then(|()| case::measure(case, server, &self.setting));
        match done {
            Ok(outcome) if outcome.values.iter().all(|(_, value)| value.is_finite()) => {
                self.results.note_others(outcome.others);
                if outcome.generator_limited {
                    self.results.note_generator_limited(server.peer, case.name());
                }
                for (metric, value) in outcome.values {
                    self.results.add(server.peer, metric, value);
                }
                Ok(())
            }
            Ok(_) => self.failed(
                server.peer,
                case.name(),
                &anyhow::anyhow!("not one answer ended while counting"),
            ),
            Err(error) => self.failed(server.peer, case.name(), &error),
        }
    }

    /// Notes a failure and goes on, unless somebody asked to stop.
    fn failed(&mut self, peer: Peer, what: &str, error: &anyhow::Error) -> Result<()> {
        self.setting.stop.check()?;
        let reason = format!("{error:#}");
        say(&format!("{}, {what}: {reason}", peer.title()));
        let failure = Failure { peer, what: what.to_owned(), reason };
        if !self.results.failures.contains(&failure) {
            self.results.failures.push(failure);
        }
        Ok(())
    }
}

/// A line of progress.
pub(crate) fn say(line: &str) {
    eprintln!("vidicon-bench: {line}");
}

/// Room for the streams, in this process and in the servers that inherit its limits.
pub(crate) fn allow_many_files() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let needed = u64::try_from(STREAMS)? * 2 + 500;
    if limit.maximum.is_some_and(|most| most < needed) {
        bail!(
            "{needed} open files are needed and the hard limit is {:?}; raise it (ulimit -Hn)",
            limit.maximum
        );
    }
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
        .context("could not raise the number of open files")
}
