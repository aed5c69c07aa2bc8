//! Configurations that the headers of the file lack and the first frames have.

use media::{Codec, Ratio, Unreadable};

use crate::{entry::Entry, opening::Seen, reader::Reader, scan::unframed};

/// The most of a frame that is read.
const MOST: u32 = 128 << 10;
/// A record this short has no parameter sets: `hvcC` without any has 23 bytes.
const SHORT: usize = 24;

/// The start of the sound or picture that the configuration is to be taken from; empty where none
/// is needed.
pub(crate) fn frames(
    codec: &Codec,
    config: &[u8],
    entry: &Entry,
    seen: &[Seen],
    reader: &mut Reader<'_>,
) -> Result<Vec<u8>, Unreadable> {
    let count = match codec {
        // As many as may make up 1536 samples, which is what the record speaks of.
        Codec::Eac3 => 6,
        Codec::Ac3 | Codec::Opus | Codec::Mp2 | Codec::Mp3 | Codec::Vp8 | Codec::Vp9 => 1,
        Codec::H264 | Codec::Hevc | Codec::Av1 if config.len() < SHORT => 1,
        _ => 0,
    };
    let mut bytes = Vec::new();
    for seen in seen.iter().take(count) {
        let frame = reader.bytes(seen.offset, seen.size.min(MOST).into())?;
        bytes.extend(unframed(&entry.framing, frame));
    }
    Ok(bytes)
}

/// Completes a configuration from the start of the first frames.
pub(crate) fn complete(
    codec: &Codec,
    config: Vec<u8>,
    frames: &[u8],
    entry: &Entry,
    frame_rate: Option<Ratio>,
) -> Vec<u8> {
    if frames.is_empty() {
        return config;
    }
    match codec {
        Codec::Ac3 => bitstream::ac3::dac3(frames).unwrap_or(config),
        Codec::Eac3 => bitstream::ac3::dec3(frames).unwrap_or(config),
        Codec::Vp8 | Codec::Vp9 => {
            let (width, height) = entry.picture.coded();
            bitstream::vpc_config(codec, frames, width, height, frame_rate)
        }
        Codec::H264 | Codec::Hevc | Codec::Av1 => {
            bitstream::complete(codec, &config, frames).unwrap_or(config)
        }
        _ => config,
    }
}
