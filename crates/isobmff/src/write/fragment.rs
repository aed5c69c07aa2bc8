//! The header of a media segment: one movie fragment of one track.

use media::{Sample, Track};

use super::{
    bytes::{Out, mdat, mdat_len},
    shift::Shift,
};

/// One segment.
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'a> {
    /// Its number, from 1 (`mfhd`).
    pub sequence: u32,
    /// The track.
    pub track: &'a Track,
    /// Its samples, one after the other in decode order.
    pub samples: &'a [Sample],
    /// What lies between them in `mdat`, in order of the samples.
    pub skips: &'a [Skip],
}

/// Bytes in `mdat` that belong to no sample. What follows them is a `trun` of its own, for each
/// says where its data begin [ISO/IEC 14496-12, 8.8.8].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Skip {
    /// The number of the sample before which they lie, from 0 in this fragment; never the first.
    pub before: usize,
    /// How many there are.
    pub bytes: u64,
}

impl Skip {
    /// How many bytes a `trun` more takes, without its samples.
    pub const HEADER: u64 = TRUN as u64;
}

/// `styp`, `moof` and the header of `mdat` [ISO/IEC 23000-19, 7.3.2.3]; the bytes of the samples
/// follow in order, and what is skipped. Its times are those of the samples, later by the
/// [`Shift`] of the track.
pub fn fragment(fragment: &Fragment<'_>) -> Vec<u8> {
    let Fragment { sequence, track, samples, skips } = *fragment;
    let shift = Shift::of(track);
    let plan = Plan::of(samples, skips, shift);
    let len = plan.len();
    let mut out = Out::with_capacity(len);
    out.boxed(*b"styp", |out| {
        out.put(b"msdh");
        out.u32(0);
        out.put(b"msdhcmfs");
    });
    out.boxed(*b"moof", |out| {
        out.full_box(*b"mfhd", 0, 0, |out| out.u32(sequence));
        out.boxed(*b"traf", |out| {
            plan.tfhd(out);
            let decode = samples.first().map_or(0, |first| first.decode);
            let decode = decode.saturating_add(shift.decode).max(0);
            out.full_box(*b"tfdt", 1, 0, |out| out.i64(decode));
            plan.truns(out, samples, skips, len - STYP);
        });
    });
    mdat(&mut out, plan.bytes);
    debug_assert_eq!(out.len(), len);
    out.into_bytes()
}

/// The length of what [`fragment`] makes of it.
pub fn fragment_len(fragment: &Fragment<'_>) -> usize {
    Plan::of(fragment.samples, fragment.skips, Shift::of(fragment.track)).len()
}

/// Other samples do not depend on how this one is decoded; it depends on none.
const KEY: u32 = 0x0200_0000;
/// Depends on others, and is no sync sample.
const NO_KEY: u32 = 0x0101_0000;

const STYP: usize = 24;
const MFHD: usize = 16;
const TFDT: usize = 20;
/// Header of a full box and the track ID.
const TFHD: usize = 16;
/// Header of a full box, the count and the data offset.
const TRUN: usize = 20;

fn flags(sample: &Sample) -> u32 {
    if sample.key { KEY } else { NO_KEY }
}

/// What is said once for all samples, and what of each.
struct Plan {
    /// The duration, if it is the same for all.
    duration: Option<u32>,
    /// The size, if it is the same for all.
    size: Option<u32>,
    flags: Flags,
    /// Whether composition times differ from decode times.
    compositions: bool,
    /// What is added to composition offsets.
    shift: i32,
    count: usize,
    /// How many `trun` boxes there are.
    runs: usize,
    /// All sizes together, and what is skipped.
    bytes: u64,
}

enum Flags {
    /// The same for all.
    Same(u32),
    /// The first differs from the others: key picture and the pictures that need it.
    First(u32, u32),
    /// Of each.
    Each,
}

