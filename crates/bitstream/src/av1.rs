//! AV1: the configuration record, the sequence header, and what kind of picture begins a temporal
//! unit [AV1 Bitstream & Decoding Process Specification; AV1 in ISOBMFF].

mod sequence;

use media::{Colour, Video};

pub use self::sequence::Sequence;
use crate::{
    Described, RandomAccess,
    bits::Bits,
    rfc6381::{self, Sampling},
    sei::HighDynamicRange,
};

const SEQUENCE_HEADER: u8 = 1;
const FRAME_HEADER: u8 = 3;
const METADATA: u8 = 5;
const FRAME: u8 = 6;

/// Type and payload of each OBU; the last may be cut off. Ends at what is no OBU.
pub fn obus(data: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (header, after) = rest.split_first()?;
        if header & 0x80 != 0 {
            return None; // obu_forbidden_bit
        }
        let mut after = after.get(usize::from(header & 4 != 0)..)?; // the extension header
        if header & 2 == 0 {
            rest = &[]; // obu_has_size_field is not set: it goes on to the end
        } else {
            let size = leb128(&mut after)?;
            let (payload, others) = after.split_at(size.min(after.len()));
            (after, rest) = (payload, others);
        }
        Some((header >> 3 & 0xf, after))
    })
}

/// A number in groups of seven bits, the lowest first [4.10.5].
fn leb128(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0_u64;
    for at in 0..8 {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok();
        }
    }
    None
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let Some([0x81, profile_level, flags, _]) = config.first_chunk().copied() else {
        return Described::default();
    };
    let body = config.get(4..).unwrap_or_default();
    let sequence = obus(body)
        .find(|(kind, _)| *kind == SEQUENCE_HEADER)
        .and_then(|(_, payload)| Sequence::parse(payload));
    let Some(sequence) = sequence else {
        // Only the head of the record is there.
        let bit_depth = match (flags & 0x40 != 0, flags & 0x20 != 0) {
            (false, _) => 8,
            (true, false) => 10,
            (true, true) => 12,
        };
        let (profile, level) = (profile_level >> 5, profile_level & 31);
        let base = Sampling { profile, level, bit_depth, colour: Colour::default() };
        let chroma = [flags >> 3 & 1, flags >> 2 & 1, flags & 3];
        let string = rfc6381::av1(base, flags & 0x80 != 0, flags & 0x10 != 0, chroma);
        return Described {
            codec_string: Some(string),
            video: Some(Video { bit_depth, ..Video::default() }),
            ..Described::default()
        };
    };
    let range = high_dynamic_range(body);
    let video = Video {
        width: sequence.width,
        height: sequence.height,
        frame_rate: sequence.frame_rate,
        bit_depth: sequence.bit_depth,
        colour: sequence.colour,
        mastering: range.mastering,
        light_level: range.light_level,
        ..Video::default()
    };
    let codec_string = Some(sequence.codec_string());
    Described { codec_string, video: Some(video), ..Described::default() }
}

/// `av1C` with the sequence header of a key sample, where the record has none and the sample has.
pub(crate) fn complete(config: &[u8], sample: &[u8]) -> Option<Vec<u8>> {
    let body = config.get(4..).unwrap_or_default();
    if obus(body).any(|(kind, _)| kind == SEQUENCE_HEADER) {
        return None;
    }
    let (_, payload) = obus(sample).find(|(kind, _)| *kind == SEQUENCE_HEADER)?;
    // Headers have some tens of bytes: the size fits one byte of seven bits.
    let size = u8::try_from(payload.len()).ok().filter(|size| *size < 0x80)?;
    let mut obu = vec![SEQUENCE_HEADER << 3 | 2, size];
    obu.extend_from_slice(payload);
    let mut record = Sequence::parse(payload)?.record(&obu);
    if let (Some(delay), Some(stated)) = (record.get_mut(3), config.get(3)) {
        *delay = *stated;
    }
    Some(record)
}

/// What metadata OBUs say of high dynamic range [5.8], in the layout of the boxes.
pub fn high_dynamic_range(data: &[u8]) -> HighDynamicRange {
    const LIGHT_LEVEL: u8 = 1;
    const MASTERING_DISPLAY: u8 = 2;
    let mut found = HighDynamicRange::default();
    for (kind, payload) in obus(data) {
        match payload.split_first() {
            Some((&LIGHT_LEVEL, body)) if kind == METADATA => {
                found.light_level = body.get(..4).map(<[u8]>::to_vec).or(found.light_level);
            }
            Some((&MASTERING_DISPLAY, body)) if kind == METADATA => {
                found.mastering = mastering(body).or(found.mastering);
            }
            _ => {}
        }
    }
    found
}

