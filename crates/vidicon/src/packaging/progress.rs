//! How far the writing is: a bar on a terminal, else a line now and then.

use std::{
    io::{self, IsTerminal as _},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::in_words::bytes;

/// How often a line is printed where there is no bar.
const LINES: Duration = Duration::from_secs(5);

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    /// About how many bytes there will be, and how many of those are written.
    total: u64,
    at: u64,
    told: Instant,
}

impl Progress {
    pub(super) fn new(total: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}  {elapsed}");
            ProgressBar::new(total)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, total, at: 0, told: Instant::now() }
    }

    /// About how many bytes there will be.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Something of about so many bytes is written; all together so many.
    pub(super) fn add(&mut self, guess: u64, written: u64) {
        self.at += guess;
        if let Some(bar) = &self.bar {
            bar.set_message(bytes(written));
            bar.set_position(self.at);
        } else if self.told.elapsed() > LINES {
            self.told = Instant::now();
            eprintln!("{} %, {}", self.at * 100 / self.total.max(1), bytes(written));
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
