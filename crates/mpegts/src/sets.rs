//! The parameter sets of a stream of pictures, and whether they ever change.

use bitstream::{bits::Bits, h264::Sps};

use crate::nal::Kind;

/// More parameter sets than any stream has.
const MOST: usize = 256;

/// The parameter sets that were seen, each the first with its type and number.
#[derive(Debug)]
pub(crate) struct Sets {
    kind: Kind,
    sets: Vec<Set>,
}

#[derive(Debug)]
struct Set {
    kind: u8,
    id: u32,
    unit: Vec<u8>,
    /// What was last seen with that number, if it is not the first.
    latest: Option<Vec<u8>>,
    /// Of a sequence parameter set of H.264.
    sequence: Option<Sps>,
    /// Of a picture parameter set of H.264: the sequence parameter set that it refers to.
    refers: u32,
}

impl Sets {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, sets: Vec::new() }
    }

    /// The coding that they are of.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The units, in the order in which a decoder needs them.
    pub(crate) fn units(&self) -> Vec<&[u8]> {
        let mut sets: Vec<&Set> = self.sets.iter().collect();
        sets.sort_by_key(|set| set.kind);
        sets.iter().map(|set| set.unit.as_slice()).collect()
    }

    /// The sequence parameter set that slices with this picture parameter set use.
    pub(crate) fn sequence_of(&self, picture: u32) -> Option<&Sps> {
        let find = |kind, id| self.sets.iter().find(|set| set.kind == kind && set.id == id);
        let sequence = find(8, picture).map_or(0, |set| set.refers);
        find(7, sequence)?.sequence.as_ref()
    }

    /// Takes note of a parameter set; whether it cannot be in the
    /// configuration, because another with its number was seen before.
    pub(crate) fn see(&mut self, unit: &[u8]) -> bool {
        // Most often it is one that is known to the byte.
        let known = |set: &Set| set.latest.as_ref().unwrap_or(&set.unit) == unit;
        if self.sets.iter().any(known) {
            return false;
        }
        let Some((kind, id, refers)) = self.number(unit) else { return false };
        let sequence = (kind == 7 && self.kind == Kind::H264).then(|| Sps::parse(unit)).flatten();
        let room = self.sets.len() < MOST;
        match self.sets.iter_mut().find(|set| set.kind == kind && set.id == id) {
            Some(set) => {
                set.latest = Some(unit.to_vec());
                set.refers = refers;
                set.sequence = sequence;
                true
            }
            None if room => {
                let unit = unit.to_vec();
                self.sets.push(Set { kind, id, unit, latest: None, sequence, refers });
                false
            }
            None => true,
        }
    }

    /// Type and number of a parameter set, and the number of the set that it refers to.
    fn number(&self, unit: &[u8]) -> Option<(u8, u32, u32)> {
        let kind = self.kind.unit_type(*unit.first()?);
        let payload = bitstream::nal::unescape(unit, 512);
        let body = |from: usize| payload.get(from..).map(Bits::new);
        let (id, refers) = match (self.kind, kind) {
            (Kind::H264, 7) => (body(4)?.ue()?, 0),
            (Kind::H264, _) | (Kind::Hevc, 34) => {
                let mut bits = body(if self.kind == Kind::H264 { 1 } else { 2 })?;
                (bits.ue()?, bits.ue()?)
            }
            (Kind::Hevc, 32) => (body(2)?.read(4)?, 0),
            (Kind::Hevc, _) => (sequence_number(&mut body(2)?)?, 0),
        };
        Some((kind, id, refers))
    }
}

/// The number of a sequence parameter set of HEVC: behind `profile_tier_level()` [7.3.2.2, 7.3.3].
fn sequence_number(bits: &mut Bits<'_>) -> Option<u32> {
    bits.skip(4)?;
    let layers = usize::try_from(bits.read(3)?).ok()?;
    bits.skip(1 + 88 + 8)?;
    let mut sub = 0;
    for _ in 0..layers {
        sub += if bits.flag()? { 88 } else { 0 } + if bits.flag()? { 8 } else { 0 };
    }
    if layers > 0 {
        bits.skip(2 * (8 - layers))?;
    }
    bits.skip(sub)?;
    bits.ue()
}
