//! Audio sample entries [ISO/IEC 14496-12, 12.2.3] and `QuickTime` sound descriptions of version 0,
//! 1 and 2.

use media::{Audio, Codec};

use super::{Entry, Facts, Packing, descriptors::Descriptors, names, pcm};
use crate::read::boxes::{Cursor, FourCc, child, descend, full};

/// The fields before the boxes.
#[derive(Clone, Copy, Debug, Default)]
struct Fields<'a> {
    channels: u16,
    bits: u16,
    rate: u32,
    /// Version 1: samples of the tables in a frame of one channel, and bytes of a frame.
    packing: Option<Packing>,
    /// Version 2: bits and format flags of `lpcm`.
    lpcm: Option<(u32, u32)>,
    inside: &'a [u8],
}

pub(super) fn entry(kind: FourCc, fields: &[u8], list_version: u8) -> Entry {
    let fields = read(fields, list_version).unwrap_or_default();
    let inside = fields.inside;
    let encrypted = kind == *b"enca";
    let original = descend(inside, &[b"sinf", b"frma"]).and_then(|body| Cursor::new(body).four());
    let kind = if encrypted { original.unwrap_or(kind) } else { kind };
    let mut audio =
        Audio { sample_rate: fields.rate, channels: fields.channels, ..Audio::default() };
    let (codec, config, layer_unknown) = coding(kind, &fields);
    let mut packing = fields.packing;
    match &codec {
        Codec::Pcm { bits, .. } => {
            audio.bits = (*bits).into();
            let bytes = u32::from(audio.bits / 8) * u32::from(audio.channels.max(1));
            packing = Some(Packing { samples: 1, bytes });
        }
        Codec::Flac => audio.bits = fields.bits,
        Codec::Other(name) if name == "alac" => audio.bits = fields.bits,
        Codec::Other(name) if matches!(name.as_str(), "pcm_mulaw" | "pcm_alaw") => {
            audio.bits = 8;
            packing = Some(Packing { samples: 1, bytes: audio.channels.max(1).into() });
        }
        _ => {}
    }
    Entry { kind, codec, config, encrypted, facts: Facts::Audio { audio, packing, layer_unknown } }
}

fn read(fields: &[u8], list_version: u8) -> Option<Fields<'_>> {
    let mut cursor = Cursor::new(fields);
    // In a list of version 1 an entry of version 1 is the standard's own, with the fields of 0.
    let version = cursor.u16()?;
    cursor.skip(6)?;
    let (channels, bits) = (cursor.u16()?, cursor.u16()?);
    cursor.skip(4)?;
    let rate = cursor.u32()? >> 16;
    let mut fields = Fields { channels, bits, rate, ..Fields::default() };
    match version {
        1 if list_version == 0 => {
            let samples = cursor.u32()?;
            cursor.skip(4)?;
            let bytes = cursor.u32()?;
            cursor.skip(4)?;
            fields.packing = (samples > 0 && bytes > 0).then_some(Packing { samples, bytes });
        }
        2 => {
            cursor.skip(4)?;
            let rate = f64::from_bits(cursor.u64()?);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
            let rate = rate.round() as u32;
            fields.rate = rate;
            fields.channels = u16::try_from(cursor.u32()?).unwrap_or(u16::MAX);
            cursor.skip(4)?;
            let bits = cursor.u32()?;
            fields.bits = u16::try_from(bits).unwrap_or(0);
            fields.lpcm = Some((bits, cursor.u32()?));
            cursor.skip(8)?;
        }
        _ => {}
    }
    fields.inside = cursor.rest();
    // The rate of a high sampling rate, which 16 bits cannot hold [ISO/IEC 14496-12, 12.2.6].
    if let Some((_, _, mut rate)) = child(fields.inside, b"srat").and_then(full) {
        fields.rate = rate.u32().filter(|rate| *rate > 0).unwrap_or(fields.rate);
    }
    Some(fields)
}

