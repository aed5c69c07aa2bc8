//! What both kinds of playlist have.

use media::{Timescale, rescale_round};

/// How long a segment lasts, exactly.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Duration {
    /// In ticks of `timescale`.
    pub ticks: u64,
    /// Ticks in a second.
    pub timescale: Timescale,
}

impl Duration {
    /// So many ticks.
    pub fn new(ticks: u64, timescale: Timescale) -> Self {
        Self { ticks, timescale }
    }

    /// To the nearest microsecond.
    pub fn micros(self) -> u64 {
        let ticks = i64::try_from(self.ticks).unwrap_or(i64::MAX);
        rescale_round(ticks, self.timescale, Timescale::MICROS).unsigned_abs()
    }
}

impl Default for Duration {
    fn default() -> Self {
        Self { ticks: 0, timescale: Timescale::MICROS }
    }
}

/// Part of a resource.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ByteRange {
    /// Its length in bytes.
    pub length: u64,
    /// Where it begins; `None` where the part before it ends.
    pub offset: Option<u64>,
}

/// Where to begin playing: EXT-X-START (bis 4.4.2.2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Start {
    /// TIME-OFFSET in microseconds; negative from the end.
    pub offset_micros: i64,
    /// PRECISE: whether what comes before it in its segment is not to be shown.
    pub precise: bool,
}

/// A variable: EXT-X-DEFINE (bis 4.4.2.3).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Variable {
    /// NAME and VALUE.
    Value {
        /// Letters, digits, `-` and `_`.
        name: String,
        /// What stands for it.
        value: String,
    },
    /// IMPORT: defined in the multivariant playlist.
    Import(String),
    /// QUERYPARAM: a parameter of the playlist's own address.
    QueryParameter(String),
}
