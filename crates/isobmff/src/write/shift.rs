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

use media::{Codec, Kind, Ratio, Samples, Timescale, Track, rescale_ceil};

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
        Self { decode, composition: earliness(track) }
    }

    /// By how much media times are later than presentation times.
    pub fn total(self) -> i64 {
        self.decode.saturating_add(self.composition)
    }
}

/// In a table it is known. Else it is what encoders rarely exceed: a sample that does has a
/// negative offset.
fn earliness(track: &Track) -> i64 {
    const PICTURES: i64 = 3;
    match &track.samples {
        _ if track.kind() != Kind::Video => 0,
        Samples::Table(table) => i64::from(table.earliness()),
        Samples::None => 0,
        // Of the others each sample is shown when it is decoded.
        Samples::Clusters if !matches!(track.codec, Codec::H264 | Codec::Hevc) => 0,
        Samples::Clusters => {
            let rate = track.video().and_then(|video| video.frame_rate);
            let Ratio { num, den } = rate.unwrap_or(Ratio { num: 25, den: 1 });
            let of_a_second = Timescale::new(num).unwrap_or(Timescale::MILLIS);
            rescale_ceil(i64::from(den) * PICTURES, of_a_second, track.timescale)
        }
    }
}