/// The coding, its configuration, and whether the layer of MPEG audio is yet to be found out.
fn coding(kind: FourCc, fields: &Fields<'_>) -> (Codec, Vec<u8>, bool) {
    let inside = fields.inside;
    let wave = child(inside, b"wave").unwrap_or_default();
    let body = |kind: &FourCc| child(inside, kind).or_else(|| child(wave, kind));
    let bytes = |kind: &FourCc| body(kind).unwrap_or_default().to_vec();
    let plain = |codec: Codec| (codec, Vec::new(), false);
    let uncompressed = match fields.lpcm.filter(|_| kind == *b"lpcm") {
        Some((bits, flags)) => pcm::lpcm(bits, flags),
        None => pcm::codec(kind, fields.bits, inside),
    };
    if let Some(codec) = uncompressed {
        return plain(codec);
    }
    match &kind {
        b"ac-3" | b"sac3" => (Codec::Ac3, bytes(b"dac3"), false),
        b"ec-3" => (Codec::Eac3, bytes(b"dec3"), false),
        b"Opus" => (Codec::Opus, bytes(b"dOps"), false),
        b"fLaC" => (Codec::Flac, bytes(b"dfLa").get(4..).unwrap_or_default().to_vec(), false),
        b".mp3" | b"mp3 " | b"ms\0\x55" => plain(Codec::Mp3),
        b".mp2" | b".mp1" | b"ms\0\x50" => plain(Codec::Mp2),
        _ => {
            if let Some(esds) = body(b"esds").and_then(super::descriptors::parse) {
                return by_object_type(kind, esds);
            }
            let name = names::audio(kind).map_or_else(|| names::lower(kind), str::to_owned);
            // AAC as QuickTime and careless writers have it: without any description.
            plain(if kind == *b"mp4a" { Codec::Aac } else { Codec::Other(name) })
        }
    }
}

/// What the object type and the configuration in an `esds` box say (mp4ra.org).
fn by_object_type(kind: FourCc, esds: Descriptors) -> (Codec, Vec<u8>, bool) {
    match esds.object_type {
        // MPEG-4 audio also knows the layers of MPEG-1 and other codings by its own numbers
        // [ISO/IEC 14496-3, 1.5.1].
        0x40 => match audio_object_type(&esds.specific) {
            Some(32 | 33) => (Codec::Mp2, Vec::new(), false),
            Some(34) => (Codec::Mp3, Vec::new(), false),
            Some(36) => (Codec::Other("mp4als".to_owned()), Vec::new(), false),
            _ => (Codec::Aac, esds.specific, false),
        },
        0x66..=0x68 => (Codec::Aac, esds.specific, false),
        0x69 | 0x6B => (Codec::Mp3, Vec::new(), true),
        0xA5 => (Codec::Ac3, Vec::new(), false),
        0xA6 => (Codec::Eac3, Vec::new(), false),
        0xDD => (Codec::Vorbis, xiph_lacing(esds.specific), false),
        number => {
            let name = names::object_type(number).or_else(|| names::audio(kind));
            let name = name.map_or_else(|| format!("mp4a.{number:02x}"), str::to_owned);
            (Codec::Other(name), Vec::new(), false)
        }
    }
}

fn audio_object_type(config: &[u8]) -> Option<u8> {
    let (first, second) = (*config.first()?, config.get(1).copied().unwrap_or(0));
    let short = first >> 3;
    Some(if short == 31 { 32 + ((first & 7) << 3 | second >> 5) } else { short })
}

/// The three headers of Vorbis, each behind its length in 16 bits, as Xiph lacing.
fn xiph_lacing(config: Vec<u8>) -> Vec<u8> {
    if !config.starts_with(&[0, 30]) {
        return config;
    }
    let mut cursor = Cursor::new(&config);
    let mut header = || {
        let length = cursor.u16()?;
        cursor.take(length.into())
    };
    let Some((first, second, third)) =
        header().zip(header()).zip(header()).map(|((a, b), c)| (a, b, c))
    else {
        return config;
    };
    let mut out = vec![2];
    for header in [first, second] {
        out.extend(std::iter::repeat_n(255, header.len() / 255));
        out.push(u8::try_from(header.len() % 255).unwrap_or(0));
    }
    out.extend_from_slice(first);
    out.extend_from_slice(second);
    out.extend_from_slice(third);
    out
}
