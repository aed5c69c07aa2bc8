//! The unit of a track's times, and how many of it pass from frame to frame.

use bitstream::ac3;
use media::{Codec, Ratio, Timescale};

use crate::{clock::Clock, entry::Sound, opening::Seen};

/// How a track's times are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Rhythm {
    pub(crate) scale: Timescale,
    pub(crate) cadence: Option<u32>,
}

const NANOS: u64 = 1_000_000_000;

/// The rhythm of pictures whose frames last `nanos`, if the file says so, and the rate of frames.
pub(crate) fn pictures(nanos: Option<u64>, tick: u64, seen: &[Seen]) -> (Rhythm, Option<Ratio>) {
    let clock = |rhythm: Rhythm| Clock {
        scale: rhythm.scale,
        tick,
        origin: 0,
        delay: 0,
        base: 0,
        cadence: rhythm.cadence,
    };
    if let Some(rhythm) = nanos.and_then(steady) {
        let mut clock = clock(rhythm);
        clock.base = seen.first().map_or(0, |first| clock.plain(first.time));
        if rhythm.cadence.is_some_and(|cadence| clock.can_tell(cadence)) && fits(&clock, seen) {
            let rate = rhythm.cadence.and_then(|cadence| Ratio::new(rhythm.scale.get(), cadence));
            return (rhythm, rate);
        }
    }
    // Each keeps the time it has.
    let rhythm = Rhythm { scale: fine(tick), cadence: None };
    (rhythm, measured(seen, tick).or_else(|| rate(nanos?)))
}

/// Whether frames come as often as the cadence says, and no oftener.
fn fits(clock: &Clock, seen: &[Seen]) -> bool {
    let mut grid: Vec<_> = seen.iter().map(|seen| clock.on_grid(clock.plain(seen.time))).collect();
    let off = grid.iter().filter(|point| point.is_none()).count();
    grid.retain(Option::is_some);
    grid.sort_unstable();
    let before = grid.len();
    grid.dedup();
    let span = match (grid.first(), grid.last(), clock.cadence) {
        (Some(Some(first)), Some(Some(last)), Some(cadence)) => {
            last.saturating_sub(*first) / i64::from(cadence)
        }
        _ => 0,
    };
    // A frame may be missing here and there, and one may stray. The last stretch may lack pictures
    // that are stored later than they are shown.
    let missing = span + 1 - i64::try_from(grid.len()).unwrap_or(0);
    off * 10 <= seen.len() && before == grid.len() && missing * 5 <= span + 10
}

/// A rhythm that is exactly or almost `nanos`.
fn steady(nanos: u64) -> Option<Rhythm> {
    let rhythm = |scale, cadence| {
        Timescale::new(scale).map(|scale| Rhythm { scale, cadence: Some(cadence) })
    };
    // Rounded to nanoseconds, or to microseconds by some.
    let near = |num: u64, den: u64| {
        let exact = NANOS * den;
        (nanos * num).abs_diff(exact) <= exact / 20_000
    };
    if !(1_000_000..=NANOS * 10).contains(&nanos) {
        return None;
    }
    for rate in [24, 30, 60, 48, 120, 12, 15, 6, 96, 72, 240] {
        let (low, high) = (u64::from(rate) * 1000, 1001);
        if near(low, high)
            && (nanos * low).abs_diff(NANOS * high) < (nanos * low).abs_diff(NANOS * 1000)
        {
            return rhythm(rate * 1000, 1001);
        }
    }
    let whole = (NANOS + nanos / 2) / nanos;
    if whole > 0 && near(whole, 1) {
        return rhythm(u32::try_from(whole).ok()? * 1000, 1000);
    }
    // 12.5 a second, and the like.
    let thousandths = (NANOS * 1000 + nanos / 2) / nanos;
    if (nanos * thousandths).abs_diff(NANOS * 1000) <= thousandths {
        return rhythm(u32::try_from(thousandths).ok()?, 1000);
    }
    let ticks = nanos * 9;
    ticks.is_multiple_of(100_000).then(|| rhythm(90_000, u32::try_from(ticks / 100_000).ok()?))?
}

/// The rate of frames that last `nanos`.
fn rate(nanos: u64) -> Option<Ratio> {
    let rhythm = steady(nanos)?;
    Ratio::new(rhythm.scale.get(), rhythm.cadence?)
}

/// The rate of frames as they come, made a usual one where it may be one.
fn measured(seen: &[Seen], tick: u64) -> Option<Ratio> {
    let times = || seen.iter().map(|seen| seen.time);
    let (first, last) = (times().min()?, times().max()?);
    let frames = u64::try_from(seen.len()).ok()?.checked_sub(1).filter(|frames| *frames >= 4)?;
    let nanos = last.abs_diff(first).checked_mul(tick)?;
    let each = nanos.checked_div(frames).filter(|each| *each > 0)?;
    // Both ends are rounded.
    let unsure = (tick.saturating_mul(2) / frames).min(each / 50);
    let usual = [
        (24_000, 1001),
        (24, 1),
        (25, 1),
        (30_000, 1001),
        (30, 1),
        (50, 1),
        (60_000, 1001),
        (60, 1),
        (48, 1),
        (15, 1),
        (12, 1),
        (10, 1),
        (120, 1),
    ];
    let near = usual
        .into_iter()
        .map(|(num, den): (u64, u64)| ((NANOS * den / num).abs_diff(each), num, den));
    match near.min() {
        Some((off, num, den)) if off <= unsure.max(each / 2000) => {
            Ratio::new(u32::try_from(num).ok()?, u32::try_from(den).ok()?)
        }
        _ => Ratio::new(u32::try_from(NANOS * 1000 / each).ok()?, 1000),
    }
}

