//! PES packets: their headers, and their payloads piece by piece [ISO/IEC 13818-1, 2.4.3.6].

/// Where a byte of an elementary stream is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Place {
    /// The first transport packet of the PES packet that it is in.
    pub(crate) offset: u64,
    /// How many bytes of the PES packet's payload come before it.
    pub(crate) skip: u32,
}

impl Place {
    /// So many bytes further into the same PES packet.
    pub(crate) fn plus(self, bytes: usize) -> Self {
        let skip = u32::try_from(bytes).map_or(u32::MAX, |bytes| self.skip.saturating_add(bytes));
        Self { skip, ..self }
    }
}

/// The times in the header of a PES packet, in 33 bits of 90 kHz.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Stamp {
    pub(crate) pts: Option<u64>,
    pub(crate) dts: Option<u64>,
}

/// A piece of the payload of a PES packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    /// Where `data` begins.
    pub(crate) place: Place,
    /// The header, if the PES packet begins with this piece.
    pub(crate) stamp: Option<Stamp>,
    pub(crate) data: &'a [u8],
}

/// Takes the headers off the PES packets of one PID.
///
/// The length that a header states is not believed: writers get it wrong for large pictures, and
/// what follows it until the next PES packet is never anything else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unwrap {
    state: State,
    place: Place,
    /// A header that goes on in the next packet.
    header: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum State {
    /// Waits for the next PES packet.
    #[default]
    Outside,
    Header,
    Payload,
}

impl Unwrap {
    /// The payload of one transport packet that begins at `position`.
    #[inline]
    pub(crate) fn feed<'a>(
        &mut self,
        position: u64,
        start: bool,
        payload: &'a [u8],
    ) -> Option<Piece<'a>> {
        if start {
            self.place = Place { offset: position, skip: 0 };
            self.header.clear();
            self.state = State::Header;
        }
        match self.state {
            State::Outside => None,
            State::Header => self.head(payload),
            State::Payload => {
                let place = self.place;
                self.place = place.plus(payload.len());
                Some(Piece { place, stamp: None, data: payload })
            }
        }
    }

    /// Drops the rest of the PES packet: something of it is missing.
    pub(crate) fn cut(&mut self) {
        self.state = State::Outside;
    }

    fn head<'a>(&mut self, payload: &'a [u8]) -> Option<Piece<'a>> {
        let before = self.header.len();
        self.header.extend_from_slice(payload);
        match header(&self.header) {
            Header::More => None,
            Header::None => {
                self.state = State::Outside;
                None
            }
            Header::Is(length, stamp) => {
                self.state = State::Payload;
                let data = payload.get(length.saturating_sub(before)..).unwrap_or_default();
                let place = self.place;
                self.place = place.plus(data.len());
                Some(Piece { place, stamp: Some(stamp), data })
            }
        }
    }
}

enum Header {
    /// It goes on in the next packet.
    More,
    /// It is none that carries media.
    None,
    /// So many bytes, with these times.
    Is(usize, Stamp),
}

fn header(bytes: &[u8]) -> Header {
    let prefix = [0, 0, 1];
    let known = bytes.len().min(3);
    if bytes.get(..known) != prefix.get(..known) {
        return Header::None;
    }
    let [_, _, _, id, _, _, marker, flags, length, ..] = *bytes else { return Header::More };
    // These carry maps, padding, navigation: nothing with a header like this.
    if matches!(id, 0xbc | 0xbe | 0xbf | 0xf0..=0xf2 | 0xf8 | 0xff) || marker & 0xc0 != 0x80 {
        return Header::None;
    }
    let length = 9 + usize::from(length);
    if bytes.len() < length {
        return Header::More;
    }
    let fields = bytes.get(9..length).unwrap_or_default();
    let pts = (flags & 0x80 != 0).then(|| time(fields)).flatten();
    let dts = (flags & 0xc0 == 0xc0).then(|| time(fields.get(5..)?)).flatten();
    Header::Is(length, Stamp { pts, dts })
}

/// 33 bits in five bytes with marker bits.
fn time(bytes: &[u8]) -> Option<u64> {
    let fields = bytes.first_chunk::<5>()?.map(u64::from);
    let [top, upper, middle, lower, bottom] = fields;
    Some((top >> 1 & 7) << 30 | upper << 22 | (middle >> 1) << 15 | lower << 7 | bottom >> 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const PES: [u8; 17] =
        [0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0x2f, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];

    #[test]
    fn a_header_may_go_on_in_the_next_packet() {
        for cut in 0..=PES.len() {
            let mut unwrap = Unwrap::default();
            let first = unwrap.feed(7, true, &PES[..cut]);
            let second = unwrap.feed(8, false, &PES[cut..]);
            let pieces: Vec<_> = first.into_iter().chain(second).collect();
            let data: Vec<u8> = pieces.iter().flat_map(|piece| piece.data).copied().collect();
            assert_eq!(data, [1, 2, 3]);
            assert_eq!(pieces[0].stamp.unwrap().pts, Some((1 << 33) - 1));
            assert_eq!(pieces.last().unwrap().place.offset, 7);
        }
    }

    #[test]
    fn what_does_not_begin_like_a_pes_packet_is_left_out() {
        let mut unwrap = Unwrap::default();
        assert!(unwrap.feed(0, false, &PES).is_none());
        assert!(unwrap.feed(0, true, &[0, 1, 2]).is_none());
        assert!(unwrap.feed(0, false, &PES).is_none());
    }
}
