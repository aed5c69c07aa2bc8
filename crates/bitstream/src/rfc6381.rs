//! Codec strings (RFC 6381), one function for each family of codings.
//!
//! What a browser makes of a string decides whether it plays at all, so they are exact to the
//! letter: lower case, zeros and the parts that may be left out included.

use std::fmt::Write as _;

use media::{Codec, Colour, DolbyVision};

use crate::hevc::ProfileTierLevel;

/// `avc1.PPCCLL` [ISO/IEC 14496-15, E.2]: `profile_idc`, constraint flags, `level_idc`.
pub fn avc([profile, constraints, level]: [u8; 3]) -> String {
    format!("avc1.{profile:02x}{constraints:02x}{level:02x}")
}

/// `hvc1.2.4.L120.B0` [ISO/IEC 14496-15, E.3].
pub fn hevc(general: &ProfileTierLevel) -> String {
    let space = match general.space {
        1 => "A",
        2 => "B",
        3 => "C",
        _ => "",
    };
    let (profile, level) = (general.profile, general.level);
    // In the string, flag 0 is the lowest bit.
    let compatibility = general.compatibility.reverse_bits();
    let tier = if general.high_tier { 'H' } else { 'L' };
    let mut out = format!("hvc1.{space}{profile}.{compatibility:X}.{tier}{level}");
    let used = general.constraints.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    for byte in general.constraints.iter().take(used) {
        let _ = write!(out, ".{byte:X}");
    }
    out
}

/// What the string of an AV1 or VP9 stream is made from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Sampling {
    pub(crate) profile: u8,
    pub(crate) level: u8,
    pub(crate) bit_depth: u8,
    pub(crate) colour: Colour,
}

/// `av01.0.04M.10` with, where anything differs from BT.709 in 4:2:0, also
/// `.0.110.09.16.09.0` [AV1 in ISOBMFF, 5]. `chroma` are the three digits of subsampling.
pub(crate) fn av1(base: Sampling, high_tier: bool, monochrome: bool, chroma: [u8; 3]) -> String {
    let tier = if high_tier { 'H' } else { 'M' };
    let Sampling { profile, level, bit_depth, colour } = base;
    let mut out = format!("av01.{profile}.{level:02}{tier}.{bit_depth:02}");
    // Where chroma samples lie decides nothing, so it alone is no reason for the long form.
    let plain_chroma = chroma[..2] == [1, 1];
    if monochrome || !plain_chroma || !is_default(colour) {
        let [x, y, position] = chroma;
        let Colour { primaries, transfer, matrix, full_range } = colour;
        let (monochrome, full_range) = (u8::from(monochrome), u8::from(full_range));
        let _ = write!(
            out,
            ".{monochrome}.{x}{y}{position}.{primaries:02}.{transfer:02}.{matrix:02}.{full_range}"
        );
    }
    out
}

/// `vp09.00.31.08` with, where anything differs from BT.709 in 4:2:0, also `.01.09.16.09.00`
/// [VP codec ISO media binding, "Codecs Parameter String"]. `fourcc` is `vp09` or `vp08`.
pub(crate) fn vpx(fourcc: &str, base: Sampling, chroma: u8) -> String {
    let Sampling { profile, level, bit_depth, colour } = base;
    let mut out = format!("{fourcc}.{profile:02}.{level:02}.{bit_depth:02}");
    // Both kinds of 4:2:0 are played alike.
    if chroma > 1 || !is_default(colour) {
        let Colour { primaries, transfer, matrix, full_range } = colour;
        let full_range = u8::from(full_range);
        let _ =
            write!(out, ".{chroma:02}.{primaries:02}.{transfer:02}.{matrix:02}.{full_range:02}");
    }
    out
}

/// BT.709, or nothing said, which players take for it.
fn is_default(colour: Colour) -> bool {
    let known = |code: u8| matches!(code, 1 | 2);
    known(colour.primaries) && known(colour.transfer) && known(colour.matrix) && !colour.full_range
}

/// `mp4a.40.2` [RFC 6381, 3.3]: object type indication 0x40, then the audio object type.
pub fn aac(object_type: u8) -> String {
    format!("mp4a.40.{object_type}")
}

/// MPEG audio of layer III: the object type indication of MPEG-1 or, at half rates, MPEG-2 audio.
pub fn mp3(half_rate: bool) -> String {
    if half_rate { "mp4a.69" } else { "mp4a.6B" }.to_owned()
}

/// MPEG audio of layers I and II.
///
/// The object type indications 6B and 69 cover all three layers, and every browser takes them for
/// layer III. The audio object types 32 and 33 of MPEG-4 name the layer, so who cannot play it can
/// say so.
pub fn mpeg_layer(layer: u8) -> String {
    aac(if layer == 1 { 32 } else { 33 })
}

