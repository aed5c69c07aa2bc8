//! The threads that look into files for a scan. They have less of a right to processors than
//! whoever waits for a page, and each of them stays with a file from its beginning to its end.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, mpsc as queue},
    thread,
};

use store::Found;
use tokio::{runtime::Handle, sync::mpsc};

use super::look::look_at;
use crate::{Library, lock, walk::Place};

/// How many files are looked into at a time. Two keep a disk busy, and leave the third reader of
/// their folder to whoever wants to play something.
const AT_A_TIME: usize = 2;
/// How many files may be under way or wait for a thread: enough to go on with while a batch is
/// written.
const AHEAD: usize = 512;
/// How far their threads give way (nice(1)): the usual step.
#[cfg(target_os = "linux")]
const GIVES_WAY: i32 = 10;

/// The threads of one scan. They end when this is dropped, each after the file that it has open.
pub(super) struct Readers {
    work: Work,
    /// Where places are put, and where all threads take them.
    places: queue::Sender<Place>,
    to_take: Arc<Mutex<queue::Receiver<Place>>>,
    tell: mpsc::Sender<Option<Found>>,
    looked: mpsc::Receiver<Option<Found>>,
    threads: usize,
    under_way: usize,
}

/// What every thread needs.
#[derive(Clone)]
struct Work {
    library: Library,
    root: usize,
    /// The media folder as the store names it.
    name: String,
    runtime: Handle,
}

impl Readers {
    /// For files of a media folder; a thread begins when there is something for it to do. Must be
    /// called in the runtime.
    pub(super) fn new(library: &Library, root: usize, name: String) -> Self {
        let (places, to_take) = queue::channel();
        // One who tells never has to wait.
        let (tell, looked) = mpsc::channel(AHEAD);
        Self {
            work: Work { library: library.clone(), root, name, runtime: Handle::current() },
            places,
            to_take: Arc::new(Mutex::new(to_take)),
            tell,
            looked,
            threads: 0,
            under_way: 0,
        }
    }

    /// Whether another file may be given to them.
    pub(super) fn have_room(&self) -> bool {
        self.under_way < AHEAD
    }

    /// Whether nothing is under way.
    pub(super) fn are_done(&self) -> bool {
        self.under_way == 0
    }

    /// Gives them a file to look into. Fails if the system allows not even one thread.
    pub(super) fn give(&mut self, place: Place) -> io::Result<()> {
        if self.threads < AT_A_TIME && self.threads <= self.under_way {
            match self.begin() {
                Ok(()) => self.threads += 1,
                Err(error) if self.threads == 0 => return Err(error),
                // The others do it.
                Err(_) => {}
            }
        }
        // It is taken: `to_take` is ours as well.
        let _ = self.places.send(place);
        self.under_way += 1;
        Ok(())
    }

    /// The next file that was looked into; none if there is nothing to say of it. Ask only while
    /// something is under way. Nothing is lost if it is dropped.
    pub(super) async fn next(&mut self) -> Option<Found> {
        let looked = self.looked.recv().await.flatten();
        self.under_way = self.under_way.saturating_sub(1);
        looked
    }

    fn begin(&self) -> io::Result<()> {
        let (work, tell) = (self.work.clone(), self.tell.clone());
        let to_take = Arc::clone(&self.to_take);
        let read = move || {
            give_way();
            loop {
                // The lock is free again once there is a place.
                let Ok(place) = lock(&to_take).recv() else { return };
                if tell.blocking_send(work.look(place)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("scan".to_owned()).spawn(read).map(drop)
    }
}

impl Work {
    /// A look that panics is a fault of ours that costs one file, and is in the log.
    fn look(&self, place: Place) -> Option<Found> {
        let look = look_at(&self.library, self.root, self.name.clone(), place);
        catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(look))).ok().flatten()
    }
}

/// Only Linux counts this by threads; elsewhere it would hold up the whole server.
#[cfg(target_os = "linux")]
fn give_way() {
    // Where it is refused, the scan is as important as everything else.
    let _ = rustix::process::setpriority_process(None, GIVES_WAY);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}
