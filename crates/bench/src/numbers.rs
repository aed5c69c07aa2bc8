//! Numbers: percentiles, medians and spreads. Knows nothing of what they count.

use std::time::Duration;

/// A count as a number to divide by. Exact below 2^53, which is more bytes than a run can move.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

/// Nanoseconds of a span; a span of more than 500 years is shown as the longest.
pub(crate) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// The percentile by nearest rank: the smallest value that at least `per_mille` thousandths do not exceed.
///
/// `sorted` ascends. `per_mille` is 0 to 1000; 0 gives the smallest value, 1000 the greatest.
pub(crate) fn percentile(sorted: &[u64], per_mille: usize) -> Option<u64> {
    let rank = sorted.len().saturating_mul(per_mille.min(1000)).div_ceil(1000);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// The value in the middle, and how far the runs lay apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// The spread of some runs; none when there are none. An even number of runs takes the mean of the middle two.
    pub(crate) fn of(runs: &[f64]) -> Option<Self> {
        let mut sorted = runs.to_vec();
        sorted.sort_by(f64::total_cmp);
        let upper = *sorted.get(sorted.len() / 2)?;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(*sorted.get(sorted.len() / 2 - 1)?, upper)
        } else {
            upper
        };
        Some(Self { least: *sorted.first()?, median, most: *sorted.last()? })
    }
}

/// Numbers in a fixed order that looks random: the same for every server and every run (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to, not including, `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(end).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(percentile(&hundred, 500), Some(50));
        assert_eq!(percentile(&hundred, 990), Some(99));
        assert_eq!(percentile(&hundred, 1000), Some(100));
        assert_eq!(percentile(&hundred, 0), Some(1));
    }

    #[test]
    fn a_percentile_of_few_values_leans_to_the_slow_side() {
        assert_eq!(percentile(&[10, 20, 30], 990), Some(30));
        assert_eq!(percentile(&[10, 20, 30], 500), Some(20));
        assert_eq!(percentile(&[7], 500), Some(7));
        assert_eq!(percentile(&[], 500), None);
    }

    #[test]
    fn the_median_ignores_the_order_of_runs() {
        let spread = Spread::of(&[3.0, 1.0, 2.0]).unwrap();
        assert_eq!(spread, Spread { least: 1.0, median: 2.0, most: 3.0 });
    }

    #[test]
    fn an_even_number_of_runs_takes_the_mean_of_the_middle_two() {
        assert!((Spread::of(&[4.0, 1.0, 3.0, 2.0]).unwrap().median - 2.5).abs() < 1e-9);
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn dice_repeat_and_stay_below_the_end() {
        let mut one = Dice::new(7);
        let mut two = Dice::new(7);
        for _ in 0..1000 {
            let value = one.below(10);
            assert!(value < 10);
            assert_eq!(value, two.below(10));
        }
        assert_eq!(one.below(0), 0);
    }
}
