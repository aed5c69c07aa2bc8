//! The measurements: what each asks of a server, how long it takes, and which quantities it gives.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::cold;
use crate::cost::{Clocks, Cost};
use crate::http::Request;
use crate::load::{self, Ask, Load, Tally};
use crate::metric::Metric;
use crate::numbers::{Dice, percentile, real};
use crate::procfs;
use crate::server::Server;
use crate::slow;
use crate::stop::Stop;
use crate::workdir::{BIG, BIG_BYTES, SMALL, SMALL_BYTES, WorkDir};

/// Keep-alive connections of a busy server.
const MANY: usize = 64;
/// Bytes of a range: about what a player asks for when it seeks.
const PIECE: u64 = 1 << 20;
/// Before each load, uncounted.
const WARM_UP: Duration = Duration::from_millis(300);

/// From the first answer until a server counts as idle.
const SETTLE: Duration = Duration::from_secs(1);

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// From the start of the process to the first answer.
    Start,
    /// Resident memory, idle and with a thousand slow streams.
    Memory,
    File1,
    File8,
    File64,
    Ranges,
    /// The 4 KiB file by many connections.
    Small,
    /// The 4 KiB file by one connection.
    One,
    /// A hot file while a cold one is read.
    Cold,
}

impl Case {
    pub(crate) const ALL: [Self; 9] = [
        Self::Start,
        Self::Memory,
        Self::File1,
        Self::File8,
        Self::File64,
        Self::Ranges,
        Self::Small,
        Self::One,
        Self::Cold,
    ];

    /// The name on the command line and in progress lines.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Memory => "memory",
            Self::File1 => "file1",
            Self::File8 => "file8",
            Self::File64 => "file64",
            Self::Ranges => "ranges",
            Self::Small => "small",
            Self::One => "one",
            Self::Cold => "cold",
        }
    }

    /// Whether it wants a server of its own, just started, instead of one that stays for all runs.
    pub(crate) fn wants_fresh_server(self) -> bool {
        matches!(self, Self::Start | Self::Memory)
    }

    /// About how long it takes, when loads are measured for `measure`.
    pub(crate) fn duration(self, measure: Duration) -> Duration {
        match self {
            Self::Start => Duration::from_millis(100),
            Self::Memory => SETTLE + slow::HOLD + Duration::from_millis(300),
            Self::Cold => Duration::from_millis(2500),
            _ => measure + WARM_UP,
        }
    }
}

/// What one measurement gave.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) values: Vec<(Metric, f64)>,
    /// The share of a core that others used meanwhile, where that was watched.
    pub(crate) others: f64,
    /// Whether the load generator, rather than the server, was what kept the rate down.
    pub(crate) generator_limited: bool,
}

/// Where and how measurements run.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) work: &'a WorkDir,
    pub(crate) stop: &'a Stop,
    /// How long a load is counted.
    pub(crate) measure: Duration,
}

