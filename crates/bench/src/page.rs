//! A section of the page of figures: machine, tables, bars.

use std::fmt::Write as _;

use anyhow::Result;

use crate::demand::{Bar, Demand};
use crate::files::say;
use crate::numbers::Spread;
use crate::report::{cell, grouped};

/// What is printed at the end.
pub(crate) struct Page {
    head: String,
    bars_heading: &'static str,
    body: String,
    bars: Vec<Bar>,
    notes: Vec<String>,
    failures: Vec<String>,
    /// The most that others used of a core, where that was measured.
    others: Option<f64>,
    /// What waited for processors when the run began (`/proc/loadavg`).
    load: String,
}

/// One table under way.
pub(crate) struct Table {
    text: String,
}

/// A cell.
pub(crate) enum Cell {
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
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut text = format!("| {} |\n|---", headings.join(" | "));
        text.push_str(&"|---:".repeat(headings.len().saturating_sub(1)));
        text.push_str("|\n");
        Self { text }
    }

    pub(crate) fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<String> = cells.into_iter().map(Cell::text).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "| {name} | {} |", cells.join(" | "));
    }
}

/// Others using more of a core than this make a run worth repeating.
const QUIET: f64 = 0.05;

impl Page {
    /// A section that begins with these lines, and whose bars have this heading.
    pub(crate) fn new(head: String, bars_heading: &'static str) -> Self {
        Self {
            head,
            bars_heading,
            body: String::new(),
            bars: Vec::new(),
            notes: Vec::new(),
            failures: Vec::new(),
            others: None,
            load: load(),
        }
    }

    /// Runs a part; what fails is told on the page, and the rest goes on.
    pub(crate) fn attempt(&mut self, name: &str, part: impl FnOnce(&mut Self) -> Result<()>) {
        if let Err(error) = part(self) {
            say(&format!("{name}: {error:#}"));
            self.failures.push(format!("{name}: {error:#}"));
        }
    }

    pub(crate) fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    pub(crate) fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    /// Notes how much of a core others used in one run.
    pub(crate) fn others(&mut self, share: f64) {
        self.others = Some(self.others.unwrap_or(0.0).max(share));
    }

    pub(crate) fn table(&mut self, title: &str, words: &str, table: &Table) {
        let _ = write!(self.body, "\n### {title}\n\n");
        if !words.is_empty() {
            let _ = write!(self.body, "{words}\n\n");
        }
        self.body.push_str(&table.text);
    }

    pub(crate) fn bar(
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
    pub(crate) fn markdown(&self) -> String {
        let mut page = self.head.clone();
        if let Some(others) = self.others {
            let advice = if others > QUIET {
                "; **the machine was not quiet: run again before believing small differences**"
            } else {
                ""
            };
            let _ = writeln!(
                page,
                "- Others took at most {:.0} % of one core during a load{advice}",
                others * 100.0
            );
        }
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
            let _ = write!(
                page,
                "\n### {}\n\n| bar | measured | asked for | |\n|---|---:|---:|---|\n",
                self.bars_heading
            );
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
