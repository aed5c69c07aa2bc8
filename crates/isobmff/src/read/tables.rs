//! The sample tables of a `moov` box, walked once from end to end [ISO/IEC 14496-12, 8.6, 8.7].
//!
//! They are read in place: a film has half a million samples, and twenty milliseconds.

use media::{Budget, Exhausted};

use super::{
    entry::Packing,
    samples::{Limits, Listed, Media, frames_together},
    trak::{Sizes, Tables},
};

/// Adds the samples that the tables list. `sync` is whether sync samples are told from others.
pub(super) fn gather(
    tables: &Tables<'_>,
    media: &mut Media,
    sync: bool,
    packing: Option<Packing>,
    limits: Limits,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    if let (Sizes::Same(count, size), Some(packing)) = (tables.sizes, packing) {
        // Sizes of one byte are a convention of QuickTime for compressed sound.
        let trust = packing.samples == 1 && size > 1;
        let packing = if trust { Packing { bytes: size, ..packing } } else { packing };
        return packed(media, tables, count, packing, limits, budget);
    }
    let count = match tables.sizes {
        // Each has its own bytes: what does not fit into the file is not there.
        Sizes::Same(count, size) => u64::from(count).min(limits.file / u64::from(size.max(1)) + 1),
        Sizes::Each(..) => tables.sizes.count(),
    };
    budget.samples(count)?;
    media.samples.reserve_exact(usize::try_from(count).unwrap_or(0));
    let keys = sync.then(|| keys(tables, count)).flatten();
    let keys = keys.as_deref();
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    match tables.sizes {
        Sizes::Same(_, size) => {
            plain(media, tables, std::iter::repeat_n(size, limit), keys, limits, budget)?;
        }
        Sizes::Each(32, bytes) => {
            let sizes = bytes.as_chunks::<4>().0.iter().map(|size| u32::from_be_bytes(*size));
            plain(media, tables, sizes, keys, limits, budget)?;
        }
        Sizes::Each(16, bytes) => {
            let sizes = bytes.as_chunks::<2>().0.iter();
            let sizes = sizes.map(|size| u16::from_be_bytes(*size).into());
            plain(media, tables, sizes, keys, limits, budget)?;
        }
        Sizes::Each(8, bytes) => {
            let sizes = bytes.iter().map(|size| u32::from(*size));
            plain(media, tables, sizes, keys, limits, budget)?;
        }
        Sizes::Each(_, bytes) => {
            let sizes = bytes.iter().flat_map(|two| [two >> 4, two & 15]).map(u32::from);
            plain(media, tables, sizes, keys, limits, budget)?;
        }
    }
    Ok(())
}

fn plain(
    media: &mut Media,
    tables: &Tables<'_>,
    mut sizes: impl Iterator<Item = u32>,
    keys: Option<&[u32]>,
    limits: Limits,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    let mut deltas = Runs::new(tables.deltas, true);
    let mut offsets = Runs::new(tables.offsets, false);
    // The number of the next key sample; none is ever 0.
    let mut keys = keys.map(|keys| keys.iter().copied());
    let mut next_key = keys.as_mut().map(|keys| keys.next().unwrap_or(0));
    let (mut number, mut described) = (0u32, 0);
    'chunks: for (order, (mut offset, count, entry)) in Chunks::new(tables).enumerate() {
        if order % 65_536 == 0 {
            budget.time()?;
        }
        if entry != described {
            media.describe(entry);
            described = entry;
        }
        for _ in 0..count {
            let Some(size) = sizes.next() else { break 'chunks };
            number = number.wrapping_add(1);
            let key = next_key.is_none_or(|next| next == number);
            if key && let Some(keys) = &mut keys {
                next_key = Some(keys.next().unwrap_or(0));
            }
            let listed = Listed {
                offset,
                size,
                // Deltas below zero are a mistake of some writers; time does not go back.
                delta: if let delta @ 0..=0x7FFF_FFFF = deltas.next() { delta } else { 1 },
                // In version 0 too: the offsets of careless writers have a sign.
                composition: offsets.next().cast_signed(),
                key,
            };
            media.push(listed, limits);
            offset = offset.wrapping_add(u64::from(size));
        }
    }
    media.nowhere = sizes.count() as u64;
    pace(media, tables, u64::from(number));
    Ok(())
}

/// Takes the pace from the runs of `stts`, which are few.
fn pace(media: &mut Media, tables: &Tables<'_>, mut count: u64) {
    let mut last = 0;
    for run in tables.deltas.as_chunks::<8>().0 {
        let (times, delta) = split(*run);
        let times = u64::from(times).min(count);
        media.pace.add(delta, times);
        (count, last) = (count - times, delta);
    }
    if count > 0 {
        media.pace.add(last, count);
    }
    // Composition offsets that are no multiples of the delta make the presentation uneven.
    let Some(delta) = media.pace.even() else { return };
    let mut runs = tables.offsets.as_chunks::<8>().0.iter().map(|run| split(*run).1);
    let phase = |offset: u32| i64::from(offset.cast_signed()).rem_euclid(delta.into());
    let first = runs.next().map(phase);
    if first.is_some_and(|first| runs.any(|offset| phase(offset) != first)) {
        media.pace.break_off();
    }
}

