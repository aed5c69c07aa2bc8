//! Access units of H.264 and HEVC, wherever they begin and end in PES packets.
//!
//! A sample is one picture, or both fields of one. It is known by where its first NAL unit begins
//! and how long it is with a length of four bytes before each unit: without delimiters, filler
//! and, as long as they never change, parameter sets, which the decoder configuration holds.

use crate::{
    nal::{Kind, Role},
    pes::Place,
    sets::Sets,
    slice::Slice,
    units::{Unit, Units},
};

/// A sample of pictures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture {
    pub(crate) place: Place,
    /// Bytes with lengths before each unit.
    pub(crate) size: u64,
    /// Whether parameter sets are in it.
    pub(crate) in_band: bool,
    pub(crate) key: bool,
    pub(crate) closed: bool,
    /// The number of the PES packet that it begins in.
    pub(crate) pes: u32,
}

/// Parts the payload of PES packets into pictures.
#[derive(Debug)]
pub(crate) struct Splitter {
    units: Units,
    pictures: Pictures,
    pes: u32,
}

impl Splitter {
    pub(crate) fn new(kind: Kind) -> Self {
        let pictures = Pictures {
            kind,
            sets: Sets::new(kind),
            in_band: false,
            open: None,
            field: None,
            random_access: None,
            finished: Vec::new(),
        };
        Self { units: Units::new(kind.is_slice()), pictures, pes: 0 }
    }

    /// The parameter sets that were seen.
    pub(crate) fn sets(&self) -> &Sets {
        &self.pictures.sets
    }

    /// Whether parameter sets changed.
    pub(crate) fn in_band(&self) -> bool {
        self.pictures.in_band
    }

    /// The pictures that are whole.
    pub(crate) fn take(&mut self) -> std::vec::Drain<'_, Picture> {
        self.pictures.finished.drain(..)
    }

    /// The next PES packet begins, and may say that decoding can begin in it; its number.
    pub(crate) fn begin(&mut self, random_access: bool) -> u32 {
        self.pes = self.pes.wrapping_add(1);
        if random_access {
            self.pictures.random_access = Some(self.pes);
        }
        self.pes
    }

    /// More payload.
    pub(crate) fn feed(&mut self, place: Place, data: &[u8]) {
        let pictures = &mut self.pictures;
        self.units.feed(self.pes, place, data, |unit| pictures.unit(unit));
    }

    /// Something is missing here, or it is the end. The picture ends with it.
    pub(crate) fn cut(&mut self) {
        let pictures = &mut self.pictures;
        self.units.cut(|unit| pictures.unit(unit));
        self.pictures.close();
        self.pictures.finish_field();
    }
}

#[derive(Debug)]
struct Pictures {
    kind: Kind,
    sets: Sets,
    /// Whether parameter sets stay in samples from here on.
    in_band: bool,
    open: Option<Open>,
    /// A first field that waits for the second.
    field: Option<Open>,
    /// The PES packet that said that decoding can begin in it.
    random_access: Option<u32>,
    finished: Vec<Picture>,
}

/// A picture that is being read.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // independent facts of a picture
struct Open {
    pes: u32,
    /// The first unit that is kept.
    place: Option<Place>,
    size: u64,
    /// Bytes of parameter sets that were left out since.
    left_out: u64,
    in_band: bool,
    /// The first slice, as far as it could be read.
    slice: Option<Slice>,
    has_slice: bool,
    intra: bool,
    has_sets: bool,
    recovery: bool,
    random_access: bool,
}

impl Pictures {
    fn unit(&mut self, unit: &mut Unit) {
        let role = self.kind.role(&unit.head);
        let slice = (role == Role::Slice)
            .then(|| Slice::parse(self.kind, &unit.head, &self.sets))
            .flatten();
        if self.begins(role, slice.as_ref()) {
            self.close();
        }
        if role == Role::Sets && self.sets.see(&unit.head) {
            self.in_band = true;
        }
        let (in_band, random_access) = (self.in_band, self.random_access == Some(unit.pes));
        let open = self.open.get_or_insert(Open {
            pes: unit.pes,
            place: None,
            size: 0,
            left_out: 0,
            in_band,
            slice: None,
            has_slice: false,
            intra: true,
            has_sets: false,
            recovery: false,
            random_access,
        });
        if in_band && !open.in_band {
            // Where one stays in a sample, all do.
            open.size += open.left_out;
            open.in_band = true;
        }
        match role {
            Role::Slice => {
                open.has_slice = true;
                open.intra &= slice.is_some_and(|slice| slice.intra);
                open.slice = open.slice.or(slice);
            }
            Role::Sets => open.has_sets = true,
            Role::Information => open.recovery |= self.kind.is_recovery_point(&unit.head),
            _ => {}
        }
        if role.is_kept(open.in_band) {
            open.place.get_or_insert(unit.place);
            open.size += 4 + unit.length;
        } else if role == Role::Sets && open.place.is_some() {
            open.left_out += 4 + unit.length;
        }
    }

    /// Whether a unit is the first of the next access unit [Rec. ITU-T H.264, 7.4.1.2.3;
    /// Rec. ITU-T H.265, 7.4.2.4.4].
    fn begins(&self, role: Role, slice: Option<&Slice>) -> bool {
        let Some(open) = self.open.as_ref().filter(|open| open.has_slice) else { return false };
        match role {
            Role::Delimiter | Role::Sets | Role::Information | Role::Prefix => true,
            Role::Slice => match (&open.slice, slice) {
                (Some(first), Some(slice)) => slice.is_of_other_picture(first),
                _ => slice.is_some_and(|slice| slice.first),
            },
            Role::Other | Role::Filler => false,
        }
    }

    /// The picture that is being read is complete.
    fn close(&mut self) {
        let Some(open) = self.open.take().filter(|open| open.has_slice) else { return };
        if let Some(mut first) = self.field.take() {
            let pair = first.slice.zip(open.slice);
            if pair.is_some_and(|(first, second)| second.is_second_field_of(&first)) {
                if open.in_band && !first.in_band {
                    first.size += first.left_out;
                    first.in_band = true;
                }
                first.size += open.size;
                self.finish(&first);
                return;
            }
            self.finish(&first);
        }
        if open.slice.is_some_and(|slice| slice.field.is_some()) {
            self.field = Some(open);
        } else {
            self.finish(&open);
        }
    }

    /// No second field comes.
    fn finish_field(&mut self) {
        if let Some(field) = self.field.take() {
            self.finish(&field);
        }
    }

    fn finish(&mut self, open: &Open) {
        let Some(place) = open.place else { return };
        let slice = open.slice;
        let promised = open.recovery || open.has_sets || open.random_access;
        self.finished.push(Picture {
            place,
            size: open.size,
            in_band: open.in_band,
            key: slice.is_some_and(|slice| slice.random_access) || open.intra && promised,
            closed: slice.is_some_and(|slice| slice.closed),
            pes: open.pes,
        });
    }
}
