//! MPEG audio of layers I to III: frame headers [ISO/IEC 11172-3, 2.4.1.3; ISO/IEC 13818-3].

use media::{Audio, Codec};

use crate::{Described, rfc6381};

/// The header of one frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// 1, 2 or 3.
    pub layer: u8,
    /// Whether it is MPEG-2 audio or its extension to lower rates, MPEG-2.5.
    pub half_rate: bool,
    /// Samples a second.
    pub sample_rate: u32,
    /// 1 or 2.
    pub channels: u16,
    /// Bits a second.
    pub bit_rate: u32,
    /// Bytes of the frame, header included.
    pub frame_len: usize,
    /// Samples in the frame: 384, 576 or 1152.
    pub samples: u32,
}

impl Header {
    /// Bytes that are enough to tell.
    pub const LEN: usize = 4;

    /// From the first bytes of a frame. Streams of free bit rate are not told from noise.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        const RATES: [u32; 3] = [44_100, 48_000, 32_000];
        let [0xff, b1, b2, b3] = *bytes.first_chunk()? else { return None };
        if b1 & 0xe0 != 0xe0 {
            return None;
        }
        // How often the rate is halved.
        let halved = match b1 >> 3 & 3 {
            0 => 2, // MPEG-2.5
            2 => 1,
            3 => 0,
            _ => return None,
        };
        let layer = 4 - (b1 >> 1 & 3);
        if layer == 4 {
            return None;
        }
        let kilobits = bit_rate(layer, halved > 0, b2 >> 4)?;
        let sample_rate = RATES.get(usize::from(b2 >> 2 & 3))? >> halved;
        let padding = u32::from(b2 >> 1 & 1);
        let (samples, slot) = match (layer, halved > 0) {
            (1, _) => (384, 4),
            (3, true) => (576, 1),
            _ => (1152, 1),
        };
        let bit_rate = kilobits * 1000;
        let slots = samples / 8 * bit_rate / slot / sample_rate + padding;
        Some(Self {
            layer,
            half_rate: halved > 0,
            sample_rate,
            channels: if b3 >> 6 == 3 { 1 } else { 2 },
            bit_rate,
            frame_len: usize::try_from(slots * slot).ok()?,
            samples,
        })
    }
}

/// Kilobits a second [2.4.2.3]; `None` for free and forbidden ones.
fn bit_rate(layer: u8, half_rate: bool, index: u8) -> Option<u32> {
    const LAYER_1: [u32; 14] = [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    const LAYER_2: [u32; 14] = [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    const LAYER_3: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const HALF_1: [u32; 14] = [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    const HALF_2: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let table = match (layer, half_rate) {
        (1, false) => LAYER_1,
        (2, false) => LAYER_2,
        (3, false) => LAYER_3,
        (1, true) => HALF_1,
        _ => HALF_2,
    };
    table.get(usize::from(index).checked_sub(1)?).copied()
}

/// There is no configuration, but whoever has the header of a frame may hand it over as one.
pub(crate) fn describe(codec: &Codec, config: &[u8]) -> Described {
    let header = Header::parse(config);
    let half_rate = header.is_some_and(|header| header.half_rate);
    let codec_string = match codec {
        Codec::Mp3 => rfc6381::mp3(half_rate),
        _ => rfc6381::mpeg_layer(header.map_or(2, |header| header.layer)),
    };
    Described {
        codec_string: Some(codec_string),
        audio: header.map(|header| Audio {
            sample_rate: header.sample_rate,
            channels: header.channels,
            ..Audio::default()
        }),
        frame_samples: header.map(|header| header.samples),
        coded_rate: header.map(|header| header.sample_rate),
        ..Described::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_all_layers_are_read() {
        let header = Header::parse(&[0xff, 0xfb, 0x90, 0x64]).unwrap();
        assert_eq!((header.layer, header.sample_rate, header.channels), (3, 44_100, 2));
        assert_eq!((header.bit_rate, header.frame_len, header.samples), (128_000, 417, 1152));
        let header = Header::parse(&[0xff, 0xfd, 0xc4, 0x00]).unwrap();
        assert_eq!((header.layer, header.sample_rate, header.frame_len), (2, 48_000, 768));
        let header = Header::parse(&[0xff, 0xf3, 0x88, 0xc4]).unwrap();
        assert_eq!((header.layer, header.sample_rate, header.channels), (3, 16_000, 1));
        assert_eq!((header.samples, header.frame_len), (576, 288));
        let header = Header::parse(&[0xff, 0xff, 0x92, 0x00]).unwrap();
        assert_eq!((header.layer, header.samples, header.frame_len), (1, 384, 316));
    }

    #[test]
    fn noise_is_refused() {
        for bytes in [[0xff, 0xfb, 0xf0, 0], [0xff, 0xfb, 0x9c, 0], [0xff, 0xe9, 0x90, 0]] {
            assert_eq!(Header::parse(&bytes), None);
        }
        assert_eq!(Header::parse(&[0xff, 0xfb, 0x90]), None);
        assert_eq!(Header::parse(&[0xff, 0xf9, 0x90, 0]), None); // layer 4 is ADTS
    }

    #[test]
    fn layer_three_is_named_by_its_object_type_indication() {
        let string = |codec, config: &[u8]| describe(&codec, config).codec_string.unwrap();
        assert_eq!(string(Codec::Mp3, &[]), "mp4a.6B");
        assert_eq!(string(Codec::Mp3, &[0xff, 0xf3, 0x88, 0xc4]), "mp4a.69");
        assert_eq!(string(Codec::Mp2, &[]), "mp4a.40.33");
    }
}
