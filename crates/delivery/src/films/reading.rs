//! Files that are being read for their indexes: each once, however many ask for it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

use super::{
    FilmError, lock,
    shelf::{Record, State},
};

/// How long a client waits for a file that is read for the first time before it hears how far it
/// is. Less than players and proxies wait by default.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A file that is being read.
#[derive(Debug)]
pub(super) struct Reading {
    /// Bytes of the file behind us, and its length.
    at: AtomicU64,
    len: u64,
    end: watch::Sender<End>,
}

/// How it ended.
#[derive(Clone, Debug, Default)]
enum End {
    #[default]
    NotYet,
    Read(Arc<Record>),
    /// By a fault of ours.
    Lost,
}

impl Reading {
    /// Notes how far it is.
    pub(super) fn is_at(&self, at: u64) {
        self.at.store(at, Ordering::Relaxed);
    }

    fn percent(&self) -> u8 {
        let share = self.at.load(Ordering::Relaxed).min(self.len) * 100 / self.len.max(1);
        u8::try_from(share.min(99)).unwrap_or(99)
    }
}

/// All that are being read. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(super) struct Readings(Arc<Mutex<HashMap<State, Arc<Reading>>>>);

impl Readings {
    /// What is found in a file of this state and length. It is read if nobody does that already;
    /// the reading goes on when the client leaves, for the next one will want it.
    pub(super) async fn wait<F>(
        &self,
        state: State,
        len: u64,
        read: impl FnOnce(Arc<Reading>) -> F,
    ) -> Result<Arc<Record>, FilmError>
    where
        F: Future<Output = Record> + Send + 'static,
    {
        let mut begun = None;
        let reading = Arc::clone(lock(&self.0).entry(state.clone()).or_insert_with(|| {
            let (at, end) = (AtomicU64::new(0), watch::Sender::default());
            Arc::clone(begun.insert(Arc::new(Reading { at, len, end })))
        }));
        let mut end = reading.end.subscribe();
        if let Some(reading) = begun {
            let read = read(Arc::clone(&reading));
            let underway = Underway { readings: self.clone(), state, reading };
            tokio::spawn(async move {
                let record = Arc::new(read.await);
                underway.reading.end.send_replace(End::Read(record));
                drop(underway);
            });
        }
        let ended = end.wait_for(|end| !matches!(end, End::NotYet));
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        match ended.ok().and_then(Result::ok).as_deref() {
            Some(End::Read(record)) => Ok(Arc::clone(record)),
            Some(End::Lost) => Err(FilmError::Read("reading it failed".to_owned())),
            Some(End::NotYet) | None => Err(FilmError::Busy { percent: reading.percent() }),
        }
    }
}

/// Takes a reading off the list, however it ends.
struct Underway {
    readings: Readings,
    state: State,
    reading: Arc<Reading>,
}

impl Drop for Underway {
    fn drop(&mut self) {
        lock(&self.readings.0).remove(&self.state);
        self.reading.end.send_if_modified(|end| {
            let lost = matches!(end, End::NotYet);
            if lost {
                *end = End::Lost;
            }
            lost
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use media::Unreadable;

    use super::*;
    use crate::films::unknown;

    fn record() -> Record {
        let index = Err(Unreadable::Unknown("test".to_owned()));
        Record { id: unknown("a"), path: "a".to_owned(), index, len: 1, lasting: true }
    }

    fn state(name: &str) -> State {
        State::named(name)
    }

    #[tokio::test]
    async fn all_who_ask_wait_for_one_reading() {
        let readings = Readings::default();
        let (go, wait) = tokio::sync::oneshot::channel();
        let first = readings.wait(state("a"), 1, |_| async {
            wait.await.unwrap();
            record()
        });
        let second = readings.wait(state("a"), 1, |_| async { panic!("it is read already") });
        let other = readings.wait(state("b"), 1, |_| async { record() });
        let (first, second, other, ()) = tokio::join!(first, second, other, async {
            go.send(()).unwrap();
        });
        assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
        other.unwrap();
        assert!(lock(&readings.0).is_empty());
    }

    #[tokio::test]
    async fn a_reading_that_panics_is_over() {
        let readings = Readings::default();
        let lost = readings.wait(state("a"), 1, |_| async { panic!("as the test wants it") });
        assert!(matches!(lost.await, Err(FilmError::Read(_))));
        assert!(lock(&readings.0).is_empty());
        readings.wait(state("a"), 1, |_| async { record() }).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_too_long_hears_how_far_it_is() {
        let readings = Readings::default();
        let busy = readings.wait(state("a"), 200, |reading| async move {
            reading.is_at(50);
            std::future::pending().await
        });
        assert!(matches!(busy.await, Err(FilmError::Busy { percent: 25 })));
    }
}
