//! From the samples of a file in decode order to a table.

use super::{BLOCK, ENTRY, SampleTable, block};
use crate::KeyPoint;

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
        let order = Order::of(samples);
        let table = Self::encode(samples, &order, last_duration)?;
        let keys = match &order {
            Order::Moved { times, .. } => key_points(samples, times.iter().copied()),
            _ => key_points(samples, samples.iter().map(|sample| sample.time)),
        };
        Ok((table, keys))
    }

    /// As [`build`](Self::build), for sound and text, whose key points nobody needs.
    pub fn build_without_keys(samples: &[Raw], last_duration: u32) -> Result<Self, TableError> {
        Self::encode(samples, &Order::of(samples), last_duration)
    }

    fn encode(samples: &[Raw], order: &Order, last_duration: u32) -> Result<Self, TableError> {
        let times = samples.iter().map(|sample| sample.time);
        match order {
            Order::Ascending => encode(samples, times.clone(), times, last_duration),
            Order::Mixed { sorted } => {
                encode(samples, times, sorted.iter().copied(), last_duration)
            }
            Order::Moved { times, sorted } => {
                encode(samples, times.iter().copied(), sorted.iter().copied(), last_duration)
            }
        }
    }
}

/// How presentation times follow each other.
enum Order {
    /// Each is later than the one before.
    Ascending,
    /// They do not, but all are different.
    Mixed {
        /// They in ascending order.
        sorted: Vec<i64>,
    },
    /// Some were the same.
    Moved {
        /// They in decode order, now all different.
        times: Vec<i64>,
        /// They in ascending order.
        sorted: Vec<i64>,
    },
}

impl Order {
    fn of(samples: &[Raw]) -> Self {
        if samples.is_sorted_by(|one, next| one.time < next.time) {
            return Self::Ascending;
        }
        let mut sorted: Vec<i64> = samples.iter().map(|sample| sample.time).collect();
        sort_nearly_sorted(&mut sorted);
        if sorted.is_sorted_by(|one, next| one < next) {
            return Self::Mixed { sorted };
        }
        let times = distinct_times(samples);
        sorted.clone_from(&times);
        sorted.sort_unstable();
        Self::Moved { times, sorted }
    }
}

/// Sorts times that are reordered by a few pictures at most, as they are in films: twice as fast as
/// a sort that expects anything.
fn sort_nearly_sorted(times: &mut [i64]) {
    let mut moves = times.len().saturating_mul(8);
    for end in 1..times.len() {
        let mut at = end;
        while let Some(before) = at.checked_sub(1)
            && times.get(before) > times.get(at)
        {
            times.swap(before, at);
            at = before;
            moves -= 1;
            if moves == 0 {
                times.sort_unstable();
                return;
            }
        }
    }
}

/// Writes the blocks and the directory of samples with these presentation and decode times.
fn encode(
    samples: &[Raw],
    mut times: impl Iterator<Item = i64>,
    mut decodes: impl DoubleEndedIterator<Item = i64> + Clone,
    last_duration: u32,
) -> Result<SampleTable, TableError> {
    let count = u32::try_from(samples.len()).map_err(|_| TableError::Count)?;
    let last = decodes.clone().next_back();
    let end = last.map_or(0, |last| last.saturating_add(i64::from(last_duration)));
    let mut bytes = Vec::with_capacity(samples.len() * 4);
    let mut directory = Vec::with_capacity(samples.len() / BLOCK as usize * ENTRY + ENTRY);
    let (mut total, mut early) = (0u64, 0u32);
    let (mut durations, mut compositions) = ([0; BLOCK as usize], [0; BLOCK as usize]);
    let mut decode = decodes.next().unwrap_or(end);
    let mut sane = true;
    for raws in samples.chunks(BLOCK as usize) {
        let offset = raws.first().map_or(0, |first| first.offset);
        for field in [decode.cast_unsigned(), total, offset, bytes.len() as u64] {
            directory.extend_from_slice(&field.to_le_bytes());
        }
        for ((raw, duration), composition) in raws.iter().zip(&mut durations).zip(&mut compositions)
        {
            let next = decodes.next().unwrap_or(end);
            let time = times.next().unwrap_or(decode);
            (*duration, *composition) = between(decode, next, time).unwrap_or_else(|| {
                sane = false;
                (0, 0)
            });
            early = early.max((*composition).min(0).unsigned_abs());
            total += u64::from(raw.size);
            decode = next;
        }
        let (durations, compositions) =
            (durations.get(..raws.len()), compositions.get(..raws.len()));
        let columns = durations.zip(compositions).unwrap_or_default();
        block::encode(raws, columns.0, columns.1, &mut bytes);
    }
    if !sane {
        return Err(TableError::Times);
    }
    debug_assert_eq!(directory.len() % ENTRY, 0);
    let at = bytes.len() as u64;
    bytes.extend_from_slice(&directory);
    Ok(SampleTable {
        count,
        end,
        total,
        early,
        directory: at,
        length: bytes.len() as u64,
        bytes: bytes.into(),
    })
}

/// The duration and the composition offset of a sample, if a table can hold them.
#[inline]
fn between(decode: i64, next: i64, time: i64) -> Option<(u32, i32)> {
    // Half the numbers there are, so that durations may be added to offsets.
    let duration = i32::try_from(next.checked_sub(decode)?).ok()?;
    let composition = i32::try_from(time.checked_sub(decode)?).ok()?;
    Some((u32::try_from(duration).ok()?, composition))
}

/// The presentation times, each different from those before it.
fn distinct_times(samples: &[Raw]) -> Vec<i64> {
    let mut times: Vec<i64> = samples.iter().map(|sample| sample.time).collect();
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

fn key_points(
    samples: &[Raw],
    times: impl DoubleEndedIterator<Item = i64> + ExactSizeIterator,
) -> Vec<KeyPoint> {
    if samples.iter().all(|sample| sample.key) {
        // Every picture a key picture: each is one, in its own right.
        return (0..).zip(times).map(|(at, time)| KeyPoint { time, at, open: false }).collect();
    }
    let mut points = Vec::new();
    // The earliest time from here to the next key picture, from the back.
    let mut earliest = i64::MAX;
    for (at, (sample, time)) in samples.iter().zip(times).enumerate().rev() {
        earliest = earliest.min(time);
        if sample.key {
            let open = earliest < time && !sample.closed;
            points.push(KeyPoint { time: earliest, at: at as u64, open });
            earliest = i64::MAX;
        }
    }
    points.reverse();
    points
}
