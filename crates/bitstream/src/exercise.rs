//! Every reader of this room on the same bytes: for fuzzing, and for the test below that mutates
//! small valid inputs.

use media::{Codec, Ratio};

use crate::{
    aac, ac3, av1, bits, captions, complete, describe, dolby_vision, flac, leading_decodable,
    mpeg_audio, nal, opus, picture, records, sei, vorbis, vpc_config,
};

const CODECS: [Codec; 14] = [
    Codec::H264,
    Codec::Hevc,
    Codec::Av1,
    Codec::Vp8,
    Codec::Vp9,
    Codec::Aac,
    Codec::Mp3,
    Codec::Mp2,
    Codec::Ac3,
    Codec::Eac3,
    Codec::Opus,
    Codec::Vorbis,
    Codec::Flac,
    Codec::Stpp,
];

/// Hands `bytes` to the readers that `selector` names. What they find is of no interest, only that
/// they return; and that a configuration made here can be read here.
pub fn every_reader(selector: u8, bytes: &[u8]) {
    let selector = usize::from(selector);
    match CODECS.get(selector) {
        Some(codec) => of_codec(codec, bytes),
        None => of_framing(selector - CODECS.len(), bytes),
    }
}

/// The first byte tells how many bytes of the rest are configuration; what follows is a sample.
fn of_codec(codec: &Codec, bytes: &[u8]) {
    let _ = describe(codec, bytes);
    let _ = nal::parameter_sets(codec, bytes);
    let Some((split, rest)) = bytes.split_first() else { return };
    let (config, sample) = rest.split_at(rest.len().min((*split).into()));
    let _ = describe(codec, config);
    let _ = picture(codec, config, sample);
    let _ = leading_decodable(codec, config, sample);
    let _ = crate::captions(codec, config, sample);
    let _ = sei::HighDynamicRange::of_sample(codec, config, sample);
    if let Some(full) = complete(codec, config, sample) {
        let _ = describe(codec, &full);
    }
    let rate = Ratio::new((*split).into(), 1);
    let _ = describe(codec, &vpc_config(codec, sample, u32::MAX, u32::MAX, rate));
}

fn of_framing(selector: usize, bytes: &[u8]) {
    match selector {
        0 => {
            let units: Vec<&[u8]> = nal::annex_b(bytes).collect();
            let _ = describe(&Codec::H264, &records::avcc(&units, &units));
            let _ = describe(&Codec::Hevc, &records::hvcc(&units, &units, &units));
            let _ = captions::of_units(&Codec::H264, units.iter().copied());
        }
        1 => {
            let adts = aac::Adts::parse(bytes);
            let _ = adts.map(|adts| describe(&Codec::Aac, &adts.config));
            let _ = mpeg_audio::Header::parse(bytes);
        }
        2 => {
            let _ = ac3::dac3(bytes).map(|record| describe(&Codec::Ac3, &record));
            let _ = ac3::dec3(bytes).map(|record| describe(&Codec::Eac3, &record));
        }
        3 => {
            let _ = opus::head_to_dops(bytes);
            let _ = opus::dops_to_head(bytes);
            let _ = opus::packet_duration(bytes);
            let _ = vorbis::xiph_packets(bytes);
            let _ = flac::dfla(bytes);
            let _ = dolby_vision(bytes);
            let _ = av1::high_dynamic_range(bytes);
        }
        _ => {
            let mut bits = bits::Bits::new(bytes);
            while bits.ue().and_then(|_| bits.se()).and_then(|_| bits.uvlc()).is_some() {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Real headers of each kind, and bits of most codings one after another.
    fn seeds() -> Vec<Vec<u8>> {
        let hex = |digits: &str| -> Vec<u8> {
            let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
            let pair = |pair: &[u8]| std::str::from_utf8(pair).unwrap().to_owned();
            digits.chunks_exact(2).map(|two| u8::from_str_radix(&pair(two), 16).unwrap()).collect()
        };
        [
            // avcC
            "01640014ffe1001d67640014acd9416096ffc0a0006b4400000300040000030000ca3c50a6580100 \
             0568ebecb22c",
            // hvcC
            "01022000 0000b000 00000000 78f000fc fdfafa00 000b04a0 00010018 40010c01 ffff0220 \
             00000300 b0000003 00000300 7815c090 a1000100 24420101 02200000 0300b000 00030000 \
             030078a0 03c08011 07cad881 5ee45954 d4244824 02a20001 00084401 c02cb864 14c9a700 \
             01000d4e 01940800 2fe9a03d 13404280",
            // av1C and a temporal unit
            "04811f4c00 0a0e000000fa6acf9fe210ae8488049a32c0a001100223c6e2bfbcfb1ff407fe0209",
            // VP9, VP8
            "00824983420 00a00078400003824 1c180e00",
            "0010b4039d012ad002e00100070885858885",
            // AudioSpecificConfig, ADTS
            "139056e5a54880",
            "fff150802e7ffc",
            // AC-3
            "0b779c5c182043fff106a1f861e97aba",
            // A sample of H.264 with captions: length, SEI
            "00 0000001c 0604 17 b5003147413934 0343ff fc942c fd15 20 ff0322 fe6162 ff 80 00000002 \
             6588",
            // OpusHead
            "4f70757348656164 0102 3801 80bb0000 0000 00",
        ]
        .iter()
        .map(|digits| hex(digits))
        .collect()
    }

    #[test]
    fn all_seeds_and_their_beginnings_are_read() {
        for seed in seeds() {
            for end in 0..=seed.len() {
                for selector in 0..20 {
                    every_reader(selector, &seed[..end]);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_damage_ends_a_reader_badly(
            selector in 0..20_u8,
            seed in prop::sample::select(seeds()),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            more in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let mut bytes = seed;
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            bytes.extend(more);
            every_reader(selector, &bytes);
        }

        #[test]
        fn no_noise_ends_a_reader_badly(
            selector in 0..20_u8,
            bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(0xff), any::<u8>()], 0..200),
        ) {
            every_reader(selector, &bytes);
        }
    }
}
