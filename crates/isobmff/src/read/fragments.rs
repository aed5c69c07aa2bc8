//! Movie fragments: samples that are listed where they lie [ISO/IEC 14496-12, 8.8].

use media::{Budget, Exhausted};
use mp4_atom::{Atom, Trex};

use super::{
    boxes::{child, children, full},
    entry::Packing,
    samples::{Limits, Listed, Media},
};

/// What a sample has that says nothing of itself [ISO/IEC 14496-12, 8.8.3].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    pub entry: u32,
    pub duration: u32,
    pub size: u32,
    pub flags: u32,
}

/// The defaults in `mvex`, by track.
pub(super) fn defaults(mvex: &[u8]) -> Vec<(u32, Defaults)> {
    let boxes = children(mvex).filter(|inner| inner.kind == *b"trex");
    let parsed = boxes.filter_map(|inner| Trex::decode_body(&mut &*inner.body).ok());
    parsed
        .map(|trex| {
            let defaults = Defaults {
                entry: trex.default_sample_description_index,
                duration: trex.default_sample_duration,
                size: trex.default_sample_size,
                flags: trex.default_sample_flags,
            };
            (trex.track_id, defaults)
        })
        .collect()
}

/// A track to which fragments add.
#[derive(Debug)]
pub(super) struct Growing {
    pub id: u32,
    pub defaults: Defaults,
    /// Whether sync samples are told from others: pictures.
    pub sync: bool,
    pub packing: Option<Packing>,
    pub limits: Limits,
    pub media: Media,
}

/// A sample is no sync sample, or depends on others.
const NO_SYNC: u32 = 0x0001_0000 | 0x0100_0000;

/// Adds the samples of one `moof` box, which begins at `at`.
pub(super) fn add(
    tracks: &mut [Growing],
    at: u64,
    moof: &[u8],
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    // Where the data of the traf before ended: the old convention without a base.
    let mut after = at;
    for traf in children(moof).filter(|inner| inner.kind == *b"traf") {
        let Some(header) = child(traf.body, b"tfhd").and_then(Header::parse) else { continue };
        let Some(track) = tracks.iter_mut().find(|track| track.id == header.id) else { continue };
        let base = match header.base {
            Some(base) => base,
            None if header.base_is_moof => at,
            None => after,
        };
        let defaults = Defaults {
            entry: header.entry.unwrap_or(track.defaults.entry),
            duration: header.duration.unwrap_or(track.defaults.duration),
            size: header.size.unwrap_or(track.defaults.size),
            flags: header.flags.unwrap_or(track.defaults.flags),
        };
        if let Some(clock) = child(traf.body, b"tfdt").and_then(decode_time) {
            track.media.set_clock(clock);
        }
        track.media.describe(defaults.entry);
        let groups = random_access(traf.body);
        let first = track.media.samples.len();
        let mut place = base;
        for run in children(traf.body).filter(|inner| inner.kind == *b"trun") {
            place = track.run(run.body, base, place, defaults).unwrap_or(place);
            budget.time()?;
        }
        for number in groups {
            if let Some(sample) = track.media.samples.get_mut(first.saturating_add(number)) {
                sample.key = true;
            }
        }
        after = place;
    }
    budget.samples(tracks.iter().map(|track| track.media.samples.len() as u64).sum())
}

impl Growing {
    /// Adds the samples of a `trun` box. Returns where the next begin.
    fn run(&mut self, body: &[u8], base: u64, place: u64, defaults: Defaults) -> Option<u64> {
        let (_, flags, mut cursor) = full(body)?;
        let has = |flag: u32| flags & flag != 0;
        let mut count = cursor.u32()?;
        let mut place =
            if has(0x1) { base.checked_add_signed(cursor.i32()?.into())? } else { place };
        let mut first_flags = if has(0x4) { Some(cursor.u32()?) } else { None };
        if flags & 0xF00 == 0 {
            // The count is the only witness of them; they have to fit into the file.
            let fit = self.limits.file / u64::from(defaults.size.max(1));
            count = if defaults.size == 0 {
                0
            } else {
                count.min(u32::try_from(fit).unwrap_or(u32::MAX))
            };
        }
        for _ in 0..count {
            let mut field = |flag: u32, or: u32| if has(flag) { cursor.u32() } else { Some(or) };
            let one = (|| {
                Some((
                    field(0x100, defaults.duration)?,
                    field(0x200, defaults.size)?,
                    field(0x400, defaults.flags)?,
                    field(0x800, 0)?,
                ))
            })();
            let Some((delta, size, flags, composition)) = one else { break };
            let flags = first_flags.take().unwrap_or(flags);
            let listed = Listed {
                offset: place,
                size,
                delta: if delta > 0x7FFF_FFFF { 1 } else { delta },
                composition: composition.cast_signed(),
                key: !self.sync || flags & NO_SYNC == 0,
            };
            if let Some(packing) = self.packing {
                self.media.pace.break_off();
                self.media.push_packed(listed, self.limits, packing);
            } else {
                self.media.pace.add(delta, 1);
                self.media.push(listed, self.limits);
            }
            place = place.checked_add(size.into())?;
        }
        Some(place)
    }
}

/// A `tfhd` box [ISO/IEC 14496-12, 8.8.7].
#[derive(Clone, Copy, Debug)]
struct Header {
    id: u32,
    base: Option<u64>,
    base_is_moof: bool,
    entry: Option<u32>,
    duration: Option<u32>,
    size: Option<u32>,
    flags: Option<u32>,
}

impl Header {
    fn parse(body: &[u8]) -> Option<Self> {
        let (_, flags, mut cursor) = full(body)?;
        let has = |flag: u32| flags & flag != 0;
        let id = cursor.u32()?;
        let base = if has(0x1) { Some(cursor.u64()?) } else { None };
        let mut field = |flag: u32| if has(flag) { cursor.u32() } else { None };
        Some(Self {
            id,
            base,
            base_is_moof: has(0x2_0000),
            entry: field(0x2),
            duration: field(0x8),
            size: field(0x10),
            flags: field(0x20),
        })
    }
}

/// The decode time of the first sample, from `tfdt`.
fn decode_time(body: &[u8]) -> Option<i64> {
    let (version, _, mut cursor) = full(body)?;
    i64::try_from(cursor.either(version == 1)?).ok()
}

/// The samples of a fragment, by number from 0, where decoding can begin although they are no sync
/// samples.
fn random_access(traf: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    for inner in children(traf).filter(|inner| inner.kind == *b"sbgp") {
        let Some((version, _, mut cursor)) = full(inner.body) else { continue };
        if cursor.four() != Some(*b"rap ") || (version == 1 && cursor.u32().is_none()) {
            continue;
        }
        let mut number = 0usize;
        let count = cursor.u32().unwrap_or(0);
        for _ in 0..count {
            let Some((times, group)) = cursor.u32().zip(cursor.u32()) else { break };
            if group != 0 {
                // A fragment with a million of them is no fragment.
                found.extend(number..number.saturating_add((times as usize).min(1_000_000)));
                found.truncate(1_000_000);
            }
            number = number.saturating_add(times as usize);
        }
    }
    found
}
