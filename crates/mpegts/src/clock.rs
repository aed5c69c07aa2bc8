//! From time stamps of 33 bits to a timeline that goes on.
//!
//! Stamps wrap every 26.5 hours; that is undone at once, for all streams of a program together.
//! They also jump where recordings were joined or reception was lost. Whether a jump of one stream
//! is one of the whole program is known only at the end: then the later part is moved to where
//! the earlier one ends, for all streams by the same amount.

use media::{Raw, Timescale, rescale_round};

/// Ticks of 90 kHz in a second.
pub(crate) const SECOND: i64 = 90_000;
/// What counts of a stamp.
const BITS: u32 = 33;
/// A stream without another that could tell is believed to have long pictures, up to here.
const LONG: i64 = 10 * SECOND;
/// Jumps of streams that differ by less may be the same.
const ALIKE: i64 = 3 * SECOND;

/// Undoes the wrapping of stamps.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    last: Option<i64>,
}

impl Clock {
    /// A clock that shows this time.
    pub(crate) fn at(time: i64) -> Self {
        Self { last: Some(time) }
    }

    /// The time that these 33 bits mean, nearest to the last one.
    pub(crate) fn unwrap(&mut self, stamp: u64) -> i64 {
        let stamp = (stamp & ((1 << BITS) - 1)).cast_signed();
        let time = self.last.map_or(stamp, |last| {
            let ahead = (stamp - last).rem_euclid(1 << BITS);
            last + if ahead >= 1 << (BITS - 1) { ahead - (1 << BITS) } else { ahead }
        });
        self.last = Some(time);
        time
    }
}

/// A place where the times of a stream do not go on from what came before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jump {
    /// The first sample with the new times.
    pub(crate) sample: usize,
    /// Where that is in the file.
    pub(crate) offset: u64,
    /// New time less what was to be expected, in ticks of 90 kHz.
    pub(crate) by: i64,
    /// Whether the stream itself said that there may be one.
    pub(crate) announced: bool,
}

/// The samples of a stream and its jumps.
pub(crate) struct Line<'a> {
    pub(crate) samples: &'a mut [Raw],
    pub(crate) scale: Timescale,
    pub(crate) jumps: &'a [Jump],
    /// Ticks of 90 kHz that the last sample before a jump lasts.
    pub(crate) step: i64,
    pub(crate) is_video: bool,
}

impl Line<'_> {
    /// Where this jump is among the samples of this stream; `None` if it made no such jump.
    fn boundary(&self, jump: &Jump) -> Option<usize> {
        let alike = |own: &&Jump| (own.by - jump.by).abs() < ALIKE;
        let near =
            self.jumps.iter().filter(alike).min_by_key(|own| own.offset.abs_diff(jump.offset));
        let after = self.samples.partition_point(|sample| sample.offset < jump.offset);
        if after == 0 || after == self.samples.len() {
            // It is on one side only.
            return Some(
                near.filter(|own| own.offset == jump.offset).map_or(after, |own| own.sample),
            );
        }
        near.filter(|own| own.offset.abs_diff(jump.offset) < 32 << 20).map(|own| own.sample)
    }

    fn span(&self, from: usize, to: usize) -> Option<(i64, i64)> {
        let part = self.samples.get(from..to)?;
        let (first, last) = part.iter().fold((i64::MAX, i64::MIN), |(first, last), sample| {
            (first.min(sample.time), last.max(sample.time))
        });
        let ticks = |time| rescale_round(time, self.scale, Timescale::MPEG);
        (first <= last).then(|| (ticks(first), ticks(last) + self.step))
    }
}

