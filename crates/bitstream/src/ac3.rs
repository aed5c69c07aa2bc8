//! AC-3 and Enhanced AC-3: headers of frames, and the configuration records that are made from
//! them [ETSI TS 102 366].

mod bsi;
mod dec3;

use media::{Audio, Codec};

pub use self::dec3::{Dec3, Independent};
use crate::{Described, bits::BitWriter, bits::Bits};

/// How a frame of Enhanced AC-3 belongs to others [E.1.3.1.1].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// It can be decoded alone. All frames of AC-3 are of this kind.
    Independent,
    /// It adds channels to the independent frame before it.
    Dependent,
    /// Independent, and made from AC-3.
    Converted,
}

/// The header of one frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// Whether it is Enhanced AC-3.
    pub is_eac3: bool,
    /// How it belongs to others.
    pub kind: Kind,
    /// Which of the independent or of the dependent substreams it is of; 0 for AC-3.
    pub substream: u8,
    /// Bytes of the frame, header included.
    pub frame_len: usize,
    /// Samples in the frame: 256 to 1536.
    pub samples: u32,
    /// Samples a second.
    pub sample_rate: u32,
    /// Channels of this frame, the one for low frequencies included.
    pub channels: u16,
    /// Bits a second; of this substream.
    pub bit_rate: u32,
    /// `fscod`, `bsid`, `bsmod`, `acmod`, `lfeon`.
    pub coding: Coding,
    /// `frmsizecod` of AC-3, else 0.
    pub size_code: u8,
    /// `chanmap` of a dependent frame, its first channel in the highest bit.
    pub channel_map: Option<u16>,
    /// Of objects in joint object coding, how complex they are: Dolby Atmos [ETSI TS 103 420, 8.3].
    pub joint_objects: Option<u8>,
}

/// What frames and records say alike.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Coding {
    /// Sampling rate: 0 for 48, 1 for 44.1, 2 for 32 kHz, 3 for half of one of these.
    pub fscod: u8,
    /// Version of the bit stream: 8 or below for AC-3, 16 for Enhanced AC-3.
    pub bsid: u8,
    /// The kind of service: 0 is the main one.
    pub bsmod: u8,
    /// Which full channels there are.
    pub acmod: u8,
    /// Whether there is a channel for low frequencies.
    pub lfeon: bool,
}

impl Coding {
    fn channels(self) -> u16 {
        const FULL: [u16; 8] = [2, 1, 2, 3, 3, 4, 4, 5];
        let full = FULL.get(usize::from(self.acmod)).copied().unwrap_or(0);
        full + u16::from(self.lfeon)
    }
}

const RATES: [u32; 3] = [48_000, 44_100, 32_000];

impl Header {
    /// Bytes that are enough to tell, but for [`Header::joint_objects`], which takes the frame.
    pub const LEN: usize = 8;

    /// From the first bytes of a frame.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if *bytes.first_chunk()? != [0x0b, 0x77] {
            return None;
        }
        match bytes.get(5)? >> 3 {
            0..=10 => Self::parse_ac3(bytes),
            11..=16 => bsi::parse(bytes),
            _ => None,
        }
    }

    /// `syncinfo` and `bsi` of AC-3 [4.3.1, 4.3.2].
    fn parse_ac3(bytes: &[u8]) -> Option<Self> {
        // Kilobits a second, by half of frmsizecod.
        const BIT_RATES: [u32; 19] = [
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
        ];
        let mut bits = Bits::new(bytes.get(4..)?);
        let fscod = bits.byte(2)?;
        let size_code = bits.byte(6)?;
        let kilobits = *BIT_RATES.get(usize::from(size_code / 2))?;
        let full_rate = *RATES.get(usize::from(fscod))?;
        let (bsid, bsmod, acmod) = (bits.byte(5)?, bits.byte(3)?, bits.byte(3)?);
        if acmod & 1 == 1 && acmod != 1 {
            bits.skip(2)?; // cmixlev
        }
        if acmod & 4 == 4 {
            bits.skip(2)?; // surmixlev
        }
        if acmod == 2 {
            bits.skip(2)?; // dsurmod
        }
        let coding = Coding { fscod, bsid, bsmod, acmod, lfeon: bits.flag()? };
        // Only 44.1 kHz has frames of two lengths.
        let longer = u32::from(fscod == 1 && size_code & 1 == 1);
        let words = kilobits * 1000 * 1536 / full_rate / 16 + longer;
        // Versions 9 and 10 run at half and a quarter of the rate.
        let halved = bsid.saturating_sub(8);
        Some(Self {
            is_eac3: false,
            kind: Kind::Independent,
            substream: 0,
            frame_len: usize::try_from(words * 2).ok()?,
            samples: 1536,
            sample_rate: full_rate >> halved,
            channels: coding.channels(),
            bit_rate: (kilobits * 1000) >> halved,
            coding,
            size_code,
            channel_map: None,
            joint_objects: None,
        })
    }
}

/// The body of `dac3` [F.4] for a stream that begins with this frame.
pub fn dac3(frame: &[u8]) -> Option<Vec<u8>> {
    let header = Header::parse(frame).filter(|header| !header.is_eac3)?;
    let Coding { fscod, bsid, bsmod, acmod, lfeon } = header.coding;
    let mut bits = BitWriter::default();
    bits.put(2, fscod.into());
    bits.put(5, bsid.into());
    bits.put(3, bsmod.into());
    bits.put(3, acmod.into());
    bits.put(1, lfeon.into());
    bits.put(5, (header.size_code / 2).into());
    bits.put(5, 0);
    Some(bits.into_bytes())
}

