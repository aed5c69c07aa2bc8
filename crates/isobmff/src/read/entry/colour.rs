//! Colours and light in a visual sample entry [ISO/IEC 14496-12, 12.1.5 to 12.1.7].

use media::{Colour, DolbyVision};

use crate::read::boxes::{Cursor, full};

/// A `colr` box that states code points; `None` for one that carries an ICC profile.
pub(super) fn colr(body: &[u8]) -> Option<Colour> {
    let mut cursor = Cursor::new(body);
    let kind = cursor.four()?;
    if !matches!(&kind, b"nclx" | b"nclc") {
        return None;
    }
    let mut point = || cursor.u16().map(|point| u8::try_from(point).unwrap_or(2));
    let (primaries, transfer, matrix) = (point()?, point()?, point()?);
    let full_range = kind == *b"nclx" && cursor.u8().unwrap_or(0) & 0x80 != 0;
    Some(Colour { primaries, transfer, matrix, full_range })
}

/// An `SmDm` box [VP codec ISO media binding] as the body of an `mdcv` box: other order of
/// primaries, other units.
pub(super) fn smdm(body: &[u8]) -> Option<Vec<u8>> {
    let (_, _, mut cursor) = full(body)?;
    // Fractions of 65536 become units of 0.00002.
    let mut chroma = || {
        let value = u32::from(cursor.u16()?);
        u16::try_from((value * 50_000 + 32_768) / 65_536).ok()
    };
    let (red, green, blue) =
        ((chroma()?, chroma()?), (chroma()?, chroma()?), (chroma()?, chroma()?));
    let white = (chroma()?, chroma()?);
    // 24.8 and 18.14 fixed point become units of 0.0001 cd/m².
    let brightest = u64::from(cursor.u32()?) * 10_000 / 256;
    let darkest = u64::from(cursor.u32()?) * 10_000 / 16_384;
    let mut out = Vec::with_capacity(24);
    for (x, y) in [green, blue, red, white] {
        out.extend_from_slice(&x.to_be_bytes());
        out.extend_from_slice(&y.to_be_bytes());
    }
    for light in [brightest, darkest] {
        out.extend_from_slice(&u32::try_from(light).unwrap_or(u32::MAX).to_be_bytes());
    }
    Some(out)
}

/// A `dvcC`, `dvvC` or `dvwC` box [Dolby Vision streams within ISOBMFF, 3.2].
pub(super) fn dolby_vision(body: &[u8]) -> Option<DolbyVision> {
    let mut cursor = Cursor::new(body);
    cursor.skip(2)?;
    let bits = cursor.u16()?;
    let more = cursor.u8().unwrap_or(0);
    let mut record = body.get(..body.len().min(24)).unwrap_or_default().to_vec();
    record.resize(24, 0);
    Some(DolbyVision {
        profile: (bits >> 9) as u8,
        level: (bits >> 3 & 0x3F) as u8,
        compatibility: more >> 4,
        record,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn code_points_of_both_kinds_are_read() {
        let hlg = [&b"nclx"[..], &[0, 9, 0, 18, 0, 9, 0x80]].concat();
        let colour = colr(&hlg).unwrap();
        assert_eq!((colour.primaries, colour.transfer, colour.matrix), (9, 18, 9));
        assert!(colour.full_range);
        let bt709 = colr(&[&b"nclc"[..], &[0, 1, 0, 1, 0, 1]].concat()).unwrap();
        assert_eq!((bt709.transfer, bt709.full_range), (1, false));
        assert_eq!(colr(b"prof...."), None);
    }

    #[test]
    fn a_mastering_display_of_vp9_becomes_that_of_the_standard() {
        let mut body = vec![0; 4];
        for value in [0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290] {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            body.extend_from_slice(&((value * 65536.0) as u16).to_be_bytes());
        }
        body.extend_from_slice(&(1000u32 << 8).to_be_bytes());
        body.extend_from_slice(&164u32.to_be_bytes());
        let mdcv = smdm(&body).unwrap();
        assert_eq!(mdcv.len(), 24);
        assert_eq!(&mdcv[..4], [8500u16.to_be_bytes(), 39850u16.to_be_bytes()].concat());
        assert_eq!(&mdcv[16..20], 10_000_000u32.to_be_bytes());
        assert_eq!(&mdcv[20..], 100u32.to_be_bytes());
    }

    #[test]
    fn dolby_vision_says_profile_level_and_what_others_see() {
        let record = dolby_vision(&[1, 0, 0x10, 0x25, 0x40]).unwrap();
        assert_eq!((record.profile, record.level, record.compatibility), (8, 4, 4));
        assert_eq!(record.record.len(), 24);
    }
}
