//! The bytes of samples, wherever and however they lie in the file.

use std::{io, ops::Range};

use bytes::{Bytes, BytesMut};
use media::{Framing, Sample, Source, Track, read_exact_at};

/// Appends the bytes of one sample, as they are sent.
pub fn fetch(
    source: &dyn Source,
    track: &Track,
    sample: &Sample,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let before = out.len();
    let size = sample.size as usize;
    match &track.framing {
        Framing::Plain => {
            out.resize(before + size, 0);
            read_exact_at(source, out.get_mut(before..).unwrap_or_default(), sample.offset)
        }
        Framing::Stripped(header) => {
            out.extend_from_slice(header);
            out.resize(before + size.max(header.len()), 0);
            let rest = out.get_mut(before + header.len()..).unwrap_or_default();
            read_exact_at(source, rest, sample.offset)
        }
        Framing::Transport { .. } => {
            mpegts::gather(source, track, sample, out)?;
            exact(out.len() - before, size)
        }
        Framing::Zlib => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "pictures and sound that are compressed by zlib are not packaged",
        )),
    }
}

/// A length was announced; other bytes would shift all that follow.
fn exact(got: usize, announced: usize) -> io::Result<()> {
    if got == announced {
        return Ok(());
    }
    let text = format!("a sample has {got} bytes instead of {announced}: the file has changed");
    Err(io::Error::new(io::ErrorKind::InvalidData, text))
}

/// The samples of one track as one row of bytes that is made piece by piece.
#[derive(Clone, Debug)]
pub struct Gather {
    samples: Vec<Sample>,
    /// Where each begins in the row, and where the last ends.
    starts: Vec<u64>,
}

/// Samples this near to each other in the file are read at once, with what is between them.
const NEAR: u64 = 16 << 10;
/// The most that is read at once.
const READ_MAX: u64 = 512 << 10;
/// The most that a thread keeps to read into.
const KEPT: usize = 1 << 20;

impl Gather {
    /// The row of these samples.
    pub fn new(samples: Vec<Sample>) -> Self {
        let mut starts = Vec::with_capacity(samples.len() + 1);
        let mut at = 0u64;
        starts.push(0);
        for sample in &samples {
            at += u64::from(sample.size);
            starts.push(at);
        }
        Self { samples, starts }
    }

    /// About how many bytes of memory it takes.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.samples) + size_of_val(&*self.starts)
    }

    /// The length of the row in bytes.
    pub fn len(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes from `offset` on: whole samples until there are `max` bytes or more.
    pub fn make(
        &self,
        source: &dyn Source,
        track: &Track,
        offset: u64,
        max: usize,
    ) -> io::Result<Bytes> {
        let first = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let wanted = offset.saturating_add(max as u64);
        let last = self.starts.partition_point(|start| *start < wanted).min(self.samples.len());
        let samples = self.samples.get(first..last).unwrap_or_default();
        let start = self.starts.get(first).copied().unwrap_or(0);
        let mut out = Vec::with_capacity(
            usize::try_from(self.starts.get(last).copied().unwrap_or(start).saturating_sub(start))
                .unwrap_or(0),
        );
        if track.framing == Framing::Plain {
            read_near(source, samples, &mut out)?;
        } else {
            for sample in samples {
                fetch(source, track, sample, &mut out)?;
            }
        }
        let mut bytes = BytesMut::from(Bytes::from(out)).freeze();
        let skip = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX);
        Ok(bytes.split_off(skip.min(bytes.len())))
    }
}

thread_local! {
    /// Where samples are read together with what is between them; kept, since clearing it for every
    /// piece would cost as much as copying out of it.
    static SCRATCH: std::cell::Cell<Vec<u8>> = const { std::cell::Cell::new(Vec::new()) };
}

/// Reads samples that lie near to each other in one go.
fn read_near(source: &dyn Source, samples: &[Sample], out: &mut Vec<u8>) -> io::Result<()> {
    let mut rest = samples;
    let mut scratch = SCRATCH.take();
    while let Some(first) = rest.first() {
        let mut end = first.end();
        let together = rest.iter().skip(1).take_while(|sample| {
            let near = sample.offset >= end
                && sample.offset - end <= NEAR
                && sample.end() - first.offset <= READ_MAX;
            if near {
                end = sample.end();
            }
            near
        });
        let count = 1 + together.count();
        let (group, others) = rest.split_at(count.min(rest.len()));
        let length = usize::try_from(end - first.offset).unwrap_or(usize::MAX);
        let bytes: u64 = group.iter().map(|sample| u64::from(sample.size)).sum();
        if bytes == length as u64 {
            let before = out.len();
            out.resize(before + length, 0);
            read_exact_at(source, out.get_mut(before..).unwrap_or_default(), first.offset)?;
        } else {
            if scratch.len() < length {
                scratch.resize(length, 0);
            }
            read_exact_at(source, scratch.get_mut(..length).unwrap_or_default(), first.offset)?;
            for sample in group {
                let at = usize::try_from(sample.offset - first.offset).unwrap_or(usize::MAX);
                let piece = scratch.get(at..).and_then(|rest| rest.get(..sample.size as usize));
                out.extend_from_slice(piece.unwrap_or_default());
            }
        }
        rest = others;
    }
    SCRATCH.set(scratch);
    Ok(())
}