/// The body of `dec3` [F.6] for a stream that begins with these frames: as many as make up 1536
/// samples, all substreams of them.
pub fn dec3(frames: &[u8]) -> Option<Vec<u8>> {
    Dec3::of_frames(frames).map(|record| record.to_bytes())
}

/// Samples of one coded frame that a container takes for one: that is always six blocks.
const SAMPLES: u32 = 1536;

pub(crate) fn describe(codec: &Codec, config: &[u8]) -> Described {
    let heard = if *codec == Codec::Ac3 { describe_dac3(config) } else { describe_dec3(config) };
    Described {
        codec_string: crate::rfc6381::plain(codec).map(str::to_owned),
        frame_samples: Some(SAMPLES),
        coded_rate: heard.as_ref().map(|audio| audio.sample_rate),
        audio: heard,
        ..Described::default()
    }
}

fn describe_dac3(config: &[u8]) -> Option<Audio> {
    let mut bits = Bits::new(config);
    let (fscod, bsid, bsmod, acmod) = (bits.byte(2)?, bits.byte(5)?, bits.byte(3)?, bits.byte(3)?);
    let coding = Coding { fscod, bsid, bsmod, acmod, lfeon: bits.flag()? };
    let full_rate = *RATES.get(usize::from(fscod))?;
    Some(Audio {
        sample_rate: full_rate >> bsid.saturating_sub(8).min(2),
        channels: coding.channels(),
        ..Audio::default()
    })
}

fn describe_dec3(config: &[u8]) -> Option<Audio> {
    let record = Dec3::parse(config)?;
    let first = record.independent.first()?;
    Some(Audio {
        // A half rate is not said; 24 kHz is the likely one.
        sample_rate: RATES.get(usize::from(first.coding.fscod)).copied().unwrap_or(24_000),
        channels: first.channels(),
        atmos: record.joint_objects.is_some(),
        ..Audio::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_ac3_gives_its_record() {
        let frame = [0x0b, 0x77, 0x9c, 0x5c, 0x18, 0x20, 0x43, 0xff, 0xf1, 0x06];
        let header = Header::parse(&frame).unwrap();
        assert!(!header.is_eac3);
        assert_eq!((header.sample_rate, header.channels, header.bit_rate), (48_000, 2, 256_000));
        assert_eq!((header.samples, header.frame_len), (1536, 1024));
        let record = dac3(&frame).unwrap();
        let audio = describe(&Codec::Ac3, &record).audio.unwrap();
        assert_eq!((audio.sample_rate, audio.channels), (48_000, 2));
        assert_eq!(dec3(&frame), None);
        assert_eq!(Header::parse(&frame[1..]), None);
    }

    /// A frame of Enhanced AC-3 in 3/2, filled up to 64 bytes.
    fn frame(stream_type: u32, lfeon: bool, map: Option<u32>, objects: Option<u32>) -> Vec<u8> {
        let mut bits = BitWriter::default();
        for (count, value) in [(16, 0x0b77), (2, stream_type), (3, 0), (11, 31), (2, 0), (2, 3)] {
            bits.put(count, value);
        }
        for (count, value) in [(3, 7), (1, lfeon.into()), (5, 16), (5, 27), (1, 1), (8, 0)] {
            bits.put(count, value);
        }
        if stream_type == 1 {
            bits.put(1, map.is_some().into());
            bits.put(if map.is_some() { 16 } else { 0 }, map.unwrap_or(0));
        }
        bits.put(1, 0); // no mixing data
        bits.put(1, 0); // no information
        bits.put(1, objects.is_some().into());
        if let Some(objects) = objects {
            bits.put(6, 1);
            bits.put(8, 1);
            bits.put(8, objects);
        }
        let mut frame = bits.into_bytes();
        frame.resize(64, 0);
        frame
    }

    #[test]
    fn seven_channels_and_one_are_an_independent_and_a_dependent_frame() {
        // Left and right surround, rear left and right.
        let unit = [frame(0, true, None, None), frame(1, false, Some(0x1a00), None)].concat();
        let first = Header::parse(&unit).unwrap();
        assert_eq!((first.kind, first.channels, first.frame_len), (Kind::Independent, 6, 64));
        let second = Header::parse(&unit[64..]).unwrap();
        assert_eq!((second.kind, second.channel_map), (Kind::Dependent, Some(0x1a00)));
        // A second unit does not count.
        let record = dec3(&[&unit[..], &unit].concat()).unwrap();
        let parsed = Dec3::parse(&record).unwrap();
        assert_eq!(parsed.independent.len(), 1);
        assert_eq!((parsed.independent[0].dependent, parsed.independent[0].more_channels), (1, 2));
        assert_eq!(parsed.data_rate, 32);
        let audio = describe(&Codec::Eac3, &record).audio.unwrap();
        assert_eq!((audio.channels, audio.atmos), (8, false));
    }

    #[test]
    fn atmos_is_told_at_the_end_of_the_header() {
        let record = dec3(&frame(0, true, None, Some(16))).unwrap();
        assert_eq!(record[5..], [1, 16]);
        let described = describe(&Codec::Eac3, &record);
        assert!(described.audio.unwrap().atmos);
        assert_eq!(described.codec_string.unwrap(), "ec-3");
        assert!(!describe(&Codec::Eac3, &record[..5]).audio.unwrap().atmos);
    }
}
