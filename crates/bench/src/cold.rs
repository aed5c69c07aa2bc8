//! A cold file beside a hot one: eight streams read what is not in the page cache, while one client goes on asking
//! for a small file that is. How long that client waits shows whether waiting for the disk holds others up.

use std::time::Duration;

use anyhow::Result;

use crate::http::Request;
use crate::load::{self, Ask, Load};
use crate::metric::Metric;
use crate::numbers::{percentile, real};
use crate::procfs;
use crate::server::Server;
use crate::stop::Stop;
use crate::workdir::{BIG, BIG_BYTES, SMALL, SMALL_BYTES, WorkDir};

/// Streams that read the cold file, each its own eighth.
const STREAMS: u64 = 8;
/// The measurement ends when the file is read, or after this time on a slow disk.
const LIMIT: Duration = Duration::from_secs(10);

/// Evicts the large file, measures, and brings it back into the page cache.
pub(crate) fn measure(server: &Server, work: &WorkDir, stop: &Stop) -> Result<Vec<(Metric, f64)>> {
    work.evict()?;
    let eighth = BIG_BYTES / STREAMS;
    let mut asks: Vec<Ask> = (0..STREAMS)
        .map(|number| (number * eighth, (number + 1) * eighth))
        .map(|range| {
            Ask::Once(Request { path: BIG, length: BIG_BYTES, range: Some(range), gzip: false })
        })
        .collect();
    asks.push(Ask::Always(Request { path: SMALL, length: SMALL_BYTES, range: None, gzip: false }));
    let load = Load { address: server.address, asks, warm_up: Duration::ZERO, measure: LIMIT };
    let pid = server.pid();
    let done = load::run(&load, stop, || procfs::fetched(pid));
    work.warm(stop)?;
    let (tally, before, after) = done?;
    let ms = |per_mille| {
        percentile(&tally.latencies, per_mille).map_or(f64::NAN, |nanos| real(nanos) / 1e6)
    };
    Ok(vec![
        (Metric::ColdP50, ms(500)),
        (Metric::ColdP99, ms(990)),
        (Metric::ColdMax, ms(1000)),
        (Metric::ColdRate, real(tally.once_bytes) / 1e6 / tally.seconds),
        (Metric::ColdFetched, real(after.saturating_sub(before)) / 1e6),
    ])
}
