//! Segments of a transport stream, for HLS clients that do not know fragmented MP4
//! [RFC 8216, 3.2].
//!
//! A segment is laid out before any byte of media is read: which packets, in which order, how
//! many. So its length is known, and any part of it can be made alone.
//!
//! ```text
//! PAT · PMT · { PES packet of one picture | PES packet of up to 100 ms of sound | clock } …
//! ```
//!
//! **Times.** A presentation time of zero is 10 s of 90 kHz, so that sound that primes its decoder
//! has a time too. The convention of [`media::timeline`] gives decode times that are presentation
//! times in order; no picture may be decoded after it is shown, so all are decoded earlier, by as
//! many pictures as may be reordered. Where even that is too late, a picture is decoded when it is
//! shown, and those before it earlier. The clock (PCR) is 0.2 s behind the decode times and comes
//! every 100 ms at least.
//!
//! **Counters.** Nobody knows how many packets the segments before this one have. So each PID with
//! media has a multiple of 16 of them: up to 15 more than needed, in that the last PES packet of
//! the segment is spread over more. Its counter begins at 0 and ends at 15. The two tables come
//! once in a segment, and are counted by its number. Played in order, all counters go on.
//!
//! **Bytes.** Every picture begins with a delimiter, a key picture has its parameter sets too. A
//! start code is as long as the length that it takes the place of; a picture with a delimiter of
//! its own loses that to zeros, which may stand before any start code.

mod form;
mod plan;
mod tables;
mod write;

use std::io;

use media::{Sample, Track};

pub use plan::plan;

/// Where a presentation time of zero is, in ticks of 90 kHz.
pub const ZERO: u64 = 900_000;

/// What is sent together: at most one track of pictures and one of sound.
#[derive(Clone, Copy, Debug, Default)]
pub struct Program<'a> {
    /// The pictures: H.264 or HEVC.
    pub video: Option<&'a Track>,
    /// The sound: AAC, MPEG audio, AC-3 or Enhanced AC-3.
    pub audio: Option<&'a Track>,
}

/// By what counters go on from one segment to the next.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Continuity {
    /// The number of the segment in its playlist.
    pub number: u64,
}

/// A track cannot be carried.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{codec} cannot be carried in a transport stream: {reason}")]
pub struct NotCarried {
    /// The coding, by its name.
    pub codec: String,
    /// What is in the way.
    pub reason: String,
}

/// What appends the bytes of a sample: of the pictures (`true`) or of the sound.
pub type Fetch<'a> = &'a dyn Fn(bool, &Sample, &mut Vec<u8>) -> io::Result<()>;

/// The layout of a segment.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The packets of the tables.
    tables: Vec<u8>,
    video: Option<form::Pictures>,
    audio: Option<form::Sound>,
    /// All samples of sound.
    frames: Vec<Sample>,
    parts: Vec<plan::Part>,
    /// How many packets there are, with the tables.
    packets: u64,
}

impl Segment {
    /// Its length in bytes: a multiple of 188.
    pub fn len(&self) -> u64 {
        self.packets * crate::packet::SIZE as u64
    }

    /// About how many bytes of memory it takes.
    pub fn memory(&self) -> usize {
        let parts = self.parts.len() * size_of::<plan::Part>();
        size_of::<Self>() + self.tables.len() + parts + size_of_val(&*self.frames)
    }

    /// Whether there is nothing in it; never so.
    pub fn is_empty(&self) -> bool {
        self.packets == 0
    }

    /// Its bytes from `offset` on: at least one, up to the end of the picture or sound with which
    /// there are `max`; none at its end or behind.
    ///
    /// `fetch` appends the bytes of a sample of the pictures (`true`) or of the sound, as they
    /// are sent: exactly `size` of them.
    pub fn make(&self, fetch: Fetch<'_>, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        write::make(self, fetch, offset, max)
    }

    /// What [`make`](Self::make) will fetch, in this order: samples of the pictures (`true`) and of
    /// the sound.
    pub fn samples(&self, offset: u64, max: usize) -> Vec<(bool, Sample)> {
        write::samples(self, offset, max)
    }
}
