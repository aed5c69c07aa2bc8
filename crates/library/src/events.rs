//! What happens in the library, for whoever shows it while it happens.
//!
//! What was written to the store has a number in the order in which it was written, so that whoever
//! missed some can ask for the rest. How a job is getting on has none: only the last word counts.

use serde_json::Value;
use store::Change;
use tokio::sync::broadcast;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number in the journal, if it is kept there.
    pub number: Option<i64>,
    /// What kind of thing: `videos`, `rating`, `scan`.
    pub kind: String,
    /// What exactly, as clients are told.
    pub body: Value,
}

impl From<Change> for Event {
    fn from(change: Change) -> Self {
        Self { number: Some(change.seq), kind: change.kind, body: change.body }
    }
}

/// How many events a listener may be behind before it has to begin anew.
const BEHIND: usize = 1_024;

/// Those who listen.
#[derive(Clone, Debug)]
pub(crate) struct Listeners(broadcast::Sender<Event>);

impl Default for Listeners {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Listeners {
    /// Tells all of something that was written.
    pub(crate) fn tell(&self, change: Change) {
        // Nobody may be listening.
        let _ = self.0.send(change.into());
    }

    /// Tells all how something is getting on.
    pub(crate) fn tell_now(&self, kind: &str, body: Value) {
        let _ = self.0.send(Event { number: None, kind: kind.to_owned(), body });
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }

    pub(crate) fn are_there(&self) -> bool {
        self.0.receiver_count() > 0
    }
}
