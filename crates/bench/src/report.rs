//! The page that a run prints: machine, tables with medians, and the bars.

use std::fmt::Write as _;

use serde::Serialize;

use crate::bars::{BARS, Verdict, judge};
use crate::machine::Machine;
use crate::metric::Metric;
use crate::numbers::Spread;
use crate::peers::Peer;
use crate::results::Results;

/// Everything that is known at the end of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) runs: usize,
    /// Seconds for which each load was counted.
    pub(crate) load_seconds: f64,
    /// Servers with their versions, in the order of their turns.
    pub(crate) versions: Vec<(Peer, String)>,
    /// Servers that were left out, and why.
    pub(crate) left_out: Vec<(Peer, String)>,
    #[serde(flatten)]
    pub(crate) results: Results,
    pub(crate) verdicts: Vec<Verdict>,
}

/// Judges every bar that can be judged.
pub(crate) fn verdicts(results: &Results) -> Vec<Verdict> {
    BARS.iter().filter_map(|bar| judge(bar, results)).collect()
}

const TABLES: [(&str, &[Metric]); 5] = [
    (
        "A 1 GiB file",
        &[Metric::Rate1, Metric::Rate8, Metric::Rate64, Metric::Cpu1, Metric::Cpu8, Metric::Cpu64],
    ),
    (
        "Random 1 MiB ranges, 64 keep-alive connections",
        &[
            Metric::RangeRequests,
            Metric::RangeP50,
            Metric::RangeP99,
            Metric::RangeRate,
            Metric::RangeCpu,
        ],
    ),
    (
        "A 4 KiB file, keep-alive",
        &[
            Metric::SmallRequests,
            Metric::SmallP50,
            Metric::SmallP99,
            Metric::SmallCpu,
            Metric::OneP50,
            Metric::OneP99,
        ],
    ),
    ("Resident memory and start", &[Metric::IdleMemory, Metric::StreamsMemory, Metric::Start]),
    (
        "A hot 4 KiB file while 8 streams read a cold 1 GiB file",
        &[Metric::ColdP50, Metric::ColdP99, Metric::ColdMax, Metric::ColdRate, Metric::ColdFetched],
    ),
];

/// Others using more of a core than this make a run worth repeating.
const QUIET: f64 = 0.05;

