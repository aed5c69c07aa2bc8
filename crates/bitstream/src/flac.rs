//! FLAC: stream information [RFC 9639, 8.2], and its record from the header of a stream.

use media::Audio;

use crate::{Described, bits::Bits, rfc6381};

const STREAMINFO: usize = 34;

/// The body of `dfLa`, without version and flags, from the header of a stream as Matroska keeps it
/// (`fLaC` and metadata blocks), or from such a body. Only the stream information is kept:
/// everything else is for people and may be large.
pub fn dfla(header: &[u8]) -> Option<Vec<u8>> {
    const LAST: u8 = 0x80;
    let info = stream_info(header)?;
    let mut out = vec![LAST, 0, 0, u8::try_from(STREAMINFO).unwrap_or(0)];
    out.extend_from_slice(info);
    Some(out)
}

/// The stream information, which is always the first block.
fn stream_info(header: &[u8]) -> Option<&[u8]> {
    let blocks = header.strip_prefix(b"fLaC").unwrap_or(header);
    let (head, body) = blocks.split_first_chunk::<4>()?;
    // Length 34, type 0, be it the last block or not.
    if head[0] & 0x7f != 0 || head[1..] != [0, 0, 34] {
        return None;
    }
    body.get(..STREAMINFO)
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let mut described = Described {
        codec_string: rfc6381::plain(&media::Codec::Flac).map(str::to_owned),
        ..Described::default()
    };
    let _ = stream_info(config).and_then(|info| read(info, &mut described));
    described
}

fn read(info: &[u8], described: &mut Described) -> Option<()> {
    let mut bits = Bits::new(info);
    let (smallest, largest) = (bits.read(16)?, bits.read(16)?);
    bits.skip(24 + 24)?; // sizes of frames
    let sample_rate = bits.read(20)?;
    let channels = u16::try_from(bits.read(3)? + 1).ok()?;
    let depth = u16::try_from(bits.read(5)? + 1).ok()?;
    // A stream of one block size has it but for the last frame.
    described.frame_samples = (smallest == largest && largest > 0).then_some(largest);
    described.coded_rate = Some(sample_rate);
    described.audio = Some(Audio { sample_rate, channels, bits: depth, ..Audio::default() });
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stream_information_is_kept() {
        let mut info = vec![0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0];
        // 44100 Hz, 2 channels, 16 bits.
        info.extend_from_slice(&[0x0a, 0xc4, 0x42, 0xf0]);
        info.resize(STREAMINFO, 0);
        let mut header = b"fLaC\0\0\0\x22".to_vec();
        header.extend_from_slice(&info);
        header.extend_from_slice(&[0x84, 0, 0, 3, 1, 2, 3]);
        let record = dfla(&header).unwrap();
        assert_eq!(record.len(), 38);
        assert_eq!(record[0], 0x80);
        assert_eq!(dfla(&record).unwrap(), record);
        let described = describe(&record);
        assert_eq!(described.frame_samples, Some(4096));
        let audio = described.audio.unwrap();
        assert_eq!((audio.sample_rate, audio.channels, audio.bits), (44_100, 2, 16));
        assert_eq!(dfla(&header[..30]), None);
    }
}
