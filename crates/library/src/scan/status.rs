//! How a scan is getting on, for whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// What is being done.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanState {
    /// Nothing: everything that is known is up to date as far as it is watched.
    #[default]
    Idle,
    /// Looking through the folders.
    Running,
}

/// How far it is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ScanStatus {
    /// What is being done.
    pub state: ScanState,
    /// Files that were met in this scan, and how many the last whole one met: about how many there are.
    pub seen: u64,
    /// About how many there are.
    pub expected: u64,
    /// Files that were new or changed, and were looked into.
    pub read: u64,
    /// When the running scan began or the last one ended, in milliseconds since 1970.
    pub since_ms: i64,
    /// How long the last whole scan took, in milliseconds.
    pub took_ms: Option<u64>,
    /// Why the last scan did not come to its end.
    pub error: Option<String>,
}

/// What a scan counts as it goes.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) seen: AtomicU64,
    pub(crate) read: AtomicU64,
}

impl Progress {
    pub(crate) fn reset(&self) {
        self.seen.store(0, Ordering::Relaxed);
        self.read.store(0, Ordering::Relaxed);
    }
}
