//! EBML: element headers and the values in them [RFC 8794].

/// The most bytes that an element header takes here: an ID of four, a size of eight.
pub(crate) const HEADER: usize = 12;

/// An element header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    /// With its length marker, as the standards write IDs.
    pub(crate) id: u32,
    /// Bytes of the element's data; `None` where the writer did not know.
    pub(crate) size: Option<u64>,
    /// Bytes of the header itself.
    pub(crate) length: u64,
}

impl Header {
    /// The header that begins here; `None` where none does, or not all of it is here.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let first = *bytes.first()?;
        let id_length = first.leading_zeros() as usize + 1;
        if id_length > 4 {
            return None;
        }
        let id = bytes.get(..id_length)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let (size, size_length) = number(bytes.get(id_length..)?)?;
        Some(Self { id, size, length: (id_length + size_length) as u64 })
    }
}

/// A number that tells its own length, and that length; `None` in it for the one that is reserved
/// for "unknown" (all bits set).
pub(crate) fn number(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let rest = bytes.get(1..length)?;
    // Of eight bytes, the first is the marker alone.
    let head = if length == 8 { 0 } else { u64::from(first) & (0xFF >> length) };
    let value = rest.iter().fold(head, |value, byte| value << 8 | u64::from(*byte));
    let unknown = (1 << (7 * length)) - 1;
    Some(((value != unknown).then_some(value), length))
}

/// An element whose data are at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) id: u32,
    pub(crate) data: &'a [u8],
}

/// The elements in `bytes`, one after the other, up to what is none. One that claims more than
/// there is has what there is.
pub(crate) fn children(bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let header = Header::read(rest)?;
        let data = rest.get(usize::try_from(header.length).ok()?..)?;
        let size = header.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let (data, behind) = data.split_at(size.min(data.len()));
        rest = behind;
        Some(Element { id: header.id, data })
    })
}

impl<'a> Element<'a> {
    pub(crate) fn children(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        children(self.data)
    }

    /// An unsigned number, big-endian, of up to eight bytes; 0 for none.
    pub(crate) fn uint(&self) -> u64 {
        let from = self.data.len().saturating_sub(8);
        let last = self.data.get(from..).unwrap_or_default();
        last.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// The same where only what fits into 32 bits means anything.
    pub(crate) fn small(&self) -> u32 {
        u32::try_from(self.uint()).unwrap_or(u32::MAX)
    }

    pub(crate) fn flag(&self) -> bool {
        self.uint() != 0
    }

    /// A signed number of eight bytes: dates.
    pub(crate) fn date(&self) -> Option<i64> {
        Some(i64::from_be_bytes(*self.data.first_chunk::<8>()?))
    }

    pub(crate) fn float(&self) -> f64 {
        match self.data.len() {
            4 => self.data.first_chunk().map_or(0.0, |bytes| f32::from_be_bytes(*bytes).into()),
            8 => self.data.first_chunk().map_or(0.0, |bytes| f64::from_be_bytes(*bytes)),
            _ => 0.0,
        }
    }

    /// Text up to the first zero byte, without what is no UTF-8.
    pub(crate) fn text(&self) -> String {
        let end = self.data.iter().position(|byte| *byte == 0).unwrap_or(self.data.len());
        String::from_utf8_lossy(self.data.get(..end).unwrap_or_default()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn headers_tell_id_size_and_their_own_length() {
        let read = |bytes: &[u8]| Header::read(bytes);
        let header = |id, size, length| Some(Header { id, size, length });
        assert_eq!(read(&[0xA3, 0x85, 1]), header(0xA3, Some(5), 2));
        assert_eq!(read(&[0x1F, 0x43, 0xB6, 0x75, 0xFF]), header(0x1F43_B675, None, 5));
        assert_eq!(read(&[0xEC, 0x40, 0x02]), header(0xEC, Some(2), 3));
        let long = [0xEC, 1, 0, 0, 0, 0, 0, 1, 0];
        assert_eq!(read(&long), header(0xEC, Some(256), 9));
        let unknown = [0xEC, 1, 255, 255, 255, 255, 255, 255, 255];
        assert_eq!(read(&unknown), header(0xEC, None, 9));
        for none in [&[][..], &[0], &[0x08, 1, 1], &[0xA3], &[0xA3, 0], &[0x1F, 0x43]] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_child_that_claims_too_much_has_what_there_is() {
        let bytes = [0xD7, 0x81, 7, 0x86, 0x84, b'a', b'b', 0];
        let found: Vec<_> = children(&bytes).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found.first().unwrap().uint(), 7);
        assert_eq!(found.last().unwrap().text(), "ab");
    }
}
