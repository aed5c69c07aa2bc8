//! From the times of blocks to the times of a track.
//!
//! Blocks have rounded times: mostly to milliseconds. Where frames come evenly, the exact time is
//! the nearest multiple of the cadence, counted from the track's first frame, unless the block is
//! farther from it than rounding explains: then the file means what it says. Either way a frame's
//! time depends on its own block alone, and windows that adjoin agree.

use media::{Clusters, Timescale, Track};

const NANOS: i128 = 1_000_000_000;

/// How times of the file become times of one track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The track's.
    pub(crate) scale: Timescale,
    /// Nanoseconds of a tick of the file.
    pub(crate) tick: u64,
    /// Nanoseconds that are taken from every time.
    pub(crate) origin: i64,
    /// Ticks of the track that are taken from every time: what primes the decoder.
    pub(crate) delay: i64,
    /// The time of the first frame.
    pub(crate) base: i64,
    /// Ticks from frame to frame.
    pub(crate) cadence: Option<u32>,
}

impl Clock {
    pub(crate) fn of(track: &Track, clusters: &Clusters) -> Self {
        Self {
            scale: track.timescale,
            tick: clusters.tick,
            origin: clusters.origin,
            delay: track.audio().map_or(0, |audio| audio.priming.into()),
            base: track.start,
            cadence: track.cadence,
        }
    }

    /// How far rounding may take a block's time from where it belongs, in ticks of the track.
    fn tolerance(&self) -> i64 {
        let tick = i128::from(self.tick) * i128::from(self.scale.get());
        // One for the rounding of both ends to the track's own ticks.
        i64::try_from((tick + NANOS - 1) / NANOS + 1).unwrap_or(i64::MAX)
    }

    /// Whether frames can be told apart by times as coarse as the file's.
    pub(crate) fn can_tell(&self, cadence: u32) -> bool {
        i64::from(cadence) > self.tolerance().saturating_mul(2)
    }

    /// A time of the file in ticks of the track, as it is.
    pub(crate) fn plain(&self, time: i64) -> i64 {
        let scale = self.scale.get();
        let short = i64::try_from(self.tick)
            .ok()
            .and_then(|tick| time.checked_mul(tick)?.checked_sub(self.origin))
            .and_then(|nanos| nanos.checked_mul(i64::from(scale) * 2)?.checked_add(1_000_000_000));
        let ticks = if let Some(doubled) = short {
            doubled.div_euclid(2_000_000_000)
        } else {
            let nanos = i128::from(time)
                .saturating_mul(self.tick.into())
                .saturating_sub(self.origin.into());
            let nanos = nanos.clamp(i64::MIN.into(), i64::MAX.into());
            let ticks = (nanos * i128::from(scale) * 2 + NANOS).div_euclid(2 * NANOS);
            i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX })
        };
        // With room to count on from there.
        ticks.clamp(i64::MIN / 4, i64::MAX / 4) - self.delay
    }

    /// A time of the file in ticks of the track, on the grid of the cadence if it is near.
    pub(crate) fn time(&self, time: i64) -> i64 {
        let plain = self.plain(time);
        self.on_grid(plain).unwrap_or(plain)
    }

    /// The point of the grid that is meant by a time, if one is.
    pub(crate) fn on_grid(&self, plain: i64) -> Option<i64> {
        let cadence = i64::from(self.cadence.filter(|cadence| self.can_tell(*cadence))?);
        let from = plain.saturating_sub(self.base);
        let grid = self.base + (from.saturating_add(cadence / 2)).div_euclid(cadence) * cadence;
        (grid.abs_diff(plain) <= self.tolerance().unsigned_abs()).then_some(grid)
    }

    /// A length of time of the file in ticks of the track.
    pub(crate) fn length(&self, ticks: u64) -> u32 {
        let nanos = u128::from(ticks) * u128::from(self.tick);
        let ticks = nanos.saturating_mul(self.scale.get().into()).saturating_add(500_000_000);
        let ticks = ticks / 1_000_000_000;
        u32::try_from(ticks).unwrap_or(u32::MAX / 2).min(u32::MAX / 2)
    }

    /// A time of the file in nanoseconds of the presentation.
    pub(crate) fn nanos(&self, time: i64) -> i64 {
        time.saturating_mul(i64::try_from(self.tick).unwrap_or(i64::MAX))
            .saturating_sub(self.origin)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn clock(scale: u32, cadence: u32) -> Clock {
        Clock {
            scale: Timescale::new(scale).unwrap(),
            tick: 1_000_000,
            origin: 0,
            delay: 0,
            base: 0,
            cadence: Some(cadence),
        }
    }

    #[test]
    fn rounded_times_of_even_frames_become_exact() {
        for (scale, cadence) in [(24_000, 1001), (60_000, 1001), (25_000, 1000), (48_000, 1024)] {
            let clock = clock(scale, cadence);
            for frame in 0..200_000_i64 {
                let exact = frame * i64::from(cadence);
                let rounded = media::rescale_round(exact, clock.scale, Timescale::MILLIS);
                let cut = media::rescale_floor(exact, clock.scale, Timescale::MILLIS);
                assert_eq!((clock.time(rounded), clock.time(cut)), (exact, exact), "{scale}");
            }
        }
    }

    #[test]
    fn times_off_the_grid_stay_as_they_are() {
        let clock = clock(24_000, 1001);
        assert_eq!(clock.time(42), 1001);
        assert_eq!(clock.time(50), 1200);
    }

    #[test]
    fn no_time_is_too_large() {
        for time in [i64::MIN, i64::MAX, i64::MAX / 2] {
            let clock = Clock { tick: u64::MAX, origin: time / 2, ..clock(u32::MAX, 1) };
            clock.time(time);
            clock.nanos(time);
            clock.length(u64::MAX);
        }
    }
}
