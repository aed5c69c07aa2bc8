//! Text tracks as cues, and cues as segments.

use std::io;

use media::{Framing, Index, Sample, Source, Track};
use subtitles::Cue;

use crate::presentation::micros;

/// The longest text of one sample that is read.
const TEXT_MAX: u32 = 256 << 10;

/// How long before a window a cue may begin that is still shown in it, in microseconds. Cues that
/// are shown for longer are shown for that long in files whose cues must be searched.
pub const LOOK_BACK: i64 = 30_000_000;

/// The cues of these samples of a track, each with how long it is shown, in ticks. May block.
pub fn cues(
    source: &dyn Source,
    track: &Track,
    samples: &[(Sample, i64)],
) -> io::Result<Vec<Cue>> {
    let mut cues = Vec::new();
    for (sample, duration) in samples {
        if sample.size == 0 || sample.size > TEXT_MAX {
            continue;
        }
        let payload = payload(source, track, sample)?;
        let start = micros(sample.presentation(), track.timescale);
        let end = sample.presentation().saturating_add(*duration);
        let end = micros(end, track.timescale);
        cues.extend(subtitles::from_block(&track.codec, &track.config, &payload, start, end));
    }
    Ok(cues)
}

fn payload(source: &dyn Source, track: &Track, sample: &Sample) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if track.framing == Framing::Zlib {
        let plain = Track { framing: Framing::Plain, ..track.clone() };
        crate::fetch(source, &plain, sample, &mut bytes)?;
        return matroska::inflate(&bytes, TEXT_MAX as usize);
    }
    crate::fetch(source, track, sample, &mut bytes)?;
    Ok(bytes)
}

/// The times of a window in ticks of a text track, with the time before it in which a cue may
/// begin that is still shown in it.
pub fn search_range(index: &Index, track: &Track, window: &std::ops::Range<i64>) -> std::ops::Range<i64> {
    let ticks = |micros| crate::presentation::ticks_of_micros(micros, track.timescale);
    let from = if track.table().is_some() || index.clusters.is_none() {
        // All that came before costs nothing to look at.
        window.start.saturating_sub(LOOK_BACK * 10)
    } else {
        window.start.saturating_sub(LOOK_BACK)
    };
    let from = if from <= 0 { i64::MIN } else { ticks(from) };
    from..ticks(window.end)
}
