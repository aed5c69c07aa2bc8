//! Headers of coded sound: how long a frame is, in bytes and in time.

use bitstream::{aac::Adts, mpeg_audio};

/// How a stream of sound marks its frames.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Coding {
    /// AAC in ADTS [ISO/IEC 13818-7, 6.2].
    Aac,
    /// MPEG audio of all layers [ISO/IEC 11172-3, 2.4.1.3].
    Mpeg,
    /// AC-3 and Enhanced AC-3 [ETSI TS 102 366, 4.4.1 and E.1.2].
    Ac3,
}

/// What the header of a frame says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Header {
    /// Bytes of the frame, header included.
    pub(crate) length: usize,
    /// Bytes of it that are not sent.
    pub(crate) skip: usize,
    /// Samples of each channel.
    pub(crate) samples: u32,
    /// Samples a second.
    pub(crate) rate: u32,
    /// What must stay the same from frame to frame, besides the rate.
    pub(crate) shape: u8,
    /// Layer of MPEG audio.
    pub(crate) layer: u8,
    /// Whether it is Enhanced AC-3.
    pub(crate) enhanced: bool,
    /// Whether it only adds channels or programmes to the frame before it.
    pub(crate) dependent: bool,
}

/// What bytes are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Read {
    /// Too few to tell.
    More,
    /// No header.
    None,
    /// A header.
    Is(Header),
}

impl Coding {
    /// What these bytes are.
    pub(crate) fn header(self, bytes: &[u8]) -> Read {
        let header = match (self, bytes) {
            (Self::Aac, [_, _, _, _, _, _, _, ..]) => adts(bytes),
            (Self::Mpeg, [_, _, _, _, ..]) => mpeg(bytes),
            (Self::Ac3, bytes) => match bytes.first_chunk() {
                Some(head) => ac3(*head),
                None => return self.could_be(bytes),
            },
            _ => return self.could_be(bytes),
        };
        header.map_or(Read::None, Read::Is)
    }

    /// Whether so few bytes can be the begin of a header.
    fn could_be(self, bytes: &[u8]) -> Read {
        let possible = match (self, bytes) {
            (_, []) => true,
            (Self::Aac, [first, rest @ ..]) => {
                *first == 0xff && rest.first().is_none_or(|byte| byte & 0xf6 == 0xf0)
            }
            (Self::Mpeg, [first, rest @ ..]) => {
                *first == 0xff && rest.first().is_none_or(|byte| byte & 0xe0 == 0xe0)
            }
            (Self::Ac3, [first, rest @ ..]) => {
                *first == 0x0b && rest.first().is_none_or(|byte| *byte == 0x77)
            }
        };
        if possible { Read::More } else { Read::None }
    }
}

/// Sampling rates of AAC by their index.
pub(crate) const AAC_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

fn adts(bytes: &[u8]) -> Option<Header> {
    let header = Adts::parse(bytes)?;
    let [_, channels] = header.config;
    // Several blocks in one frame have no lengths of their own; nobody writes that into a
    // transport stream.
    (header.frame_len > header.header_len && header.samples == 1024).then_some(Header {
        length: header.frame_len,
        skip: header.header_len,
        samples: header.samples,
        rate: header.sample_rate,
        shape: channels & 0x7f,
        ..Header::default()
    })
}

fn mpeg(bytes: &[u8]) -> Option<Header> {
    let header = mpeg_audio::Header::parse(bytes)?;
    Some(Header {
        length: header.frame_len,
        samples: header.samples,
        rate: header.sample_rate,
        shape: u8::from(header.channels == 1),
        layer: header.layer,
        ..Header::default()
    })
    .filter(|header| header.length >= mpeg_audio::Header::LEN)
}

fn ac3(head: [u8; 6]) -> Option<Header> {
    let [0x0b, 0x77, substream, low, rate_code, version] = head else { return None };
    let version = version >> 3;
    let rates = [48_000, 44_100, 32_000];
    let code = usize::from(rate_code >> 6);
    if version <= 10 {
        let rate: u32 = *rates.get(code)?;
        let size = usize::from(rate_code & 0x3f);
        let kilobits: [usize; 19] = [
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
        ];
        let bits = kilobits.get(size / 2)? * 1000;
        // 16-bit words of 1,536 samples; at 44.1 kHz, one in two is a word longer.
        let words = bits * 96 / usize::try_from(rate).ok()? + if code == 1 { size % 2 } else { 0 };
        let rate = rate >> version.saturating_sub(8);
        return Some(Header { length: 2 * words, samples: 1536, rate, ..Header::default() });
    }
    let (kind, number) = (substream >> 6, substream >> 3 & 7);
    let length = 2 * (1 + (usize::from(substream & 7) << 8 | usize::from(low)));
    let (rate, blocks) = match rates.get(code) {
        Some(rate) => (*rate, *[1, 2, 3, 6].get(usize::from(rate_code >> 4 & 3))?),
        None => (*rates.get(usize::from(rate_code >> 4 & 3))? / 2, 6),
    };
    (version <= 16 && kind != 3 && length > 6).then_some(Header {
        length,
        samples: 256 * blocks,
        rate,
        enhanced: true,
        dependent: kind == 1 || number != 0,
        ..Header::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_bytes_and_samples() {
        type Case = (Coding, &'static [u8], (usize, u32, u32));
        let cases: [Case; 5] = [
            (Coding::Aac, &[0xff, 0xf1, 0x50, 0x80, 0x2e, 0x7f, 0xfc], (371, 1024, 44_100)),
            (Coding::Mpeg, &[0xff, 0xfd, 0xa4, 0x04], (576, 1152, 48_000)),
            (Coding::Mpeg, &[0xff, 0xfb, 0x92, 0x64], (418, 1152, 44_100)),
            (Coding::Ac3, &[0x0b, 0x77, 0, 0, 0x1c, 0x40], (1536, 1536, 48_000)),
            (Coding::Ac3, &[0x0b, 0x77, 0x02, 0xff, 0x34, 0x80], (1536, 1536, 48_000)),
        ];
        for (coding, bytes, expected) in cases {
            let Read::Is(header) = coding.header(bytes) else { panic!("{bytes:x?}") };
            assert_eq!((header.length, header.samples, header.rate), expected, "{bytes:x?}");
            assert_eq!(coding.header(&bytes[..1]), Read::More);
            assert_eq!(coding.header(&[0x47]), Read::None);
        }
    }
}
