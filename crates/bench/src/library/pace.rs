//! How long answers took, as percentiles in milliseconds.

use std::time::Duration;

use crate::numbers::{nanos, percentile, real};

/// Answers that were timed, sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace(Vec<u64>);

impl Pace {
    pub(super) fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<u64> = times.into_iter().map(nanos).collect();
        times.sort_unstable();
        Self(times)
    }

    /// What so many thousandths did not exceed; not a number if nothing was timed.
    pub(super) fn ms(&self, per_mille: usize) -> f64 {
        percentile(&self.0, per_mille).map_or(f64::NAN, |nanos| real(nanos) / 1e6)
    }

    /// How many there are.
    pub(super) fn count(&self) -> f64 {
        real(self.0.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_told_in_milliseconds() {
        let pace = Pace::of((1..=100).rev().map(Duration::from_millis));
        assert!((pace.ms(990) - 99.0).abs() < 1e-9 && (pace.count() - 100.0).abs() < 1e-9);
        assert!(Pace::default().ms(500).is_nan());
    }
}
