//! Packets of 188 bytes: how they follow one another in a file, and what their headers say
//! [ISO/IEC 13818-1, 2.4.3.2].

use std::io;

use media::Source;

/// Bytes of a packet.
pub(crate) const SIZE: usize = 188;
/// What every packet begins with.
pub(crate) const SYNC: u8 = 0x47;
/// Bytes from one packet to the next: plain; with an arrival time before each (M2TS); with
/// Reed-Solomon parity behind each.
const STRIDES: [usize; 3] = [SIZE, 192, 204];
/// As many packets in a row are no accident.
const ROW: usize = 5;
/// How far into a file the first packet is looked for.
const LEAD: usize = 64 << 10;

/// Where the first packet of these bytes is, and how many bytes there are to the next.
pub(crate) fn layout(start: &[u8]) -> Option<(usize, usize)> {
    let is_sync = |at: usize| start.get(at) == Some(&SYNC);
    for first in 0..start.len().min(LEAD) {
        if !is_sync(first) {
            continue;
        }
        for stride in STRIDES {
            let whole = (start.len() - first + stride - SIZE) / stride;
            let needed = whole.clamp(2, ROW);
            // A short file is believed only from its first byte on.
            let short = whole < ROW && first > 4;
            if !short && (0..needed).all(|number| is_sync(first + number * stride)) {
                return Some((first, stride));
            }
        }
    }
    None
}

/// The header of a packet, and what it carries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) pid: u16,
    /// Whether a PES packet or a section begins in it.
    pub(crate) start: bool,
    /// Whether the receiver knew that it is damaged.
    pub(crate) error: bool,
    pub(crate) scrambled: bool,
    pub(crate) counter: u8,
    /// Flags and fields, without their length. Empty if there are none.
    pub(crate) adaptation: &'a [u8],
    /// `None` if it has none, and then its counter does not count.
    pub(crate) payload: Option<&'a [u8]>,
}

impl<'a> Packet<'a> {
    #[inline]
    pub(crate) fn parse(bytes: &'a [u8; SIZE]) -> Self {
        let [_, one, two, three, rest @ ..] = bytes;
        let (mut adaptation, mut payload) = (&[][..], Some(&rest[..]));
        if three & 0x20 != 0 {
            let length = usize::from(rest[0]);
            adaptation = rest.get(1..=length).unwrap_or_default();
            payload = rest.get(1 + length..);
        }
        Self {
            pid: u16::from(one & 0x1f) << 8 | u16::from(*two),
            start: one & 0x40 != 0,
            error: one & 0x80 != 0,
            scrambled: three & 0xc0 != 0,
            counter: three & 0x0f,
            adaptation,
            payload: payload.filter(|_| three & 0x10 != 0),
        }
    }

    fn flags(&self) -> u8 {
        self.adaptation.first().copied().unwrap_or(0)
    }

    /// Whether counter or clock may go on from another number here.
    pub(crate) fn discontinuity(&self) -> bool {
        self.flags() & 0x80 != 0
    }

    /// Whether it says that decoding can begin here.
    pub(crate) fn random_access(&self) -> bool {
        self.flags() & 0x40 != 0
    }
}

/// What comes next in a file.
pub(crate) enum Step<'a> {
    /// A packet, and where it begins.
    Packet(u64, &'a [u8; SIZE]),
    /// Bytes that are no packets were left out.
    Garbage,
    /// The end.
    End,
}

/// The packets of a file from some position on.
pub(crate) struct Packets<'a> {
    source: &'a dyn Source,
    stride: usize,
    buffer: Vec<u8>,
    /// Where the buffer begins in the file.
    base: u64,
    /// The next packet in the buffer.
    at: usize,
    /// How many bytes of the buffer are filled.
    filled: usize,
    ended: bool,
    garbage: u64,
}

impl<'a> Packets<'a> {
    /// From the packet at `position` on, with reads of `chunk` bytes.
    pub(crate) fn new(source: &'a dyn Source, position: u64, stride: usize, chunk: usize) -> Self {
        let buffer = vec![0; chunk.max(16 * stride)];
        let (at, filled) = (0, 0);
        Self { source, stride, buffer, base: position, at, filled, ended: false, garbage: 0 }
    }

    /// Where the next packet begins.
    pub(crate) fn position(&self) -> u64 {
        self.base.saturating_add(self.at as u64)
    }

    /// How many bytes were left out because they are no packets.
    pub(crate) fn garbage(&self) -> u64 {
        self.garbage
    }

