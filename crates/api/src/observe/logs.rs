//! The last lines of the log, for administrators to read in a page.
//!
//! A layer of `tracing` beside the one that writes: what is told here went through the same filter. Lines of the access
//! log are left out unless something failed, for they would push out everything else.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

use super::{
    moment, now_ms,
    secrets::mask,
    status::{LogField, LogLine, LogPage},
};

/// How many lines are kept, and how many bytes of them.
const LINES: usize = 2000;
const BYTES: usize = 1 << 20;
/// The most bytes of one line, of its message and of its fields together.
const LINE: usize = 4096;
/// The most lines in one answer.
pub(super) const PAGE: usize = 500;
/// Where lines of the access log come from.
const ACCESS: &str = "vidicon::access";

/// The last lines. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Logs(Arc<Mutex<Ring>>);

#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<Line>,
    bytes: usize,
    /// The number of the next line.
    next: u64,
}

#[derive(Debug)]
struct Line {
    number: u64,
    at_ms: i64,
    level: Level,
    target: &'static str,
    told: Told,
}

impl Logs {
    /// The layer that listens. It goes beside the layer that writes, below the same filter.
    pub fn layer<S: Subscriber>(&self) -> impl Layer<S> + use<S> {
        Listener(self.clone())
    }

    /// The lines after this one: at most so many, of this level and worse ones.
    pub(super) fn after(&self, number: u64, most: usize, level: Level) -> LogPage {
        let ring = self.lock();
        // Numbers begin anew with the server: who knows a line that is still to come has seen none of these.
        let of_before = number >= ring.next.max(1);
        let number = if of_before { 0 } else { number };
        let first = ring.lines.front().map_or(ring.next, |line| line.number);
        let mut last = number.min(ring.next.saturating_sub(1));
        let mut items = Vec::new();
        for line in ring.lines.iter().filter(|line| line.number > number) {
            if items.len() == most {
                break;
            }
            last = line.number;
            if line.level <= level {
                items.push(line.tell());
            }
        }
        LogPage { items, next: last, lost: of_before || (number > 0 && number + 1 < first) }
    }

    /// The last lines: at most so many.
    pub(super) fn last(&self, most: usize, level: Level) -> LogPage {
        let ring = self.lock();
        let newest = ring.lines.iter().rev().filter(|line| line.level <= level).take(most);
        let mut items: Vec<_> = newest.map(Line::tell).collect();
        items.reverse();
        LogPage { items, next: ring.next.saturating_sub(1), lost: false }
    }

    fn push(&self, level: Level, target: &'static str, told: Told) {
        let mut ring = self.lock();
        // Lines are numbered from 1, so that "after 0" is all of them.
        let number = ring.next.max(1);
        ring.next = number + 1;
        ring.bytes += told.bytes;
        ring.lines.push_back(Line { number, at_ms: now_ms(), level, target, told });
        while ring.lines.len() > LINES || ring.bytes > BYTES {
            let Some(gone) = ring.lines.pop_front() else { break };
            ring.bytes -= gone.told.bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn tell(&self) -> LogLine {
        let fields = self.told.fields.iter();
        LogLine {
            number: self.number,
            at: moment(self.at_ms),
            level: self.level.as_str().to_ascii_lowercase(),
            target: self.target.to_owned(),
            message: self.told.message.clone(),
            fields: fields
                .map(|(name, value)| LogField { name: (*name).to_owned(), value: value.clone() })
                .collect(),
        }
    }
}

struct Listener(Logs);

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        if about.target() == ACCESS && *about.level() > Level::WARN {
            return;
        }
        let mut told = Told::default();
        event.record(&mut told);
        self.0.push(*about.level(), about.target(), told);
    }
}