impl Report {
    /// The page in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut page = String::new();
        self.header(&mut page);
        for (title, metrics) in TABLES {
            self.table(title, metrics, &mut page);
        }
        self.failures(&mut page);
        self.bars(&mut page);
        page
    }

    // Writing to a String cannot fail, hence the ignored results below.

    fn header(&self, page: &mut String) {
        let m = &self.machine;
        let versions: Vec<String> = self
            .versions
            .iter()
            .map(|(peer, version)| format!("{} {version}", peer.title()))
            .collect();
        let runs = if self.runs == 1 { "1 run".to_owned() } else { format!("{} runs", self.runs) };
        let _ = writeln!(page, "## File serving, side by side\n");
        let _ = writeln!(page, "- Date: {}", m.date);
        let _ = writeln!(
            page,
            "- Machine: {}, {} cores, {:.0} GB memory",
            m.processor, m.cores, m.memory_gb
        );
        let _ = writeln!(page, "- System: {}; kernel {}", m.system, m.kernel);
        let _ = writeln!(page, "- Versions: {}", versions.join("; "));
        let _ = writeln!(
            page,
            "- Way: loopback, plain HTTP/1.1, files in the page cache; every server on core {}, the load generator on \
             core {}; servers take turns; {}, loads counted for {} s each; bodies dropped in the kernel. CPU is \
             user and system time of the server and its children. GB and MB are powers of ten.",
            m.server_core, m.load_core, runs, self.load_seconds
        );
        if m.server_core == m.load_core {
            let _ = writeln!(
                page,
                "- **One core only: servers and load generator shared it, so rates are too low.**"
            );
        }
        let share = self.results.disturbance;
        let advice = if share > QUIET {
            "; **the machine was not quiet: run again before believing small differences**"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "- Others took at most {:.0} % of one core during a load{advice}",
            share * 100.0
        );
        for (peer, cases) in &self.results.generator_limited {
            let names: Vec<String> =
                cases.iter().map(|(name, times)| format!("{name} ({times} times)")).collect();
            let _ = writeln!(
                page,
                "- The load generator, not {}, was the limit in: {}; there its rates could be higher",
                peer.title(),
                names.join(", ")
            );
        }
        for (peer, reason) in &self.left_out {
            let _ = writeln!(page, "- Left out: {}: {reason}", peer.title());
        }
        if self.runs > 1 {
            let _ = writeln!(page, "\nFigures are medians (least–most).");
        }
    }

    fn table(&self, title: &str, metrics: &[Metric], page: &mut String) {
        let measured = |metric: &&Metric| {
            self.versions.iter().any(|(peer, _)| self.results.spread(*peer, **metric).is_some())
        };
        let columns: Vec<Metric> = metrics.iter().filter(measured).copied().collect();
        if columns.is_empty() {
            return;
        }
        let headings: Vec<&str> = columns.iter().map(|metric| metric.words().heading).collect();
        let _ = writeln!(page, "\n### {title}\n\n| server | {} |", headings.join(" | "));
        let _ = writeln!(page, "|---{}|", "|---:".repeat(columns.len()));
        for (peer, _) in &self.versions {
            let cells: Vec<String> = columns
                .iter()
                .map(|metric| cell(self.results.spread(*peer, *metric), metric.words().digits))
                .collect();
            let _ = writeln!(page, "| {} | {} |", peer.title(), cells.join(" | "));
        }
    }

    fn failures(&self, page: &mut String) {
        if self.results.failures.is_empty() {
            return;
        }
        let _ = writeln!(page, "\n### What failed\n");
        for failure in &self.results.failures {
            let _ =
                writeln!(page, "- {}, {}: {}", failure.peer.title(), failure.what, failure.reason);
        }
    }

    fn bars(&self, page: &mut String) {
        let _ = writeln!(page, "\n### Bars\n");
        if self.verdicts.is_empty() {
            let _ = writeln!(
                page,
                "Nothing to judge: there are no figures of Vidicon with something to hold them against."
            );
            return;
        }
        let _ = writeln!(
            page,
            "A ratio says how many times better than the best peer; more is better throughout.\n"
        );
        let _ = writeln!(
            page,
            "| bar | Vidicon | best peer | ratio | asked for | |\n|---|---:|---:|---:|---:|---|"
        );
        for verdict in &self.verdicts {
            let _ = writeln!(page, "{}", bar_row(verdict));
        }
    }
}

/// A median with its range, as it stands in a table.
pub(crate) fn cell(spread: Option<Spread>, digits: usize) -> String {
    match spread {
        None => "–".to_owned(),
        Some(Spread { least, median, most }) if least.total_cmp(&most).is_eq() => {
            grouped(median, digits)
        }
        Some(Spread { least, median, most }) => {
            format!(
                "{} ({}–{})",
                grouped(median, digits),
                grouped(least, digits),
                grouped(most, digits)
            )
        }
    }
}

fn bar_row(verdict: &Verdict) -> String {
    let words = verdict.metric.words();
    let value = |value: f64| format!("{} {}", grouped(value, words.digits), words.unit);
    let vidicon = verdict.vidicon.map_or_else(|| "failed".to_owned(), value);
    let best = verdict.best.map_or_else(
        || "–".to_owned(),
        |(peer, best)| format!("{} ({})", value(best), peer.title()),
    );
    let ratio = verdict.ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    // Only a ratio has somebody to compare with.
    let demand = match verdict.best {
        Some(_) => format!("≥ {:.1}", verdict.demand),
        None => format!("≤ {} {}", verdict.demand, words.unit),
    };
    let passed = if verdict.passed { "PASS" } else { "**MISSED**" };
    format!("| {} | {vidicon} | {best} | {ratio} | {demand} | {passed} |", verdict.what)
}

/// A number with commas between thousands.
pub(crate) fn grouped(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.find('.').map_or((text.as_str(), ""), |at| text.split_at(at));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests;
