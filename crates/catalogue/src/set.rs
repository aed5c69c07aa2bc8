//! A set of rows that is kept: small when it has few members, quick to combine with [`Bits`].
//!
//! Up to [`FEW`] members are a sorted list. More are cut into stretches of 65,536 rows, each of them
//! a sorted list of two bytes a member, or a bitmap where that is smaller: what roaring bitmaps do.
//! They are done here because of the words: most of a library's words occur in one or two titles,
//! and a set of those must cost next to nothing.

use crate::bits::Bits;

/// The most members of a plain list. Small in tests, where few videos shall meet every case.
const FEW: usize = if cfg!(test) { 4 } else { 128 };
/// The most members of a list of two bytes each; 8 KiB, as large as the bitmap.
const SPARSE: usize = 4096;

#[derive(Clone, Debug)]
pub(crate) enum Set {
    One(u32),
    Few(Box<[u32]>),
    Many(Vec<Stretch>),
}

/// The members among 65,536 rows; never empty.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// The upper half of their numbers.
    high: u16,
    rows: Rows,
}

#[derive(Clone, Debug)]
enum Rows {
    Sparse(Vec<u16>),
    Dense(Box<[u64; 1024]>, u32),
}

impl Default for Set {
    fn default() -> Self {
        Self::Few(Box::default())
    }
}

fn halves(row: u32) -> (u16, u16) {
    let [a, b, c, d] = row.to_be_bytes();
    (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}

/// Room for one more, without doubling what may be large.
pub(crate) fn room<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 16 + 4);
    }
}

