//! A gate in front of a file: reads that reach a closed part wait in it and block nobody else.

use std::{
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What answers a read once it may go on.
type Answer = Box<dyn FnOnce() + Send>;

/// Open, or closed from an offset on.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    closed_from: Option<u64>,
    waiting: Vec<Answer>,
    reads: u64,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("closed_from", &self.closed_from)
            .field("waiting", &self.waiting.len())
            .field("reads", &self.reads)
            .finish()
    }
}

impl Gate {
    /// Holds what reaches `offset` from now on.
    pub(super) fn close(&self, offset: u64) {
        self.lock().closed_from = Some(offset);
    }

    /// Lets everything go on.
    pub(super) fn open(&self) {
        let waiting = {
            let mut state = self.lock();
            state.closed_from = None;
            std::mem::take(&mut state.waiting)
        };
        for answer in waiting {
            answer();
        }
    }

    /// Counts a read that ends before `end`, and answers it now or when the gate opens.
    pub(super) fn pass(&self, end: u64, answer: impl FnOnce() + Send + 'static) {
        let mut state = self.lock();
        state.reads += 1;
        if state.closed_from.is_some_and(|closed| end > closed) {
            state.waiting.push(Box::new(answer));
            self.changed.notify_all();
        } else {
            drop(state);
            answer();
        }
    }

    /// Waits until something waits; false where nothing does in time.
    pub(super) fn wait_for_waiting(&self, limit: Duration) -> bool {
        let nobody = |state: &mut State| state.waiting.is_empty();
        let waited = self.changed.wait_timeout_while(self.lock(), limit, nobody);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.waiting.is_empty()
    }

    /// How many reads have come.
    pub(super) fn reads(&self) -> u64 {
        self.lock().reads
    }

    /// A failing test must still be able to open the gate, so poison is of no interest.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
