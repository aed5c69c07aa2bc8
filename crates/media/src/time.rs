//! Ticks, timescales and exact arithmetic between them.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// Ticks in a second. Never zero.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Timescale(NonZeroU32);

impl Timescale {
    /// 90 kHz: MPEG-TS.
    pub const MPEG: Self = Self::new_or_one(90_000);
    /// Milliseconds.
    pub const MILLIS: Self = Self::new_or_one(1_000);
    /// Microseconds.
    pub const MICROS: Self = Self::new_or_one(1_000_000);
    /// Nanoseconds.
    pub const NANOS: Self = Self::new_or_one(1_000_000_000);

    const fn new_or_one(ticks: u32) -> Self {
        match NonZeroU32::new(ticks) {
            Some(ticks) => Self(ticks),
            None => Self(NonZeroU32::MIN),
        }
    }

    /// So many ticks a second; `None` for zero.
    pub const fn new(ticks: u32) -> Option<Self> {
        match NonZeroU32::new(ticks) {
            Some(ticks) => Some(Self(ticks)),
            None => None,
        }
    }

    /// Ticks in a second.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// For text that people read, never for decisions.
    #[allow(clippy::cast_precision_loss)]
    pub fn seconds(self, ticks: i64) -> f64 {
        ticks as f64 / f64::from(self.get())
    }
}

/// A positive fraction in lowest terms: a frame rate, an aspect ratio.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Ratio {
    /// Above the line.
    pub num: u32,
    /// Below the line, never zero.
    pub den: u32,
}

impl Ratio {
    /// The fraction in lowest terms; `None` if either is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        let divisor = gcd(num, den);
        (num != 0 && den != 0).then(|| Self { num: num / divisor, den: den / divisor })
    }

    /// For text that people read, never for decisions.
    pub fn to_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// `ticks` of one scale in ticks of another, towards the past.
pub fn rescale_floor(ticks: i64, from: Timescale, to: Timescale) -> i64 {
    let product = i128::from(ticks) * i128::from(to.get());
    clamp(product.div_euclid(i128::from(from.get())))
}

/// `ticks` of one scale in ticks of another, towards the future.
pub fn rescale_ceil(ticks: i64, from: Timescale, to: Timescale) -> i64 {
    let product = i128::from(ticks) * i128::from(to.get());
    clamp(-(-product).div_euclid(i128::from(from.get())))
}

/// `ticks` of one scale in ticks of another, to the nearest; halves go to the future.
pub fn rescale_round(ticks: i64, from: Timescale, to: Timescale) -> i64 {
    let (from, to) = (i128::from(from.get()), i128::from(to.get()));
    clamp((i128::from(ticks) * to * 2 + from).div_euclid(from * 2))
}

/// No time in a file is that far away; what claims to be stays at the end of time.
fn clamp(ticks: i128) -> i64 {
    i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rescaling_is_exact_and_rounds_the_way_it_says() {
        let film = Timescale::new(24_000).unwrap();
        assert_eq!(rescale_round(72 * 1001, film, Timescale::MILLIS), 3_003);
        assert_eq!(rescale_floor(1001, film, Timescale::MPEG), 3_753);
        assert_eq!(rescale_ceil(1001, film, Timescale::MPEG), 3_754);
        assert_eq!(rescale_floor(-1001, film, Timescale::MPEG), -3_754);
        assert_eq!(rescale_ceil(-1001, film, Timescale::MPEG), -3_753);
        assert_eq!(rescale_round(i64::MAX, Timescale::MILLIS, Timescale::NANOS), i64::MAX);
    }

    #[test]
    fn ratios_are_in_lowest_terms() {
        assert_eq!(Ratio::new(48_000, 2_002), Ratio::new(24_000, 1_001));
        assert_eq!(Ratio::new(0, 1), None);
        assert_eq!(Ratio::new(1, 0), None);
    }
}