/// Codings whose string is the name of their sample entry.
pub(crate) fn plain(codec: &Codec) -> Option<&'static str> {
    Some(match codec {
        Codec::Ac3 => "ac-3",
        Codec::Eac3 => "ec-3",
        Codec::Opus => "opus",
        Codec::Flac => "flac",
        Codec::Vorbis => "vorbis",
        Codec::Pcm { float: true, .. } => "fpcm",
        Codec::Pcm { .. } => "ipcm",
        Codec::Tx3g => "tx3g",
        Codec::WvttBoxes | Codec::WebVtt => "wvtt",
        Codec::Stpp => "stpp",
        _ => return None,
    })
}

/// `dvh1.08.06` [Dolby Vision streams within ISOBMFF, "codecs"]: sample entry, profile, level. The
/// profile decides the base coding and so the entry.
pub fn dolby_vision_string(vision: &DolbyVision) -> String {
    let entry = match vision.profile {
        0 | 1 | 9 => "dva1",
        10 => "dav1",
        _ => "dvh1",
    };
    format!("{entry}.{:02}.{:02}", vision.profile, vision.level)
}

/// The brand that stands behind the string in `SUPPLEMENTAL-CODECS` (`dvh1.08.06/db1p`), where the
/// base layer is for other players; `None` where it is not, and the string belongs into `CODECS`.
///
/// `transfer` is that of the base layer: HLG is told from BT.2020 with the preferred transfer in a
/// message.
pub fn dolby_vision_brand(vision: &DolbyVision, transfer: u8) -> Option<&'static str> {
    match vision.compatibility {
        1 => Some("db1p"),
        2 => Some("db2g"),
        4 if transfer == 14 => Some("db4g"),
        4 => Some("db4h"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hevc_strings_drop_zero_constraints_at_the_end_only() {
        let mut general = ProfileTierLevel {
            profile: 2,
            compatibility: 0x2000_0000,
            constraints: [0xb0, 0, 0, 0, 0, 0],
            level: 120,
            ..ProfileTierLevel::default()
        };
        assert_eq!(hevc(&general), "hvc1.2.4.L120.B0");
        general.constraints = [0x90, 0, 8, 0, 0, 0];
        (general.space, general.high_tier) = (1, true);
        assert_eq!(hevc(&general), "hvc1.A2.4.H120.90.0.8");
        general.constraints = [0; 6];
        assert_eq!(hevc(&general), "hvc1.A2.4.H120");
    }

    #[test]
    fn long_forms_are_written_only_for_what_is_not_default() {
        let mut base = Sampling { level: 4, bit_depth: 8, ..Sampling::default() };
        assert_eq!(av1(base, false, false, [1, 1, 0]), "av01.0.04M.08");
        assert_eq!(av1(base, false, false, [1, 1, 2]), "av01.0.04M.08");
        assert_eq!(av1(base, true, true, [1, 1, 0]), "av01.0.04H.08.1.110.02.02.02.0");
        base.colour = Colour { primaries: 9, transfer: 16, matrix: 9, full_range: false };
        base.bit_depth = 10;
        assert_eq!(av1(base, false, false, [1, 1, 1]), "av01.0.04M.10.0.111.09.16.09.0");
        (base.profile, base.level) = (2, 31);
        assert_eq!(vpx("vp09", base, 1), "vp09.02.31.10.01.09.16.09.00");
        base.colour = Colour { primaries: 1, transfer: 1, matrix: 1, full_range: false };
        assert_eq!(vpx("vp09", base, 1), "vp09.02.31.10");
        assert_eq!(vpx("vp09", base, 3), "vp09.02.31.10.03.01.01.01.00");
    }

    #[test]
    fn dolby_vision_names_its_entry_and_its_base_layer() {
        let mut vision = DolbyVision { profile: 8, level: 6, compatibility: 4, record: vec![] };
        assert_eq!(dolby_vision_string(&vision), "dvh1.08.06");
        assert_eq!(dolby_vision_brand(&vision, 18), Some("db4h"));
        assert_eq!(dolby_vision_brand(&vision, 14), Some("db4g"));
        (vision.profile, vision.compatibility) = (10, 1);
        assert_eq!(dolby_vision_string(&vision), "dav1.10.06");
        assert_eq!(dolby_vision_brand(&vision, 16), Some("db1p"));
        (vision.profile, vision.compatibility) = (5, 0);
        assert_eq!(dolby_vision_string(&vision), "dvh1.05.06");
        assert_eq!(dolby_vision_brand(&vision, 16), None);
    }
}
