//! Inits and media segments as pieces.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use isobmff::write::{self, Fragment, NotWritable};
use media::{Sample, Track};

use crate::{Gather, layout::Layout};

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

    /// About how many bytes of memory it takes.
    pub fn memory(&self) -> usize {
        let beside = match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::File(_) => 0,
            Self::Gathered(gather) => gather.memory(),
        };
        size_of::<Self>() + beside
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The init of a track.
pub fn init(track: &Track) -> Result<Bytes, NotWritable> {
    write::init(track).map(Bytes::from)
}

/// The segment with this number (from 1) of a track, which consists of these samples.
pub fn media_segment(track: &Track, number: u32, samples: Vec<Sample>) -> Vec<Piece> {
    let layout = Layout::of_fragment(track, &samples);
    let fragment = Fragment { sequence: number, track, samples: &samples, skips: &layout.skips };
    let mut pieces = vec![Piece::Bytes(write::fragment(&fragment).into())];
    pieces.extend(sent(layout, samples));
    pieces
}

/// The bytes of samples one after the other: as ranges of the file where they lie in long runs.
pub fn media_of(track: &Track, samples: Vec<Sample>) -> Vec<Piece> {
    sent(Layout::bare(track, &samples), samples)
}

fn sent(layout: Layout, samples: Vec<Sample>) -> Vec<Piece> {
    if layout.stretches.is_empty() {
        return vec![Piece::Gathered(Arc::new(Gather::new(samples)))];
    }
    layout.stretches.into_iter().map(Piece::File).collect()
}
