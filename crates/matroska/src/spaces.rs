//! How many bytes pictures have from one key picture to the next, at most: what lies between, less
//! the sound in between that is known to be even.

use media::{Codec, KeyPoint, Kind, Samples, Timescale, Track, rescale_round};

use crate::{keys::Ends, opening::Seen};

/// How much nearer to its beginning or its end sound may be stored than where pictures of the same
/// time are, in nanoseconds.
const APART: i64 = 500_000_000;

/// What is known of sound whose every frame has the same size.
struct Even {
    /// Bytes of a frame.
    size: u64,
    /// Nanoseconds of a frame.
    lasts: i64,
    /// Where it begins and ends.
    from: i64,
    to: i64,
}

/// For each track of pictures and each of its key points, the most bytes that its samples have
/// from there up to the next.
pub(crate) fn of(tracks: &[Track], opened: &[Vec<Seen>], lanes: Vec<Ends>) -> Vec<Vec<u64>> {
    let even: Vec<Even> =
        tracks.iter().zip(opened).filter_map(|(track, seen)| even(track, seen)).collect();
    tracks
        .iter()
        .zip(lanes)
        .map(|(track, lane)| {
            if track.kind() != Kind::Video || track.samples != Samples::Clusters {
                return Vec::new();
            }
            less(track, &even, lane.spaces)
        })
        .collect()
}

fn less(track: &Track, even: &[Even], mut spaces: Vec<u64>) -> Vec<u64> {
    let nanos = |key: &KeyPoint| rescale_round(key.time, track.timescale, Timescale::NANOS);
    let times = track.keys.iter().zip(track.keys.iter().skip(1));
    for ((one, next), space) in times.zip(&mut spaces) {
        let (from, to) = (nanos(one), nanos(next));
        let surely = |even: &Even| {
            let time = to.min(even.to).saturating_sub(from.max(even.from)) - APART;
            even.size.saturating_mul((time / even.lasts).max(0).unsigned_abs())
        };
        let sound: u64 = even.iter().map(surely).sum();
        *space = space.saturating_sub(sound);
    }
    spaces
}

/// Whether sound is even: by its first frames, and by how many bytes the file says that it has in
/// all, which leaves no room for others, nor for a pause.
fn even(track: &Track, seen: &[Seen]) -> Option<Even> {
    if !matches!(track.codec, Codec::Ac3 | Codec::Eac3 | Codec::Mp2 | Codec::Mp3) {
        return None;
    }
    let size = seen.first()?.size;
    if seen.iter().any(|seen| seen.size != size) || seen.len() < 8 {
        return None;
    }
    let nanos = |ticks: i64| rescale_round(ticks, track.timescale, Timescale::NANOS);
    let lasts = Some(nanos(track.cadence?.into())).filter(|nanos| *nanos > 0)?;
    let frames = track.end.saturating_sub(track.start) / i64::from(track.cadence?);
    let expected = frames.max(0).unsigned_abs().saturating_mul(size.into());
    let even = track.bytes?.abs_diff(expected) <= expected / 500;
    even.then(|| Even { size: size.into(), lasts, from: nanos(track.start), to: nanos(track.end) })
}
