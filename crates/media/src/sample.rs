//! One sample, and the places where decoding can begin.

use serde::{Deserialize, Serialize};

/// One coded picture, frame of sound or piece of text, and where it lies.
///
/// Decode times follow the convention of [`timeline`](crate::timeline): they are the presentation
/// times in ascending order, so a track that is only ever presented in the order in which it is
/// stored has `composition == 0` throughout.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sample {
    /// Where it begins in the file. In a transport stream, the first packet of its PES packet.
    pub offset: u64,
    /// Its length in bytes as it is sent: without ADTS, length-prefixed, with restored headers.
    pub size: u32,
    /// In a transport stream, how many bytes of the PES payload come before it; elsewhere 0.
    pub skip: u32,
    /// Decode time in ticks of the track. Negative only for sound that primes the decoder.
    pub decode: i64,
    /// Ticks until the decode time of the next sample.
    pub duration: u32,
    /// Presentation time less decode time, in ticks; may be negative.
    pub composition: i32,
    /// Whether decoding can begin here.
    pub key: bool,
}

impl Sample {
    /// When it is shown or heard, in ticks.
    pub fn presentation(&self) -> i64 {
        self.decode.saturating_add(i64::from(self.composition))
    }

    /// The first byte after it, where it lies in one piece.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.size))
    }
}

/// A place of a track where decoding can begin.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyPoint {
    /// The earliest presentation time of all samples from here on, in ticks of the track: that of
    /// the key picture itself if it is closed.
    pub time: i64,
    /// In a table: the number of the sample. In clusters: the position of its cluster.
    pub at: u64,
    /// Whether pictures that follow it but are shown before it refer to what came before (open
    /// GOP): whoever begins here cannot decode those.
    pub open: bool,
}
