//! Opus: the two layouts of its configuration, and how long packets are [RFC 6716; RFC 7845; Opus
//! in ISOBMFF].

use media::Audio;

use crate::{Described, rfc6381};

const MAGIC: &[u8; 8] = b"OpusHead";

/// The rate in which Opus counts, whatever went into the encoder.
pub const RATE: u32 = 48_000;

/// The body of `dOps` [Opus in ISOBMFF, 4.3.2] from an identification header [RFC 7845, 5.1] as
/// Matroska keeps it. What is such a body already is given back as it is.
pub fn head_to_dops(head: &[u8]) -> Option<Vec<u8>> {
    let Some(body) = head.strip_prefix(MAGIC) else {
        return Parsed::of_dops(head).map(|_| head.to_vec());
    };
    let ([_, channels, s0, s1, r0, r1, r2, r3, g0, g1, family], mapping) =
        body.split_first_chunk()?;
    let mut out = vec![0, *channels, *s1, *s0, *r3, *r2, *r1, *r0, *g1, *g0, *family];
    if *family != 0 {
        out.extend_from_slice(mapping.get(..2 + usize::from(*channels))?);
    }
    Some(out)
}

/// An identification header from the body of `dOps`.
pub fn dops_to_head(dops: &[u8]) -> Option<Vec<u8>> {
    let ([_, channels, s1, s0, r3, r2, r1, r0, g1, g0, family], mapping) =
        dops.split_first_chunk()?;
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&[1, *channels, *s0, *s1, *r0, *r1, *r2, *r3, *g0, *g1, *family]);
    if *family != 0 {
        out.extend_from_slice(mapping.get(..2 + usize::from(*channels))?);
    }
    Some(out)
}

struct Parsed {
    channels: u8,
    pre_skip: u16,
}

impl Parsed {
    fn of_dops(dops: &[u8]) -> Option<Self> {
        let [0, channels, s1, s0, _, _, _, _, _, _, _] = *dops.first_chunk()? else { return None };
        Some(Self { channels, pre_skip: u16::from_be_bytes([s1, s0]) })
    }
}

/// Samples of [`RATE`] in a packet, from its first two bytes [RFC 6716, 3.1]; `None` if it is none.
pub fn packet_duration(packet: &[u8]) -> Option<u32> {
    const LONGEST: u32 = 5_760;
    let (head, rest) = packet.split_first()?;
    let frame = match head >> 3 {
        config @ 0..=11 => *[480, 960, 1_920, 2_880].get(usize::from(config & 3))?,
        config @ 12..=15 => 480 << (config & 1),
        config => 120 << (config & 3),
    };
    let frames = match head & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(rest.first()? & 0x3f),
    };
    let samples = frame * frames;
    (1..=LONGEST).contains(&samples).then_some(samples)
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let parsed = head_to_dops(config).and_then(|dops| Parsed::of_dops(&dops));
    Described {
        codec_string: rfc6381::plain(&media::Codec::Opus).map(str::to_owned),
        audio: parsed.map(|parsed| Audio {
            sample_rate: RATE,
            channels: parsed.channels.into(),
            priming: parsed.pre_skip.into(),
            ..Audio::default()
        }),
        coded_rate: Some(RATE),
        ..Described::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_turn_into_each_other() {
        let head = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0";
        let dops = head_to_dops(head).unwrap();
        assert_eq!(dops, [0, 2, 0x01, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0]);
        assert_eq!(dops_to_head(&dops).unwrap(), head);
        assert_eq!(head_to_dops(&dops).unwrap(), dops);
        for config in [&head[..], &dops] {
            let audio = describe(config).audio.unwrap();
            assert_eq!((audio.sample_rate, audio.channels, audio.priming), (48_000, 2, 312));
        }
    }

    #[test]
    fn a_mapping_of_channels_is_kept() {
        let head = b"OpusHead\x01\x06\x38\x01\x80\xbb\0\0\0\0\x01\x04\x02\0\x04\x01\x02\x03\x05";
        let dops = head_to_dops(head).unwrap();
        assert_eq!(dops_to_head(&dops).unwrap(), head);
        assert_eq!(head_to_dops(&head[..head.len() - 1]), None);
    }

    #[test]
    fn the_first_bytes_of_a_packet_tell_its_length() {
        assert_eq!(packet_duration(&[0xfc]), Some(960)); // one frame of 20 ms
        assert_eq!(packet_duration(&[0x79]), Some(1_920)); // two hybrid ones of 20 ms
        assert_eq!(packet_duration(&[0x83, 0x04]), Some(480)); // four of 2.5 ms
        assert_eq!(packet_duration(&[0x1b, 0x03]), None); // three of 60 ms are too long
        assert_eq!(packet_duration(&[0xff]), None);
        assert_eq!(packet_duration(&[]), None);
    }
}
