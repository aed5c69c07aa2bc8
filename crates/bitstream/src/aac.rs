//! AAC: its configuration with all the ways to say that the band above is replicated (SBR), and
//! ADTS headers [ISO/IEC 14496-3].

mod adts;

use media::Audio;

pub use self::adts::Adts;
use crate::{Described, bits::Bits, rfc6381};

const SBR: u8 = 5;
const PS: u8 = 29;
const BSAC: u8 = 22;
const ELD: u8 = 39;
const USAC: u8 = 42;

/// Sampling rates by `samplingFrequencyIndex` [Table 1.18].
pub(crate) const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// What an `AudioSpecificConfig` says [1.6.2.1].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Config {
    /// The audio object type of the core: 2 for AAC LC.
    pub object_type: u8,
    /// Samples a second of the core.
    pub core_rate: u32,
    /// Samples a second as they are heard.
    pub rate: u32,
    /// Channels as they are heard; 0 if the configuration leaves it to the frames.
    pub channels: u16,
    /// Samples of the core in a frame.
    pub frame_samples: u32,
    /// Whether the band above is replicated from the core.
    pub sbr: bool,
    /// Whether a second channel is made from the first.
    pub ps: bool,
}

impl Config {
    /// From its bytes.
    pub fn parse(config: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(config);
        let mut object_type = object_type(&mut bits)?;
        let core_rate = rate(&mut bits)?;
        let channel_configuration = bits.byte(4)?;
        let mut out = Self {
            object_type,
            core_rate,
            rate: core_rate,
            channels: channels(channel_configuration),
            frame_samples: 1024,
            sbr: false,
            ps: false,
        };
        let explicit = matches!(object_type, SBR | PS);
        if explicit {
            out.sbr = true;
            out.ps = object_type == PS;
            out.rate = rate(&mut bits)?;
            object_type = self::object_type(&mut bits)?;
            out.object_type = object_type;
            if object_type == BSAC {
                bits.skip(4)?;
            }
        }
        // What damage follows takes nothing from what is known already.
        let _ = out.parse_specific(&mut bits, channel_configuration);
        if !explicit {
            let _ = out.parse_extension(&mut bits);
        }
        if out.ps && out.channels == 1 {
            out.channels = 2;
        }
        Some(out)
    }

    fn parse_specific(&mut self, bits: &mut Bits, channel_configuration: u8) -> Option<()> {
        match self.object_type {
            1..=4 | 6 | 7 | 17 | 19..=23 => {
                let short = bits.flag()?;
                self.frame_samples = match (self.object_type == 23, short) {
                    (false, false) => 1024,
                    (false, true) => 960,
                    (true, false) => 512,
                    (true, true) => 480,
                };
                if bits.flag()? {
                    bits.skip(14)?; // coreCoderDelay
                }
                let extended = bits.flag()?;
                if channel_configuration == 0 {
                    self.channels = program_channels(bits)?;
                }
                if matches!(self.object_type, 6 | 20) {
                    bits.skip(3)?; // layerNr
                }
                if extended {
                    match self.object_type {
                        BSAC => bits.skip(5 + 11)?,
                        17 | 19 | 20 | 23 => bits.skip(3)?,
                        _ => {}
                    }
                    bits.skip(1)?; // extensionFlag3
                }
            }
            ELD => {
                self.frame_samples = if bits.flag()? { 480 } else { 512 };
                bits.skip(3)?; // resilience
                if bits.flag()? {
                    self.sbr = true;
                    if bits.flag()? {
                        self.rate = self.core_rate.saturating_mul(2);
                    }
                }
                // What follows are headers of SBR, in which nothing else hides.
                bits.skip(bits.left())?;
            }
            USAC => self.parse_usac(bits)?,
            _ => {}
        }
        Some(())
    }