/// Moves what comes after each jump of the program to where what comes before it ends. Returns
/// the jumps that were closed.
pub(crate) fn close_jumps(lines: &mut [Line<'_>]) -> Vec<Jump> {
    let lead = lines.iter().position(|line| line.is_video && !line.samples.is_empty());
    let Some(lead) = lead.or_else(|| lines.iter().position(|line| !line.samples.is_empty())) else {
        return Vec::new();
    };
    let mut closed = Vec::new();
    let alone = lines.iter().filter(|line| !line.samples.is_empty()).count() < 2;
    let long = |jump: &Jump| alone && !jump.announced && (0..LONG).contains(&jump.by);
    // Where each stream is cut, part by part.
    let mut cuts: Vec<Vec<usize>> = vec![vec![0]; lines.len()];
    for jump in lines.get(lead).map(|line| line.jumps).unwrap_or_default() {
        if long(jump) {
            continue;
        }
        let boundaries: Option<Vec<usize>> = lines.iter().map(|line| line.boundary(jump)).collect();
        let Some(boundaries) = boundaries else { continue };
        for (cuts, boundary) in cuts.iter_mut().zip(boundaries) {
            let last = cuts.last().copied().unwrap_or(0);
            cuts.push(boundary.max(last));
        }
        closed.push(*jump);
    }
    if closed.is_empty() {
        return closed;
    }
    for (line, cuts) in lines.iter().zip(&mut cuts) {
        cuts.push(line.samples.len());
    }
    let mut shift = 0_i64;
    let mut end: Vec<Option<i64>> = vec![None; lines.len()];
    for part in 0..=closed.len() {
        let range = |cuts: &[usize]| Some((*cuts.get(part)?, *cuts.get(part + 1)?));
        let spans: Vec<Option<(i64, i64)>> = lines
            .iter()
            .zip(&cuts)
            .map(|(line, cuts)| range(cuts).and_then(|(from, to)| line.span(from, to)))
            .collect();
        // No stream may run into itself.
        let needed = spans.iter().zip(&end).filter_map(|(span, end)| Some((*end)? - (*span)?.0));
        shift = needed.max().unwrap_or(shift);
        for (end, span) in end.iter_mut().zip(&spans) {
            *end = span.map(|(_, last)| last.saturating_add(shift)).or(*end);
        }
        for (line, cuts) in lines.iter_mut().zip(&cuts) {
            let ticks = rescale_round(shift, Timescale::MPEG, line.scale);
            let samples = range(cuts).and_then(|(from, to)| line.samples.get_mut(from..to));
            for sample in samples.unwrap_or_default() {
                sample.time = sample.time.saturating_add(ticks);
            }
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn stamps_wrap_in_both_directions() {
        let mut clock = Clock::default();
        assert_eq!(clock.unwrap((1 << 33) - 10), (1 << 33) - 10);
        assert_eq!(clock.unwrap(5), (1 << 33) + 5);
        assert_eq!(clock.unwrap((1 << 33) - 4), (1 << 33) - 4);
        assert_eq!(clock.unwrap(90_000), (1 << 33) + 90_000);
    }

    fn samples(times: &[(u64, i64)]) -> Vec<Raw> {
        times
            .iter()
            .map(|(offset, time)| Raw { offset: *offset, time: *time, ..Raw::default() })
            .collect()
    }

    #[test]
    fn a_jump_of_all_streams_is_closed_and_one_of_a_single_stream_is_not() {
        let scale = Timescale::MPEG;
        let video = samples(&[(0, 0), (10, 3600), (20, 900_000), (30, 903_600)]);
        let sound = samples(&[(5, 0), (15, 3600), (25, 900_900), (35, 904_500)]);
        let jump = |offset| [Jump { sample: 2, offset, by: 892_800, announced: false }];
        let (first, second) = (jump(20), jump(25));
        for (jumps, expected) in [(&second[..], [7_200, 8_100]), (&[], [900_000, 900_900])] {
            let (mut video, mut sound) = (video.clone(), sound.clone());
            let step = 3600;
            let mut lines = [
                Line { samples: &mut video, scale, jumps: &first, step, is_video: true },
                Line { samples: &mut sound, scale, jumps, step, is_video: false },
            ];
            close_jumps(&mut lines);
            assert_eq!([video[2].time, sound[2].time], expected);
        }
    }
}