/// Runs one measurement on a server that answers.
pub(crate) fn measure(case: Case, server: &Server, setting: &Setting) -> Result<Outcome> {
    let whole = Ask::Always(Request { path: BIG, length: BIG_BYTES, range: None, gzip: false });
    let small = Ask::Always(Request { path: SMALL, length: SMALL_BYTES, range: None, gzip: false });
    let plain = |values| Ok(Outcome { values, ..Outcome::default() });
    match case {
        Case::Start => plain(vec![(Metric::Start, server.start.as_secs_f64() * 1e3)]),
        Case::Memory => plain(memory(server, setting.stop)?),
        Case::Cold => plain(cold::measure(server, setting.work, setting.stop)?),
        Case::File1 => file(vec![whole], Metric::Rate1, Metric::Cpu1, server, setting),
        Case::File8 => file(vec![whole; 8], Metric::Rate8, Metric::Cpu8, server, setting),
        Case::File64 => file(vec![whole; MANY], Metric::Rate64, Metric::Cpu64, server, setting),
        Case::Ranges => {
            let piece = |seed| Ask::Pieces {
                path: BIG,
                length: BIG_BYTES,
                piece: PIECE,
                dice: Dice::new(seed),
            };
            let many = u64::try_from(MANY).unwrap_or(0);
            let done = Done::run((0..many).map(piece).collect(), server, setting)?;
            Ok(done.outcome(vec![
                (Metric::RangeRequests, done.requests_per_second()),
                (Metric::RangeP50, done.ms(500)),
                (Metric::RangeP99, done.ms(990)),
                (Metric::RangeRate, done.gb_per_second()),
                (Metric::RangeCpu, done.cpu_per_gb()),
            ]))
        }
        Case::Small => {
            let done = Done::run(vec![small; MANY], server, setting)?;
            Ok(done.outcome(vec![
                (Metric::SmallRequests, done.requests_per_second()),
                (Metric::SmallP50, done.ms(500)),
                (Metric::SmallP99, done.ms(990)),
                (Metric::SmallCpu, done.cost.server * 1e6 / real(done.tally.requests)),
            ]))
        }
        Case::One => {
            let done = Done::run(vec![small], server, setting)?;
            Ok(done.outcome(vec![(Metric::OneP50, done.ms(500)), (Metric::OneP99, done.ms(990))]))
        }
    }
}

fn file(
    asks: Vec<Ask>,
    rate: Metric,
    cpu: Metric,
    server: &Server,
    setting: &Setting,
) -> Result<Outcome> {
    let done = Done::run(asks, server, setting)?;
    Ok(done.outcome(vec![(rate, done.gb_per_second()), (cpu, done.cpu_per_gb())]))
}

fn memory(server: &Server, stop: &Stop) -> Result<Vec<(Metric, f64)>> {
    let mb = |bytes| real(bytes) / 1e6;
    // A server may still be tidying up after its first answer; idle is what it comes down to.
    thread::sleep(SETTLE);
    let idle = procfs::resident(server.pid())?;
    let streams = slow::hold(server, stop)?;
    Ok(vec![(Metric::IdleMemory, mb(idle)), (Metric::StreamsMemory, mb(streams))])
}

/// A load that ran, with its cost.
pub(crate) struct Done {
    pub(crate) tally: Tally,
    pub(crate) cost: Cost,
}

impl Done {
    fn run(asks: Vec<Ask>, server: &Server, setting: &Setting) -> Result<Self> {
        Self::counted(asks, server, setting.measure, setting.stop)
    }

    /// Runs a load on a server and counts it for `measure`.
    pub(crate) fn counted(
        asks: Vec<Ask>,
        server: &Server,
        measure: Duration,
        stop: &Stop,
    ) -> Result<Self> {
        let load = Load { address: server.address, asks, warm_up: WARM_UP, measure };
        let (tally, before, after) = load::run(&load, stop, || Clocks::read(server.pid()))?;
        let cost = before.until(after);
        Ok(Self { tally, cost })
    }

    fn requests_per_second(&self) -> f64 {
        real(self.tally.requests) / self.tally.seconds
    }

    fn gb_per_second(&self) -> f64 {
        real(self.tally.bytes) / 1e9 / self.tally.seconds
    }

    fn cpu_per_gb(&self) -> f64 {
        self.cost.server * 1e9 / real(self.tally.bytes)
    }

    /// Not a number when no answer ended while counting: that is caught where values are added.
    fn ms(&self, per_mille: usize) -> f64 {
        percentile(&self.tally.latencies, per_mille).map_or(f64::NAN, |nanos| real(nanos) / 1e6)
    }

    fn outcome(&self, values: Vec<(Metric, f64)>) -> Outcome {
        Outcome {
            values,
            others: self.cost.others / self.tally.seconds,
            generator_limited: self.cost.generator_limited(self.tally.seconds),
        }
    }
}
