//! The section of the page: machine, tables, bars.

use std::fmt::Write as _;

use anyhow::Result;

use super::Stage;
use super::bars::{Bar, Demand};
use crate::files::say;
use crate::machine::Machine;
use crate::numbers::Spread;
use crate::report::{cell, grouped};

/// What is printed at the end.
pub(super) struct Page {
    head: String,
    body: String,
    bars: Vec<Bar>,
    notes: Vec<String>,
    failures: Vec<String>,
    others: f64,
    /// What waited for processors when the run began (`/proc/loadavg`).
    load: String,
}

/// One table under way.
pub(super) struct Table {
    text: String,
}

/// A cell.
pub(super) enum Cell {
    Text(String),
    /// One value with its digits.
    Value(f64, usize),
    /// The values of several runs.
    Runs(Vec<f64>, usize),
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Value(value, digits) => cell(Spread::of(&[value]), digits),
            Self::Runs(values, digits) => cell(Spread::of(&values), digits),
        }
    }
}

impl Table {
    /// A table with these headings, the first of which is that of the rows' names.
    pub(super) fn new(headings: &[&str]) -> Self {
        let mut text = format!("| {} |\n|---", headings.join(" | "));
        text.push_str(&"|---:".repeat(headings.len().saturating_sub(1)));
        text.push_str("|\n");
        Self { text }
    }

    pub(super) fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<String> = cells.into_iter().map(Cell::text).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "| {name} | {} |", cells.join(" | "));
    }
}

/// Others using more of a core than this make a run worth repeating.
const QUIET: f64 = 0.05;

impl Page {
    pub(super) fn new(machine: Machine, stage: &Stage) -> Self {
        let m = machine;
        let mut versions: Vec<String> =
            vec![format!("Vidicon {}", stage.vidicon.peer.version(&stage.vidicon.program))];
        versions.extend(
            stage.nginx.first().map(|one| format!("nginx {}", one.peer.version(&one.program))),
        );
        versions.extend(super::spawn::version().ok());
        let head = format!(
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
        );
        Self {
            head,
            body: String::new(),
            bars: Vec::new(),
            notes: Vec::new(),
            failures: Vec::new(),
            others: 0.0,
            load: load(),
        }
    }

    /// Runs a part; what fails is told on the page, and the rest goes on.
    pub(super) fn attempt(&mut self, name: &str, part: impl FnOnce(&mut Self) -> Result<()>) {
        if let Err(error) = part(self) {
            say(&format!("{name}: {error:#}"));
            self.failures.push(format!("{name}: {error:#}"));
        }
    }

    pub(super) fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    pub(super) fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    /// Notes how much of a core others used in one run.
    pub(super) fn others(&mut self, share: f64) {
        self.others = self.others.max(share);
    }

    pub(super) fn table(&mut self, title: &str, words: &str, table: &Table) {
        let _ = write!(self.body, "\n### {title}\n\n");
        if !words.is_empty() {
            let _ = write!(self.body, "{words}\n\n");
        }
        self.body.push_str(&table.text);
    }

    pub(super) fn bar(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        digits: usize,
        demand: Demand,
    ) {
        self.bars.push(Bar { what: what.into(), value, unit, digits, demand });
    }

    /// The section in Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut page = self.head.clone();
        let advice = if self.others > QUIET {
            "; **the machine was not quiet: run again before believing small differences**"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "- Others took at most {:.0} % of one core during a load{advice}",
            self.others * 100.0
        );
        let _ = writeln!(
            page,
            "- Load averages (1, 5, 15 minutes): {} at the beginning, {} at the end; the bars of latency mean something on an idle machine only",
            self.load,
            load()
        );
        for note in &self.notes {
            let _ = writeln!(page, "- {note}");
        }
        page.push_str("\nFigures are medians (least–most) where several are given.\n");
        page.push_str(&self.body);
        if !self.failures.is_empty() {
            page.push_str("\n### What failed\n\n");
            for failure in &self.failures {
                let _ = writeln!(page, "- {failure}");
            }
        }
        if !self.bars.is_empty() {
            page.push_str("\n### Bars of packaging\n\n| bar | measured | asked for | |\n|---|---:|---:|---|\n");
        }
        for bar in &self.bars {
            let unit = |text: String| {
                if bar.unit.is_empty() { text } else { format!("{text} {}", bar.unit) }
            };
            let (sign, limit) = match bar.demand {
                Demand::AtLeast(limit) => ("≥", limit),
                Demand::AtMost(limit) => ("≤", limit),
            };
            let limit_text =
                if limit.fract() == 0.0 { grouped(limit, 0) } else { format!("{limit}") };
            let _ = writeln!(
                page,
                "| {} | {} | {sign} {} | {} |",
                bar.what,
                unit(if bar.value.is_finite() {
                    grouped(bar.value, bar.digits)
                } else {
                    "failed".to_owned()
                }),
                unit(limit_text),
                if bar.reached() { "PASS" } else { "**MISSED**" }
            );
        }
        page
    }
}

fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_ascii_whitespace().take(3).collect::<Vec<_>>().join(", ")
}