impl Plan {
    fn of(samples: &[Sample], skips: &[Skip], shift: Shift) -> Self {
        let shift = i32::try_from(shift.composition).unwrap_or(0);
        let first = samples.first();
        let (duration, size) = first.map_or((0, 0), |first| (first.duration, first.size));
        let begins = first.map_or(KEY, flags);
        let goes_on = samples.get(1).map_or(begins, flags);
        let (mut durations, mut sizes, mut steady) = (true, true, true);
        let (mut compositions, mut bytes) = (false, skips.iter().map(|skip| skip.bytes).sum());
        for (number, sample) in samples.iter().enumerate() {
            durations &= sample.duration == duration;
            sizes &= sample.size == size;
            steady &= number == 0 || flags(sample) == goes_on;
            compositions |= sample.composition.wrapping_add(shift) != 0;
            bytes += u64::from(sample.size);
        }
        Self {
            duration: durations.then_some(duration),
            size: sizes.then_some(size),
            flags: match steady {
                true if begins == goes_on => Flags::Same(begins),
                true => Flags::First(begins, goes_on),
                false => Flags::Each,
            },
            compositions,
            shift,
            count: samples.len(),
            runs: skips.len() + 1,
            bytes,
        }
    }

    fn len(&self) -> usize {
        let defaults = usize::from(self.duration.is_some())
            + usize::from(self.size.is_some())
            + usize::from(!matches!(self.flags, Flags::Each));
        let first = usize::from(matches!(self.flags, Flags::First(..)));
        let tfhd = TFHD + 4 * defaults;
        let truns = TRUN * self.runs + 4 * first + 4 * self.each() * self.count;
        STYP + 8 + MFHD + 8 + tfhd + TFDT + truns + mdat_len(self.bytes)
    }

    /// How many fields there are of each sample.
    fn each(&self) -> usize {
        usize::from(self.duration.is_none())
            + usize::from(self.size.is_none())
            + usize::from(matches!(self.flags, Flags::Each))
            + usize::from(self.compositions)
    }

    /// ISO/IEC 14496-12, 8.8.7.
    fn tfhd(&self, out: &mut Out) {
        let default_flags = match self.flags {
            Flags::Same(flags) | Flags::First(_, flags) => Some(flags),
            Flags::Each => None,
        };
        let mut present = 0x02_0000; // default-base-is-moof
        for (field, bit) in [(self.duration, 0x08), (self.size, 0x10), (default_flags, 0x20)] {
            present |= if field.is_some() { bit } else { 0 };
        }
        out.full_box(*b"tfhd", 0, present, |out| {
            out.u32(super::init::TRACK_ID);
            for field in [self.duration, self.size, default_flags].into_iter().flatten() {
                out.u32(field);
            }
        });
    }

    /// The samples, in a box for each row that nothing interrupts.
    fn truns(&self, out: &mut Out, samples: &[Sample], skips: &[Skip], data_offset: usize) {
        let mut place = data_offset as u64;
        let mut from = 0;
        let ends = skips.iter().map(|skip| (skip.before, skip.bytes));
        for (to, bytes) in ends.chain([(samples.len(), 0)]) {
            let row = samples.get(from..to).unwrap_or_default();
            self.trun(out, row, place, from == 0);
            place += bytes + row.iter().map(|sample| u64::from(sample.size)).sum::<u64>();
            from = to;
        }
    }

    /// ISO/IEC 14496-12, 8.8.8; version 1, for composition offsets may be negative all the same.
    fn trun(&self, out: &mut Out, samples: &[Sample], data_offset: u64, begins: bool) {
        let each_flags = matches!(self.flags, Flags::Each);
        // They are those of the first sample of the box, not of the fragment.
        let first_flags = match self.flags {
            Flags::First(first, _) if begins => Some(first),
            _ => None,
        };
        let mut present = 0x01; // data offset
        for (is, bit) in [
            (first_flags.is_some(), 0x004),
            (self.duration.is_none(), 0x100),
            (self.size.is_none(), 0x200),
            (each_flags, 0x400),
            (self.compositions, 0x800),
        ] {
            present |= if is { bit } else { 0 };
        }
        out.full_box(*b"trun", 1, present, |out| {
            out.count(samples.len());
            out.u32(u32::try_from(data_offset).unwrap_or(u32::MAX));
            if let Some(first) = first_flags {
                out.u32(first);
            }
            if self.each() == 0 {
                return;
            }
            for sample in samples {
                if self.duration.is_none() {
                    out.u32(sample.duration);
                }
                if self.size.is_none() {
                    out.u32(sample.size);
                }
                if each_flags {
                    out.u32(flags(sample));
                }
                if self.compositions {
                    out.i32(sample.composition.saturating_add(self.shift));
                }
            }
        });
    }
}
