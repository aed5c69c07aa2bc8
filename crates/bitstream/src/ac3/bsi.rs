//! The header of a frame of Enhanced AC-3, to its very end, where Dolby Atmos is told
//! [ETSI TS 102 366, E.1.2.2].

use super::{Coding, Header, Kind, RATES};
use crate::bits::Bits;

pub(super) fn parse(bytes: &[u8]) -> Option<Header> {
    let mut bits = Bits::new(bytes.get(2..)?);
    let stream_type = bits.byte(2)?;
    let kind = match stream_type {
        0 => Kind::Independent,
        1 => Kind::Dependent,
        2 => Kind::Converted,
        _ => return None,
    };
    let substream = bits.byte(3)?;
    let words = bits.read(11)? + 1;
    let fscod = bits.byte(2)?;
    let code = bits.byte(2)?; // fscod2 or numblkscod
    let (sample_rate, blocks) = if fscod == 3 {
        (RATES.get(usize::from(code))? / 2, 6)
    } else {
        (*RATES.get(usize::from(fscod))?, *[1, 2, 3, 6].get(usize::from(code))?)
    };
    let acmod = bits.byte(3)?;
    let lfeon = bits.flag()?;
    let coding = Coding { fscod, bsid: bits.byte(5)?, bsmod: 0, acmod, lfeon };
    let bit_rate = u64::from(words) * 16 * u64::from(sample_rate) / (blocks * 256);
    let mut header = Header {
        is_eac3: true,
        kind,
        substream,
        frame_len: usize::try_from(words * 2).ok()?,
        samples: u32::try_from(blocks * 256).ok()?,
        sample_rate,
        channels: coding.channels(),
        bit_rate: u32::try_from(bit_rate).ok()?,
        coding,
        size_code: 0,
        channel_map: None,
        joint_objects: None,
    };
    // The frame may be cut off here, or be damaged: it is known well enough.
    let _ = parse_rest(&mut bits, &mut header, blocks);
    Some(header)
}

/// From the level of dialogue on.
fn parse_rest(bits: &mut Bits, header: &mut Header, blocks: u64) -> Option<()> {
    let Coding { fscod, acmod, .. } = header.coding;
    for _ in 0..if acmod == 0 { 2 } else { 1 } {
        bits.skip(5)?; // dialnorm
        optional(bits, 8)?; // compr
    }
    if header.kind == Kind::Dependent && bits.flag()? {
        header.channel_map = u16::try_from(bits.read(16)?).ok();
    }
    if bits.flag()? {
        skip_mixing(bits, header, blocks)?;
    }
    if bits.flag()? {
        header.coding.bsmod = bits.byte(3)?;
        bits.skip(2)?; // copyrightb, origbs
        if acmod == 2 {
            bits.skip(4)?; // dsurmod, dheadphonmod
        }
        if acmod >= 6 {
            bits.skip(2)?; // dsurexmod
        }
        for _ in 0..if acmod == 0 { 2 } else { 1 } {
            optional(bits, 8)?; // mixlevel, roomtyp, adconvtyp
        }
        if fscod < 3 {
            bits.skip(1)?; // sourcefscod
        }
    }
    if header.kind == Kind::Independent && blocks != 6 {
        bits.skip(1)?; // convsync
    }
    if header.kind == Kind::Converted && (blocks == 6 || bits.flag()?) {
        bits.skip(6)?; // frmsizecod
    }
    if bits.flag()? {
        let length = bits.byte(6)? + 1;
        // [ETSI TS 103 420, 8.3.1]: seven reserved bits and flag_ec3_extension_type_a.
        if length >= 2 && bits.byte(8)? & 1 == 1 {
            header.joint_objects = bits.byte(8);
        }
    }
    Some(())
}

/// A flag and, where it is set, so many bits.
fn optional(bits: &mut Bits, count: usize) -> Option<()> {
    if bits.flag()? { bits.skip(count) } else { Some(()) }
}

/// From `dmixmod` to `blkmixcfginfo`.
fn skip_mixing(bits: &mut Bits, header: &Header, blocks: u64) -> Option<()> {
    let Coding { acmod, lfeon, .. } = header.coding;
    if acmod > 2 {
        bits.skip(2)?;
    }
    if acmod & 1 == 1 && acmod > 2 {
        bits.skip(6)?; // ltrtcmixlev, lorocmixlev
    }
    if acmod & 4 == 4 {
        bits.skip(6)?; // ltrtsurmixlev, lorosurmixlev
    }
    if lfeon {
        optional(bits, 5)?; // lfemixlevcod
    }
    if header.kind != Kind::Independent {
        return Some(());
    }
    for _ in 0..if acmod == 0 { 2 } else { 1 } {
        optional(bits, 6)?; // pgmscl
    }
    optional(bits, 6)?; // extpgmscl
    match bits.read(2)? {
        1 => bits.skip(5)?,
        2 => bits.skip(12)?,
        3 => {
            let bytes = usize::try_from(bits.read(5)?).ok()? + 2;
            bits.skip(bytes * 8)?;
        }
        _ => {}
    }
    if acmod < 2 {
        for _ in 0..if acmod == 0 { 2 } else { 1 } {
            optional(bits, 14)?; // panmean, paninfo
        }
    }
    if bits.flag()? {
        if blocks == 1 {
            bits.skip(5)?;
        } else {
            for _ in 0..blocks {
                optional(bits, 5)?; // blkmixcfginfo
            }
        }
    }
    Some(())
}
