//! From codec IDs to codecs and their configuration records [Matroska codec mappings].

use media::Codec;

use crate::entry::{Entry, Sound, Type};

/// The codec of a track, and its configuration as [`Codec`] lays it out, as far as the headers
/// of the file have it.
pub(crate) fn codec(entry: &Entry) -> (Codec, Vec<u8>) {
    let id = entry.codec.as_str();
    let private = || entry.private.clone();
    match id {
        "V_MPEG4/ISO/AVC" => (Codec::H264, private()),
        "V_MPEGH/ISO/HEVC" => (Codec::Hevc, private()),
        "V_AV1" => (Codec::Av1, private()),
        "V_VP8" => (Codec::Vp8, Vec::new()),
        "V_VP9" => (Codec::Vp9, Vec::new()),
        "V_MS/VFW/FOURCC" => (fourcc(entry.private.get(16..20)), private()),
        "V_QUICKTIME" => (fourcc(entry.private.get(4..8)), private()),
        "A_AAC" if !entry.private.is_empty() => (Codec::Aac, private()),
        "A_MPEG/L3" => (Codec::Mp3, Vec::new()),
        "A_MPEG/L2" | "A_MPEG/L1" => (Codec::Mp2, Vec::new()),
        "A_AC3" | "A_AC3/BSID9" | "A_AC3/BSID10" => (Codec::Ac3, Vec::new()),
        "A_EAC3" => (Codec::Eac3, Vec::new()),
        "A_OPUS" | "A_OPUS/EXPERIMENTAL" => {
            (Codec::Opus, bitstream::opus::head_to_dops(&entry.private).unwrap_or_default())
        }
        "A_VORBIS" => (Codec::Vorbis, private()),
        "A_FLAC" => (Codec::Flac, bitstream::flac::dfla(&entry.private).unwrap_or_default()),
        "A_PCM/INT/LIT" => (integers(entry.sound, false), Vec::new()),
        "A_PCM/INT/BIG" => (integers(entry.sound, true), Vec::new()),
        "A_PCM/FLOAT/IEEE" => (floats(entry.sound.bits), Vec::new()),
        "A_MS/ACM" => wave(&entry.private),
        "S_TEXT/UTF8" | "S_TEXT/ASCII" => (Codec::Srt, Vec::new()),
        "S_TEXT/ASS" | "S_TEXT/SSA" | "S_ASS" | "S_SSA" => (Codec::Ass, private()),
        "S_TEXT/WEBVTT" => (Codec::WebVtt, private()),
        "S_HDMV/PGS" => (Codec::Pgs, Vec::new()),
        "S_VOBSUB" => (Codec::VobSub, private()),
        "S_DVBSUB" => (Codec::DvbSub, private()),
        _ if id.starts_with("D_WEBVTT/") => (Codec::WebVtt, id.as_bytes().to_vec()),
        _ if id.starts_with("A_AAC") => (Codec::Aac, aac(id, entry.sound)),
        _ => (Codec::Other(other(id)), private()),
    }
}

/// The kind of a track, where what it holds says more than its type.
pub(crate) fn kind(entry: &Entry) -> Type {
    if entry.codec.starts_with("D_WEBVTT/") { Type::Text } else { entry.kind }
}

/// Codings that have a name and no more.
fn other(id: &str) -> String {
    let name = match id {
        "V_MPEG1" => "mpeg1video",
        "V_MPEG2" => "mpeg2video",
        "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => "mpeg4",
        "V_MPEG4/MS/V3" => "msmpeg4v3",
        "V_THEORA" => "theora",
        "V_PRORES" => "prores",
        "V_FFV1" => "ffv1",
        "V_MJPEG" => "mjpeg",
        "V_SNOW" => "snow",
        "V_DIRAC" => "dirac",
        "V_UNCOMPRESSED" => "rawvideo",
        "V_MPEGI/ISO/VVC" => "vvc",
        "A_DTS" | "A_DTS/EXPRESS" | "A_DTS/LOSSLESS" => "dts",
        "A_TRUEHD" => "truehd",
        "A_MLP" => "mlp",
        "A_ALAC" => "alac",
        "A_TTA1" => "tta",
        "A_WAVPACK4" => "wavpack",
        "A_REAL/COOK" => "cook",
        "S_HDMV/TEXTST" => "hdmv_text_subtitle",
        "S_KATE" => "kate",
        _ => {
            // The part that tells: "S_ARIBSUB" is "aribsub".
            let name = id.get(2..).filter(|name| !name.is_empty()).unwrap_or("unknown");
            return name.to_ascii_lowercase();
        }
    };
    name.to_owned()
}

/// A coding by its four characters, as AVI and `QuickTime` name it.
fn fourcc(code: Option<&[u8]>) -> Codec {
    let Some(code) = code else { return Codec::Other("unknown".into()) };
    let code = String::from_utf8_lossy(code).to_ascii_lowercase();
    let name = match code.as_str() {
        "xvid" | "divx" | "dx50" | "fmp4" | "mp4v" | "3iv2" => "mpeg4",
        "div3" | "mp43" | "div4" | "div5" | "div6" => "msmpeg4v3",
        "mp42" | "div2" => "msmpeg4v2",
        "wmv3" => "wmv3",
        "wvc1" => "vc1",
        "mjpg" | "jpeg" => "mjpeg",
        "svq3" => "svq3",
        "apch" | "apcn" | "apcs" | "apco" | "ap4h" | "ap4x" => "prores",
        "mpg2" | "mpeg" => "mpeg2video",
        // Start codes instead of lengths: not what `Codec::H264` means.
        "h264" | "x264" | "avc1" => "h264_annexb",
        other => other.trim_matches(['\0', ' ']),
    };
    Codec::Other(if name.is_empty() { "unknown".into() } else { name.into() })
}