    /// `UsacConfig` [ISO/IEC 23003-3, 5.2]: rate, frame length and channels.
    fn parse_usac(&mut self, bits: &mut Bits) -> Option<()> {
        let index = bits.byte(5)?;
        let rate = if index == 31 { bits.read(24)? } else { usac_rate(index)? };
        // Samples of the output in a frame; with SBR the core runs at a fraction of the rate.
        self.frame_samples = match bits.byte(3)? {
            0 => 768,
            1 => 1024,
            2 | 3 => 2048,
            _ => 4096,
        };
        (self.core_rate, self.rate) = (rate, rate);
        let configuration = bits.byte(5)?;
        if configuration != 0 {
            self.channels = channels(configuration);
        }
        bits.skip(bits.left())
    }

    /// SBR and PS signalled behind the configuration, where old decoders do not look [1.6.6.1].
    fn parse_extension(&mut self, bits: &mut Bits) -> Option<()> {
        if bits.left() < 16 || bits.read(11)? != 0x2b7 {
            return None;
        }
        let object_type = object_type(bits)?;
        if !matches!(object_type, SBR | BSAC) || !bits.flag()? {
            return None;
        }
        self.rate = rate(bits)?;
        self.sbr = true;
        if object_type == SBR && bits.left() >= 12 && bits.read(11)? == 0x548 {
            self.ps = bits.flag()?;
        }
        Some(())
    }

    /// The audio object type that a player needs to know.
    fn heard_as(&self) -> u8 {
        match (self.object_type, self.sbr, self.ps) {
            (2, _, true) => PS,
            (2, true, false) => SBR,
            (other, ..) => other,
        }
    }
}

/// `GetAudioObjectType()` [1.6.2.1].
fn object_type(bits: &mut Bits) -> Option<u8> {
    let short = bits.byte(5)?;
    if short == 31 { Some(32 + bits.byte(6)?) } else { Some(short) }
}

fn rate(bits: &mut Bits) -> Option<u32> {
    let index = bits.byte(4)?;
    let rate = if index == 15 { bits.read(24)? } else { *RATES.get(usize::from(index))? };
    (rate > 0).then_some(rate)
}

fn usac_rate(index: u8) -> Option<u32> {
    // [ISO/IEC 23003-3, Table 67]: the first thirteen as ever, then rates of the low delay coders.
    const MORE: [u32; 13] = [
        0, 0, 57_600, 51_200, 40_000, 38_400, 34_150, 28_800, 25_600, 20_000, 19_200, 17_075,
        14_400,
    ];
    let index = usize::from(index);
    let rate = RATES.get(index).or_else(|| MORE.get(index.checked_sub(RATES.len())?));
    rate.copied().filter(|rate| *rate > 0)
}

/// Channels by `channelConfiguration` [Table 1.19; ISO/IEC 23001-8].
pub(crate) fn channels(configuration: u8) -> u16 {
    const CHANNELS: [u16; 21] =
        [0, 1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 7, 8, 24, 8, 12, 10, 12, 14, 12, 14];
    CHANNELS.get(usize::from(configuration)).copied().unwrap_or(0)
}

