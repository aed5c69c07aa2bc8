//! As much of a slice header as tells pictures apart [Rec. ITU-T H.264, 7.3.3 and 7.4.1.2.4;
//! Rec. ITU-T H.265, 7.3.6.1].

use bitstream::bits::Bits;

use crate::{nal::Kind, sets::Sets};

/// The begin of a slice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // independent facts of a header
pub(crate) struct Slice {
    /// Whether it begins at the top of its picture.
    pub(crate) first: bool,
    /// Whether it refers to no other picture. Not known for HEVC.
    pub(crate) intra: bool,
    /// Whether its picture is one at which decoding can begin, by the type of the unit.
    pub(crate) random_access: bool,
    /// Whether no later picture refers to what comes before it.
    pub(crate) closed: bool,
    /// The number of the frame, as reference pictures are counted.
    frame: u32,
    /// Whether it is of a field, and if so, of the bottom field.
    pub(crate) field: Option<bool>,
    /// Whether other pictures refer to it.
    reference: bool,
    idr: bool,
}

impl Slice {
    pub(crate) fn parse(kind: Kind, unit: &[u8], sets: &Sets) -> Option<Self> {
        match kind {
            Kind::H264 => Self::h264(unit, sets),
            Kind::Hevc => Self::hevc(unit),
        }
    }

    fn h264(unit: &[u8], sets: &Sets) -> Option<Self> {
        let header = *unit.first()?;
        let payload = bitstream::nal::unescape(unit, 32);
        let mut bits = Bits::new(payload.get(1..)?);
        let first = bits.ue()? == 0;
        let intra = matches!(bits.ue()? % 5, 2 | 4);
        let picture_set = bits.ue()?;
        let idr = header & 0x1f == 5;
        let (mut frame, mut field) = (0, None);
        if let Some(sps) = sets.sequence_of(picture_set) {
            if sps.separate_planes {
                bits.skip(2)?;
            }
            frame = bits.read(sps.frame_num_bits)?;
            if !sps.frames_only && bits.flag()? {
                field = Some(bits.flag()?);
            }
        }
        let reference = header & 0x60 != 0;
        Some(Self { first, intra, random_access: idr, closed: idr, frame, field, reference, idr })
    }

    fn hevc(unit: &[u8]) -> Option<Self> {
        let kind = unit.first()? >> 1 & 0x3f;
        Some(Self {
            first: unit.get(2)? & 0x80 != 0,
            intra: false,
            random_access: (16..=23).contains(&kind),
            // IDR, and broken links without pictures that refer to what is not there.
            closed: (17..=20).contains(&kind),
            frame: 0,
            field: None,
            reference: true,
            idr: (19..=20).contains(&kind),
        })
    }

    /// Whether it belongs to another picture than `other`, which came before it.
    pub(crate) fn is_of_other_picture(&self, other: &Self) -> bool {
        self.first
            || self.frame != other.frame
            || self.field != other.field
            || self.idr != other.idr
            || self.reference != other.reference
    }

    /// Whether it is of the second field of the frame whose first field is `other`.
    pub(crate) fn is_second_field_of(&self, other: &Self) -> bool {
        let opposite = self.field.zip(other.field).is_some_and(|(one, two)| one != two);
        let same_use = other.reference || !self.reference;
        opposite && self.frame == other.frame && same_use && (!self.idr || other.idr)
    }
}
