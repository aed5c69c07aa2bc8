//! NAL units of H.264 and HEVC: how they are told apart in both framings, and how their payload is
//! made readable. What is in them is for [`h264`](crate::h264) and [`hevc`](crate::hevc).

use media::Codec;

use crate::{h264, hevc};

/// The NAL units of a byte stream with start codes [Rec. ITU-T H.264, Annex B], without start
/// codes and without the zeros around them. What comes before the first start code is left out.
pub fn annex_b(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let first = start_code(stream).and_then(|at| stream.get(at + 3..));
    AnnexB { rest: first }.filter(|unit| !unit.is_empty())
}

struct AnnexB<'a> {
    /// From behind a start code on.
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for AnnexB<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let (unit, next) = match start_code(rest) {
            Some(at) => (rest.get(..at)?, rest.get(at + 3..)),
            None => (rest, None),
        };
        self.rest = next;
        Some(without_trailing_zeros(unit))
    }
}

/// Where the first `00 00 01` begins.
pub fn start_code(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    // The third byte of a start code is 1; any larger byte rules out three places at once.
    loop {
        match bytes.get(at + 2)? {
            0 => at += 1,
            1 if bytes.get(at..at + 2) == Some(&[0, 0]) => return Some(at),
            _ => at += 3,
        }
    }
}

/// A NAL unit never ends in a zero byte; zeros there belong to the next start code or are padding.
fn without_trailing_zeros(unit: &[u8]) -> &[u8] {
    let end = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    unit.get(..end).unwrap_or_default()
}

/// The NAL units of a sample in which each follows its length in `length_size` bytes (1 to 4)
/// [ISO/IEC 14496-15, 4.3.3]. Of a unit that goes beyond the end there is what there is.
pub fn length_prefixed(sample: &[u8], length_size: usize) -> impl Iterator<Item = &[u8]> {
    let length_size = length_size.clamp(1, 4);
    let mut rest = sample;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_at_checked(length_size)?;
        let length = length.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        let (unit, after) = after.split_at(length.min(after.len()));
        rest = after;
        Some(unit)
    })
    .filter(|unit| !unit.is_empty())
}

/// The bytes of a NAL unit, header included, without emulation prevention [Rec. ITU-T H.264,
/// 7.3.1]. Only the first `limit` bytes of the unit are looked at.
pub fn unescape(unit: &[u8], limit: usize) -> Vec<u8> {
    let unit = unit.get(..limit).unwrap_or(unit);
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

/// How many bytes the length before each NAL unit has, by the decoder configuration; 4 where it
/// does not say.
pub fn length_size(codec: &Codec, config: &[u8]) -> usize {
    let at = match codec {
        Codec::H264 => 4,
        Codec::Hevc => 21,
        _ => return 4,
    };
    config.get(at).map_or(4, |byte| usize::from(byte & 3) + 1)
}

/// The parameter sets of a decoder configuration, in the order in which a byte stream needs them.
pub fn parameter_sets(codec: &Codec, config: &[u8]) -> Vec<Vec<u8>> {
    match codec {
        Codec::H264 => h264::Record::parse(config)
            .map(|record| record.sps.iter().chain(&record.pps).map(|unit| unit.to_vec()).collect()),
        Codec::Hevc => hevc::Record::parse(config).map(|record| {
            let kinds = [hevc::VPS, hevc::SPS, hevc::PPS];
            let units = kinds.iter().flat_map(|kind| record.units(*kind));
            units.map(<[u8]>::to_vec).collect()
        }),
        _ => None,
    }
    .unwrap_or_default()
}

/// Puts the length of each NAL unit, in four bytes, before it.
pub fn with_lengths<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for unit in units {
        // No unit is that long; one that is would not fit its own framing.
        let length = u32::try_from(unit.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(unit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_codes_of_three_and_four_bytes_part_units() {
        let stream = [9, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 0, 0, 3, 1, 0, 0, 1, 0, 0, 1, 0x65];
        let units: Vec<_> = annex_b(&stream).collect();
        assert_eq!(units, [&[0x67, 1, 2][..], &[0x68, 0, 0, 3, 1], &[0x65]]);
        assert_eq!(annex_b(&[1, 2, 3]).count(), 0);
        assert_eq!(annex_b(&[0, 0, 1]).count(), 0);
        assert_eq!(annex_b(&[]).count(), 0);
    }

    #[test]
    fn every_start_code_is_found_wherever_it_begins() {
        for at in 0..40 {
            for fill in [0xff, 2, 0] {
                let mut bytes = vec![fill; 43];
                bytes[at..at + 3].copy_from_slice(&[0, 0, 1]);
                assert_eq!(start_code(&bytes), Some(at), "{at} {fill}");
            }
        }
    }

    #[test]
    fn lengths_part_units_and_the_last_may_be_cut() {
        let sample = [0, 2, 7, 8, 0, 0, 0, 9, 5];
        assert_eq!(length_prefixed(&sample, 2).collect::<Vec<_>>(), [&[7, 8][..], &[5]]);
        assert_eq!(length_prefixed(&[0, 0], 4).count(), 0);
        let units = [&[1_u8, 2][..], &[3]];
        assert_eq!(length_prefixed(&with_lengths(units), 4).collect::<Vec<_>>(), units);
    }

    #[test]
    fn emulation_prevention_is_taken_out() {
        assert_eq!(unescape(&[1, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3], 99), [1, 0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(unescape(&[1, 2, 3, 4], 2), [1, 2]);
    }
}
