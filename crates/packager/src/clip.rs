//! A stretch of a file as an ordinary MP4 that is never written: a header, then samples where they
//! lie.

use isobmff::write::{self, Movie, MovieTrack, NotWritable};
use media::{Kind, Sample, Timescale, Track, rescale_ceil, rescale_floor};

use crate::{Origin, Piece, Presentation, segment::media_of};

/// Where a clip begins.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cut {
    /// At the key picture at its start or before: every player shows the same.
    AtKeyPicture,
    /// Exactly at its start: an edit list hides what is needed to decode the first picture.
    Exact,
}

/// What is to be a clip, in microseconds from the beginning of the presentation.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Stretch {
    /// Where it begins.
    pub start: i64,
    /// Where it ends.
    pub end: i64,
    /// How exactly.
    pub cut: Cut,
}

/// One track of a clip: what of it is needed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClipTrack {
    /// The position of the track in the index.
    pub track: usize,
    /// Presentation times of its samples, in ticks; `i64::MIN` and `i64::MAX` for all before and
    /// behind.
    pub range: std::ops::Range<i64>,
    /// Where the presented stretch begins, in ticks.
    pub begin: i64,
    /// Where it ends.
    pub end: i64,
}

/// Why there is no clip.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoClip {
    /// Nothing lies between start and end.
    #[error("there is nothing between the start and the end of this clip; the video lasts {0} s")]
    Empty(String),
    /// A track cannot be written.
    #[error(transparent)]
    NotWritable(#[from] NotWritable),
}

/// How much sound before its beginning a clip takes along to prime the decoder, in milliseconds.
const PRIMING: i64 = 60;

/// What is needed of each track for a clip.
pub fn tracks(presentation: &Presentation, stretch: Stretch) -> Result<Vec<ClipTrack>, NoClip> {
    let duration = presentation.duration;
    let (start, end) = (stretch.start.clamp(0, duration), stretch.end.min(duration));
    if start >= end {
        let seconds = Timescale::MICROS.seconds(duration);
        return Err(NoClip::Empty(format!("{seconds:.3}")));
    }
    let lead = presentation.lead();
    let key = lead.and_then(|lead| {
        let track = presentation.track(lead)?;
        let at = rescale_floor(start, Timescale::MICROS, track.timescale);
        let key = track.keys.iter().rev().find(|key| key.time <= at && !key.open);
        Some((key.or(track.keys.first())?.time, track.timescale))
    });
    let begin = match (stretch.cut, key) {
        (Cut::AtKeyPicture, Some((time, scale))) => (time, scale),
        _ => (start, Timescale::MICROS),
    };
    let mut tracks = Vec::new();
    for rendition in &presentation.renditions {
        let Origin::Track(position) = rendition.origin else { continue };
        let Some(track) = presentation.index.tracks.get(position) else { continue };
        let scale = track.timescale;
        let begin = media::rescale_round(begin.0, begin.1, scale);
        let end = rescale_ceil(end, Timescale::MICROS, scale).min(track.end);
        let range = match rendition.kind {
            Kind::Video => pictures(track, begin, end),
            Kind::Audio => {
                let priming = media::rescale_ceil(PRIMING, Timescale::MILLIS, scale);
                let from = if begin <= 0 { i64::MIN } else { begin.saturating_sub(priming) };
                from..if end >= track.end { i64::MAX } else { end }
            }
            Kind::Text | Kind::Other => continue,
        };
        if begin < end {
            tracks.push(ClipTrack { track: position, range, begin, end });
        }
    }
    if tracks.is_empty() {
        let seconds = Timescale::MICROS.seconds(duration);
        return Err(NoClip::Empty(format!("{seconds:.3}")));
    }
    Ok(tracks)
}

/// From the key picture before to the first key picture behind.
fn pictures(track: &Track, begin: i64, end: i64) -> std::ops::Range<i64> {
    let from = track.keys.iter().rev().find(|key| key.time <= begin && !key.open);
    let from = from.or(track.keys.first()).map_or(i64::MIN, |key| key.time);
    let to = track.keys.iter().find(|key| key.time >= end && key.time > from);
    from..to.map_or(i64::MAX, |key| key.time)
}

/// The clip: its header, and its samples in the order of the header. `samples` are those of each
/// of `tracks`.
pub fn pieces(
    presentation: &Presentation,
    tracks: &[ClipTrack],
    mut samples: Vec<Vec<Sample>>,
) -> Result<Vec<(usize, Piece)>, NoClip> {
    for (track, samples) in tracks.iter().zip(&mut samples) {
        // Nothing is decoded for pictures that are not shown.
        let needed = samples.iter().rposition(|sample| sample.presentation() < track.end);
        samples.truncate(needed.map_or(0, |last| last + 1));
    }
    let index = &presentation.index;
    let of = |track: &ClipTrack| index.tracks.get(track.track);
    let chosen: Vec<(&ClipTrack, &Track, Vec<Sample>)> = tracks
        .iter()
        .zip(samples)
        .filter(|(_, samples)| !samples.is_empty())
        .filter_map(|(track, samples)| Some((track, of(track)?, samples)))
        .collect();
    let movie = Movie {
        tracks: chosen
            .iter()
            .map(|(clip, track, samples)| MovieTrack {
                track,
                samples,
                begin: clip.begin,
                end: clip.end,
            })
            .collect(),
        title: index.title.as_deref(),
    };
    let layout = write::movie(&movie)?;
    let mut pieces = vec![(0, Piece::Bytes(layout.header.into()))];
    for chunk in layout.chunks {
        let Some((clip, track, samples)) = chosen.get(chunk.track) else { continue };
        let samples = samples.get(chunk.samples).unwrap_or_default().to_vec();
        pieces.extend(media_of(track, samples).into_iter().map(|piece| (clip.track, piece)));
    }
    Ok(pieces)
}
