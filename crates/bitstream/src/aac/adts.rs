//! ADTS, the framing of AAC in transport streams [ISO/IEC 14496-3, 1.A.2.2].

use super::{RATES, channels};

/// The header of one frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Adts {
    /// Bytes of the header: 7, or more with checksums.
    pub header_len: usize,
    /// Bytes of the frame, header included; never less than that of the header.
    pub frame_len: usize,
    /// Samples of the core in the frame: 1024 for each of its blocks.
    pub samples: u32,
    /// The `AudioSpecificConfig` for it. If `channels` is 0, the frames say more than it does.
    pub config: [u8; 2],
    /// Samples a second of the core.
    pub sample_rate: u32,
    /// Channels of the core; 0 if the configuration leaves it to the frames.
    pub channels: u16,
}

impl Adts {
    /// Bytes that are enough to tell.
    pub const HEADER: usize = 7;

    /// From the first bytes of a frame.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [0xff, b1, b2, b3, b4, b5, b6] = *bytes.first_chunk()? else { return None };
        if b1 & 0xf6 != 0xf0 {
            return None;
        }
        let protected = b1 & 1 == 0;
        let profile = b2 >> 6; // the audio object type less one
        let rate_index = b2 >> 2 & 0xf;
        let configuration = (b2 & 1) << 2 | b3 >> 6;
        let frame_len = usize::from(b3 & 3) << 11 | usize::from(b4) << 3 | usize::from(b5 >> 5);
        let more_blocks = b6 & 3;
        // With checksums, the place of every further block comes first.
        let checksums = if protected { 2 + 2 * usize::from(more_blocks) } else { 0 };
        let header_len = Self::HEADER + checksums;
        let sample_rate = *RATES.get(usize::from(rate_index))?;
        if frame_len < header_len {
            return None;
        }
        let config =
            [(profile + 1) << 3 | rate_index >> 1, (rate_index & 1) << 7 | configuration << 3];
        Some(Self {
            header_len,
            frame_len,
            samples: 1024 * (u32::from(more_blocks) + 1),
            config,
            sample_rate,
            channels: channels(configuration),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_length_and_configuration() {
        // AAC LC, 44.1 kHz, stereo, 371 bytes.
        let adts = Adts::parse(&[0xff, 0xf1, 0x50, 0x80, 0x2e, 0x7f, 0xfc]).unwrap();
        assert_eq!((adts.header_len, adts.frame_len, adts.samples), (7, 371, 1024));
        assert_eq!((adts.sample_rate, adts.channels), (44_100, 2));
        assert_eq!(adts.config, [0x12, 0x10]);
        let config = super::super::Config::parse(&adts.config).unwrap();
        assert_eq!((config.object_type, config.rate, config.channels), (2, 44_100, 2));
    }

    #[test]
    fn what_is_no_header_is_refused() {
        assert_eq!(Adts::parse(&[0xff, 0xf1, 0x50, 0x80, 0x2e, 0x7f]), None);
        assert_eq!(Adts::parse(&[0xff, 0xe1, 0x50, 0x80, 0x2e, 0x7f, 0xfc]), None);
        // Layer III, a rate that is reserved, a frame shorter than its header.
        assert_eq!(Adts::parse(&[0xff, 0xfb, 0x50, 0x80, 0x2e, 0x7f, 0xfc]), None);
        assert_eq!(Adts::parse(&[0xff, 0xf1, 0x74, 0x80, 0x2e, 0x7f, 0xfc]), None);
        assert_eq!(Adts::parse(&[0xff, 0xf1, 0x50, 0x80, 0x00, 0x7f, 0xfc]), None);
    }
}