impl Set {
    /// All members of these.
    pub(crate) fn from_bits(bits: &Bits) -> Self {
        if bits.count() <= FEW as u64 {
            let rows: Box<[u32]> = bits.rows().collect();
            return match *rows {
                [one] => Self::One(one),
                _ => Self::Few(rows),
            };
        }
        let stretches = (0..=u16::MAX).map_while(|high| {
            let words = bits.stretch(usize::from(high) << 16);
            (!words.is_empty()).then(|| Stretch { high, rows: Rows::from_words(words) })
        });
        Self::Many(stretches.filter(|stretch| stretch.rows.len() > 0).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::One(_) => false,
            Self::Few(rows) => rows.is_empty(),
            Self::Many(stretches) => stretches.is_empty(),
        }
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Few(rows) => rows.len() as u64,
            Self::Many(stretches) => stretches.iter().map(|stretch| stretch.rows.len()).sum(),
        }
    }

    pub(crate) fn insert(&mut self, row: u32) {
        match self {
            Self::One(one) if *one == row => {}
            Self::One(one) => *self = Self::Few(Box::new([(*one).min(row), (*one).max(row)])),
            Self::Few(rows) if rows.is_empty() => *self = Self::One(row),
            Self::Few(rows) => {
                // Rows mostly come in their order.
                let at = if rows.last().is_some_and(|last| *last < row) {
                    rows.len()
                } else {
                    let Err(at) = rows.binary_search(&row) else { return };
                    at
                };
                let mut list = std::mem::take(rows).into_vec();
                if list.len() < FEW {
                    list.reserve_exact(1);
                    list.insert(at, row);
                    *rows = list.into_boxed_slice();
                } else {
                    *self = Self::Many(Vec::new());
                    for row in list {
                        self.insert_many(row);
                    }
                    self.insert_many(row);
                }
            }
            Self::Many(_) => self.insert_many(row),
        }
    }

    fn insert_many(&mut self, row: u32) {
        let Self::Many(stretches) = self else { return };
        let (high, low) = halves(row);
        if let Some(last) = stretches.last_mut().filter(|last| last.high == high) {
            last.rows.insert(low);
            return;
        }
        match stretches.binary_search_by_key(&high, |stretch| stretch.high) {
            Ok(at) => {
                if let Some(stretch) = stretches.get_mut(at) {
                    stretch.rows.insert(low);
                }
            }
            Err(at) => {
                room(stretches);
                stretches.insert(at, Stretch { high, rows: Rows::Sparse(vec![low]) });
            }
        }
    }

    pub(crate) fn remove(&mut self, row: u32) {
        match self {
            Self::One(one) if *one == row => *self = Self::default(),
            Self::One(_) => {}
            Self::Few(rows) => {
                let Ok(at) = rows.binary_search(&row) else { return };
                let mut list = std::mem::take(rows).into_vec();
                list.remove(at);
                *self = match list.as_slice() {
                    [one] => Self::One(*one),
                    _ => Self::Few(list.into_boxed_slice()),
                };
            }
            Self::Many(stretches) => {
                let (high, low) = halves(row);
                let found = stretches.binary_search_by_key(&high, |stretch| stretch.high);
                let Some((at, stretch)) =
                    found.ok().and_then(|at| Some((at, stretches.get_mut(at)?)))
                else {
                    return;
                };
                stretch.rows.remove(low);
                if stretch.rows.len() == 0 {
                    stretches.remove(at);
                }
                if self.len() <= FEW as u64 / 2 {
                    let mut rows = Vec::new();
                    self.each(|row| rows.push(row));
                    *self = match rows.as_slice() {
                        [one] => Self::One(*one),
                        _ => Self::Few(rows.into_boxed_slice()),
                    };
                }
            }
        }
    }

    /// Calls this with every member, smallest first.
    pub(crate) fn each(&self, mut with: impl FnMut(u32)) {
        match self {
            Self::One(one) => with(*one),
            Self::Few(rows) => rows.iter().copied().for_each(with),
            Self::Many(stretches) => {
                for Stretch { high, rows } in stretches {
                    let first = u32::from(*high) << 16;
                    match rows {
                        Rows::Sparse(list) => {
                            for low in list {
                                with(first | u32::from(*low));
                            }
                        }
                        Rows::Dense(words, _) => {
                            for (word, first) in words.iter().zip((first..).step_by(64)) {
                                let mut left = *word;
                                while left != 0 {
                                    with(first + left.trailing_zeros());
                                    left &= left - 1;
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds all members to these, which must have room for them.
    pub(crate) fn add_to(&self, bits: &mut Bits) {
        match self {
            Self::One(one) => bits.insert(*one),
            Self::Few(rows) => {
                for row in rows {
                    bits.insert(*row);
                }
            }
            Self::Many(stretches) => {
                for Stretch { high, rows } in stretches {
                    rows.add_to(bits.stretch_mut(usize::from(*high) << 16));
                }
            }
        }
    }

    /// Leaves of these only the members.
    pub(crate) fn keep_in(&self, bits: &mut Bits) {
        match self {
            Self::One(_) | Self::Few(_) => {
                let mut kept = Vec::new();
                self.each(|row| kept.extend(bits.contains(row).then_some(row)));
                bits.clear();
                for row in kept {
                    bits.insert(row);
                }
            }
            Self::Many(stretches) => {
                let mut stretches = stretches.iter().peekable();
                for (words, high) in bits.words_mut().chunks_mut(1024).zip(0_u16..) {
                    match stretches.next_if(|stretch| stretch.high == high) {
                        Some(stretch) => stretch.rows.keep_in(words),
                        None => words.fill(0),
                    }
                }
            }
        }
    }

    /// Takes all members out of these.
    pub(crate) fn drop_from(&self, bits: &mut Bits) {
        match self {
            Self::One(one) => bits.remove(*one),
            Self::Few(rows) => rows.iter().for_each(|row| bits.remove(*row)),
            Self::Many(stretches) => {
                for Stretch { high, rows } in stretches {
                    rows.drop_from(bits.stretch_mut(usize::from(*high) << 16));
                }
            }
        }
    }

    /// How many members are among these.
    pub(crate) fn count_in(&self, bits: &Bits) -> u64 {
        match self {
            Self::One(one) => u64::from(bits.contains(*one)),
            Self::Few(rows) => rows.iter().map(|row| u64::from(bits.contains(*row))).sum(),
            Self::Many(stretches) => stretches
                .iter()
                .map(|Stretch { high, rows }| rows.count_in(bits.stretch(usize::from(*high) << 16)))
                .sum(),
        }
    }

    /// Gives back what is reserved and not used.
    pub(crate) fn shrink(&mut self) {
        if let Self::Many(stretches) = self {
            for stretch in stretches.iter_mut() {
                if let Rows::Sparse(list) = &mut stretch.rows {
                    list.shrink_to_fit();
                }
            }
            stretches.shrink_to_fit();
        }
    }

    /// The bytes that it holds on the heap.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Self::One(_) => 0,
            Self::Few(rows) => rows.len() * 4,
            Self::Many(stretches) => {
                let lists = stretches.iter().map(|stretch| match &stretch.rows {
                    Rows::Sparse(list) => list.capacity() * 2,
                    Rows::Dense(..) => 8192,
                });
                stretches.capacity() * size_of::<Stretch>() + lists.sum::<usize>()
            }
        }
    }
}

fn bit(low: u16) -> (usize, u64) {
    (usize::from(low / 64), 1 << (low % 64))
}

impl Rows {
    fn from_words(words: &[u64]) -> Self {
        let count = words.iter().map(|word| word.count_ones()).sum::<u32>();
        let mut all = Box::new([0; 1024]);
        all.iter_mut().zip(words).for_each(|(to, word)| *to = *word);
        let dense = Self::Dense(all, count);
        if count as usize > SPARSE { dense } else { dense.to_sparse() }
    }

    fn to_sparse(&self) -> Self {
        Self::Sparse((0..=u16::MAX).filter(|low| self.contains(*low)).collect())
    }

    fn len(&self) -> u64 {
        match self {
            Self::Sparse(list) => list.len() as u64,
            Self::Dense(_, count) => u64::from(*count),
        }
    }

    fn contains(&self, low: u16) -> bool {
        match self {
            Self::Sparse(list) => list.binary_search(&low).is_ok(),
            Self::Dense(words, _) => {
                let (at, bit) = bit(low);
                words.get(at).is_some_and(|word| word & bit != 0)
            }
        }
    }

    fn insert(&mut self, low: u16) {
        match self {
            Self::Sparse(list) => {
                let at = if list.last().is_none_or(|last| *last < low) {
                    list.len()
                } else {
                    let Err(at) = list.binary_search(&low) else { return };
                    at
                };
                if list.len() < SPARSE {
                    room(list);
                    list.insert(at, low);
                    return;
                }
                let mut words = Box::new([0; 1024]);
                set(words.as_mut_slice(), list);
                *self = Self::Dense(words, u32::try_from(SPARSE).unwrap_or(u32::MAX));
                self.insert(low);
            }
            Self::Dense(words, count) => {
                let (at, bit) = bit(low);
                if let Some(word) = words.get_mut(at) {
                    *count += u32::from(*word & bit == 0);
                    *word |= bit;
                }
            }
        }
    }

    fn remove(&mut self, low: u16) {
        match self {
            Self::Sparse(list) => {
                if let Ok(at) = list.binary_search(&low) {
                    list.remove(at);
                }
            }
            Self::Dense(words, count) => {
                let (at, bit) = bit(low);
                if let Some(word) = words.get_mut(at) {
                    *count -= u32::from(*word & bit != 0);
                    *word &= !bit;
                }
                // Well below, lest one row that comes and goes has it rebuilt each time.
                if *count as usize <= SPARSE / 2 {
                    *self = self.to_sparse();
                }
            }
        }
    }

    fn add_to(&self, to: &mut [u64]) {
        match self {
            Self::Sparse(list) => set(to, list),
            Self::Dense(words, _) => {
                to.iter_mut().zip(words.iter()).for_each(|(to, word)| *to |= word);
            }
        }
    }

    fn keep_in(&self, of: &mut [u64]) {
        match self {
            Self::Sparse(list) => {
                let mut words = [0; 1024];
                set(&mut words, list);
                of.iter_mut().zip(words).for_each(|(of, word)| *of &= word);
            }
            Self::Dense(words, _) => {
                of.iter_mut().zip(words.iter()).for_each(|(of, word)| *of &= word);
            }
        }
    }

    fn drop_from(&self, from: &mut [u64]) {
        match self {
            Self::Sparse(list) => {
                for low in list {
                    let (at, bit) = bit(*low);
                    if let Some(word) = from.get_mut(at) {
                        *word &= !bit;
                    }
                }
            }
            Self::Dense(words, _) => {
                from.iter_mut().zip(words.iter()).for_each(|(from, word)| *from &= !word);
            }
        }
    }

    fn count_in(&self, of: &[u64]) -> u64 {
        match self {
            Self::Sparse(list) => list
                .iter()
                .map(|low| {
                    let (at, _) = bit(*low);
                    of.get(at).map_or(0, |word| word >> (low % 64) & 1)
                })
                .sum(),
            Self::Dense(words, _) => of
                .iter()
                .zip(words.iter())
                .map(|(of, word)| u64::from((of & word).count_ones()))
                .sum(),
        }
    }
}

/// Sets these bits.
fn set(words: &mut [u64], lows: &[u16]) {
    for low in lows {
        let (at, bit) = bit(*low);
        if let Some(word) = words.get_mut(at) {
            *word |= bit;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Rows near the edges of stretches, and enough in one of them for a bitmap.
    fn steps() -> impl Strategy<Value = Vec<(bool, u32, u32)>> {
        let step = (any::<bool>(), prop_oneof![Just(0_u32), 60_000..70_000_u32], 1..6_000_u32);
        prop::collection::vec(step, 1..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_set_has_the_members_of_a_plain_one(steps in steps()) {
            let (mut set, mut plain) = (Set::default(), BTreeSet::new());
            for (insert, from, count) in steps {
                for row in from..from + count {
                    if insert {
                        set.insert(row);
                        plain.insert(row);
                    } else {
                        set.remove(row);
                        plain.remove(&row);
                    }
                }
                set.shrink();
                let mut seen = Vec::new();
                set.each(|row| seen.push(row));
                prop_assert_eq!(&seen, &plain.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(set.len(), plain.len() as u64);
                prop_assert_eq!(set.is_empty(), plain.is_empty());
                let mut odd = Bits::none(80_000);
                (0..80_000).filter(|row| row % 2 == 1).for_each(|row| odd.insert(row));
                let wanted = plain.iter().filter(|row| *row % 2 == 1).count() as u64;
                prop_assert_eq!(set.count_in(&odd), wanted);
                let mut kept = odd.clone();
                set.keep_in(&mut kept);
                prop_assert_eq!(kept.count(), wanted);
                prop_assert!(kept.rows().all(|row| plain.contains(&row) && row % 2 == 1));
                let mut rest = odd.clone();
                set.drop_from(&mut rest);
                prop_assert_eq!(rest.count(), 40_000 - wanted);
                let mut both = odd.clone();
                set.add_to(&mut both);
                prop_assert_eq!(both.count(), 40_000 + plain.len() as u64 - wanted);
                both.keep(&odd);
                prop_assert_eq!(both.count_in(&odd), 40_000);
                let mut bits = Bits::none(80_000);
                set.add_to(&mut bits);
                let mut again = Vec::new();
                Set::from_bits(&bits).each(|row| again.push(row));
                prop_assert_eq!(again, seen);
            }
        }
    }
}
