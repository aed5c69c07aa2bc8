//! The columns: for every row the numbers that videos are sorted and filtered by.

use std::collections::BTreeMap;

use crate::{Entry, VideoId, bits::Bits, set::room};

/// What there is an order by, besides titles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Key {
    Views,
    Added,
    Duration,
    Made,
    Size,
}

/// All of them.
pub(crate) const KEYS: [Key; 5] = [Key::Views, Key::Added, Key::Duration, Key::Made, Key::Size];

/// The lengths of the facet, in milliseconds, first and last included.
pub(crate) const DURATIONS: [(u64, u64, &str); 5] = [
    (0, 600_000, "..600"),
    (600_000, 1_800_000, "600..1800"),
    (1_800_000, 3_600_000, "1800..3600"),
    (3_600_000, 7_200_000, "3600..7200"),
    (7_200_000, u64::MAX, "7200.."),
];

/// The resolutions of the facet: the smaller side in pixels, first and last included.
pub(crate) const HEIGHTS: [(u32, u32, &str); 6] = [
    (0, 479, "..479"),
    (480, 719, "480..719"),
    (720, 1079, "720..1079"),
    (1080, 1439, "1080..1439"),
    (1440, 2159, "1440..2159"),
    (2160, u32::MAX, "2160.."),
];

/// A whole number of 48 bits: bytes up to 140 TB, milliseconds up to the year 6429. What is beyond
/// counts as the outermost.
#[derive(Clone, Copy, Debug, Default)]
struct Narrow([u8; 6]);

impl Narrow {
    const MAX: i64 = (1 << 47) - 1;

    fn new(number: i64) -> Self {
        let bytes = number.clamp(-Self::MAX, Self::MAX).to_le_bytes();
        Self(bytes.first_chunk().copied().unwrap_or_default())
    }

    fn get(self) -> i64 {
        let mut bytes = [0; 8];
        if let Some(upper) = bytes.last_chunk_mut() {
            *upper = self.0;
        }
        // The shift brings the sign along.
        i64::from_le_bytes(bytes) >> 16
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// The number of each row's video.
    pub(crate) numbers: Vec<u32>,
    /// The row of each video, in pages of 256 numbers; `u32::MAX` is none.
    pages: BTreeMap<u32, Box<[u32; 256]>>,
    /// Rows that can be used again.
    free: Vec<u32>,
    views: Vec<u32>,
    duration: Vec<u32>,
    added: Vec<Narrow>,
    made: Vec<Narrow>,
    size: Vec<Narrow>,
    side: Vec<u16>,
    pub(crate) alive: Bits,
    pub(crate) hidden: Bits,
    pub(crate) away: Bits,
    pub(crate) problem: Bits,
    /// Whether it is known when it was made.
    pub(crate) dated: Bits,
    /// By [`DURATIONS`].
    pub(crate) durations: [Bits; DURATIONS.len()],
    /// By [`HEIGHTS`].
    pub(crate) heights: [Bits; HEIGHTS.len()],
}

fn write<T: Copy + Default>(column: &mut Vec<T>, row: u32, value: T) {
    while column.len() <= row as usize {
        room(column);
        column.push(T::default());
    }
    if let Some(slot) = column.get_mut(row as usize) {
        *slot = value;
    }
}

fn read<T: Copy + Default>(column: &[T], row: u32) -> T {
    column.get(row as usize).copied().unwrap_or_default()
}

impl Rows {
    /// The row of a video.
    pub(crate) fn find(&self, video: VideoId) -> Option<u32> {
        let row = *self.pages.get(&(video.0 >> 8))?.get((video.0 & 0xff) as usize)?;
        (row != u32::MAX).then_some(row)
    }

    /// The number of a row's video.
    pub(crate) fn number(&self, row: u32) -> u32 {
        read(&self.numbers, row)
    }

    /// How many rows there are, whether in use or not.
    pub(crate) fn width(&self) -> usize {
        self.numbers.len()
    }

    /// A row for a video that has none.
    pub(crate) fn make(&mut self, video: VideoId) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let row = self.free.pop().unwrap_or(next);
        write(&mut self.numbers, row, video.0);
        self.map(video, row);
        self.alive.insert(row);
        row
    }

    fn map(&mut self, video: VideoId, row: u32) {
        let page = self.pages.entry(video.0 >> 8).or_insert_with(|| Box::new([u32::MAX; 256]));
        if let Some(slot) = page.get_mut((video.0 & 0xff) as usize) {
            *slot = row;
        }
    }

