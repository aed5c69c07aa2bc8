//! One piece of a response on its way through hyper: real bytes, or a stand-in for bytes that
//! are still in a file. Each piece reports what has been written to the record of its response.

use std::sync::{Arc, LazyLock};

use bytes::{Buf, Bytes};

use crate::{Fault, lane::Transfer};

/// What one response has come to. Every piece of the response holds the record, so dropping the
/// last reference to it means that the response is over, complete or not.
pub trait Record: Send + Sync + 'static {
    /// `bytes` more have been handed to the connection.
    fn sent(&self, bytes: u64);
    /// The next piece of the body has to be waited for on our side: a disk, or whoever makes it.
    /// False as soon as there is one: then it is the connection that is waited for.
    fn waits_for_us(&self, waits: bool) {
        let _ = waits;
    }
    /// The body cannot go on. Called at most once, before the connection ends.
    fn failed(&self, fault: &Fault);
}

/// The shared block that stands in for bytes of files. Zeroed pages that nobody touches are
/// never backed by memory. The length bounds what a single write can announce.
static STAND_IN: LazyLock<Box<[u8]>> = LazyLock::new(|| vec![0; 16 << 20].into_boxed_slice());

/// Whether this slice stands in for bytes of a file. Only a [`Chunk`] hands out such slices.
pub(crate) fn is_stand_in(slice: &[u8]) -> bool {
    !slice.is_empty() && STAND_IN.as_ptr_range().contains(&slice.as_ptr())
}

/// A piece of a response body.
pub struct Chunk {
    piece: Piece,
    record: Arc<dyn Record>,
}

enum Piece {
    Bytes(Bytes),
    InFile(Arc<Transfer>),
}

impl Chunk {
    /// Real bytes of the response that `record` belongs to.
    pub fn bytes(bytes: Bytes, record: Arc<dyn Record>) -> Self {
        Self { piece: Piece::Bytes(bytes), record }
    }

    pub(crate) fn in_file(transfer: Arc<Transfer>, record: Arc<dyn Record>) -> Self {
        Self { piece: Piece::InFile(transfer), record }
    }
}

impl Buf for Chunk {
    fn remaining(&self) -> usize {
        match &self.piece {
            Piece::Bytes(bytes) => bytes.remaining(),
            Piece::InFile(transfer) => usize::try_from(transfer.unclaimed()).unwrap_or(usize::MAX),
        }
    }

    fn chunk(&self) -> &[u8] {
        match &self.piece {
            Piece::Bytes(bytes) => bytes.chunk(),
            Piece::InFile(_) => {
                STAND_IN.get(..self.remaining().min(STAND_IN.len())).unwrap_or_default()
            }
        }
    }

    fn advance(&mut self, count: usize) {
        match &mut self.piece {
            Piece::Bytes(bytes) => bytes.advance(count),
            Piece::InFile(transfer) => transfer.claim(count as u64),
        }
        self.record.sent(count as u64);
    }
}
