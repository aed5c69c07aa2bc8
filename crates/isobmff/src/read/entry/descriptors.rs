//! Elementary stream descriptors [ISO/IEC 14496-1, 7.2.6], as far as a decoder needs them.
//!
//! Read here and not by mp4-atom, because `QuickTime` leaves out descriptors that the standard
//! demands.

use crate::read::boxes::{Cursor, full};

/// What an `esds` box says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Descriptors {
    /// `objectTypeIndication` (mp4ra.org).
    pub object_type: u8,
    /// `DecoderSpecificInfo`, if any.
    pub specific: Vec<u8>,
}

/// Reads the body of an `esds` box.
pub(super) fn parse(body: &[u8]) -> Option<Descriptors> {
    let (_, _, mut cursor) = full(body)?;
    let (tag, stream) = descriptor(&mut cursor)?;
    let mut inside = match tag {
        3 => {
            let mut inside = Cursor::new(stream);
            inside.skip(2)?;
            let flags = inside.u8()?;
            if flags & 0x80 != 0 {
                inside.skip(2)?;
            }
            if flags & 0x40 != 0 {
                let length = inside.u8()?;
                inside.skip(length.into())?;
            }
            if flags & 0x20 != 0 {
                inside.skip(2)?;
            }
            let (tag, config) = descriptor(&mut inside)?;
            (tag == 4).then(|| Cursor::new(config))?
        }
        4 => Cursor::new(stream),
        _ => return None,
    };
    let object_type = inside.u8()?;
    // Stream type, buffer size, bit rates.
    inside.skip(12)?;
    let specific = descriptor(&mut inside).filter(|(tag, _)| *tag == 5);
    Some(Descriptors {
        object_type,
        specific: specific.map(|(_, bytes)| bytes.to_vec()).unwrap_or_default(),
    })
}

/// One descriptor: its tag and what is in it, as far as it is there.
fn descriptor<'a>(cursor: &mut Cursor<'a>) -> Option<(u8, &'a [u8])> {
    let tag = cursor.u8()?;
    let mut size = 0usize;
    for _ in 0..4 {
        let byte = cursor.u8()?;
        size = size << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let there = cursor.rest().len();
    Some((tag, cursor.take(size.min(there))?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_decoder_specific_info_is_found_with_short_and_long_sizes() {
        let short =
            [&[0, 0, 0, 0, 3, 22, 0, 1, 0, 4, 17, 0x40, 0x15][..], &[0; 11], &[5, 2, 0x12, 0x10]]
                .concat();
        let expected = Descriptors { object_type: 0x40, specific: vec![0x12, 0x10] };
        assert_eq!(parse(&short).unwrap(), expected);
        let long =
            [
                &[
                    0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 34, 0, 1, 0, 4, 0x80, 0x80, 0x80, 20, 0x40,
                    0x15,
                ][..],
                &[0; 11],
                &[5, 0x80, 0x80, 0x80, 2, 0x12, 0x10, 6, 0x80, 0x80, 0x80, 1, 2],
            ]
            .concat();
        assert_eq!(parse(&long).unwrap(), expected);
        for cut in 0..short.len() {
            let _ = parse(&short[..cut]);
        }
    }
}
