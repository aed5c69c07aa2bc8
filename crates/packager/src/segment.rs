//! Inits and media segments as pieces.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use isobmff::write::{self, Fragment, NotWritable};
use media::{Framing, Sample, Track};

use crate::Gather;

/// One piece of a body.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Bytes that were generated.
    Bytes(Bytes),
    /// A half-open range of bytes of the file.
    File(Range<u64>),
    /// Samples that are gathered when they are sent.
    Gathered(Arc<Gather>),
}

impl Piece {
    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(range) => range.end.saturating_sub(range.start),
            Self::Gathered(gather) => gather.len(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Runs of the file shorter than this on average are gathered: one read for many of them costs
/// less than a call to the system for each.
const RUN_MIN: u64 = 48 << 10;

/// The init of a track.
pub fn init(track: &Track) -> Result<Bytes, NotWritable> {
    write::init(track).map(Bytes::from)
}

/// The segment with this number (from 1) of a track, which consists of these samples.
pub fn media_segment(track: &Track, number: u32, samples: Vec<Sample>) -> Vec<Piece> {
    let head = write::fragment(&Fragment { sequence: number, track, samples: &samples });
    let mut pieces = vec![Piece::Bytes(head.into())];
    pieces.extend(media_of(track, samples));
    pieces
}

/// The bytes of samples one after the other: as ranges of the file where they lie in long runs.
pub fn media_of(track: &Track, samples: Vec<Sample>) -> Vec<Piece> {
    if track.framing == Framing::Plain {
        let runs = runs(&samples);
        let bytes: u64 = runs.iter().map(|run| run.end - run.start).sum();
        if bytes >= RUN_MIN.saturating_mul(runs.len() as u64) {
            return runs.into_iter().map(Piece::File).collect();
        }
    }
    vec![Piece::Gathered(Arc::new(Gather::new(samples)))]
}

fn runs(samples: &[Sample]) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for sample in samples.iter().filter(|sample| sample.size > 0) {
        match runs.last_mut() {
            Some(run) if run.end == sample.offset => run.end = sample.end(),
            _ => runs.push(sample.offset..sample.end()),
        }
    }
    runs
}