/// Sound whose samples in the tables are parts of a frame, or frames of a few bytes.
fn packed(
    media: &mut Media,
    tables: &Tables<'_>,
    count: u32,
    packing: Packing,
    limits: Limits,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    let delta = Runs::new(tables.deltas, true).next().clamp(1, 0xFFFF);
    let together = frames_together(packing);
    let mut left = count;
    for (mut offset, samples, entry) in Chunks::new(tables) {
        budget.time()?;
        media.describe(entry);
        let samples = samples.min(left);
        left -= samples;
        let mut frames = samples.div_ceil(packing.samples.max(1));
        let there = limits.file.saturating_sub(offset) / u64::from(packing.bytes.max(1));
        let there = u32::try_from(there).unwrap_or(u32::MAX);
        media.beyond += u64::from(frames.saturating_sub(there));
        frames = frames.min(there);
        while frames > 0 {
            let now = frames.min(together);
            let Some(size) = now.checked_mul(packing.bytes) else { break };
            let delta = now.saturating_mul(packing.samples).saturating_mul(delta);
            media.push(Listed { offset, size, delta, composition: 0, key: true }, limits);
            offset = offset.saturating_add(u64::from(size));
            frames -= now;
        }
        budget.samples(media.samples.len() as u64)?;
        if left == 0 {
            break;
        }
    }
    media.nowhere = left.into();
    media.pace.break_off();
    Ok(())
}

/// The numbers, from 1, of samples where decoding can begin; `None` if that is all of them.
fn keys(tables: &Tables<'_>, count: u64) -> Option<Vec<u32>> {
    let numbers = |bytes: &[u8]| -> Vec<u32> {
        bytes.as_chunks::<4>().0.iter().map(|number| u32::from_be_bytes(*number)).collect()
    };
    let mut keys = numbers(tables.sync?);
    keys.extend(numbers(tables.partial));
    let mut number = 1u64;
    for run in tables.random_access.as_chunks::<8>().0 {
        let (times, group) = split(*run);
        let end = number.saturating_add(times.into()).min(count + 1);
        if group != 0 {
            keys.extend((number..end).filter_map(|number| u32::try_from(number).ok()));
        }
        number = end;
    }
    if !keys.is_sorted() {
        keys.sort_unstable();
    }
    keys.dedup();
    let first = keys.partition_point(|number| *number == 0);
    keys.drain(..first);
    Some(keys)
}

fn split(run: [u8; 8]) -> (u32, u32) {
    let both = u64::from_be_bytes(run);
    ((both >> 32) as u32, (both & 0xFFFF_FFFF) as u32)
}

/// A table of runs: how often, and what.
struct Runs<'a> {
    rest: std::slice::Iter<'a, [u8; 8]>,
    left: u32,
    value: u32,
    /// Whether the last value goes on after the end.
    goes_on: bool,
}

impl<'a> Runs<'a> {
    fn new(table: &'a [u8], goes_on: bool) -> Self {
        Self { rest: table.as_chunks::<8>().0.iter(), left: 0, value: 0, goes_on }
    }

    #[inline]
    fn next(&mut self) -> u32 {
        while self.left == 0 {
            if let Some(run) = self.rest.next() {
                (self.left, self.value) = split(*run);
            } else {
                self.left = u32::MAX;
                self.value = if self.goes_on { self.value } else { 0 };
            }
        }
        self.left -= 1;
        self.value
    }
}

/// Chunks: place, samples, number of the sample entry.
struct Chunks<'a> {
    places: &'a [[u8; 4]],
    wide: &'a [[u8; 8]],
    runs: &'a [[u8; 12]],
    /// The number of the chunk that is next, from 1, and of the one where the next run begins.
    number: u32,
    change: u32,
    samples: u32,
    entry: u32,
}

impl<'a> Chunks<'a> {
    fn new(tables: &Tables<'a>) -> Self {
        let (places, wide) = (tables.places.as_chunks().0, tables.wide_places.as_chunks().0);
        let chunks = places.len().max(wide.len()) as u64;
        // Without a table there are two ways to lay out chunks that need none.
        let samples = match tables.sizes.count() {
            all if chunks == 1 => u32::try_from(all).unwrap_or(u32::MAX),
            all if chunks == all => 1,
            _ => 0,
        };
        let runs = tables.chunks.as_chunks().0;
        // The first run holds from the first chunk on, whatever it says.
        let change = if runs.is_empty() { u32::MAX } else { 1 };
        Self { places, wide, runs, number: 1, change, samples, entry: 1 }
    }

    /// Goes on to the run that holds for the chunk that is next.
    fn change(&mut self) {
        while self.number >= self.change {
            let Some((run, rest)) = self.runs.split_first() else {
                self.change = u32::MAX;
                return;
            };
            (_, self.samples, self.entry) = fields(run);
            self.runs = rest;
            self.change = rest.first().map_or(u32::MAX, |next| fields(next).0);
        }
    }
}

/// First chunk, samples in a chunk, sample entry.
fn fields(run: &[u8; 12]) -> (u32, u32, u32) {
    let field = |at: usize| {
        run.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |field| u32::from_be_bytes(*field))
    };
    (field(0), field(4), field(8))
}

impl Iterator for Chunks<'_> {
    type Item = (u64, u32, u32);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let offset = if let Some((place, rest)) = self.places.split_first() {
            self.places = rest;
            u32::from_be_bytes(*place).into()
        } else {
            let (place, rest) = self.wide.split_first()?;
            self.wide = rest;
            u64::from_be_bytes(*place)
        };
        if self.number >= self.change {
            self.change();
        }
        self.number = self.number.saturating_add(1);
        Some((offset, self.samples, self.entry))
    }
}
