//! Sample entries of sound [ISO/IEC 14496-12, 12.2.3].

use media::{Audio, Codec, Track};

use super::{Out, UNKNOWN, Why, config, esds::esds, misplaced, reference};

pub(super) fn entry(out: &mut Out, track: &Track, audio: &Audio) -> Result<(), Why> {
    // The object types of ISO/IEC 14496-1, 7.2.6.6, and that of Vorbis, which only usage knows.
    let mp4a = |out: &mut Out, object_type, config: &[u8]| {
        sound(out, *b"mp4a", audio, 16, |out| esds(out, track, object_type, config));
    };
    match &track.codec {
        Codec::Aac => mp4a(out, 0x40, config(track, 2)?),
        // Of half the sampling rates that MPEG-1 has, and less: MPEG-2.
        Codec::Mp3 | Codec::Mp2 if audio.sample_rate < 32_000 => mp4a(out, 0x69, &[]),
        Codec::Mp3 | Codec::Mp2 => mp4a(out, 0x6B, &[]),
        Codec::Vorbis => mp4a(out, 0xDD, config(track, 64)?),
        Codec::Ac3 => with_record(out, *b"ac-3", audio, *b"dac3", config(track, 3)?),
        Codec::Eac3 => with_record(out, *b"ec-3", audio, *b"dec3", config(track, 5)?),
        Codec::Opus => {
            let record = config(track, 11)?;
            let decoded = Audio { sample_rate: 48_000, ..audio.clone() };
            with_record(out, *b"Opus", &decoded, *b"dOps", record);
        }
        Codec::Flac => {
            let blocks = config(track, 38)?;
            sound(out, *b"fLaC", audio, flac_bits(blocks), |out| {
                out.full_box(*b"dfLa", 0, 0, |out| out.put(blocks));
            });
        }
        Codec::Pcm { bits, big_endian, float, signed } => match (bits, big_endian, float, signed) {
            (8, _, false, false) => sound(out, *b"raw ", audio, 8, |_| ()),
            (16, true, false, true) => sound(out, *b"twos", audio, 16, |_| ()),
            (16, false, false, true) => sound(out, *b"sowt", audio, 16, |_| ()),
            (8 | 24 | 32, _, false, true) | (32 | 64, _, true, _) => {
                lpcm(out, audio, *bits, (*float, *big_endian));
            }
            _ => return Err(UNKNOWN),
        },
        other => return Err(misplaced(other)),
    }
    Ok(())
}

fn with_record(out: &mut Out, name: [u8; 4], audio: &Audio, kind: [u8; 4], record: &[u8]) {
    sound(out, name, audio, 16, |out| out.boxed(kind, |out| out.put(record)));
}

fn sound(
    out: &mut Out,
    name: [u8; 4],
    audio: &Audio,
    bits: u16,
    description: impl FnOnce(&mut Out),
) {
    out.boxed(name, |out| {
        reference(out);
        out.zeros(8);
        out.u16(audio.channels);
        out.u16(bits);
        out.zeros(4);
        out.u32(u32::from(expressible(audio.sample_rate)) << 16);
        description(out);
    });
}

/// Bits of a sample, from `STREAMINFO` [RFC 9639, 8.2]. Chromium refuses a stream whose sample
/// entry differs.
fn flac_bits(blocks: &[u8]) -> u16 {
    let pair = blocks.get(16..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    (u16::from_be_bytes(pair) >> 4 & 0x1F) + 1
}

/// The sampling rate, or the greatest even part of it that the field can hold, as FLAC demands and
/// nobody minds [FLAC in ISOBMFF, 3.3.1].
fn expressible(rate: u32) -> u16 {
    let part = (1..=16)
        .find_map(|part| u16::try_from(rate / part).ok().filter(|_| rate.is_multiple_of(part)));
    part.unwrap_or(0)
}

/// Samples of any format, as `QuickTime` describes them (sound sample description, version 2): the
/// boxes of ISO/IEC 23003-5 are not yet known to most players.
fn lpcm(out: &mut Out, audio: &Audio, bits: u8, (float, big_endian): (bool, bool)) {
    let flags = u32::from(float)
        | u32::from(big_endian) << 1
        | u32::from(!float) << 2 // signed
        | 1 << 3; // packed
    out.boxed(*b"lpcm", |out| {
        reference(out);
        out.u16(2);
        out.zeros(6);
        out.u16(3);
        out.u16(16);
        out.i16(-2);
        out.u16(0);
        out.u32(0x0001_0000);
        out.u32(72);
        out.u64(f64::from(audio.sample_rate).to_bits());
        out.u32(u32::from(audio.channels));
        out.u32(0x7F00_0000);
        out.u32(u32::from(bits));
        out.u32(flags);
        out.u32(u32::from(audio.channels) * u32::from(bits / 8));
        out.u32(1);
    });
}