    /// The next packet.
    #[inline]
    pub(crate) fn step(&mut self) -> io::Result<Step<'_>> {
        if self.filled < self.at + SIZE {
            self.fill()?;
            if self.filled < self.at + SIZE {
                return Ok(Step::End);
            }
        }
        if self.buffer.get(self.at) != Some(&SYNC) {
            self.find_sync()?;
            return Ok(Step::Garbage);
        }
        let position = self.position();
        let at = self.at;
        self.at += self.stride;
        let packet = self.buffer.get(at..).and_then(<[u8]>::first_chunk::<SIZE>);
        Ok(packet.map_or(Step::End, |packet| Step::Packet(position, packet)))
    }

    /// Moves what is left to the front and reads on.
    fn fill(&mut self) -> io::Result<()> {
        let rest = self.filled.saturating_sub(self.at);
        // The next packet may begin behind what has been read.
        self.base = self.base.saturating_add(self.at as u64);
        self.buffer.copy_within(self.filled - rest..self.filled, 0);
        self.filled = rest;
        self.at = 0;
        while !self.ended && self.filled < self.buffer.len() {
            let position = self.base.saturating_add(self.filled as u64);
            let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.source.read_at(free, position) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Goes on to where packets follow one another again, or as far as the buffer tells.
    fn find_sync(&mut self) -> io::Result<()> {
        let ahead = 2 * self.stride;
        if self.filled <= self.at + 3 * self.stride {
            self.fill()?;
        }
        // The same whoever looks: a place is judged by what follows it, to the end of the file.
        let is_sync = |at: usize| self.buffer.get(..self.filled).and_then(|all| all.get(at));
        let in_row = |at: usize| {
            is_sync(at) == Some(&SYNC)
                && is_sync(at + self.stride).is_none_or(|byte| *byte == SYNC)
                && is_sync(at + ahead).is_none_or(|byte| *byte == SYNC)
        };
        let known = if self.ended { self.filled } else { self.filled.saturating_sub(ahead) };
        let next = Some(self.at + self.stride).filter(|next| *next < known && in_row(*next));
        let found = next.or_else(|| (self.at + 1..known).find(|at| in_row(*at)));
        let to = found.unwrap_or(known.max(self.at + 1)).min(self.filled);
        self.garbage += (to - self.at) as u64;
        self.at = to;
        Ok(())
    }
}

/// Whether the packets of one PID follow one another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Continuity {
    /// The counter of the last packet with a payload, and where it is.
    last: Option<(u8, u64)>,
}

/// How a packet follows the one before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Follows {
    /// As it should.
    Next,
    /// It is the same once more.
    Again,
    /// Something between is missing; `true` if nobody said so.
    Gap(bool),
}

impl Continuity {
    /// How this packet, which has a payload, follows the last one.
    #[inline]
    pub(crate) fn follow(
        &mut self,
        source: &dyn Source,
        position: u64,
        bytes: &[u8; SIZE],
        packet: &Packet<'_>,
    ) -> Follows {
        let Some((counter, before)) = self.last.replace((packet.counter, position)) else {
            return Follows::Next;
        };
        if packet.counter == (counter + 1) & 0x0f {
            return Follows::Next;
        }
        if packet.discontinuity() {
            return Follows::Gap(false);
        }
        if packet.counter == counter && is_copy(source, before, bytes) {
            return Follows::Again;
        }
        Follows::Gap(true)
    }
}

/// Whether the packet at `before` carries the same; only its clock may differ.
fn is_copy(source: &dyn Source, before: u64, bytes: &[u8; SIZE]) -> bool {
    let mut other = [0; SIZE];
    if media::read_exact_at(source, &mut other, before).is_err() {
        return false;
    }
    Packet::parse(&other).payload == Packet::parse(bytes).payload
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn file(lead: usize, stride: usize, count: usize) -> Vec<u8> {
        let mut file = vec![0xff; lead];
        for number in 0..count {
            let mut packet = vec![u8::try_from(number).unwrap(); stride];
            packet[0] = SYNC;
            file.extend(packet);
        }
        file
    }

    #[test]
    fn every_stride_is_found_behind_garbage() {
        for stride in STRIDES {
            for lead in [0, 1, 4, 1000] {
                assert_eq!(layout(&file(lead, stride, 9)), Some((lead, stride)), "{stride} {lead}");
            }
        }
        assert_eq!(layout(&[SYNC; 100]), None);
        assert_eq!(layout(b"GIF89a"), None);
        assert_eq!(layout(&[]), None);
    }

    #[test]
    fn packets_are_found_again_after_garbage() {
        let mut bytes = file(0, 188, 10);
        bytes.splice(188 * 4..188 * 4, vec![7; 333]);
        bytes.extend(vec![1; 100]);
        let mut packets = Packets::new(&bytes, 0, 188, 0);
        let mut found = Vec::new();
        loop {
            match packets.step().unwrap() {
                Step::Packet(_, packet) => found.push(packet[1]),
                Step::Garbage => {}
                Step::End => break,
            }
        }
        assert_eq!(found, (0..10).collect::<Vec<_>>());
        assert!(packets.garbage() >= 333);
    }
}
