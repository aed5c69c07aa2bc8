//! NAL units of a byte stream that comes in pieces [Rec. ITU-T H.264, Annex B].

use memchr::memmem::Finder;

use crate::pes::Place;

/// As many bytes of a slice tell what picture it belongs to.
const SLICE_HEAD: usize = 48;
/// As many bytes of anything else are looked at.
const HEAD: usize = 4096;

/// A NAL unit that has been seen to its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    /// Where its first byte is.
    pub(crate) place: Place,
    /// The number of the PES packet that its first byte is in.
    pub(crate) pes: u32,
    /// Its bytes, as many as there are.
    pub(crate) length: u64,
    /// The first of them.
    pub(crate) head: Vec<u8>,
}

/// Finds NAL units.
#[derive(Debug)]
pub(crate) struct Units {
    finder: Finder<'static>,
    is_slice: fn(u8) -> bool,
    /// The unit that is being read, once a start code has been seen.
    unit: Option<Unit>,
    /// How many bytes of its head are kept.
    limit: usize,
    /// Zeros at the end of what has been read.
    zeros: u64,
}

impl Units {
    /// `is_slice` tells by the first byte of a unit whether it holds pixels.
    pub(crate) fn new(is_slice: fn(u8) -> bool) -> Self {
        let finder = Finder::new(&[0, 0, 1]);
        Self { finder, is_slice, unit: None, limit: HEAD, zeros: 0 }
    }

    /// More payload, from a PES packet with this number. Shows the units that end in it.
    pub(crate) fn feed(
        &mut self,
        pes: u32,
        place: Place,
        data: &[u8],
        mut visit: impl FnMut(&mut Unit),
    ) {
        let mut from = 0;
        while let Some(end) = self.next_code(data, from) {
            self.append(pes, place, data, from, end);
            // Of what was appended, the code itself is not of the unit: 00 00 01.
            if let Some(mut unit) = self.unit.take() {
                unit.length = unit.length.saturating_sub(1);
                self.end(&mut unit, data, end, &mut visit);
            }
            self.unit = Some(Unit::default());
            self.limit = HEAD;
            self.zeros = 0;
            from = end;
        }
        self.append(pes, place, data, from, data.len());
        let rest = data.get(from..).unwrap_or_default();
        let zeros = rest.iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = zeros as u64 + if zeros == rest.len() { self.zeros } else { 0 };
    }

    /// The unit that is being read ends here, whole or not.
    pub(crate) fn cut(&mut self, mut visit: impl FnMut(&mut Unit)) {
        if let Some(mut unit) = self.unit.take() {
            unit.length = unit.length.saturating_sub(self.zeros);
            finish(&mut unit, &mut visit);
        }
        self.zeros = 0;
    }

    /// Where the next start code ends, if it ends in `data` behind `from`.
    fn next_code(&self, data: &[u8], from: usize) -> Option<usize> {
        let rest = data.get(from..)?;
        match *rest {
            [1, ..] if self.zeros >= 2 => return Some(from + 1),
            [0, 1, ..] if self.zeros >= 1 => return Some(from + 2),
            _ => {}
        }
        self.finder.find(rest).map(|at| from + at + 3)
    }

    fn append(&mut self, pes: u32, place: Place, data: &[u8], from: usize, to: usize) {
        let (Some(unit), Some(new)) = (&mut self.unit, data.get(from..to)) else { return };
        let Some(first) = new.first() else { return };
        if unit.length == 0 {
            unit.place = place.plus(from);
            unit.pes = pes;
            self.limit = if (self.is_slice)(*first) { SLICE_HEAD } else { HEAD };
        }
        unit.length += new.len() as u64;
        let room = self.limit.saturating_sub(unit.head.len()).min(new.len());
        unit.head.extend_from_slice(new.get(..room).unwrap_or_default());
    }

    /// A unit whose following start code ends at `end`: zeros before it belong to the code.
    fn end(&self, unit: &mut Unit, data: &[u8], end: usize, visit: &mut impl FnMut(&mut Unit)) {
        let before = data.get(..end.saturating_sub(1)).unwrap_or_default();
        let mut zeros = before.iter().rev().take_while(|byte| **byte == 0).count() as u64;
        if zeros == before.len() as u64 {
            zeros += self.zeros;
        }
        unit.length = unit.length.saturating_sub(zeros);
        finish(unit, visit);
    }
}

fn finish(unit: &mut Unit, visit: &mut impl FnMut(&mut Unit)) {
    unit.head.truncate(usize::try_from(unit.length).unwrap_or(usize::MAX));
    if !unit.head.is_empty() {
        visit(unit);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn units_are_the_same_however_they_are_cut() {
        let stream = [
            9, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 0, 0, 3, 1, 0, 0, 1, 0, 0, 1, 0x65, 7, 0, 0,
            0, 0, 1, 0x09, 0, 0,
        ];
        let expected = [
            (vec![0x67, 1, 2], 4),
            (vec![0x68, 0, 0, 3, 1], 11),
            (vec![0x65, 7], 22),
            (vec![9], 29),
        ];
        for one in 0..stream.len() {
            for two in one..stream.len() {
                let mut units = Units::new(|_| false);
                let mut found = Vec::new();
                let mut visit = |unit: &mut Unit| found.push((unit.head.clone(), unit.place.skip));
                for (from, to) in [(0, one), (one, two), (two, stream.len())] {
                    let place = Place { offset: 0, skip: u32::try_from(from).unwrap() };
                    units.feed(0, place, &stream[from..to], &mut visit);
                }
                units.cut(&mut visit);
                assert_eq!(found, expected, "{one} {two}");
            }
        }
    }
}
