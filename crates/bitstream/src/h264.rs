//! H.264: the configuration record, the sequence parameter set, and what kind of picture begins an
//! access unit [Rec. ITU-T H.264; ISO/IEC 14496-15, 5].

mod sps;

pub use self::sps::Sps;
pub(crate) use self::sps::is_high;
use crate::{Described, RandomAccess, bits::Bits, nal, rfc6381, sei};

/// NAL unit type of a slice that is no IDR picture's.
pub const SLICE: u8 = 1;
/// NAL unit type of a slice of an IDR picture.
pub const IDR: u8 = 5;
/// NAL unit type of supplemental enhancement information.
pub const SEI: u8 = 6;
/// NAL unit type of a sequence parameter set.
pub const SPS: u8 = 7;
/// NAL unit type of a picture parameter set.
pub const PPS: u8 = 8;
/// NAL unit type of an access unit delimiter.
pub const DELIMITER: u8 = 9;

/// The type of a NAL unit [Table 7-1].
pub fn unit_type(unit: &[u8]) -> Option<u8> {
    unit.first().map(|header| header & 0x1f)
}

/// `AVCDecoderConfigurationRecord` [ISO/IEC 14496-15, 5.3.3.1].
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// `AVCProfileIndication`, `profile_compatibility`, `AVCLevelIndication`.
    pub profile: [u8; 3],
    /// Bytes of the length before each NAL unit: 1, 2 or 4.
    pub length_size: usize,
    /// Sequence parameter sets.
    pub sps: Vec<&'a [u8]>,
    /// Picture parameter sets.
    pub pps: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// What can be read of a record; `None` if not even its head can.
    pub fn parse(config: &'a [u8]) -> Option<Self> {
        let [_, a, b, c, lengths, sps_count] = *config.first_chunk()?;
        let mut rest = config.get(6..)?;
        let sps = take_units(&mut rest, sps_count & 0x1f);
        let pps_count = rest.first().copied().unwrap_or(0);
        rest = rest.get(1..).unwrap_or_default();
        let pps = take_units(&mut rest, pps_count);
        Some(Self { profile: [a, b, c], length_size: usize::from(lengths & 3) + 1, sps, pps })
    }
}

/// `count` units, each behind its length in two bytes, or as many as there are whole.
pub(crate) fn take_units<'a>(rest: &mut &'a [u8], count: impl Into<u16>) -> Vec<&'a [u8]> {
    let mut units = Vec::new();
    for _ in 0..count.into() {
        let Some((length, after)) = rest.split_first_chunk() else { break };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((unit, after)) = after.split_at_checked(length) else { break };
        units.push(unit);
        *rest = after;
    }
    units
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let Some(record) = Record::parse(config) else { return Described::default() };
    let sps = record.sps.iter().find_map(|unit| Sps::parse(unit));
    // The record repeats what the parameter set says; decoders believe the parameter set.
    let profile = sps.as_ref().map_or(record.profile, |sps| sps.profile);
    Described {
        codec_string: Some(rfc6381::avc(profile)),
        video: sps.map(|sps| sps.video()),
        ..Described::default()
    }
}

/// What an access unit begins with, for those who want to know more than [`RandomAccess`] tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Picture {
    /// An IDR picture.
    Idr,
    /// A recovery point: so many frames later everything is right.
    Recovery(u32),
    /// Only I slices, but nothing promises that later pictures do not refer to earlier ones.
    Intra,
    /// It refers to other pictures.
    Other,
}

/// What kind of picture an access unit is; `None` if no slice of it is there.
pub fn picture<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<Picture> {
    let mut recovery = None;
    let mut intra = None;
    for unit in units {
        match unit_type(unit)? {
            IDR => return Some(Picture::Idr),
            SEI => recovery = recovery.or_else(|| sei::recovery_frames(unit.get(1..)?)),
            SLICE | 2 => {
                if let Some(frames) = recovery {
                    return Some(Picture::Recovery(frames));
                }
                let Some(slice) = Slice::parse(unit) else { continue };
                match intra {
                    // The second field of the frame may refer to the first.
                    Some(true) if slice.first_macroblock == 0 => return Some(Picture::Intra),
                    _ if !slice.intra => return Some(Picture::Other),
                    _ if slice.all_alike => return Some(Picture::Intra),
                    _ => intra = Some(true),
                }
            }
            _ => {}
        }
    }
    intra.map(|_| Picture::Intra)
}

/// The first words of a slice header [7.3.3].
struct Slice {
    first_macroblock: u32,
    intra: bool,
    /// Whether all slices of the picture are of this kind.
    all_alike: bool,
}

impl Slice {
    fn parse(unit: &[u8]) -> Option<Self> {
        let payload = nal::unescape(unit, 24);
        let mut bits = Bits::new(payload.get(1..)?);
        let first_macroblock = bits.ue()?;
        let kind = bits.ue()?;
        Some(Self { first_macroblock, intra: matches!(kind % 5, 2 | 4), all_alike: kind >= 5 })
    }
}

pub(crate) fn random_access<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<RandomAccess> {
    Some(match picture(units)? {
        Picture::Idr => RandomAccess::Closed,
        Picture::Recovery(0) | Picture::Intra => RandomAccess::Open,
        _ => RandomAccess::No,
    })
}

#[cfg(test)]
mod tests;
