//! From the samples of a file in decode order to a table.

use super::{BLOCK, ENTRY, SampleTable, block};
use crate::{KeyPoint, Sample};

/// A sample as a reader finds it: what the file says, brought to the presentation's time by
/// [`timeline::settle`](crate::timeline::settle).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Raw {
    /// As [`Sample::offset`].
    pub offset: u64,
    /// As [`Sample::size`].
    pub size: u32,
    /// As [`Sample::skip`].
    pub skip: u32,
    /// Presentation time in ticks.
    pub time: i64,
    /// Whether decoding can begin here.
    pub key: bool,
    /// Whether it is known that all that follow can be decoded from here, also those that are
    /// shown before it (IDR with leading pictures).
    pub closed: bool,
}

/// Why samples make no table.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TableError {
    /// More than 2³² samples.
    #[error("more samples than a table can hold")]
    Count,
    /// A sample of more than 2³¹ ticks, or shown that far from where it is decoded.
    #[error("a sample lasts or is reordered by more than a table can say")]
    Times,
}

impl SampleTable {
    /// The table of these samples, given in decode order, and its key points.
    ///
    /// Decode times become the presentation times in ascending order. Where two samples have the
    /// same time, the later moves on by a tick: each is shown, in order. The last lasts
    /// `last_duration` ticks.
    pub fn build(samples: &[Raw], last_duration: u32) -> Result<(Self, Vec<KeyPoint>), TableError> {
        let count = u32::try_from(samples.len()).map_err(|_| TableError::Count)?;
        let times = distinct_times(samples);
        let mut decodes = times.clone();
        decodes.sort_unstable();
        let end = decodes.last().map_or(0, |last| last.saturating_add(i64::from(last_duration)));
        let mut bytes = Vec::with_capacity(samples.len() * 4);
        let mut directory = Vec::new();
        let (mut total, mut early) = (0u64, 0u32);
        let mut block_samples = Vec::with_capacity(BLOCK as usize);
        let mut ends = decodes.iter().skip(1).copied().chain([end]);
        for (number, ((raw, time), decode)) in samples.iter().zip(&times).zip(&decodes).enumerate()
        {
            let next = ends.next().unwrap_or(end);
            let composition =
                i32::try_from(time.saturating_sub(*decode)).map_err(|_| TableError::Times)?;
            early = early.max(composition.min(0).unsigned_abs());
            block_samples.push(Sample {
                offset: raw.offset,
                size: raw.size,
                skip: raw.skip,
                decode: *decode,
                duration: u32::try_from(next.saturating_sub(*decode))
                    .ok()
                    .filter(|duration| *duration <= u32::MAX / 2)
                    .ok_or(TableError::Times)?,
                composition,
                key: raw.key,
            });
            if block_samples.len() == BLOCK as usize || number + 1 == samples.len() {
                let first = block_samples.first().copied();
                let (decode, offset) = first.map_or((0, 0), |first| (first.decode, first.offset));
                for field in [decode.cast_unsigned(), total, offset, bytes.len() as u64] {
                    directory.extend_from_slice(&field.to_le_bytes());
                }
                block::encode(&block_samples, &mut bytes);
                total += block_samples.iter().map(|sample| u64::from(sample.size)).sum::<u64>();
                block_samples.clear();
            }
        }
        debug_assert_eq!(directory.len() % ENTRY, 0);
        let at = bytes.len() as u64;
        bytes.extend_from_slice(&directory);
        let table = Self {
            count,
            end,
            total,
            early,
            directory: at,
            length: bytes.len() as u64,
            bytes: bytes.into(),
        };
        Ok((table, key_points(samples, &times)))
    }
}

/// The presentation times, each different from those before it.
fn distinct_times(samples: &[Raw]) -> Vec<i64> {
    let mut times: Vec<i64> = samples.iter().map(|sample| sample.time).collect();
    let ascending = times.iter().zip(times.iter().skip(1)).all(|(one, next)| one < next);
    if ascending {
        return times;
    }
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by_key(|index| times.get(*index).copied().unwrap_or(0));
    let mut last = None;
    for index in order {
        if let Some(time) = times.get_mut(index) {
            if let Some(last) = last.filter(|last| *last >= *time) {
                *time = last + 1;
            }
            last = Some(*time);
        }
    }
    times
}

fn key_points(samples: &[Raw], times: &[i64]) -> Vec<KeyPoint> {
    let mut points = Vec::new();
    if samples.iter().all(|sample| sample.key) {
        // Every picture a key picture: each is one, in its own right.
        return (0..)
            .zip(times)
            .map(|(at, time)| KeyPoint { time: *time, at, open: false })
            .collect();
    }
    // The earliest time from here to the next key picture, from the back.
    let mut earliest = i64::MAX;
    for (at, (sample, time)) in samples.iter().zip(times).enumerate().rev() {
        earliest = earliest.min(*time);
        if sample.key {
            let open = earliest < *time && !sample.closed;
            points.push(KeyPoint { time: earliest, at: at as u64, open });
            earliest = i64::MAX;
        }
    }
    points.reverse();
    points
}
