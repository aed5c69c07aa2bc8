//! The bars that Vidicon has to clear, and whether it does.
//!
//! A ratio is always "how many times better than the best of those compared with", so 1.0 is as good and more is
//! better, also where less of the quantity is better. The best is taken for each quantity by itself.

use serde::Serialize;

use crate::metric::Metric;
use crate::peers::Peer;
use crate::results::Results;

/// What a bar asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Demand {
    /// At least this many times as good as the best of these servers.
    Ratio(f64, &'static [Peer]),
    /// At most this much, in the unit of the quantity.
    AtMost(f64),
}

/// One bar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bar {
    pub(crate) what: &'static str,
    pub(crate) metric: Metric,
    pub(crate) demand: Demand,
}

const PEERS: &[Peer] = &[Peer::NginxNopush, Peer::Nginx, Peer::Caddy];
const NGINX: &[Peer] = &[Peer::NginxNopush, Peer::Nginx];

const fn bar(what: &'static str, metric: Metric, demand: Demand) -> Bar {
    Bar { what, metric, demand }
}

/// All bars of file serving.
pub(crate) const BARS: [Bar; 13] = [
    bar("1 GiB file, 1 connection: throughput", Metric::Rate1, Demand::Ratio(1.0, PEERS)),
    bar("1 GiB file, 8 connections: throughput", Metric::Rate8, Demand::Ratio(1.0, PEERS)),
    bar("1 GiB file, 64 connections: throughput", Metric::Rate64, Demand::Ratio(1.0, PEERS)),
    bar("1 GiB file, 1 connection: bytes per CPU-second", Metric::Cpu1, Demand::Ratio(1.0, PEERS)),
    bar("1 GiB file, 8 connections: bytes per CPU-second", Metric::Cpu8, Demand::Ratio(1.0, PEERS)),
    bar(
        "1 GiB file, 64 connections: bytes per CPU-second",
        Metric::Cpu64,
        Demand::Ratio(1.0, PEERS),
    ),
    bar(
        "1 MiB ranges, 64 connections: throughput",
        Metric::RangeRequests,
        Demand::Ratio(1.0, PEERS),
    ),
    bar(
        "1 MiB ranges, 64 connections: bytes per CPU-second",
        Metric::RangeCpu,
        Demand::Ratio(1.0, PEERS),
    ),
    bar(
        "4 KiB file, 64 connections: requests/s against nginx",
        Metric::SmallRequests,
        Demand::Ratio(0.8, NGINX),
    ),
    bar("4 KiB file, 1 connection: p50", Metric::OneP50, Demand::AtMost(0.1)),
    bar("resident memory, idle", Metric::IdleMemory, Demand::AtMost(40.0)),
    bar("resident memory, 1,000 slow streams", Metric::StreamsMemory, Demand::AtMost(100.0)),
    bar("start to first answer", Metric::Start, Demand::AtMost(200.0)),
];

/// How a bar was met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Verdict {
    pub(crate) what: &'static str,
    pub(crate) metric: Metric,
    /// Vidicon's median; none when its measurement failed.
    pub(crate) vidicon: Option<f64>,
    /// The best of those compared with, and its median.
    pub(crate) best: Option<(Peer, f64)>,
    /// How many times better than the best, where the bar is a ratio.
    pub(crate) ratio: Option<f64>,
    /// What was asked for, a ratio or a figure.
    pub(crate) demand: f64,
    pub(crate) passed: bool,
}