/// Samples of several tracks that were read together with what lies between them.
pub(crate) struct Together {
    bytes: Vec<u8>,
    /// Stretches of the file, in order, and where each begins in `bytes`.
    stretches: Vec<(Range<u64>, usize)>,
}

/// No more than this may lie between samples of several tracks that are read at once: what is
/// needed of all of them leaves little.
const BETWEEN: u64 = 4 << 10;

impl Together {
    /// Reads these samples, which lie in one piece each.
    pub(crate) fn read(
        source: &dyn Source,
        samples: impl Iterator<Item = Sample>,
    ) -> io::Result<Self> {
        let mut places: Vec<Range<u64>> =
            samples.map(|sample| sample.offset..sample.end()).collect();
        places.sort_unstable_by_key(|place| place.start);
        let mut stretches: Vec<(Range<u64>, usize)> = Vec::new();
        let mut length = 0;
        for place in places {
            match stretches.last_mut() {
                Some((last, at)) if place.start <= last.end.saturating_add(BETWEEN) => {
                    last.end = last.end.max(place.end);
                    length = *at + long(last);
                }
                _ => {
                    let at = length;
                    length += long(&place);
                    stretches.push((place, at));
                }
            }
        }
        let mut together = Self { bytes: SCRATCH.take(), stretches };
        if together.bytes.len() < length {
            together.bytes.resize(length, 0);
        }
        for (stretch, at) in &together.stretches {
            let place = together.bytes.get_mut(*at..*at + long(stretch)).unwrap_or_default();
            read_exact_at(source, place, stretch.start)?;
        }
        Ok(together)
    }

    /// The bytes of a sample, if it was read.
    pub(crate) fn get(&self, sample: &Sample) -> Option<&[u8]> {
        let after = self.stretches.partition_point(|(stretch, _)| stretch.start <= sample.offset);
        let (stretch, at) = self.stretches.get(after.checked_sub(1)?)?;
        if sample.end() > stretch.end {
            return None;
        }
        let at = *at + usize::try_from(sample.offset - stretch.start).ok()?;
        self.bytes.get(at..)?.get(..sample.size as usize)
    }
}

impl Drop for Together {
    fn drop(&mut self) {
        // One huge picture must not be remembered by every thread that ever sent it.
        if self.bytes.len() <= KEPT {
            SCRATCH.set(std::mem::take(&mut self.bytes));
        }
    }
}

fn long(stretch: &Range<u64>) -> usize {
    usize::try_from(stretch.end - stretch.start).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_was_read_together_is_found_wherever_it_lies(
            places in proptest::collection::vec((0u64..90_000, 0u32..9_000), 0..60),
        ) {
            let file: Vec<u8> = (0..100_000u32).map(|at| (at * 31 % 251) as u8).collect();
            let sample = |(offset, size)| Sample {
                offset, size, skip: 0, decode: 0, duration: 1, composition: 0, key: true,
            };
            let samples: Vec<Sample> = places.into_iter().map(sample).collect();
            let together = Together::read(&file, samples.iter().copied()).unwrap();
            for sample in &samples {
                let own = &file[sample.offset as usize..sample.end() as usize];
                assert_eq!(together.get(sample).unwrap(), own);
            }
            assert!(together.get(&sample((99_999, 1))).is_none_or(|bytes| bytes == &file[99_999..]));
        }

        #[test]
        fn gathered_bytes_are_those_of_the_samples_wherever_one_begins(
            places in proptest::collection::vec((0u64..90_000, 0u32..900), 1..60),
            offset in 0u64..30_000,
            max in 1usize..5_000,
        ) {
            let file: Vec<u8> = (0..100_000u32).map(|at| (at * 31 % 251) as u8).collect();
            let samples: Vec<Sample> = places
                .into_iter()
                .map(|(offset, size)| Sample {
                    offset, size, skip: 0, decode: 0, duration: 1, composition: 0, key: true,
                })
                .collect();
            let mut whole = Vec::new();
            for sample in &samples {
                whole.extend_from_slice(&file[sample.offset as usize..sample.end() as usize]);
            }
            let gather = Gather::new(samples);
            assert_eq!(gather.len(), whole.len() as u64);
            let track = crate::testing::track();
            if offset < gather.len() {
                let made = gather.make(&file, &track, offset, max).unwrap();
                assert!(!made.is_empty());
                assert!(made.len() >= max.min(whole.len() - offset as usize));
                assert_eq!(&made[..], &whole[offset as usize..offset as usize + made.len()]);
            }
        }
    }
}
