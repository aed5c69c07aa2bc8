//! Numbers without a pattern, the same in every run.

/// A linear congruential generator (Knuth's MMIX).
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(3_037_000_493))
    }

    /// A number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Up to `count` numbers below `limit`, in order: the first and the last, and some between.
    pub(super) fn some(&mut self, limit: usize, count: usize) -> Vec<usize> {
        if limit <= count {
            return (0..limit).collect();
        }
        let mut chosen = vec![0, 1, limit - 1];
        while chosen.len() < count {
            let next = self.below(limit);
            if !chosen.contains(&next) {
                chosen.push(next);
            }
        }
        chosen.sort_unstable();
        chosen
    }
}
