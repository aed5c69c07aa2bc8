//! The names beside a file, in every media folder.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{
    task::JoinHandle,
    time::{Instant, timeout_at},
};

use super::{Folders, Way};
use crate::{gate::Gate, path::RelativePath};

/// How long folders are waited for that the file itself is not in: a disk that sleeps may miss it,
/// and is there the next time.
const PATIENCE: Duration = Duration::from_secs(2);

/// What lies beside a file.
#[derive(Debug)]
pub(crate) struct Siblings {
    /// The names, sorted and without repetition. Those that are no text are left out.
    pub(crate) names: Vec<String>,
    /// Whether every folder answered.
    pub(crate) whole: bool,
}

impl Folders {
    /// The names beside `path`, in every root; of each root no more than `most`. What they lead to
    /// is told by opening it. The root behind `home`, which has the file, is waited for; the others
    /// only for a moment, for they may be on drives that hang. Without `home` all are waited for.
    pub(crate) async fn siblings(
        &self,
        path: &RelativePath,
        home: Option<&Gate>,
        most: usize,
    ) -> Siblings {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        let mut found = Siblings { names: Vec::new(), whole: true };
        for (root, way) in self.0.roots.iter().zip(&self.0.ways) {
            let Some(folder) = root.join(path.as_path()).parent().map(PathBuf::from) else {
                continue;
            };
            if home.is_none_or(|home| way.gate.is(home)) {
                own.push(list(way, folder, most));
            } else if way.overdue.load(Ordering::Relaxed) == 0 {
                others.push((way, list(way, folder, most)));
            } else {
                found.whole = false;
            }
        }
        for listing in own {
            found.add(listing.await);
        }
        let until = Instant::now() + PATIENCE;
        for (way, mut listing) in others {
            if let Ok(listed) = timeout_at(until, &mut listing).await {
                found.add(listed);
            } else {
                found.whole = false;
                way.wait_for(listing);
            }
        }
        found.names.sort_unstable();
        found.names.dedup();
        found
    }
}

impl Siblings {
    fn add(&mut self, listed: Result<io::Result<Vec<String>>, tokio::task::JoinError>) {
        self.names.extend(listed.ok().and_then(Result::ok).unwrap_or_default());
    }
}

impl Way {
    /// Waits for a listing that is overdue; until it is there, no other is begun.
    fn wait_for(&self, listing: JoinHandle<io::Result<Vec<String>>>) {
        let overdue = Arc::clone(&self.overdue);
        overdue.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let _ = listing.await;
            overdue.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

fn list(way: &Way, folder: PathBuf, most: usize) -> JoinHandle<io::Result<Vec<String>>> {
    let gate = way.gate.clone();
    tokio::spawn(async move { gate.run(move || names(&folder, most)).await })
}

fn names(folder: &Path, most: usize) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.take(most).filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
