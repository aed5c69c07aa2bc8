//! What each coding needs around its samples in a transport stream.

use media::{Codec, Language, Track};

use super::{
    NotCarried,
    tables::{self, Entry},
};
use crate::{frame::AAC_RATES, nal::Kind};

/// How pictures are written.
#[derive(Clone, Debug)]
pub(super) struct Pictures {
    pub(super) kind: Kind,
    /// A delimiter with its start code.
    pub(super) delimiter: Vec<u8>,
    /// Parameter sets with their start codes.
    pub(super) sets: Vec<u8>,
}

/// How sound is written.
#[derive(Clone, Debug)]
pub(super) struct Sound {
    /// Of a PES packet.
    pub(super) stream_id: u8,
    /// The header of a frame of AAC without its length.
    pub(super) adts: Option<[u8; 7]>,
}

fn refuse(track: &Track, reason: &str) -> NotCarried {
    NotCarried { codec: track.codec.name().to_owned(), reason: reason.to_owned() }
}

impl Pictures {
    pub(super) fn of(track: &Track) -> Result<(Self, Entry), NotCarried> {
        let (kind, delimiter, stream_type, descriptors) = match track.codec {
            // Any picture may follow.
            Codec::H264 => (Kind::H264, vec![0, 0, 0, 1, 0x09, 0xf0], 0x1b, Vec::new()),
            Codec::Hevc => {
                let delimiter = vec![0, 0, 0, 1, 0x46, 0x01, 0x50];
                (Kind::Hevc, delimiter, 0x24, tables::registration(*b"HEVC"))
            }
            _ => return Err(refuse(track, "clients know only H.264 and HEVC there")),
        };
        if bitstream::nal::length_size(&track.codec, &track.config) != 4 {
            return Err(refuse(track, "the lengths before its NAL units are not of 4 bytes"));
        }
        let mut sets = Vec::new();
        for unit in bitstream::nal::parameter_sets(&track.codec, &track.config) {
            sets.extend_from_slice(&[0, 0, 0, 1]);
            sets.extend_from_slice(&unit);
        }
        let entry = Entry { pid: tables::VIDEO, kind: stream_type, descriptors };
        Ok((Self { kind, delimiter, sets }, entry))
    }
}

impl Sound {
    pub(super) fn of(track: &Track) -> Result<(Self, Entry), NotCarried> {
        let rate = track.audio().map_or(0, |audio| audio.sample_rate);
        let (kind, stream_id, adts, mut descriptors) = match track.codec {
            Codec::Aac => (0x0f, 0xc0, Some(adts(track)?), Vec::new()),
            // The rates of MPEG-1; the halves of them are MPEG-2's.
            Codec::Mp3 | Codec::Mp2 if rate >= 32_000 || rate == 0 => {
                (0x03, 0xc0, None, Vec::new())
            }
            Codec::Mp3 | Codec::Mp2 => (0x04, 0xc0, None, Vec::new()),
            Codec::Ac3 => (0x81, 0xbd, None, tables::registration(*b"AC-3")),
            Codec::Eac3 => (0x87, 0xbd, None, tables::registration(*b"EAC3")),
            _ => return Err(refuse(track, "clients know only AAC, MPEG audio and AC-3 there")),
        };
        descriptors.extend(language(track.language.as_ref()));
        Ok((Self { stream_id, adts }, Entry { pid: tables::AUDIO, kind, descriptors }))
    }

    /// Bytes before each frame.
    pub(super) fn header(&self) -> usize {
        self.adts.map_or(0, |header| header.len())
    }
}

fn language(language: Option<&Language>) -> Vec<u8> {
    tables::language(language)
}

/// The header of a frame of AAC [ISO/IEC 13818-7, 6.2] by its configuration
/// [ISO/IEC 14496-3, 1.6.2.1]. What extends the core (SBR, PS) is found by decoders themselves.
fn adts(track: &Track) -> Result<[u8; 7], NotCarried> {
    let mut bits = bitstream::bits::Bits::new(&track.config);
    let mut read = || {
        let object = |bits: &mut bitstream::bits::Bits<'_>| {
            let kind = bits.read(5)?;
            if kind == 31 { Some(32 + bits.read(6)?) } else { Some(kind) }
        };
        let rate = |bits: &mut bitstream::bits::Bits<'_>| {
            let index = bits.read(4)?;
            if index < 15 {
                return Some(index);
            }
            let rate = bits.read(24)?;
            let known = AAC_RATES.iter().position(|known| *known == rate)?;
            u32::try_from(known).ok()
        };
        let mut kind = object(&mut bits)?;
        let index = rate(&mut bits)?;
        let channels = bits.read(4)?;
        if matches!(kind, 5 | 29) {
            rate(&mut bits)?;
            kind = object(&mut bits)?;
        }
        Some((kind, index, channels))
    };
    let (kind, index, channels) =
        read().ok_or_else(|| refuse(track, "its configuration cannot be read"))?;
    if !(1..=4).contains(&kind) {
        return Err(refuse(track, "its profile has no place in ADTS"));
    }
    if !(1..=7).contains(&channels) {
        return Err(refuse(track, "its channels have no place in ADTS"));
    }
    let byte = |value: u32| u8::try_from(value & 0xff).unwrap_or(0);
    let second = byte((kind - 1) << 6 | index << 2 | channels >> 2);
    Ok([0xff, 0xf1, second, byte((channels & 3) << 6), 0, 0x1f, 0xfc])
}
