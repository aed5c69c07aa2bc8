//! The one convention by which the times of every container become ours.
//!
//! 1. **Zero** is where the presentation begins, as the file says: after its edit list, or at its
//!    first picture or sound where a container has no such statement and does not begin at zero.
//! 2. **Decode times are the presentation times in ascending order.** A sample's composition
//!    offset is the difference, and may be negative (whoever writes MP4 hides that behind an edit
//!    list, since some players show such pictures late). So the decode time of a segment's first
//!    sample is the earliest presentation time in it, segments tile the timeline without gap or
//!    overlap, and no decode time of a picture is ever negative. Where samples are searched, nobody
//!    knows beforehand how early a picture may be shown: one for which
//!    [`Track::earliness`](crate::Track::earliness) is not enough is decoded sooner, but not before
//!    the first of its segment.
//! 3. **Pictures begin at a key picture.** Where an edit begins between key pictures, the
//!    presentation begins at the key picture before it, for every track alike: nothing is shown
//!    out of step, and nothing that is needed is missing. Pictures before the first key picture,
//!    and those that lead it and cannot be decoded, are left out.
//! 4. **Sound may begin before zero** by what primes its decoder (AAC priming, Opus pre-skip). Such
//!    a track's media begin with an edit list that takes exactly that much away.
//! 5. Pictures and sound keep the times they have: a variable frame rate stays variable.

use crate::{Kind, Raw, Timescale, rescale_round};

/// How much sound before zero is kept to prime a decoder, in milliseconds. Longer than any
/// known priming (2,112 samples of AAC at 8 kHz are 264 ms).
pub const PRIMING_MILLIS: i64 = 300;

/// A track as its reader found it: times relative to the zero that the file states.
#[derive(Clone, Debug)]
pub struct RawTrack {
    /// What it is.
    pub kind: Kind,
    /// The unit of its times.
    pub timescale: Timescale,
    /// Its samples in decode order.
    pub samples: Vec<Raw>,
    /// How long its last sample lasts, in ticks.
    pub last_duration: u32,
}

impl RawTrack {
    fn earliest(&self) -> Option<i64> {
        self.samples.iter().map(|sample| sample.time).min()
    }

    fn shift(&mut self, ticks: i64) {
        for sample in &mut self.samples {
            sample.time = sample.time.saturating_add(ticks);
        }
    }
}

/// Whether a file states where its presentation begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Zero {
    /// It does: edit lists of ISO base media. A track that begins late begins late.
    Stated,
    /// It does not: the earliest picture or sound is zero, be it an hour into a broadcast.
    First,
}

/// Brings the tracks to the convention. Returns what was added to every time, in microseconds, for
/// whatever else has a time: chapters, side files.
pub fn settle(tracks: &mut [RawTrack], zero: Zero) -> i64 {
    let lead = Lead::of(tracks, zero);
    for track in tracks.iter_mut() {
        lead.place(track);
    }
    lead.micros()
}

/// By how much the presentation begins earlier or later than at the zero of the file: for readers
/// that hold one track at a time. Others call [`settle`].
#[derive(Clone, Copy, Debug)]
pub struct Lead {
    nanos: i64,
}

impl Lead {
    /// The lead that these tracks need; pictures that cannot be decoded are left out of them. Where
    /// zero is stated, only tracks of pictures matter.
    pub fn of(tracks: &mut [RawTrack], zero: Zero) -> Self {
        for track in tracks.iter_mut().filter(|track| track.kind == Kind::Video) {
            begin_at_a_key_picture(&mut track.samples);
        }
        // By how much the presentation must begin earlier than zero, or later.
        let mut nanos = tracks
            .iter()
            .filter(|track| track.kind == Kind::Video)
            .filter_map(|track| Some((track.earliest()?, track.timescale)))
            .map(|(earliest, scale)| rescale_round(earliest, scale, Timescale::NANOS))
            .min()
            .map_or(0, |earliest| earliest.min(0));
        if zero == Zero::First {
            let begins = tracks
                .iter()
                .filter(|track| matches!(track.kind, Kind::Video | Kind::Audio))
                .filter_map(|track| Some((track.earliest()?, track.timescale)))
                .map(|(earliest, scale)| rescale_round(earliest, scale, Timescale::NANOS));
            // Sound that primes its decoder begins before zero and does not move it.
            let first = begins.min().unwrap_or(0);
            let priming = -PRIMING_MILLIS * 1_000_000..0;
            if !priming.contains(&first) {
                nanos = first;
            }
        }
        Self { nanos }
    }

