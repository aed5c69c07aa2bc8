//! Boxes and the fields in them [ISO/IEC 14496-12, 4.2]. Nothing here fails on damage: what is cut
//! off is shorter, what is missing is `None`.

/// The four letters of a box, a brand, a sample entry.
pub(super) type FourCc = [u8; 4];

/// A box inside another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<'a> {
    /// What it is.
    pub kind: FourCc,
    /// What is in it, as far as it is there.
    pub body: &'a [u8],
}

/// The boxes in `body`, one after the other. A box that claims more than there is has the rest.
pub(super) fn children(body: &[u8]) -> Children<'_> {
    Children { rest: body }
}

/// See [`children`].
#[derive(Clone, Debug)]
pub(super) struct Children<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Children<'a> {
    type Item = Child<'a>;

    fn next(&mut self) -> Option<Child<'a>> {
        let header = Header::parse(self.rest)?;
        let all = match header.size {
            Size::Known(size) => usize::try_from(size).unwrap_or(usize::MAX),
            Size::Rest => usize::MAX,
        };
        let (this, rest) = self.rest.split_at(all.min(self.rest.len()));
        self.rest = rest;
        Some(Child { kind: header.kind, body: this.get(header.length..).unwrap_or_default() })
    }
}

/// The first box of this kind in `body`.
#[allow(clippy::trivially_copy_pass_by_ref)] // `b"moov"` is a reference
pub(super) fn child<'a>(body: &'a [u8], kind: &FourCc) -> Option<&'a [u8]> {
    children(body).find(|child| child.kind == *kind).map(|child| child.body)
}

/// The first box along this path of kinds.
pub(super) fn descend<'a>(body: &'a [u8], path: &[&FourCc]) -> Option<&'a [u8]> {
    path.iter().try_fold(body, |body, kind| child(body, kind))
}

/// The beginning of a box.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Header {
    /// What it is.
    pub kind: FourCc,
    /// How long it is, this header included.
    pub size: Size,
    /// How long this header is: 8 or 16.
    pub length: usize,
}

/// How long a box is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Size {
    /// So many bytes with its header.
    Known(u64),
    /// Up to the end of what it is in.
    Rest,
}

impl Header {
    /// The longest form.
    pub(super) const LONGEST: usize = 16;

    /// Reads one; `None` if no box begins like that (a size below its header's own, zeros).
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let (short, kind) = (cursor.u32()?, cursor.four()?);
        let (size, length) = match short {
            0 if kind == [0; 4] => return None,
            0 => (Size::Rest, 8),
            1 => (Size::Known(cursor.u64()?), 16),
            _ => (Size::Known(short.into()), 8),
        };
        let sane = size == Size::Rest || matches!(size, Size::Known(size) if size >= length as u64);
        sane.then_some(Self { kind, size, length })
    }
}

/// Version and flags of a full box, and what comes after them [ISO/IEC 14496-12, 4.2.2].
pub(super) fn full(body: &[u8]) -> Option<(u8, u32, Cursor<'_>)> {
    let mut cursor = Cursor::new(body);
    let word = cursor.u32()?;
    Some((word.to_be_bytes()[0], word & 0x00FF_FFFF, cursor))
}

/// Reads fields one after the other; `None` at the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(|_| ())
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(super) fn four(&mut self) -> Option<FourCc> {
        self.array()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    /// A field of 32 bits, or of 64 if `wide`.
    pub(super) fn either(&mut self, wide: bool) -> Option<u64> {
        if wide { self.u64() } else { self.u32().map(u64::from) }
    }
}

/// The letters for a message, with what cannot be printed shown as `.`.
pub(super) fn letters(kind: FourCc) -> String {
    kind.iter()
        .map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn boxes_of_every_kind_of_size_follow_each_other() {
        let bytes = [
            &[0, 0, 0, 9][..],
            b"free",
            &[7],
            &[0, 0, 0, 1],
            b"wide",
            &[0, 0, 0, 0, 0, 0, 0, 18, 1, 2],
            &[0, 0, 0, 0],
            b"mdat",
            &[3, 4, 5],
        ]
        .concat();
        let found: Vec<_> = children(&bytes).map(|child| (child.kind, child.body)).collect();
        let expected: [(FourCc, &[u8]); 3] =
            [(*b"free", &[7]), (*b"wide", &[1, 2]), (*b"mdat", &[3, 4, 5])];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_box_that_claims_more_than_there_is_has_the_rest_and_padding_ends() {
        let bytes = [&[0, 0, 1, 0][..], b"udta", &[1, 2]].concat();
        assert_eq!(child(&bytes, b"udta"), Some(&[1, 2][..]));
        assert_eq!(children(&[0; 12]).count(), 0);
        assert_eq!(children(b"\0\0\0\x04free").count(), 0);
        assert_eq!(children(b"\0\0\0").count(), 0);
    }
}