/// Judges one bar. None when it cannot be judged: nobody asked for the measurement, or there is nobody to compare with.
pub(crate) fn judge(bar: &Bar, results: &Results) -> Option<Verdict> {
    let median = |peer| results.spread(peer, bar.metric).map(|spread| spread.median);
    let vidicon = median(Peer::Vidicon);
    // A measurement that was asked for and failed has no value for Vidicon where others have one: that is a bar missed.
    let others_measured = PEERS.iter().any(|&peer| median(peer).is_some());
    let failed =
        others_measured && results.failures.iter().any(|failure| failure.peer == Peer::Vidicon);
    let more = bar.metric.words().more_is_better;
    let verdict = |best, ratio, demand, passed| {
        Some(Verdict { what: bar.what, metric: bar.metric, vidicon, best, ratio, demand, passed })
    };
    match bar.demand {
        Demand::AtMost(most) => {
            if vidicon.is_none() && !failed {
                return None;
            }
            verdict(None, None, most, vidicon.is_some_and(|value| value <= most))
        }
        Demand::Ratio(least, peers) => {
            let measured = peers.iter().filter_map(|&peer| Some((peer, median(peer)?)));
            let better = |one: &(Peer, f64), other: &(Peer, f64)| one.1.total_cmp(&other.1);
            let best = if more { measured.max_by(better) } else { measured.min_by(better) }?;
            if vidicon.is_none() && !failed {
                return None;
            }
            let ratio = vidicon.map(|value| if more { value / best.1 } else { best.1 / value });
            verdict(Some(best), ratio, least, ratio.is_some_and(|ratio| ratio >= least))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::results::Failure;

    fn results(values: &[(Peer, Metric, f64)]) -> Results {
        let mut results = Results::default();
        for (peer, metric, value) in values {
            results.add(*peer, *metric, *value);
        }
        results
    }

    fn judged(metric: Metric, values: &[(Peer, Metric, f64)]) -> Option<Verdict> {
        judge(BARS.iter().find(|bar| bar.metric == metric).unwrap(), &results(values))
    }

    #[test]
    fn throughput_is_held_against_the_fastest() {
        let values = [
            (Peer::Nginx, Metric::Rate64, 5.0),
            (Peer::Caddy, Metric::Rate64, 4.0),
            (Peer::Vidicon, Metric::Rate64, 4.5),
        ];
        let verdict = judged(Metric::Rate64, &values).unwrap();
        assert_eq!(verdict.best, Some((Peer::Nginx, 5.0)));
        assert!((verdict.ratio.unwrap() - 0.9).abs() < 1e-9 && !verdict.passed);
    }

    #[test]
    fn cost_is_held_against_the_cheapest() {
        let values = [
            (Peer::Nginx, Metric::Cpu1, 0.25),
            (Peer::Caddy, Metric::Cpu1, 0.20),
            (Peer::Vidicon, Metric::Cpu1, 0.16),
        ];
        let verdict = judged(Metric::Cpu1, &values).unwrap();
        assert_eq!(verdict.best, Some((Peer::Caddy, 0.20)));
        assert!((verdict.ratio.unwrap() - 1.25).abs() < 1e-9 && verdict.passed);
    }

    #[test]
    fn small_files_are_compared_with_nginx_alone_and_need_four_fifths() {
        let values = [
            (Peer::NginxNopush, Metric::SmallRequests, 100_000.0),
            (Peer::Caddy, Metric::SmallRequests, 900_000.0),
            (Peer::Vidicon, Metric::SmallRequests, 80_000.0),
        ];
        assert!(judged(Metric::SmallRequests, &values).unwrap().passed);
    }

    #[test]
    fn a_figure_may_reach_its_limit_but_not_pass_it() {
        assert!(judged(Metric::Start, &[(Peer::Vidicon, Metric::Start, 200.0)]).unwrap().passed);
        assert!(!judged(Metric::Start, &[(Peer::Vidicon, Metric::Start, 200.1)]).unwrap().passed);
    }

    #[test]
    fn a_bar_whose_measurement_failed_is_missed() {
        let mut results =
            results(&[(Peer::Nginx, Metric::Rate1, 5.0), (Peer::Nginx, Metric::Start, 7.0)]);
        let reason = "connection refused".to_owned();
        results.failures.push(Failure { peer: Peer::Vidicon, what: "file1".to_owned(), reason });
        let verdicts: Vec<Verdict> = BARS.iter().filter_map(|bar| judge(bar, &results)).collect();
        assert_eq!(verdicts.len(), 2, "only what was measured elsewhere");
        assert!(verdicts.iter().all(|verdict| !verdict.passed && verdict.vidicon.is_none()));
    }

    #[test]
    fn without_vidicon_or_without_a_peer_nothing_is_judged() {
        assert_eq!(judged(Metric::Rate1, &[(Peer::Nginx, Metric::Rate1, 5.0)]), None);
        assert_eq!(judged(Metric::Rate1, &[(Peer::Vidicon, Metric::Rate1, 5.0)]), None);
        assert_eq!(judged(Metric::Start, &[]), None);
    }
}
