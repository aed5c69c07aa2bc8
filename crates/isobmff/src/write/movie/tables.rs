//! The sample tables of one track of a movie [ISO/IEC 14496-12, 8.6 to 8.9].

use media::Sample;

use super::{Chunk, MovieTrack, pre_roll};
use crate::write::bytes::Out;

/// Where the chunk offsets of a track lie in the header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offsets {
    /// The first byte of the first.
    pub(super) at: usize,
    pub(super) count: usize,
    /// Whether they have 64 bits.
    pub(super) wide: bool,
}

/// How long the media last, in ticks of the track.
pub(super) fn duration(samples: &[Sample]) -> u64 {
    durations(samples).map(u64::from).sum()
}

/// From each sample to the next, whatever lay between them in the file; of the last, its own.
fn durations(samples: &[Sample]) -> impl Iterator<Item = u32> {
    let nexts = samples.iter().skip(1).map(|next| Some(next.decode)).chain([None]);
    samples.iter().zip(nexts).map(|(sample, next)| match next {
        Some(next) => u32::try_from(next.saturating_sub(sample.decode)).unwrap_or(0),
        None => sample.duration,
    })
}

/// What of `stbl` follows `stsd`; the chunks are those of the track, with their offsets.
pub(super) fn sample_tables<'a>(
    out: &mut Out,
    track: &MovieTrack<'_>,
    chunks: impl Iterator<Item = (u64, &'a Chunk)> + Clone,
    wide: bool,
) -> Offsets {
    let samples = track.samples;
    out.full_box(*b"stts", 0, 0, |out| runs(out, durations(samples), Out::u32));
    if samples.iter().any(|sample| sample.composition != 0) {
        compositions(out, samples);
    }
    if !samples.iter().all(|sample| sample.key) {
        out.full_box(*b"stss", 0, 0, |out| {
            out.count(samples.iter().filter(|sample| sample.key).count());
            for (number, _) in (1..).zip(samples).filter(|(_, sample)| sample.key) {
                out.u32(number);
            }
        });
    }
    out.full_box(*b"stsc", 0, 0, |out| samples_of_chunks(out, chunks.clone()));
    out.full_box(*b"stsz", 0, 0, |out| {
        let size = samples.first().map_or(0, |first| first.size);
        if samples.iter().all(|sample| sample.size == size) {
            out.u32(size);
            out.count(samples.len());
        } else {
            out.u32(0);
            out.count(samples.len());
            for sample in samples {
                out.u32(sample.size);
            }
        }
    });
    let mut offsets = Offsets { at: 0, count: 0, wide };
    out.full_box(if wide { *b"co64" } else { *b"stco" }, 0, 0, |out| {
        offsets.count = chunks.clone().count();
        out.count(offsets.count);
        offsets.at = out.len();
        for (offset, _) in chunks {
            out.sized(wide, offset);
        }
    });
    if let Some(before) = pre_roll(track.track, samples) {
        roll(out, before, samples.len());
    }
    offsets
}

/// A count of runs of equal values, and each with its length.
fn runs<T: PartialEq + Copy>(
    out: &mut Out,
    values: impl Iterator<Item = T>,
    write: impl Fn(&mut Out, T),
) {
    let begin = out.len();
    out.u32(0);
    let mut count = 0;
    let mut current = None;
    let mut end = |out: &mut Out, (value, length)| {
        out.u32(length);
        write(out, value);
        count += 1;
    };
    for value in values {
        match &mut current {
            Some((same, length)) if *same == value => *length += 1,
            _ => {
                if let Some(run) = current.replace((value, 1)) {
                    end(out, run);
                }
            }
        }
    }
    if let Some(run) = current {
        end(out, run);
    }
    out.patch(begin, count);
}

/// `ctts`, and `cslg` where offsets are negative, for those who want decode before composition.
fn compositions(out: &mut Out, samples: &[Sample]) {
    let offsets = samples.iter().map(|sample| sample.composition);
    let least = offsets.clone().min().unwrap_or(0);
    let greatest = offsets.clone().max().unwrap_or(0);
    let version = u8::from(least < 0);
    out.full_box(*b"ctts", version, 0, |out| runs(out, offsets, Out::i32));
    if least >= 0 {
        return;
    }
    let zero = samples.first().map_or(0, |first| first.decode);
    let time = |time: i64| time.saturating_sub(zero);
    let begin = samples.iter().map(|sample| time(sample.presentation())).min().unwrap_or(0);
    let ends = samples.iter().map(|s| time(s.presentation()).saturating_add(s.duration.into()));
    let end = ends.max().unwrap_or(0);
    let fields = [-i64::from(least), least.into(), greatest.into(), begin, end];
    let wide = fields.iter().any(|field| i32::try_from(*field).is_err());
    out.full_box(*b"cslg", u8::from(wide), 0, |out| {
        for field in fields {
            if wide {
                out.i64(field);
            } else {
                out.i32(i32::try_from(field).unwrap_or(0));
            }
        }
    });
}

/// From which chunk on chunks have how many samples.
fn samples_of_chunks<'a>(out: &mut Out, chunks: impl Iterator<Item = (u64, &'a Chunk)>) {
    let begin = out.len();
    out.u32(0);
    let (mut count, mut last) = (0, None);
    for (number, (_, chunk)) in (1..).zip(chunks) {
        let samples = chunk.samples.len();
        if last.replace(samples) != Some(samples) {
            out.u32(number);
            out.count(samples);
            out.u32(1);
            count += 1;
        }
    }
    out.patch(begin, count);
}

/// All samples need those many before them to be decoded first (roll recovery)
/// [ISO/IEC 14496-12, 10.1].
fn roll(out: &mut Out, before: i16, samples: usize) {
    out.full_box(*b"sgpd", 1, 0, |out| {
        out.put(b"roll");
        out.u32(2);
        out.u32(1);
        out.i16(-before);
    });
    out.full_box(*b"sbgp", 0, 0, |out| {
        out.put(b"roll");
        out.u32(1);
        out.count(samples);
        out.u32(1);
    });
}