fn integers(sound: Sound, big_endian: bool) -> Codec {
    match u8::try_from(sound.bits) {
        // Eight bits have no sign [Matroska codec mappings, A_PCM/INT/LIT].
        Ok(bits @ (8 | 16 | 24 | 32)) => {
            Codec::Pcm { bits, big_endian, float: false, signed: bits != 8 }
        }
        _ => Codec::Other(format!("pcm_{}", sound.bits)),
    }
}

fn floats(bits: u16) -> Codec {
    match u8::try_from(bits) {
        Ok(bits @ (32 | 64)) => Codec::Pcm { bits, big_endian: false, float: true, signed: true },
        _ => Codec::Other(format!("pcm_f{bits}")),
    }
}

/// Sound by its `WAVEFORMATEX`.
fn wave(format: &[u8]) -> (Codec, Vec<u8>) {
    let word =
        |at| -> Option<u16> { Some(u16::from_le_bytes(*format.get(at..)?.first_chunk::<2>()?)) };
    let (tag, bits) = (word(0).unwrap_or(0), word(14).unwrap_or(0));
    let extra = || format.get(18..).unwrap_or_default().to_vec();
    // The format of an extensible one begins its GUID.
    let tag = if tag == 0xFFFE { word(24).unwrap_or(tag) } else { tag };
    let codec = match tag {
        0x0001 => integers(Sound { bits, ..Sound::default() }, false),
        0x0003 => floats(bits),
        0x0006 => Codec::Other("pcm_alaw".into()),
        0x0007 => Codec::Other("pcm_mulaw".into()),
        0x0050 => Codec::Mp2,
        0x0055 => Codec::Mp3,
        0x00FF => return (Codec::Aac, extra()),
        0x0160 => Codec::Other("wmav1".into()),
        0x0161 => Codec::Other("wmav2".into()),
        0x0162 => Codec::Other("wmapro".into()),
        0x2000 => Codec::Ac3,
        0x2001 => Codec::Other("dts".into()),
        _ => Codec::Other(format!("wave_{tag:04x}")),
    };
    let config = if matches!(codec, Codec::Other(_)) { extra() } else { Vec::new() };
    (codec, config)
}

/// The `AudioSpecificConfig` [ISO/IEC 14496-3, 1.6.2.1] that an ID of old says:
/// `A_AAC/MPEG4/LC/SBR`.
fn aac(id: &str, sound: Sound) -> Vec<u8> {
    let part = |name| id.split('/').any(|part| part == name);
    let object = match () {
        () if part("MAIN") => 1_u8,
        () if part("SSR") => 3,
        () if part("LTP") => 4,
        () => 2,
    };
    let Some(rate) = frequency(sound.rate) else { return Vec::new() };
    let channels = u8::try_from(sound.channels).unwrap_or(2) & 15;
    // Seven full-range channels and one for bass have the number 7.
    let channels = if channels == 8 { 7 } else { channels };
    let mut config = vec![object << 3 | rate >> 1, rate << 7 | channels << 3];
    if part("SBR") {
        let output = if sound.output > 0.0 { sound.output } else { sound.rate * 2.0 };
        if let Some(output) = frequency(output) {
            // The backward compatible signalling: an extension that old decoders do not see.
            config.extend_from_slice(&[0x56, 0xE5, 0x80 | output << 3]);
        }
    }
    config
}

/// The number of a sampling rate [ISO/IEC 14496-3, 1.6.3.4].
fn frequency(rate: f64) -> Option<u8> {
    const RATES: [f64; 13] = [
        96000.0, 88200.0, 64000.0, 48000.0, 44100.0, 32000.0, 24000.0, 22050.0, 16000.0, 12000.0,
        11025.0, 8000.0, 7350.0,
    ];
    let found = RATES.iter().position(|known| (known - rate).abs() < 1.0)?;
    u8::try_from(found).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aac_of_old_ids_gets_the_configuration_that_they_say() {
        let sound = Sound { rate: 44100.0, channels: 2, ..Sound::default() };
        assert_eq!(aac("A_AAC/MPEG4/LC", sound), [0x12, 0x10]);
        let sound = Sound { rate: 24000.0, output: 48000.0, channels: 2, bits: 0 };
        assert_eq!(aac("A_AAC/MPEG2/LC/SBR", sound), [0x13, 0x10, 0x56, 0xE5, 0x98]);
    }

    #[test]
    fn a_coding_without_a_name_of_ours_keeps_its_own() {
        let entry = |codec: &str| Entry { codec: codec.into(), ..Entry::default() };
        assert_eq!(codec(&entry("S_ARIBSUB")).0, Codec::Other("aribsub".into()));
        assert_eq!(codec(&entry("")).0, Codec::Other("unknown".into()));
        assert_eq!(codec(&entry("V_MS/VFW/FOURCC")).0, Codec::Other("unknown".into()));
    }
}
