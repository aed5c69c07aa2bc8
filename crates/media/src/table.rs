//! Every sample of a track in a few bytes each, readable in place.
//!
//! ```text
//! blocks:    durations, composition offsets, sizes, gaps, keys, skips: variable-length numbers
//! directory: for each block of 128 samples: decode time, bytes before, offset, place of the block
//! ```
//!
//! A sample is found by its number (one step in the directory) or its time (binary search in it),
//! and read by decoding its block. The bytes are the same for the same samples, may lie in a file
//! that is mapped, and are never trusted: a damaged table gives fewer samples, not a panic.

mod block;
mod build;

use std::ops::Range;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Sample;

pub use build::{Raw, TableError};

/// Samples in a block.
const BLOCK: u32 = 128;
/// Bytes of an entry in the directory.
const ENTRY: usize = 32;

/// The samples of one track in decode order.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct SampleTable {
    count: u32,
    /// Decode time at which the last sample ends.
    end: i64,
    /// All sizes together.
    total: u64,
    /// How many ticks a sample is shown before its decode time at most.
    early: u32,
    /// Where the directory begins in `bytes`.
    directory: u64,
    /// The length of `bytes`.
    length: u64,
    #[serde(skip)]
    bytes: Bytes,
}

/// What the directory knows of a block.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    decode: i64,
    bytes_before: u64,
    offset: u64,
    at: u64,
}

impl SampleTable {
    /// How many samples there are.
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The decode time at which the last sample ends, in ticks.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// How many ticks a sample is shown before its decode time at most: the greatest negative
    /// composition offset without its sign.
    pub fn earliness(&self) -> u32 {
        self.early
    }

    /// The bytes of all samples together.
    pub fn total_bytes(&self) -> u64 {
        self.total
    }

    /// The table as it is kept.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the table's bytes off the front of `store`, if it has as many.
    pub(crate) fn attach(&mut self, store: &mut Bytes) -> Option<()> {
        let length = usize::try_from(self.length).ok().filter(|length| *length <= store.len())?;
        self.bytes = store.split_to(length);
        Some(())
    }

    /// The samples with these numbers; fewer at the end of the table.
    pub fn samples(&self, range: Range<u32>) -> Vec<Sample> {
        let range = range.start.min(self.count)..range.end.min(self.count);
        let mut samples = Vec::with_capacity(range.len());
        if range.is_empty() {
            return samples;
        }
        for block in range.start / BLOCK..=(range.end - 1) / BLOCK {
            let first = block * BLOCK;
            self.decode_block(block, |number, sample| {
                if range.contains(&(first + number)) {
                    samples.push(sample);
                }
            });
        }
        samples
    }

    /// The number of the first sample whose decode time is `time` or later: `len()` if none is.
    pub fn first_at(&self, time: i64) -> u32 {
        let blocks = self.count.div_ceil(BLOCK);
        // The last block that begins before `time`.
        let (mut low, mut high) = (0, blocks);
        while low < high {
            let middle = low.midpoint(high);
            if self.entry(middle).decode < time { low = middle + 1 } else { high = middle }
        }
        let Some(block) = low.checked_sub(1) else { return 0 };
        let mut found = ((block + 1) * BLOCK).min(self.count);
        self.decode_block(block, |number, sample| {
            if sample.decode >= time {
                found = found.min(block * BLOCK + number);
            }
        });
        found
    }

    /// The bytes of the samples with these numbers together.
    pub fn bytes_in(&self, range: Range<u32>) -> u64 {
        self.bytes_before(range.end).saturating_sub(self.bytes_before(range.start))
    }

    /// The bytes of all samples before this number together.
    fn bytes_before(&self, number: u32) -> u64 {
        if number >= self.count {
            return self.total;
        }
        let mut sum = self.entry(number / BLOCK).bytes_before;
        self.decode_block(number / BLOCK, |inside, sample| {
            if inside < number % BLOCK {
                sum += u64::from(sample.size);
            }
        });
        sum
    }

    fn entry(&self, block: u32) -> Entry {
        let at = usize::try_from(self.directory).ok();
        let at = at.and_then(|at| at.checked_add(block as usize * ENTRY));
        let fields = at.and_then(|at| self.bytes.get(at..)).and_then(<[u8]>::first_chunk::<ENTRY>);
        let Some(fields) = fields else { return Entry::default() };
        let field = |number: usize| {
            fields.get(number * 8..).and_then(<[u8]>::first_chunk::<8>).copied().unwrap_or_default()
        };
        Entry {
            decode: i64::from_le_bytes(field(0)),
            bytes_before: u64::from_le_bytes(field(1)),
            offset: u64::from_le_bytes(field(2)),
            at: u64::from_le_bytes(field(3)),
        }
    }

    fn decode_block(&self, block: u32, visit: impl FnMut(u32, Sample)) {
        let Some(rest) = self.count.checked_sub(block * BLOCK).filter(|rest| *rest > 0) else {
            return;
        };
        let entry = self.entry(block);
        let bytes = usize::try_from(entry.at).ok().and_then(|at| self.bytes.get(at..));
        block::decode(
            bytes.unwrap_or_default(),
            rest.min(BLOCK),
            (entry.decode, entry.offset),
            visit,
        );
    }
}

#[cfg(test)]
mod tests;
