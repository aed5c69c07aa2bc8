//! Where the samples of a movie go in the file, and when they are presented.

use media::{Kind, Timescale, rescale_round};

use super::{Chunk, MovieTrack};
use crate::write::moov::Edit;

/// The samples of all tracks in chunks of a second of one track, in order of time.
pub(super) fn chunks(tracks: &[MovieTrack<'_>]) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut next = vec![0; tracks.len()];
    // The track whose next sample comes first.
    while let Some((track, begin)) = tracks
        .iter()
        .zip(&next)
        .enumerate()
        .filter_map(|(number, (track, next))| {
            let sample = track.samples.get(*next)?;
            let time = sample.decode.saturating_sub(track.begin);
            Some(((rescale_round(time, track.track.timescale, Timescale::MICROS), number), *next))
        })
        .min()
        .map(|((_, number), begin)| (number, begin))
    {
        let Some(one) = tracks.get(track) else { break };
        let rest = one.samples.get(begin..).unwrap_or_default();
        let second = i64::from(one.track.timescale.get());
        let until = rest.first().map_or(0, |first| first.decode.saturating_add(second));
        // At least one, whatever its times.
        let count = rest.iter().skip(1).take_while(|sample| sample.decode < until).count() + 1;
        let samples = begin..begin + count;
        let bytes = rest.iter().take(count).map(|sample| u64::from(sample.size)).sum();
        if let Some(next) = next.get_mut(track) {
            *next = samples.end;
        }
        chunks.push(Chunk { track, samples, bytes });
    }
    chunks
}

/// A timescale in which a stretch of any track is a whole number, if there is one that is not
/// excessive; else that of the pictures.
pub(super) fn movie_timescale(tracks: &[MovieTrack<'_>]) -> Timescale {
    const MOST: u64 = 10_000_000;
    let scales = tracks.iter().map(|track| track.track.timescale.get());
    let common = scales.clone().try_fold(1, |all, scale| {
        let (all, scale) = (all, u64::from(scale));
        Some(all / gcd(all, scale) * scale).filter(|all| *all <= MOST)
    });
    let pictures = tracks.iter().find(|track| track.track.kind() == Kind::Video);
    let first = pictures.or_else(|| tracks.first()).map(|track| track.track.timescale);
    common
        .and_then(|common| u32::try_from(common).ok())
        // Milliseconds at least: of a file of text alone nobody expects less.
        .filter(|_| !tracks.is_empty())
        .and_then(Timescale::new)
        .or(first)
        .unwrap_or(Timescale::MILLIS)
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// When a track is presented.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Edits {
    /// Empty if all its media are presented from the beginning on.
    pub(super) list: Vec<Edit>,
    /// From the beginning of the movie to the end of the track, in ticks of the movie.
    pub(super) duration: u64,
}

/// The edit list by which exactly the stretch that is asked for is presented, or as much of it as
/// there is.
pub(super) fn edits(track: &MovieTrack<'_>, scale: Timescale) -> Edits {
    let (Some(first), Some(last)) = (track.samples.first(), track.samples.last()) else {
        return Edits::default();
    };
    // Composition times are counted from the first decode time.
    let zero = first.decode;
    let shown = track.samples.iter().map(media::Sample::presentation);
    let earliest = shown.clone().min().unwrap_or(zero);
    let latest = track
        .samples
        .iter()
        .map(|sample| sample.presentation().saturating_add(i64::from(sample.duration)));
    let media_end = latest.max().unwrap_or(zero);
    let decode_end = last.decode.saturating_add(i64::from(last.duration)).max(media_end);
    let begin = track.begin.max(earliest);
    let end = track.end.min(decode_end).max(begin);
    let ticks = |length: i64| {
        u64::try_from(rescale_round(length, track.track.timescale, scale)).unwrap_or(0)
    };
    // Both ends are rounded from the beginning of the movie, so that nothing adds up.
    let late = ticks(begin.saturating_sub(track.begin));
    let duration = ticks(end.saturating_sub(track.begin));
    // What is shown before it is decoded, in a damaged track, cannot be told.
    let media_time = begin.saturating_sub(zero).max(0);
    if late == 0 && media_time == 0 && end >= decode_end {
        return Edits { list: Vec::new(), duration };
    }
    let mut list = Vec::new();
    if late > 0 {
        list.push(Edit { duration: late, media_time: -1 });
    }
    list.push(Edit { duration: duration.saturating_sub(late), media_time });
    Edits { list, duration }
}