    /// Brings one track to the convention: one of those that the lead is of, or another.
    pub fn place(self, track: &mut RawTrack) {
        if self.nanos != 0 {
            track.shift(rescale_round(-self.nanos, Timescale::NANOS, track.timescale));
        }
        if track.kind == Kind::Audio {
            let kept = rescale_round(-PRIMING_MILLIS, Timescale::MILLIS, track.timescale);
            track.samples.retain(|sample| sample.time >= kept);
        }
    }

    /// What is added to every time, in microseconds.
    pub fn micros(self) -> i64 {
        rescale_round(-self.nanos, Timescale::NANOS, Timescale::MICROS)
    }
}

/// Leaves out what cannot be decoded, and what no edit shows and nothing that is shown needs.
fn begin_at_a_key_picture(samples: &mut Vec<Raw>) {
    // The last key picture at zero or before; else the first.
    let at_zero = samples.iter().rposition(|sample| sample.key && sample.time <= 0);
    let begin = at_zero.or_else(|| samples.iter().position(|sample| sample.key));
    let Some(begin) = begin else {
        samples.clear();
        return;
    };
    samples.drain(..begin);
    let Some(key) = samples.first().copied() else { return };
    if !key.closed {
        // They refer to what is not there.
        samples.retain(|sample| sample.time >= key.time);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn track(kind: Kind, scale: u32, times: &[(i64, bool)]) -> RawTrack {
        let samples = times
            .iter()
            .map(|(time, key)| Raw { size: 1, time: *time, key: *key, ..Raw::default() })
            .collect();
        let timescale = Timescale::new(scale).unwrap();
        RawTrack { kind, timescale, samples, last_duration: 1 }
    }

    fn times(track: &RawTrack) -> Vec<i64> {
        track.samples.iter().map(|sample| sample.time).collect()
    }

    #[test]
    fn a_film_that_begins_at_zero_stays_as_it_is() {
        let mut tracks = [
            track(Kind::Video, 25, &[(0, true), (2, false), (1, false)]),
            track(Kind::Audio, 48_000, &[(-1024, true), (0, true)]),
        ];
        for zero in [Zero::Stated, Zero::First] {
            assert_eq!(settle(&mut tracks, zero), 0);
            assert_eq!(times(&tracks[0]), [0, 2, 1]);
            assert_eq!(times(&tracks[1]), [-1024, 0]);
        }
    }

    #[test]
    fn an_edit_between_key_pictures_begins_at_the_one_before_and_sound_goes_along() {
        let mut tracks = [
            track(
                Kind::Video,
                10,
                &[(-20, true), (-10, true), (-5, false), (0, false), (5, false)],
            ),
            track(Kind::Audio, 10, &[(-20, true), (-15, true), (-10, true), (0, true)]),
        ];
        assert_eq!(settle(&mut tracks, Zero::Stated), 1_000_000);
        assert_eq!(times(&tracks[0]), [0, 5, 10, 15]);
        assert_eq!(times(&tracks[1]), [0, 10], "but for what is long before");
    }

    #[test]
    fn pictures_that_nothing_precedes_and_that_need_it_are_left_out() {
        let mut tracks = [track(
            Kind::Video,
            10,
            &[(3, false), (4, false), (7, true), (5, false), (6, false), (8, false)],
        )];
        settle(&mut tracks, Zero::First);
        assert_eq!(times(&tracks[0]), [0, 1]);
    }

    #[test]
    fn a_broadcast_begins_when_its_first_picture_or_sound_does() {
        let mut tracks = [
            track(Kind::Video, 90_000, &[(900_000, true), (903_600, false)]),
            track(Kind::Audio, 48_000, &[(479_000, true)]),
        ];
        settle(&mut tracks, Zero::First);
        assert_eq!(times(&tracks[0]), [1875, 5475]);
        assert_eq!(times(&tracks[1]), [0]);
    }

    #[test]
    fn a_stated_delay_is_kept() {
        let mut tracks = [
            track(Kind::Video, 25, &[(50, true), (51, false)]),
            track(Kind::Audio, 50, &[(0, true)]),
        ];
        assert_eq!(settle(&mut tracks, Zero::Stated), 0);
        assert_eq!(times(&tracks[0]), [50, 51]);
    }
}