/// A timescale in which the ticks of the file are whole, or small enough not to matter.
fn fine(tick: u64) -> Timescale {
    // 90 kHz is what players know best.
    match NANOS.checked_div(tick).and_then(|ticks| u32::try_from(ticks).ok()) {
        Some(ticks @ 90_001..) => Timescale::new(ticks.min(1_000_000)).unwrap_or(Timescale::MICROS),
        Some(ticks @ 1..) if NANOS.is_multiple_of(tick) && 90_000 % ticks != 0 => {
            Timescale::new(ticks).unwrap_or(Timescale::MPEG)
        }
        _ => Timescale::MPEG,
    }
}

/// The rhythm of text: milliseconds, unless times are finer than that.
pub(crate) fn text(tick: u64) -> Rhythm {
    let coarse = tick >= 1_000_000 && tick.is_multiple_of(1_000_000);
    Rhythm { scale: if coarse { Timescale::MILLIS } else { Timescale::MICROS }, cadence: None }
}

/// The rhythm of sound: its rate, and the samples in a frame, where `described` or its kind say so.
pub(crate) fn sound(
    codec: &Codec,
    sound: Sound,
    described: (Option<u32>, Option<u32>),
    nanos: Option<u64>,
    first: &[u8],
) -> Rhythm {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let stated = sound.rate.round() as u32;
    let rate = match codec {
        // Counted like that whatever was put into it [RFC 7845, 4].
        Codec::Opus => 48_000,
        _ => described.0.unwrap_or(stated),
    };
    let scale = Timescale::new(rate).unwrap_or(Timescale::new(48_000).unwrap_or(Timescale::MPEG));
    let samples = match codec {
        Codec::Opus => bitstream::opus::packet_duration(first),
        // Its record says nothing of that.
        Codec::Eac3 => ac3::Header::parse(first).map(|header| header.samples).or(described.1),
        // Blocks hold as many as the writer liked.
        Codec::Pcm { .. } => None,
        _ => described.1.or(match codec {
            Codec::Aac => Some(1024),
            Codec::Mp3 => Some(if rate < 32_000 { 576 } else { 1152 }),
            Codec::Mp2 => Some(1152),
            Codec::Ac3 => Some(1536),
            _ => None,
        }),
    };
    // Vorbis has long and short frames, whatever the file says.
    let cadence = samples.or_else(|| {
        let nanos = nanos.filter(|_| *codec != Codec::Vorbis)?;
        let product = nanos.checked_mul(rate.into())?;
        let samples = (product + NANOS / 2) / NANOS;
        (product.abs_diff(samples * NANOS) <= u64::from(rate) * 2)
            .then(|| u32::try_from(samples).ok())?
    });
    Rhythm { scale, cadence: cadence.filter(|cadence| *cadence > 0) }
}

/// Whether the first frames of sound come about as often as `cadence` says.
pub(crate) fn sounds_like(clock: &Clock, cadence: u32, seen: &[Seen]) -> bool {
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return true };
    // What is laced into the last block has no time of its own.
    let Some(frames) = i64::try_from(seen.len()).ok().map(|count| count - 1 - i64::from(last.nth))
    else {
        return true;
    };
    let expected = frames.saturating_mul(cadence.into());
    let found = clock.plain(last.time).saturating_sub(clock.plain(first.time));
    // A frame may be long or missing where a recording began.
    let slack = i64::from(clock.length(3)).saturating_add(expected / 4);
    frames < 4 || expected.abs_diff(found) <= slack.unsigned_abs()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_usual_frame_rates_are_recognised_however_they_were_rounded() {
        for (nanos, scale, cadence) in [
            (41_708_333, 24_000, 1001),
            (41_708_000, 24_000, 1001),
            (41_666_666, 24_000, 1000),
            (40_000_000, 25_000, 1000),
            (33_366_666, 30_000, 1001),
            (33_366_700, 30_000, 1001),
            (33_333_333, 30_000, 1000),
            (20_000_000, 50_000, 1000),
            (16_683_333, 60_000, 1001),
            (16_666_666, 60_000, 1000),
            (8_341_666, 120_000, 1001),
            (80_000_000, 12_500, 1000),
            (42_000_000, 90_000, 3780),
            (NANOS, 1000, 1000),
        ] {
            let scale = Timescale::new(scale).unwrap();
            assert_eq!(steady(nanos), Some(Rhythm { scale, cadence: Some(cadence) }), "{nanos}");
        }
        assert_eq!(steady(33_400_001), None);
        assert_eq!(steady(1), None);
    }

    #[test]
    fn ticks_of_every_file_are_whole_or_small() {
        assert_eq!(fine(1_000_000).get(), 90_000);
        assert_eq!(fine(100_000).get(), 90_000);
        assert_eq!(fine(1_000).get(), 1_000_000);
        assert_eq!(fine(1).get(), 1_000_000);
        assert_eq!(fine(22_675).get(), 90_000);
        assert_eq!(fine(5_000_000).get(), 90_000);
        assert_eq!(fine(u64::MAX).get(), 90_000);
    }
}
