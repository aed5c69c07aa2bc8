//! How the samples of a segment come out of the file: in which stretches, and what lies between
//! samples in them.
//!
//! ```text
//! file     … P1 a P2 a P3 ··a chapter of other tracks·· P4 a P5 …
//! mdat       P1 a P2 a P3                                P4 a P5      two stretches, three skips
//! ```
//!
//! Muxers put sound between almost every two pictures. One stretch is sent by one call to the
//! system; to leave out a frame of sound costs another one, and its bytes cost less than that. So
//! small gaps are sent along, and `trun` boxes say where the samples are.

use std::ops::Range;

use isobmff::write::{self, Fragment, Skip};
use media::{Framing, Kind, Sample, Track};

/// Of so many bytes of samples, one may be sent that belongs to none, or to the `trun` box that
/// jumps over it.
const ALLOWED: u64 = 25;
/// The longest gap that is sent along: about what a call to the system costs in the time in which
/// bytes are sent.
const GAP_MAX: u64 = 16 << 10;
/// Beyond it nothing is sent along: the place of a `trun` box's samples has 31 bits.
const LONG: u64 = 1 << 30;
/// Stretches of the file shorter than this on average are gathered: one read for many of them costs
/// less than a call to the system for each.
const STRETCH_MIN: u64 = 16 << 10;

/// Where the bytes of a segment are.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Layout {
    /// Stretches of the file, one after the other; empty if samples must be gathered.
    pub(crate) stretches: Vec<Range<u64>>,
    /// What lies between samples.
    pub(crate) skips: Vec<Skip>,
}

impl Layout {
    /// The stretches that have every sample and nothing else.
    pub(crate) fn bare(track: &Track, samples: &[Sample]) -> Self {
        let gaps = gaps(samples);
        if track.framing != Framing::Plain || !pays(samples, gaps.len()) {
            return Self::default();
        }
        Self { stretches: stretches(samples, &gaps, &[]), skips: Vec::new() }
    }

    /// The stretches for a fragment, which may skip what lies between samples.
    pub(crate) fn of_fragment(track: &Track, samples: &[Sample]) -> Self {
        if track.framing != Framing::Plain {
            return Self::default();
        }
        let gaps = gaps(samples);
        let skips = skips(track, samples, &gaps);
        if !pays(samples, gaps.len() - skips.len()) {
            return Self::default();
        }
        Self { stretches: stretches(samples, &gaps, &skips), skips }
    }

    /// The most bytes that are sent of a fragment with so many bytes of samples, if they are
    /// pictures; but for the boxes around them.
    pub(crate) fn at_most(samples: u64) -> u64 {
        samples.saturating_add(samples / ALLOWED)
    }

    /// The length of the fragment in bytes.
    pub(crate) fn bytes(&self, track: &Track, samples: &[Sample]) -> u64 {
        let fragment = Fragment { sequence: 1, track, samples, skips: &self.skips };
        let media: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
        let skipped: u64 = self.skips.iter().map(|skip| skip.bytes).sum();
        write::fragment_len(&fragment) as u64 + media + skipped
    }
}

/// A place where the next sample does not follow the one before it in the file.
struct Gap {
    /// The number of the sample behind it.
    before: usize,
    /// Its length; `None` if the next sample lies before the one before it.
    bytes: Option<u64>,
}

fn gaps(samples: &[Sample]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut end = None;
    for (number, sample) in samples.iter().enumerate().filter(|(_, sample)| sample.size > 0) {
        if let Some(end) = end.filter(|end| *end != sample.offset) {
            gaps.push(Gap { before: number, bytes: sample.offset.checked_sub(end) });
        }
        end = Some(sample.end());
    }
    gaps
}

/// The smallest gaps, as many as may be sent along. Only of pictures: sound lies far apart.
fn skips(track: &Track, samples: &[Sample], gaps: &[Gap]) -> Vec<Skip> {
    if track.kind() != Kind::Video || total(samples) > LONG {
        return Vec::new();
    }
    let small = gaps.iter().filter_map(|gap| {
        let bytes = gap.bytes.filter(|bytes| *bytes <= GAP_MAX)?;
        Some(Skip { before: gap.before, bytes })
    });
    let mut skips: Vec<Skip> = small.collect();
    let mut left = total(samples) / ALLOWED;
    if skips.iter().map(cost).sum::<u64>() > left {
        skips.sort_by_key(|skip| (skip.bytes, skip.before));
        let affordable = skips.iter().take_while(|skip| {
            let rest = left.checked_sub(cost(skip));
            left = rest.unwrap_or(0);
            rest.is_some()
        });
        let count = affordable.count();
        skips.truncate(count);
        skips.sort_by_key(|skip| skip.before);
    }
    skips
}

fn cost(skip: &Skip) -> u64 {
    skip.bytes + Skip::HEADER
}

fn total(samples: &[Sample]) -> u64 {
    samples.iter().map(|sample| u64::from(sample.size)).sum()
}

/// Whether these samples, interrupted so many times, are better sent than gathered.
fn pays(samples: &[Sample], interruptions: usize) -> bool {
    interruptions == 0 || total(samples) / STRETCH_MIN > interruptions as u64
}

fn stretches(samples: &[Sample], gaps: &[Gap], skips: &[Skip]) -> Vec<Range<u64>> {
    let mut skipped = skips.iter().map(|skip| skip.before).peekable();
    let ends =
        gaps.iter().map(|gap| gap.before).filter(|number| skipped.next_if_eq(number).is_none());
    let mut stretches = Vec::new();
    let mut from = 0;
    for to in ends.chain([samples.len()]) {
        let stretch = samples.get(from..to).unwrap_or_default();
        let mut full = stretch.iter().filter(|sample| sample.size > 0);
        if let Some(first) = full.next() {
            stretches.push(first.offset..full.next_back().unwrap_or(first).end());
        }
        from = to;
    }
    stretches
}

#[cfg(test)]
mod tests;
