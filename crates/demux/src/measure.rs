//! How many bytes the tracks of a file have whose samples are searched: reckoned from a few windows.

use std::ops::Range;

use media::{Budget, Index, Kind, Samples, Source, Timescale, Track, rescale_ceil, rescale_round};

use crate::{Want, samples};

/// How many windows are looked at.
const WINDOWS: usize = 6;
/// How long a window is at least, in nanoseconds.
const LENGTH: i64 = 5_000_000_000;

/// Fills in how many bytes tracks have, where the file does not say.
pub(crate) fn measure(source: &dyn Source, index: &mut Index, budget: &Budget<'_>) {
    if index.clusters.is_none() {
        return;
    }
    let wanted: Vec<usize> = index
        .tracks
        .iter()
        .enumerate()
        .filter(|(_, track)| {
            matches!(track.kind(), Kind::Video | Kind::Audio)
                && track.samples == Samples::Clusters
                && track.bytes.is_none()
        })
        .map(|(position, _)| position)
        .collect();
    // By track: bytes, and the time that they last in ticks.
    let mut sums = vec![(0u64, 0u64); wanted.len()];
    for window in windows(index) {
        let wants: Vec<Want> = wanted
            .iter()
            .filter_map(|position| Some((*position, index.tracks.get(*position)?)))
            .map(|(position, track)| Want {
                track: position,
                range: in_ticks(track, &window),
                numbers: None,
            })
            .collect();
        let Ok(found) = samples(source, index, &wants, budget) else { return };
        for (sum, samples) in sums.iter_mut().zip(found) {
            sum.0 += samples.iter().map(|sample| u64::from(sample.size)).sum::<u64>();
            sum.1 += samples.iter().map(|sample| u64::from(sample.duration)).sum::<u64>();
        }
    }
    for (position, (bytes, ticks)) in wanted.into_iter().zip(sums) {
        let Some(track) = index.tracks.get_mut(position).filter(|_| ticks > 0) else { continue };
        let length = track.end.saturating_sub(track.start).max(0).unsigned_abs();
        let share = u128::from(bytes) * u128::from(length) / u128::from(ticks);
        track.bytes = Some(u64::try_from(share).unwrap_or(u64::MAX));
    }
}

/// Stretches from key picture to key picture, evenly spread, in nanoseconds.
fn windows(index: &Index) -> Vec<Range<i64>> {
    let Some(lead) =
        index.tracks.iter().find(|track| track.kind() == Kind::Video && !track.keys.is_empty())
    else {
        // Sound alone: from the beginning, and from the middle.
        let end = index.duration_micros().saturating_mul(1000);
        return [0, end / 2].map(|start| start..start.saturating_add(LENGTH)).to_vec();
    };
    let nanos = |ticks: i64| rescale_round(ticks, lead.timescale, Timescale::NANOS);
    let mut windows: Vec<Range<i64>> = Vec::with_capacity(WINDOWS);
    for part in 0..WINDOWS {
        let first = lead.keys.len() * part / WINDOWS;
        let Some(start) = lead.keys.get(first).map(|key| nanos(key.time)) else { continue };
        let ahead = lead.keys.iter().skip(first + 1).map(|key| nanos(key.time));
        let end = ahead.filter(|time| time - start >= LENGTH).min().unwrap_or(nanos(lead.end));
        if windows.last().is_none_or(|last| last.end <= start) {
            windows.push(start..end);
        }
    }
    windows
}

fn in_ticks(track: &Track, window: &Range<i64>) -> Range<i64> {
    let ticks = |nanos: i64| {
        if track.kind() == Kind::Video {
            // A key point's time to the nanosecond and back is itself.
            rescale_round(nanos, Timescale::NANOS, track.timescale)
        } else {
            rescale_ceil(nanos, Timescale::NANOS, track.timescale)
        }
    };
    ticks(window.start)..ticks(window.end)
}
