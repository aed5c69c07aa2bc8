//! Uncompressed sound: what the letters of an entry and the boxes in it say of its numbers.

use media::Codec;

use super::super::boxes::{Cursor, FourCc, child, descend, full};

/// What kind of numbers they are; `bits` is what the entry says. `None` if it is not PCM.
pub(super) fn codec(kind: FourCc, bits: u16, inside: &[u8]) -> Option<Codec> {
    let bits = u8::try_from(bits).unwrap_or(16);
    // A box inside the entry may turn the order of bytes round.
    let turned = descend(inside, &[b"wave", b"enda"]).or_else(|| child(inside, b"enda"));
    let little = turned.and_then(|body| Cursor::new(body).u16()).is_some_and(|value| value != 0);
    let (bits, big_endian, float, signed) = match &kind {
        b"sowt" => (bits, false, false, true),
        b"twos" => (bits, true, false, true),
        // Eight bits have no sign here, more have one.
        b"raw " | b"NONE" => (bits, true, false, bits > 8),
        b"in24" => (24, !little, false, true),
        b"in32" => (32, !little, false, true),
        b"fl32" => (32, !little, true, true),
        b"fl64" => (64, !little, true, true),
        b"ipcm" | b"fpcm" => {
            // [ISO/IEC 23003-5, 5.1]
            let (_, _, mut cursor) = child(inside, b"pcmC").and_then(full)?;
            let (flags, bits) = (cursor.u8()?, cursor.u8()?);
            (bits, flags & 1 == 0, kind == *b"fpcm", true)
        }
        _ => return None,
    };
    known(bits).then_some(Codec::Pcm { bits, big_endian, float, signed })
}

/// `lpcm` of a sound description of version 2: its format flags say it all.
pub(super) fn lpcm(bits: u32, flags: u32) -> Option<Codec> {
    let bits = u8::try_from(bits).ok().filter(|bits| known(*bits))?;
    let float = flags & 1 != 0;
    Some(Codec::Pcm { bits, big_endian: flags & 2 != 0, float, signed: float || flags & 4 != 0 })
}

fn known(bits: u8) -> bool {
    matches!(bits, 8 | 16 | 24 | 32 | 64)
}
