//! A long list in an order, which can be mended in the middle at little cost.

use std::cmp::Ordering;

use crate::set::room;

/// How long a block is when it is made; it is cut in two at twice that. Small in tests.
const BLOCK: usize = if cfg!(test) { 8 } else { 1024 };

/// Numbers in an order that its user knows, in blocks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranked {
    /// None is empty.
    blocks: Vec<Vec<u32>>,
    len: usize,
}

/// Where something is, or would be: before that item of that block. The end is behind the last block.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    block: usize,
    at: usize,
}

impl Ranked {
    /// What is in its order already.
    pub(crate) fn from_sorted(rows: &[u32]) -> Self {
        Self { blocks: rows.chunks(BLOCK).map(<[u32]>::to_vec).collect(), len: rows.len() }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The place of the first for which this is not so; it must be so for the first ones and for
    /// no others.
    pub(crate) fn partition(&self, mut before: impl FnMut(u32) -> bool) -> Place {
        let block = self.blocks.partition_point(|block| block.last().is_some_and(|l| before(*l)));
        let at =
            self.blocks.get(block).map_or(0, |block| block.partition_point(|row| before(*row)));
        Place { block, at }
    }

    /// What has this place.
    pub(crate) fn get(&self, place: Place) -> Option<u32> {
        self.blocks.get(place.block)?.get(place.at).copied()
    }

    pub(crate) fn start() -> Place {
        Place { block: 0, at: 0 }
    }

    pub(crate) fn end(&self) -> Place {
        Place { block: self.blocks.len(), at: 0 }
    }

    /// From there on.
    pub(crate) fn forward(&self, from: Place) -> impl Iterator<Item = u32> {
        let first = self.blocks.get(from.block).and_then(|block| block.get(from.at..));
        let rest = self.blocks.get(from.block + 1..).unwrap_or_default();
        first.unwrap_or_default().iter().chain(rest.iter().flatten()).copied()
    }

    /// What is before that, the last one first.
    pub(crate) fn backward(&self, from: Place) -> impl Iterator<Item = u32> {
        let first = self.blocks.get(from.block).and_then(|block| block.get(..from.at));
        let rest = self.blocks.get(..from.block).unwrap_or_default();
        let rest = rest.iter().rev().flat_map(|block| block.iter().rev());
        first.unwrap_or_default().iter().rev().chain(rest).copied()
    }

    /// The place of the last member of this set before that place.
    pub(crate) fn last_before(
        &self,
        from: Place,
        mut member: impl FnMut(u32) -> bool,
    ) -> Option<Place> {
        let first = self.blocks.get(from.block).and_then(|block| block.get(..from.at));
        let rest = self.blocks.get(..from.block).unwrap_or_default();
        let blocks = rest.iter().map(Vec::as_slice).enumerate().rev();
        std::iter::once((from.block, first.unwrap_or_default())).chain(blocks).find_map(
            |(block, rows)| rows.iter().rposition(|row| member(*row)).map(|at| Place { block, at }),
        )
    }

    /// What comes directly before a place, and what has it.
    pub(crate) fn around(&self, place: Place) -> (Option<u32>, Option<u32>) {
        (self.backward(place).next(), self.get(place))
    }

    /// Puts it before what has that place. Returns where it is now.
    pub(crate) fn insert(&mut self, place: Place, row: u32) -> Place {
        self.len += 1;
        // At the very end: behind the last one of the last block.
        let place = match self.blocks.last() {
            Some(last) if place.block >= self.blocks.len() => {
                Place { block: self.blocks.len() - 1, at: last.len() }
            }
            _ => place,
        };
        let Some(block) = self.blocks.get_mut(place.block) else {
            self.blocks.push(vec![row]);
            return Self::start();
        };
        room(block);
        block.insert(place.at.min(block.len()), row);
        if block.len() < 2 * BLOCK {
            return place;
        }
        let tail = block.split_off(BLOCK);
        block.shrink_to_fit();
        room(&mut self.blocks);
        self.blocks.insert(place.block + 1, tail);
        match place.at.checked_sub(BLOCK) {
            Some(at) => Place { block: place.block + 1, at },
            None => place,
        }
    }

    /// Takes out what has that place.
    pub(crate) fn remove(&mut self, place: Place) {
        let Some(block) = self.blocks.get_mut(place.block) else { return };
        if place.at >= block.len() {
            return;
        }
        block.remove(place.at);
        self.len -= 1;
        let len = block.len();
        if len == 0 {
            self.blocks.remove(place.block);
        } else if len < BLOCK / 4
            && let Some(next) = self.blocks.get_mut(place.block + 1)
            && len + next.len() < BLOCK
        {
            let next = std::mem::take(next);
            self.blocks.remove(place.block + 1);
            if let Some(block) = self.blocks.get_mut(place.block) {
                block.extend(next);
            }
        }
    }

    /// Takes this out, if it is where it should be. `order` compares others with it.
    pub(crate) fn take(&mut self, row: u32, mut order: impl FnMut(u32) -> Ordering) {
        let place = self.partition(|other| order(other).is_lt());
        if self.get(place) == Some(row) {
            self.remove(place);
        }
    }

    pub(crate) fn memory(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| block.capacity() * 4).sum();
        blocks + self.blocks.capacity() * size_of::<Vec<u32>>()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn a_mended_order_is_the_sorted_one(
            begin in prop::collection::btree_set(0..10_000_u32, 0..3_000),
            steps in prop::collection::vec((any::<bool>(), 0..10_000_u32), 0..3_000),
        ) {
            let mut plain: Vec<u32> = begin.into_iter().collect();
            let mut ranked = Ranked::from_sorted(&plain);
            for (insert, row) in steps {
                match plain.binary_search(&row) {
                    Ok(at) if !insert => {
                        plain.remove(at);
                        ranked.take(row, |other| other.cmp(&row));
                    }
                    Err(at) if insert => {
                        plain.insert(at, row);
                        let place = ranked.partition(|other| other < row);
                        let place = ranked.insert(place, row);
                        prop_assert_eq!(ranked.get(place), Some(row));
                        let before = at.checked_sub(1).map(|at| plain[at]);
                        prop_assert_eq!(ranked.around(place), (before, Some(row)));
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(ranked.len(), plain.len());
            prop_assert_eq!(&ranked.forward(Ranked::start()).collect::<Vec<_>>(), &plain);
            let mut back: Vec<u32> = ranked.backward(ranked.end()).collect();
            back.reverse();
            prop_assert_eq!(&back, &plain);
            let middle = ranked.partition(|row| row < 5_000);
            let last = ranked.last_before(middle, |row| row % 3 == 0);
            prop_assert_eq!(
                last.and_then(|place| ranked.get(place)),
                plain.iter().copied().rfind(|row| *row < 5_000 && row % 3 == 0)
            );
        }
    }
}
