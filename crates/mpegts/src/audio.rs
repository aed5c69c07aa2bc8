//! Frames of sound, wherever they begin and end in PES packets.

use crate::{
    frame::{Coding, Header, Read},
    pes::Place,
};

/// As many bytes tell what a frame is.
const HEAD: usize = 9;

/// A sample of sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) place: Place,
    /// Bytes, without what is not sent.
    pub(crate) size: u32,
    /// Samples of each channel.
    pub(crate) samples: u32,
    /// The number of the PES packet that it begins in.
    pub(crate) pes: u32,
}

/// Parts the payload of PES packets into frames.
#[derive(Debug)]
pub(crate) struct Splitter {
    coding: Coding,
    /// How many PES packets have begun.
    pes: u32,
    /// What may be a header.
    head: Vec<(u8, Place, u32)>,
    /// How many bytes of a frame are to come.
    left: usize,
    /// The last frame: it is complete when the next begins, for that may belong to it.
    last: Option<Last>,
    /// Whether the last frame ended where the next was to begin.
    in_step: bool,
    first: Option<(Header, [u8; HEAD])>,
    broken: u32,
    changed: bool,
    finished: Vec<Frame>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    frame: Frame,
    header: Header,
    bytes: [u8; HEAD],
    /// Whether it is a frame for certain: it came where one had to come.
    certain: bool,
}

impl Splitter {
    pub(crate) fn new(coding: Coding) -> Self {
        Self {
            coding,
            pes: 0,
            head: Vec::with_capacity(HEAD),
            left: 0,
            last: None,
            in_step: false,
            first: None,
            broken: 0,
            changed: false,
            finished: Vec::new(),
        }
    }

    /// The header of the first frame, and its first bytes.
    pub(crate) fn first(&self) -> Option<(Header, [u8; HEAD])> {
        self.first
    }

    /// How often something was no frame, or not a whole one.
    pub(crate) fn broken(&self) -> u32 {
        self.broken
    }

    /// Whether frames differ in rate or channels.
    pub(crate) fn changed(&self) -> bool {
        self.changed
    }

    /// The next frame that is whole.
    pub(crate) fn take(&mut self) -> std::vec::Drain<'_, Frame> {
        self.finished.drain(..)
    }

    /// The next PES packet begins; its number.
    pub(crate) fn begin(&mut self) -> u32 {
        self.pes = self.pes.wrapping_add(1);
        self.pes
    }

    /// Something is missing here, or it is the end: what is not whole is dropped.
    pub(crate) fn cut(&mut self) {
        if self.left > 0 {
            self.last = None;
            self.left = 0;
            self.broken += 1;
        }
        self.release(false);
        self.head.clear();
        self.in_step = false;
    }

    /// More payload.
    pub(crate) fn feed(&mut self, place: Place, data: &[u8]) {
        let mut at = 0;
        while let Some(rest) = data.get(at..).filter(|rest| !rest.is_empty()) {
            if self.left > 0 {
                let taken = self.left.min(rest.len());
                self.left -= taken;
                at += taken;
                continue;
            }
            self.head.extend(rest.first().map(|byte| (*byte, place.plus(at), self.pes)));
            at += 1;
            self.try_head();
        }
    }

    /// Begins a frame if the bytes at hand are its header; leaves out what is none.
    fn try_head(&mut self) {
        while !self.head.is_empty() {
            let bytes: [u8; HEAD] =
                std::array::from_fn(|at| self.head.get(at).map_or(0, |(byte, _, _)| *byte));
            match self.coding.header(bytes.get(..self.head.len()).unwrap_or_default()) {
                Read::More => return,
                Read::Is(header) => return self.open(header, bytes),
                Read::None => {
                    self.broken += u32::from(self.in_step);
                    self.release(false);
                    self.in_step = false;
                    self.head.remove(0);
                }
            }
        }
    }

    fn open(&mut self, header: Header, bytes: [u8; HEAD]) {
        let Some((_, place, pes)) = self.head.first().copied() else { return };
        self.left = header.length.saturating_sub(self.head.len());
        self.head.clear();
        let size = u32::try_from(header.length - header.skip).unwrap_or(u32::MAX);
        if let Some(last) = self.last.as_mut().filter(|last| belongs(&header, last)) {
            last.frame.size = last.frame.size.saturating_add(size);
            last.frame.samples += if header.dependent { 0 } else { header.samples };
            return;
        }
        self.release(true);
        let frame = Frame { place, size, samples: header.samples, pes };
        let certain = self.in_step || place.skip == 0;
        self.last = Some(Last { frame, header, bytes, certain });
        self.in_step = true;
    }

    /// The last frame is complete: another follows it, or something else does.
    fn release(&mut self, followed: bool) {
        let Some(last) = self.last.take().filter(|last| followed || last.certain) else { return };
        let (first, _) = self.first.get_or_insert((last.header, last.bytes));
        self.changed |= first.rate != last.header.rate || first.shape != last.header.shape;
        self.finished.push(last.frame);
    }
}

/// Whether a frame is a part of the sample before it: more channels of it, or, for Enhanced AC-3
/// with less than six blocks in a frame, the rest of 1,536 samples [ETSI TS 102 366, F.6].
fn belongs(header: &Header, last: &Last) -> bool {
    header.dependent
        || header.enhanced && last.header.enhanced && last.frame.samples + header.samples <= 1536
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn mp2(count: usize) -> Vec<u8> {
        let mut frame = vec![0; 576];
        frame[..4].copy_from_slice(&[0xff, 0xfd, 0xa4, 0x04]);
        frame.repeat(count)
    }

    fn split(pieces: &[&[u8]]) -> Vec<Frame> {
        let mut splitter = Splitter::new(Coding::Mpeg);
        for (number, piece) in (0..).zip(pieces) {
            splitter.begin();
            splitter.feed(Place { offset: number, skip: 0 }, piece);
        }
        splitter.cut();
        splitter.take().collect()
    }

    #[test]
    fn frames_may_straddle_pes_packets() {
        let bytes = mp2(4);
        for cut in 1..bytes.len() {
            let frames = split(&[&bytes[..cut], &bytes[cut..]]);
            assert_eq!(frames.len(), 4, "{cut}");
            for (at, frame) in frames.iter().enumerate() {
                let begin = at * 576;
                let inside = if begin < cut { (0, begin) } else { (1, begin - cut) };
                let place = (usize::try_from(frame.place.offset).unwrap(), frame.place.skip);
                assert_eq!(place, (inside.0, u32::try_from(inside.1).unwrap()));
            }
        }
    }

    #[test]
    fn garbage_is_left_out_and_the_last_half_too() {
        let mut bytes = vec![0xff, 0xfd, 1];
        bytes.extend(mp2(2));
        bytes.extend([1, 2, 3, 0xff]);
        bytes.extend(mp2(2));
        bytes.extend(&mp2(1)[..300]);
        let places: Vec<_> = split(&[&bytes]).iter().map(|frame| frame.place.skip).collect();
        assert_eq!(places, [3, 579, 1159, 1735]);
    }
}
