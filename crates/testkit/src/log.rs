//! The lines that a process has printed so far, and waiting for one that has not come yet.

use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex},
    time::Instant,
};

use serde_json::Value;

use crate::wait::DEADLINE;

/// Lines in the order of their arrival. Clones share the lines.
#[derive(Clone, Debug, Default)]
pub struct Log {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<String>,
    /// How many pipes still feed this log.
    pipes: usize,
}

impl Log {
    /// Collects the lines of `pipe` on a thread of its own until the pipe ends.
    pub(crate) fn follow(&self, pipe: impl Read + Send + 'static) {
        self.shared.0.lock().unwrap().pipes += 1;
        let log = self.clone();
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while matches!(pipe.read_until(b'\n', &mut line), Ok(n) if n > 0) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                log.shared.0.lock().unwrap().lines.push(text);
                log.shared.1.notify_all();
                line.clear();
            }
            log.shared.0.lock().unwrap().pipes -= 1;
            log.shared.1.notify_all();
        });
    }

    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.shared.0.lock().unwrap().lines.clone()
    }

    /// The first line, past or to come, for which `find` gives something; `None` when the process
    /// closes its output without it or the deadline passes.
    pub fn try_wait<T>(&self, mut find: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let started = Instant::now();
        let (state, changed) = &*self.shared;
        let mut state = state.lock().unwrap();
        let mut seen = 0;
        loop {
            while let Some(line) = state.lines.get(seen) {
                if let Some(found) = find(line) {
                    return Some(found);
                }
                seen += 1;
            }
            let left = DEADLINE.checked_sub(started.elapsed())?;
            if state.pipes == 0 {
                return None;
            }
            state = changed.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Whether the process has closed its output, so that no line is to come.
    pub(crate) fn has_ended(&self) -> bool {
        self.shared.0.lock().unwrap().pipes == 0
    }

    /// Waits until the process has closed its output, so that every line is here.
    pub(crate) fn wait_end(&self) {
        let (state, changed) = &*self.shared;
        let open = |state: &mut State| state.pipes > 0;
        drop(changed.wait_timeout_while(state.lock().unwrap(), DEADLINE, open).unwrap());
    }

    /// All lines that are JSON objects, so far.
    pub fn json(&self) -> Vec<Value> {
        self.lines().iter().filter_map(|line| parse(line)).collect()
    }
}

/// A line as a JSON object, when it is one. The fields of the event stand at the top, whether the
/// server writes them there or in an object of their own.
pub(crate) fn parse(line: &str) -> Option<Value> {
    let Ok(Value::Object(mut line)) = serde_json::from_str(line) else {
        return None;
    };
    if let Some(Value::Object(fields)) = line.remove("fields") {
        line.extend(fields);
    }
    Some(Value::Object(line))
}
