//! The threads that may wait for one media folder's disk, and how many there are.
//!
//! A call to a drive that hangs (a network drive whose server is gone) does not return and cannot
//! be called off, so each request for such a drive costs a thread until the drive answers. The
//! pool of such threads is one for the whole process: without a bound per folder, a drive that
//! hangs would take all of it, and with it every other drive. Who finds no thread free waits for
//! one without holding any, and stops waiting when his client leaves.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// The most threads that wait for one folder at a time. Far more than a disk can use at once, and
/// a thirtieth of the pool.
pub(crate) const THREADS: usize = 64;

/// How many files of one folder are read from end to end at a time: many at once make one disk
/// slower. Each folder has its own, so that files on a drive that hangs hold up no others.
pub(crate) const READERS: usize = 3;

/// The way to a thread that may wait. Cloning shares the bounds.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Arc<Bounds>);

#[derive(Debug)]
struct Bounds {
    threads: Arc<Semaphore>,
    readers: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        let of = |permits| Arc::new(Semaphore::new(permits));
        Self(Arc::new(Bounds { threads: of(THREADS), readers: of(READERS) }))
    }
}

impl Gate {
    /// Whether both lead to the same folder's disk.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Runs something that may wait for a disk away from the threads that serve others. Dropping
    /// the future before its turn takes it off the queue; afterwards the work goes on to its end,
    /// and counts until then.
    ///
    /// Fails only if the work panics or the runtime ends.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let permit = Arc::clone(&self.0.threads).acquire_owned().await.map_err(io::Error::other)?;
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        spawn_blocking(work).await.map_err(io::Error::other)
    }

    /// The same for something that may read a whole file.
    pub(crate) async fn run_long<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let permit = Arc::clone(&self.0.readers).acquire_owned().await.map_err(io::Error::other)?;
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        self.run(work).await
    }

    /// The same on this thread, which must be one that may wait: whoever polls this drives nothing
    /// else.
    ///
    /// Fails only if the work panics.
    pub(crate) async fn run_long_here<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        let _reader = self.0.readers.acquire().await.map_err(io::Error::other)?;
        let _thread = self.0.threads.acquire().await.map_err(io::Error::other)?;
        catch_unwind(AssertUnwindSafe(work)).map_err(|_| io::Error::other("the reader panicked"))
    }
}