/// From red, green, blue in 65536ths to green, blue, red in 50000ths, and luminances from 256ths
/// and 16384ths to 10000ths.
fn mastering(body: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(body);
    let mut points = [[0_u16; 2]; 4];
    for point in &mut points {
        for coordinate in point {
            let scaled = (u64::from(bits.read(16)?) * 50_000 + (1 << 15)) >> 16;
            *coordinate = u16::try_from(scaled).ok()?;
        }
    }
    let brightest = u64::from(bits.read(32)?).saturating_mul(10_000) >> 8;
    let darkest = u64::from(bits.read(32)?).saturating_mul(10_000) >> 14;
    let [red, green, blue, white] = points;
    let mut out = Vec::with_capacity(24);
    for coordinate in [green, blue, red, white].as_flattened() {
        out.extend_from_slice(&coordinate.to_be_bytes());
    }
    for luminance in [brightest, darkest] {
        out.extend_from_slice(&u32::try_from(luminance).unwrap_or(u32::MAX).to_be_bytes());
    }
    Some(out)
}

pub(crate) fn random_access(config: &[u8], start: &[u8]) -> Option<RandomAccess> {
    let in_record = config.get(4..).unwrap_or_default();
    let header = |data: &[u8]| {
        let mut found = obus(data).filter(|(kind, _)| *kind == SEQUENCE_HEADER);
        found.next().and_then(|(_, payload)| Sequence::parse(payload))
    };
    // Matroska leaves out headers that are the same as that of the record.
    let Some(sequence) = header(start).or_else(|| header(in_record)) else {
        return Some(RandomAccess::No);
    };
    let mut frames = obus(start).filter(|(kind, _)| matches!(*kind, FRAME_HEADER | FRAME));
    let (_, frame) = frames.next()?;
    if sequence.reduced {
        return Some(RandomAccess::Closed);
    }
    Some(match frame.first()? {
        // show_existing_frame, frame_type (0: key frame), show_frame
        first if first & 0xf0 == 0x10 => RandomAccess::Closed,
        // A key frame to be shown later: what is shown before it refers to what came before.
        first if first & 0xf0 == 0 => RandomAccess::Open,
        _ => RandomAccess::No,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 720x1280, ten bits, PQ; then the beginning of a key frame.
    const UNIT: &[u8] = &[
        0x0a, 0x0e, 0x00, 0x00, 0x00, 0xfa, 0x6a, 0xcf, 0x9f, 0xe2, 0x10, 0xae, 0x84, 0x88, 0x04,
        0x9a, 0x32, 0xc0, 0xa0, 0x01, 0x10, 0x02, 0x23,
    ];
    /// What the same file has for a record.
    const RECORD: &[u8] = &[0x81, 0x1f, 0x4c, 0x00];

    #[test]
    fn a_record_without_header_is_completed_from_the_first_sample() {
        let described = describe(RECORD);
        assert_eq!(described.codec_string.unwrap(), "av01.0.31M.10");
        let full = complete(RECORD, UNIT).unwrap();
        assert_eq!(full[..4], [0x81, 0x1f, 0x4d, 0x00]); // where chroma lies is new
        assert_eq!(full[4..], UNIT[..16]);
        let described = describe(&full);
        assert_eq!(described.codec_string.unwrap(), "av01.0.31M.10.0.111.09.16.09.0");
        let video = described.video.unwrap();
        assert_eq!((video.width, video.height, video.bit_depth), (720, 1280, 10));
        assert_eq!(complete(&full, UNIT), None);
    }

    #[test]
    fn only_key_frames_that_are_shown_are_closed() {
        assert_eq!(random_access(RECORD, UNIT), Some(RandomAccess::Closed));
        assert_eq!(random_access(RECORD, &UNIT[..16]), None);
        let full = complete(RECORD, UNIT).unwrap();
        let frame = |first| random_access(&full, &[0x32, 2, first, 0]);
        assert_eq!(frame(0x10), Some(RandomAccess::Closed));
        assert_eq!(frame(0x00), Some(RandomAccess::Open));
        assert_eq!(frame(0x30), Some(RandomAccess::No)); // inter frame
        assert_eq!(frame(0x90), Some(RandomAccess::No)); // one that is there already
        assert_eq!(random_access(RECORD, &[0x32, 2, 0x10, 0]), Some(RandomAccess::No));
    }

    #[test]
    fn the_mastering_display_is_brought_into_the_units_of_the_box() {
        let mut unit = vec![0x2a, 25 + 1, 2];
        // Red (0.68, 0.32), green (0.265, 0.69), blue (0.15, 0.06), white (0.3127, 0.329).
        for coordinate in [44_564_u16, 20_972, 17_367, 45_220, 9_830, 3_932, 20_493, 21_561] {
            unit.extend_from_slice(&coordinate.to_be_bytes());
        }
        unit.extend_from_slice(&(1_000_u32 << 8).to_be_bytes());
        unit.extend_from_slice(&82_u32.to_be_bytes());
        unit.push(0x80);
        let body = high_dynamic_range(&unit).mastering.unwrap();
        let coordinates: Vec<u16> =
            body[..16].chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        assert_eq!(coordinates, [13_250, 34_500, 7_500, 3_000, 34_000, 16_000, 15_635, 16_450]);
        assert_eq!(body[16..], [0, 0x98, 0x96, 0x80, 0, 0, 0, 50]);
    }
}
