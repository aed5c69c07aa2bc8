//! The media timeline of a CMAF track: later than its presentation, so that nothing on it is negative.
//!
//! ```text
//! presentation   -1024      0     1024            0     1001    2002    3003
//! sound          priming  frame   frame   pictures I      b       b       P     in decode order: I P b b
//! media              0    1024    2048           1001    2002    3003    4004
//! ```
//!
//! The edit list of the init takes the shift away again. Negative composition offsets would need no
//! shift of pictures, but ffmpeg, and so mpv, shows all pictures of a fragmented file late by the
//! greatest of them (as of its version 9).

use media::Track;

/// How the media times of a track differ from its presentation times, in its ticks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shift {
    /// What is added to decode times: how much sound primes the decoder.
    pub decode: i64,
    /// What is added to composition offsets: how much earlier than in the order of decoding a
    /// picture is shown at most.
    pub composition: i64,
}

impl Shift {
    /// That of the track.
    pub fn of(track: &Track) -> Self {
        let decode = 0i64.saturating_sub(track.start).max(0);
        Self { decode, composition: track.earliness().into() }
    }

    /// By how much media times are later than presentation times.
    pub fn total(self) -> i64 {
        self.decode.saturating_add(self.composition)
    }
}