    /// Gives a row back.
    pub(crate) fn remove(&mut self, video: VideoId, row: u32) {
        self.map(video, u32::MAX);
        self.free.push(row);
        let flags = [&mut self.alive, &mut self.hidden, &mut self.away, &mut self.problem];
        let ranges = self.durations.iter_mut().chain(&mut self.heights);
        flags.into_iter().chain(ranges).chain([&mut self.dated]).for_each(|bits| bits.remove(row));
    }

    /// Notes what is said of a row's video.
    pub(crate) fn write(&mut self, row: u32, entry: &Entry) {
        let side = entry.width.min(entry.height);
        let length = u32::try_from(entry.duration_ms).unwrap_or(u32::MAX);
        write(&mut self.views, row, u32::try_from(entry.views).unwrap_or(u32::MAX));
        write(&mut self.duration, row, length);
        write(&mut self.added, row, Narrow::new(entry.added_ms));
        write(&mut self.made, row, Narrow::new(entry.made_ms.unwrap_or_default()));
        write(&mut self.size, row, Narrow::new(i64::try_from(entry.size).unwrap_or(i64::MAX)));
        write(&mut self.side, row, u16::try_from(side).unwrap_or(u16::MAX));
        self.hidden.set(row, entry.hidden);
        self.away.set(row, !entry.present);
        self.problem.set(row, entry.problem);
        self.dated.set(row, entry.made_ms.is_some());
        for (bits, (from, to, _)) in self.durations.iter_mut().zip(DURATIONS) {
            bits.set(row, (from..=to).contains(&u64::from(length)));
        }
        for (bits, (from, to, _)) in self.heights.iter_mut().zip(HEIGHTS) {
            bits.set(row, (from..=to).contains(&side));
        }
    }

    /// Whether a row is in use, and neither hidden nor away.
    pub(crate) fn shown(&self, row: u32) -> bool {
        self.alive.contains(row) && !self.hidden.contains(row) && !self.away.contains(row)
    }

    /// What a row is ordered by.
    pub(crate) fn key(&self, key: Key, row: u32) -> i64 {
        match key {
            Key::Views => i64::from(read(&self.views, row)),
            Key::Added => read(&self.added, row).get(),
            Key::Duration => i64::from(read(&self.duration, row)),
            Key::Made => read(&self.made, row).get(),
            Key::Size => read(&self.size, row).get(),
        }
    }

    /// Whether this entry would have another place in that order.
    pub(crate) fn changes(&self, key: Key, row: u32, entry: &Entry) -> bool {
        if key == Key::Made && self.dated.contains(row) != entry.made_ms.is_some() {
            return true;
        }
        self.key(key, row) != Self::key_of(key, entry)
    }

    /// What this entry would be ordered by.
    fn key_of(key: Key, entry: &Entry) -> i64 {
        let short = |number: u64| i64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let narrow = |number: i64| Narrow::new(number).get();
        match key {
            Key::Views => short(entry.views),
            Key::Added => narrow(entry.added_ms),
            Key::Duration => short(entry.duration_ms),
            Key::Made => narrow(entry.made_ms.unwrap_or_default()),
            Key::Size => narrow(i64::try_from(entry.size).unwrap_or(i64::MAX)),
        }
    }

    /// The smaller side in pixels.
    pub(crate) fn side(&self, row: u32) -> u32 {
        u32::from(read(&self.side, row))
    }

    /// Gives back memory after much was loaded.
    pub(crate) fn loaded(&mut self) {
        self.numbers.shrink_to_fit();
        self.views.shrink_to_fit();
        self.duration.shrink_to_fit();
        self.added.shrink_to_fit();
        self.made.shrink_to_fit();
        self.size.shrink_to_fit();
        self.side.shrink_to_fit();
    }

    pub(crate) fn memory(&self) -> usize {
        let flags = [&self.alive, &self.hidden, &self.away, &self.problem, &self.dated];
        let bits = flags.into_iter().chain(&self.durations).chain(&self.heights);
        let narrow = self.added.capacity() + self.made.capacity() + self.size.capacity();
        let numbers = self.numbers.capacity() + self.views.capacity() + self.duration.capacity();
        bits.map(Bits::memory).sum::<usize>()
            + narrow * 6
            + (numbers + self.free.capacity()) * 4
            + self.side.capacity() * 2
            // A page, and what the tree adds to it.
            + self.pages.len() * (1024 + 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_numbers_are_what_they_were() {
        for number in [0, 1, -1, 255, -256, 1_795_000_000_000, -62_000_000_000_000, Narrow::MAX] {
            assert_eq!(Narrow::new(number).get(), number);
        }
        assert_eq!(Narrow::new(i64::MAX).get(), Narrow::MAX);
        assert_eq!(Narrow::new(i64::MIN).get(), -Narrow::MAX);
    }
}
