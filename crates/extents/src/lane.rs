//! What a connection's responses have queued to be sent straight from files: the link between
//! the chunks that pass through hyper and the socket below it.

use std::{
    collections::VecDeque,
    fs::File,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{Extent, chunk::Record};

/// The transfers of one connection, in the order in which their stand-ins will be written.
///
/// HTTP/1.1 answers in order, so a queue is all there is to it. Clones share the queue. The chunk
/// owns its transfer: when hyper drops the chunk, the file is closed and the response is over.
#[derive(Clone, Default)]
pub struct Lane {
    queue: Arc<Mutex<VecDeque<Weak<Transfer>>>>,
}

impl Lane {
    /// Queues an extent. The chunk made of the result must be written on this lane's socket,
    /// after whatever was queued before.
    pub(crate) fn queue(&self, extent: Extent, record: Arc<dyn Record>) -> Arc<Transfer> {
        let transfer = Arc::new(Transfer {
            len: extent.len(),
            file: extent.file,
            start: extent.range.start,
            sent: AtomicU64::new(0),
            claimed: AtomicU64::new(0),
            cached_until: AtomicU64::new(0),
            record,
        });
        self.lock().push_back(Arc::downgrade(&transfer));
        transfer
    }

    /// The transfer whose bytes go next.
    pub(crate) fn front(&self) -> Option<Arc<Transfer>> {
        let mut queue = self.lock();
        while let Some(front) = queue.front() {
            match front.upgrade() {
                Some(transfer) if transfer.unsent() > 0 => return Some(transfer),
                _ => queue.pop_front(),
            };
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Weak<Transfer>>> {
        // Nothing can panic while it is held; a poisoned queue would still be whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One extent on its way. `claimed` is what hyper believes written, `sent` is what the socket
/// has sent; between two writes they are equal, or somebody else has read the stand-in.
pub(crate) struct Transfer {
    pub(crate) file: Arc<File>,
    start: u64,
    len: u64,
    sent: AtomicU64,
    claimed: AtomicU64,
    cached_until: AtomicU64,
    pub(crate) record: Arc<dyn Record>,
}

// Relaxed throughout: chunk and socket live in one connection, which one task drives.
impl Transfer {
    /// Where the next byte lies, from the start of the file.
    pub(crate) fn offset(&self) -> u64 {
        self.start + self.sent.load(Ordering::Relaxed)
    }

    /// Bytes that the socket has yet to send.
    pub(crate) fn unsent(&self) -> u64 {
        self.len - self.sent.load(Ordering::Relaxed)
    }

    pub(crate) fn mark_sent(&self, count: u64) {
        self.sent.fetch_add(count, Ordering::Relaxed);
    }

    /// Up to which offset of the file the page cache is believed to hold this extent.
    pub(crate) fn cached_until(&self) -> u64 {
        self.cached_until.load(Ordering::Relaxed)
    }

    pub(crate) fn set_cached_until(&self, offset: u64) {
        self.cached_until.store(offset, Ordering::Relaxed);
    }

    /// Bytes that hyper has yet to see written.
    pub(crate) fn unclaimed(&self) -> u64 {
        self.len.saturating_sub(self.claimed.load(Ordering::Relaxed))
    }

    pub(crate) fn claim(&self, count: u64) {
        self.claimed.fetch_add(count, Ordering::Relaxed);
    }

    /// Whether every byte that hyper believes written was sent from the file.
    pub(crate) fn in_step(&self) -> bool {
        self.claimed.load(Ordering::Relaxed) == self.sent.load(Ordering::Relaxed)
    }
}
