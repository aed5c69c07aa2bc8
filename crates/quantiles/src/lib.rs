//! How long things took, as a distribution: counts in buckets whose width grows with the value, so that a quantile
//! is known to within 1/16 of itself whatever the range.
//!
//! Three forms, each for one use: [`Live`] is counted into by many threads at once; [`Counts`] is one thread's own,
//! and what quantiles are asked of; [`Sparse`] is a distribution that is kept, and takes no more room than it has
//! values apart. What is measured, when, and for how long is kept is for others to say.
//!
//! ```text
//! value   0 1 2 … 15 | 16 17 … 31 | 32 34 … 62 | 64 68 … 124 | …     (any unit; microseconds here)
//! bucket  0 1 2 … 15 | 16 17 … 31 | 32 33 … 47 | 48 49 …  63 | …
//! ```

use std::sync::atomic::{AtomicU32, Ordering};

/// Buckets for each doubling of the value, as a power of two.
const FINE: u32 = 4;
/// Values of this many bits and more share the last bucket: 2³⁶ microseconds are 19 hours.
const BITS: u32 = 36;
/// How many buckets there are.
pub const BUCKETS: usize = ((BITS - FINE + 1) << FINE) as usize;

/// The bucket of a value.
fn bucket(value: u64) -> usize {
    let bits = u64::BITS - value.leading_zeros();
    if bits <= FINE {
        return usize::try_from(value).unwrap_or(0);
    }
    let doublings = bits - FINE;
    // The bits behind the leading one say which of the buckets of this doubling it is.
    let fine = (value >> (doublings - 1)) & ((1 << FINE) - 1);
    let at = (u64::from(doublings) << FINE) + fine;
    usize::try_from(at).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The largest value of a bucket.
fn upper(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let doublings = bucket >> FINE;
    if doublings == 0 {
        return bucket;
    }
    let fine = (bucket & ((1 << FINE) - 1)) + (1 << FINE);
    ((fine + 1) << (doublings - 1)) - 1
}

/// Counted into by many threads at once, without a lock.
#[derive(Debug)]
pub struct Live(Box<[AtomicU32]>);

impl Default for Live {
    fn default() -> Self {
        Self((0..BUCKETS).map(|_| AtomicU32::new(0)).collect())
    }
}

impl Live {
    /// Counts a value: one atomic addition.
    pub fn record(&self, value: u64) {
        if let Some(count) = self.0.get(bucket(value)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was counted since this was last asked. A value recorded meanwhile is in this answer or in the next.
    pub fn take(&self) -> Sparse {
        let filled = self.0.iter().enumerate().filter_map(|(at, count)| {
            // Most are empty, and reading is cheaper than swapping.
            let count = match count.load(Ordering::Relaxed) {
                0 => return None,
                _ => count.swap(0, Ordering::Relaxed),
            };
            Some((u16::try_from(at).ok()?, count))
        });
        Sparse(filled.collect())
    }
}

/// A distribution to be kept: the buckets that are not empty, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sparse(Box<[(u16, u32)]>);

impl Sparse {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values there are.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|&(_, count)| u64::from(count)).sum()
    }
}

/// A distribution of one's own.
#[derive(Clone, Debug)]
pub struct Counts {
    buckets: Box<[u64]>,
    total: u64,
    largest: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS].into(), total: 0, largest: 0 }
    }
}

impl Counts {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        self.add(bucket(value), 1);
        self.largest = self.largest.max(value);
    }

    /// Counts all that was kept.
    pub fn merge(&mut self, kept: &Sparse) {
        for &(bucket, count) in &kept.0 {
            self.add(bucket.into(), count.into());
            self.largest = self.largest.max(upper(bucket.into()));
        }
    }

    /// Counts all of another.
    pub fn merge_counts(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.total += other.total;
        self.largest = self.largest.max(other.largest);
    }

    /// The same, to be kept.
    pub fn to_sparse(&self) -> Sparse {
        let filled = self.buckets.iter().enumerate().filter(|(_, count)| **count > 0);
        let pairs = filled.filter_map(|(at, count)| {
            Some((u16::try_from(at).ok()?, u32::try_from(*count).unwrap_or(u32::MAX)))
        });
        Sparse(pairs.collect())
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.buckets.fill(0);
        (self.total, self.largest) = (0, 0);
    }

    /// How many values there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The largest value; exact if it was [recorded](Self::record) here.
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// The value that `per_mille` of 1,000 values do not exceed (500 for the median), rounded up to the end of its
    /// bucket: at most 1/16 too much. 0 where nothing was counted.
    pub fn quantile(&self, per_mille: u32) -> u64 {
        let rank = u128::from(self.total) * u128::from(per_mille.min(1000));
        let rank = u64::try_from(rank.div_ceil(1000)).unwrap_or(u64::MAX).max(1);
        let mut seen = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return upper(at).min(self.largest);
            }
        }
        self.largest
    }

    fn add(&mut self, bucket: usize, count: u64) {
        if let Some(slot) = self.buckets.get_mut(bucket) {
            *slot += count;
            self.total += count;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        let mut next = 0;
        for at in 0..BUCKETS - 1 {
            assert_eq!(bucket(next), at, "the first value of a bucket");
            assert_eq!(bucket(upper(at)), at, "the last value of a bucket");
            next = upper(at) + 1;
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn a_median_is_the_middle_value() {
        let mut counts = Counts::default();
        for value in 1..=100 {
            counts.record(value);
        }
        assert_eq!(counts.total(), 100);
        assert_eq!(counts.largest(), 100);
        assert!((50..=53).contains(&counts.quantile(500)), "{}", counts.quantile(500));
        assert_eq!(counts.quantile(1000), 100);
    }

    #[test]
    fn nothing_counted_is_nothing_told() {
        let counts = Counts::default();
        assert_eq!((counts.total(), counts.quantile(990), counts.largest()), (0, 0, 0));
        assert!(Live::default().take().is_empty());
    }

    #[test]
    fn what_was_taken_is_not_counted_again() {
        let live = Live::default();
        live.record(7);
        live.record(1_000_000);
        let first = live.take();
        assert!(live.take().is_empty());
        let mut counts = Counts::default();
        counts.merge(&first);
        assert_eq!(counts.total(), 2);
        assert_eq!(counts.to_sparse(), first);
    }

    proptest! {
        #[test]
        fn a_quantile_is_never_too_small_and_at_most_a_sixteenth_too_large(
            mut values in proptest::collection::vec(0_u64..10_000_000_000, 1..200),
            per_mille in 1_u32..=1000,
        ) {
            let mut counts = Counts::default();
            for &value in &values {
                counts.record(value);
            }
            values.sort_unstable();
            let rank = (values.len() * per_mille as usize).div_ceil(1000).max(1);
            let exact = values[rank - 1];
            let told = counts.quantile(per_mille);
            prop_assert!(told >= exact && told <= exact + exact / 16 + 1, "{told} for {exact}");
        }
    }
}