/// What an event says.
#[derive(Debug, Default)]
struct Told {
    message: String,
    fields: Vec<(&'static str, String)>,
    bytes: usize,
}

impl Told {
    fn take(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let mut text = Bounded { text: String::new(), left: LINE.saturating_sub(self.bytes) };
        // It fails where the line is full: the rest is left out.
        let _ = text.write_fmt(value);
        let text = mask(&text.text).into_owned();
        self.bytes += text.len();
        if field.name() == "message" {
            self.message = text;
        } else {
            self.bytes += field.name().len();
            self.fields.push((field.name(), text));
        }
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format_args!("{value:?}"));
    }
}

struct Bounded {
    text: String,
    left: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let mut end = more.len().min(self.left);
        while !more.is_char_boundary(end) {
            end -= 1;
        }
        self.text.push_str(more.get(..end).unwrap_or_default());
        self.left -= end;
        if end < more.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn who_knows_lines_of_a_server_before_begins_anew() {
        let logs = logged(|| tracing::info!("one"));
        for number in [2, 3, u64::MAX] {
            let page = logs.after(number, 9, Level::TRACE);
            assert_eq!((page.items.len(), page.next, page.lost), (1, 1, true), "{number}");
        }
        assert!(Logs::default().after(1, 9, Level::TRACE).lost);
        for (number, items) in [(0, 1), (1, 0)] {
            let page = logs.after(number, 9, Level::TRACE);
            assert_eq!((page.items.len(), page.next, page.lost), (items, 1, false), "{number}");
        }
    }

    fn logged(work: impl FnOnce()) -> Logs {
        let logs = Logs::default();
        let subscriber = tracing_subscriber::registry().with(logs.layer());
        tracing::subscriber::with_default(subscriber, work);
        logs
    }

    #[test]
    fn lines_are_read_on_from_where_one_was() {
        let logs = logged(|| {
            for number in 1..=5 {
                tracing::info!(number, "line");
            }
        });
        let first = logs.after(0, 2, Level::TRACE);
        assert_eq!(first.items.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(first.items[0].fields[0].value, "1");
        let rest = logs.after(first.next, 10, Level::TRACE);
        assert_eq!(rest.items.iter().map(|line| line.number).collect::<Vec<_>>(), [3, 4, 5]);
        let none = logs.after(rest.next, 10, Level::TRACE);
        assert!(none.items.is_empty() && none.next == rest.next && !none.lost);
        assert_eq!(logs.last(2, Level::TRACE).items[0].number, 4);
    }

    #[test]
    fn lesser_lines_are_left_out_but_not_read_again() {
        let logs = logged(|| {
            tracing::error!("bad");
            tracing::debug!("detail");
        });
        let page = logs.after(0, 10, Level::INFO);
        assert_eq!((page.items.len(), page.next), (1, 2));
        assert_eq!(
            (page.items[0].level.as_str(), page.items[0].message.as_str()),
            ("error", "bad")
        );
    }

    #[test]
    fn secrets_are_not_told() {
        let logs = logged(|| {
            tracing::info!(query = "a=1&api_key=s3cret", "asked /x?api_key=s3cret&b=2");
        });
        let line = &logs.last(1, Level::TRACE).items[0];
        assert_eq!(line.message, "asked /x?api_key=•••&b=2");
        assert_eq!(line.fields[0].value, "a=1&api_key=•••");
    }

    #[test]
    fn the_access_log_does_not_push_out_the_rest() {
        let logs = logged(|| {
            tracing::info!(target: "vidicon::access", "request");
            tracing::error!(target: "vidicon::access", "request");
        });
        assert_eq!(logs.last(10, Level::TRACE).items.len(), 1);
    }

    #[test]
    fn neither_many_lines_nor_long_ones_take_more_memory() {
        let logs = logged(|| {
            for _ in 0..3000 {
                tracing::info!("short");
            }
        });
        assert_eq!(logs.lock().lines.len(), LINES);
        assert!(logs.after(5, 10, Level::TRACE).lost);
        let long = logged(|| {
            for _ in 0..1000 {
                tracing::info!(value = "ü".repeat(10_000), "long");
            }
        });
        let ring = long.lock();
        assert!(ring.bytes <= BYTES && ring.lines.len() > 200, "{} lines", ring.lines.len());
    }
}