/// The channels of a `program_config_element()` [4.4.1.1]; afterwards `bits` is behind it.
fn program_channels(bits: &mut Bits) -> Option<u16> {
    bits.skip(4 + 2 + 4)?; // tag, object type, rate
    let counts = [bits.byte(4)?, bits.byte(4)?, bits.byte(4)?]; // front, side, back
    let low_frequency = bits.read(2)?;
    let (associated, coupling) = (bits.read(3)?, bits.read(4)?);
    for mixdown in [4, 4, 3] {
        if bits.flag()? {
            bits.skip(mixdown)?;
        }
    }
    let mut channels = u16::try_from(low_frequency).ok()?;
    for count in counts {
        for _ in 0..count {
            channels += if bits.flag()? { 2 } else { 1 };
            bits.skip(4)?;
        }
    }
    bits.skip(usize::try_from(4 * low_frequency + 4 * associated + 5 * coupling).ok()?)?;
    bits.align()?;
    let comment = usize::try_from(bits.read(8)?).ok()?;
    bits.skip(comment * 8)?;
    Some(channels)
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let Some(config) = Config::parse(config) else { return Described::default() };
    Described {
        codec_string: Some(rfc6381::aac(config.heard_as())),
        audio: Some(Audio {
            sample_rate: config.rate,
            channels: config.channels,
            ..Audio::default()
        }),
        frame_samples: Some(config.frame_samples),
        coded_rate: Some(config.core_rate),
        ..Described::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::BitWriter;

    fn told(config: &[u8]) -> (String, u32, u32, u16) {
        let described = describe(config);
        let audio = described.audio.unwrap();
        let rates = (described.coded_rate.unwrap(), audio.sample_rate);
        (described.codec_string.unwrap(), rates.0, rates.1, audio.channels)
    }

    #[test]
    fn all_ways_to_say_that_a_band_is_replicated_are_understood() {
        assert_eq!(told(&[0x12, 0x10]), ("mp4a.40.2".into(), 44_100, 44_100, 2));
        let explicit = [0x2b, 0x92, 0x08, 0x00];
        assert_eq!(told(&explicit), ("mp4a.40.5".into(), 22_050, 44_100, 2));
        let compatible = [0x13, 0x90, 0x56, 0xe5, 0xa5];
        assert_eq!(told(&compatible), ("mp4a.40.5".into(), 22_050, 44_100, 2));
        let with_stereo = [0xeb, 0x8a, 0x08, 0x00];
        assert_eq!(told(&with_stereo), ("mp4a.40.29".into(), 22_050, 44_100, 2));
        let compatible = [0x13, 0x88, 0x56, 0xe5, 0xa5, 0x48, 0x80];
        assert_eq!(told(&compatible), ("mp4a.40.29".into(), 22_050, 44_100, 2));
        // Said not to be there.
        let without = [0x12, 0x10, 0x56, 0xe5, 0x00];
        assert_eq!(told(&without), ("mp4a.40.2".into(), 44_100, 44_100, 2));
    }

    #[test]
    fn frames_may_have_960_or_512_samples() {
        assert_eq!(describe(&[0x12, 0x14]).frame_samples, Some(960));
        assert_eq!(describe(&[0x12, 0x10]).frame_samples, Some(1024));
        // ELD at 48 kHz: object type 31 + 7.
        let eld = describe(&[0xf8, 0xe6, 0x20, 0x00]);
        assert_eq!(eld.frame_samples, Some(512));
        assert_eq!(eld.codec_string.unwrap(), "mp4a.40.39");
    }

    #[test]
    fn a_programme_counts_its_channels() {
        let mut bits = BitWriter::default();
        for (count, value) in [(5, 2), (4, 3), (4, 0), (3, 0)] {
            bits.put(count, value); // LC, 48 kHz, channels by programme
        }
        for (count, value) in [(4, 0), (2, 1), (4, 3), (4, 2), (4, 0), (4, 1), (2, 1), (3, 0)] {
            bits.put(count, value); // front 2, back 1, low frequency 1
        }
        for (count, value) in
            [(4, 0), (3, 0), (1, 0), (4, 0), (1, 1), (4, 1), (1, 1), (4, 2), (4, 0)]
        {
            bits.put(count, value); // a single one, two pairs
        }
        bits.align();
        bits.put(8, 0);
        assert_eq!(told(&bits.into_bytes()), ("mp4a.40.2".into(), 48_000, 48_000, 6));
    }

    #[test]
    fn what_makes_no_sense_is_not_described() {
        assert!(describe(&[]).codec_string.is_none());
        assert!(describe(&[0x17]).codec_string.is_none());
        assert!(describe(&[0x16, 0x90]).codec_string.is_none()); // a reserved rate
    }
}
