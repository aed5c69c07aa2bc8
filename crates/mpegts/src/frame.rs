//! Headers of coded sound: how long a frame is, in bytes and in time.

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
            (Self::Aac, [a, b, c, d, e, f, g, ..]) => adts([*a, *b, *c, *d, *e, *f, *g]),
            (Self::Mpeg, [a, b, c, d, ..]) => mpeg([*a, *b, *c, *d]),
            (Self::Ac3, [a, b, c, d, e, f, ..]) => ac3([*a, *b, *c, *d, *e, *f]),
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

fn adts([a, b, c, d, e, f, g]: [u8; 7]) -> Option<Header> {
    if a != 0xff || b & 0xf6 != 0xf0 {
        return None;
    }
    let skip = if b & 1 == 1 { 7 } else { 9 };
    let length = usize::from(d & 3) << 11 | usize::from(e) << 3 | usize::from(f >> 5);
    let rate = *AAC_RATES.get(usize::from(c >> 2 & 0x0f))?;
    // Several blocks in one frame have no lengths of their own; nobody writes that into a
    // transport stream.
    (length > skip && g & 3 == 0).then_some(Header {
        length,
        skip,
        samples: 1024,
        rate,
        shape: c & 0xc0 | (c & 1) << 2 | d >> 6,
        ..Header::default()
    })
}

fn mpeg([a, b, c, d]: [u8; 4]) -> Option<Header> {
    if a != 0xff || b & 0xe0 != 0xe0 {
        return None;
    }
    let version = b >> 3 & 3;
    let layer = 4 - (b >> 1 & 3);
    let half = match version {
        3 => 0,
        2 => 1,
        0 => 2,
        _ => return None,
    };
    let rate = *[44_100, 48_000, 32_000].get(usize::from(c >> 2 & 3))? >> half;
    let table: [usize; 14] = match (layer, half) {
        (1, 0) => [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        (2, 0) => [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        (3, 0) => [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        (1, _) => [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        (2 | 3, _) => [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        _ => return None,
    };
    let bits = 1000 * table.get(usize::from(c >> 4).checked_sub(1)?)?;
    let (padding, divisor) = (usize::from(c >> 1 & 1), usize::try_from(rate).ok()?);
    let (length, samples) = match (layer, half) {
        (1, _) => ((12 * bits / divisor + padding) * 4, 384),
        (3, 1..) => (72 * bits / divisor + padding, 576),
        _ => (144 * bits / divisor + padding, 1152),
    };
    let shape = u8::from(d >> 6 == 3);
    Some(Header { length, samples, rate, shape, layer, ..Header::default() })
}

fn ac3([a, b, c, d, e, f]: [u8; 6]) -> Option<Header> {
    if [a, b] != [0x0b, 0x77] {
        return None;
    }
    let version = f >> 3;
    let rates = [48_000, 44_100, 32_000];
    let code = usize::from(e >> 6);
    if version <= 10 {
        let rate: u32 = *rates.get(code)?;
        let size = usize::from(e & 0x3f);
        let kilobits: [usize; 19] = [
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
        ];
        let bits = kilobits.get(size / 2)? * 1000;
        // 16-bit words of 1,536 samples; at 44.1 kHz, one in two is a word longer.
        let words = bits * 96 / usize::try_from(rate).ok()? + if code == 1 { size % 2 } else { 0 };
        let rate = rate >> version.saturating_sub(8);
        return Some(Header { length: 2 * words, samples: 1536, rate, ..Header::default() });
    }
    let (kind, substream) = (c >> 6, c >> 3 & 7);
    let length = 2 * (1 + (usize::from(c & 7) << 8 | usize::from(d)));
    let (rate, blocks) = match rates.get(code) {
        Some(rate) => (*rate, *[1, 2, 3, 6].get(usize::from(e >> 4 & 3))?),
        None => (*rates.get(usize::from(e >> 4 & 3))? / 2, 6),
    };
    (version <= 16 && kind != 3 && length > 6).then_some(Header {
        length,
        samples: 256 * blocks,
        rate,
        enhanced: true,
        dependent: kind == 1 || substream != 0,
        ..Header::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_bytes_and_samples() {
        let cases: [(Coding, &[u8], (usize, u32, u32)); 5] = [
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
