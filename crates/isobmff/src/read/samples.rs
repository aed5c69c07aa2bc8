//! Samples as the tables of a file and its fragments list them, in the times of the media.

use media::Raw;

use super::entry::Packing;

/// The samples of one track, in decode order. Times are composition times of the media, moved
/// by the edit list.
#[derive(Clone, Debug, Default)]
pub(super) struct Media {
    pub samples: Vec<Raw>,
    /// Where each stretch of samples with another sample entry begins, and its number from 1.
    pub stretches: Vec<(usize, u32)>,
    /// What the edit list adds to every time.
    pub shift: i64,
    /// Decode time of the sample after the last, moved likewise.
    pub clock: i64,
    /// How long the last sample lasts.
    pub last_delta: u32,
    pub pace: Pace,
    /// Samples that lie behind the end of the file.
    pub beyond: u64,
    /// Samples that have a size but no place.
    pub nowhere: u64,
}

/// What does not change from one sample of a track to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The length of the file.
    pub file: u64,
    /// Whether samples of no bytes mean something: the end of a subtitle.
    pub keep_empty: bool,
}

/// One sample as it is listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    pub offset: u64,
    pub size: u32,
    pub delta: u32,
    pub composition: i32,
    pub key: bool,
}

impl Media {
    /// No samples yet, of media whose times are moved by `shift`.
    pub(super) fn new(shift: i64) -> Self {
        let shift = sane(shift);
        Self { shift, clock: shift, ..Self::default() }
    }

    /// From here on, samples are decoded from this time of the media on.
    pub(super) fn set_clock(&mut self, time: i64) {
        let clock = sane(time).saturating_add(self.shift);
        if clock != self.clock && !self.samples.is_empty() {
            self.pace.break_off();
        }
        self.clock = clock;
    }

    /// Adds a sample, if the file has its bytes.
    #[inline]
    pub(super) fn push(&mut self, listed: Listed, limits: Limits) {
        let time = self.clock.wrapping_add(i64::from(listed.composition));
        // No clock comes near the end of its numbers: see `new` and `set_clock`.
        self.clock = self.clock.wrapping_add(i64::from(listed.delta));
        let size = u64::from(listed.size);
        if size > limits.file || listed.offset > limits.file - size {
            self.beyond += 1;
            return;
        }
        if size == 0 && !limits.keep_empty {
            // The sample before it lasts longer; nothing is lost.
            self.pace.break_off();
            return;
        }
        self.last_delta = listed.delta;
        let Listed { offset, size, key, .. } = listed;
        self.samples.push(Raw { offset, size, skip: 0, time, key, closed: false });
    }

    /// Adds a frame of packed sound: to the last sample, if it follows it and that is not full.
    pub(super) fn push_packed(&mut self, listed: Listed, limits: Limits, packing: Packing) {
        let full = u64::from(packing.bytes) * u64::from(frames_together(packing));
        let time = self.clock;
        let join = self.samples.last_mut().filter(|last| {
            last.offset.checked_add(u64::from(last.size)) == Some(listed.offset)
                && u64::from(last.size) + u64::from(listed.size) <= full
                && listed.size == packing.bytes
                && last.time.saturating_add(i64::from(self.last_delta)) == time
                && listed.offset.saturating_add(u64::from(listed.size)) <= limits.file
        });
        if let Some(last) = join {
            last.size += listed.size;
            self.last_delta = self.last_delta.saturating_add(listed.delta);
            self.clock = self.clock.saturating_add(i64::from(listed.delta));
        } else {
            self.push(listed, limits);
        }
    }

    /// From here on, samples have this sample entry.
    pub(super) fn describe(&mut self, entry: u32) {
        if self.stretches.last().is_none_or(|(_, last)| *last != entry) {
            self.stretches.push((self.samples.len(), entry));
        }
    }
}

/// A time that leaves room for any number of samples after it.
fn sane(time: i64) -> i64 {
    time.clamp(-(1 << 60), 1 << 60)
}

/// How many frames of packed sound make a sample of ours: about 1,024 samples of the tables.
pub(super) fn frames_together(packing: Packing) -> u32 {
    (1024 / packing.samples.max(1)).max(1)
}

/// How samples follow each other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    delta: Option<u32>,
    /// The latest was another: only the last sample may be.
    odd: bool,
    uneven: bool,
}

impl Pace {
    /// So many samples that last so many ticks each.
    #[inline]
    pub(super) fn add(&mut self, delta: u32, count: u64) {
        self.uneven |= self.odd && count > 0;
        if *self.delta.get_or_insert(delta) != delta {
            self.odd = count == 1;
            self.uneven |= count > 1;
        }
    }

    /// They do not follow each other evenly.
    pub(super) fn break_off(&mut self) {
        self.uneven = true;
    }

    /// Ticks from each sample to the next, if always the same.
    pub(super) fn even(&self) -> Option<u32> {
        self.delta.filter(|delta| !self.uneven && *delta > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_even_although_the_last_sample_differs() {
        let pace = |runs: &[(u32, u64)]| {
            let mut pace = Pace::default();
            for (delta, count) in runs {
                pace.add(*delta, *count);
            }
            pace.even()
        };
        assert_eq!(pace(&[(1001, 240)]), Some(1001));
        assert_eq!(pace(&[(1001, 240), (960, 1)]), Some(1001));
        assert_eq!(pace(&[(1001, 240), (960, 1), (1001, 4)]), None);
        assert_eq!(pace(&[(1001, 240), (960, 2)]), None);
        assert_eq!(pace(&[(0, 3)]), None);
        assert_eq!(pace(&[]), None);
    }
}
