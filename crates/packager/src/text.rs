//! Text tracks as cues, and cues as segments.

use std::{io, ops::Range};

use isobmff::write;
use media::{Codec, Detail, Framing, Index, Sample, Samples, Source, Timescale, Track};
use subtitles::{Blocks, Cue, Document};

use crate::presentation::micros;

/// The longest text of one sample that is read.
const TEXT_MAX: u32 = 256 << 10;

/// How many cues are shown together at most: more than anybody can read, and few enough that a
/// damaged or hostile text stays small.
const TOGETHER: usize = 24;

/// How long before a window a cue may begin that is still shown in it, in microseconds. Cues that
/// are shown for longer are shown for that long in files whose cues must be searched.
pub const LOOK_BACK: i64 = 30_000_000;

/// The cues of these samples of a track, each with how long it is shown, in ticks. May block.
pub fn cues(source: &dyn Source, track: &Track, samples: &[(Sample, i64)]) -> io::Result<Document> {
    let mut cues = Vec::new();
    let Some(blocks) = Blocks::new(&track.codec, &track.config) else {
        return Ok(Document::default());
    };
    for (sample, duration) in samples {
        if sample.size == 0 || sample.size > TEXT_MAX {
            continue;
        }
        let payload = payload(source, track, sample)?;
        let start = micros(sample.presentation(), track.timescale);
        let end = sample.presentation().saturating_add(*duration);
        let end = micros(end, track.timescale);
        cues.extend(blocks.cues(&payload, start, end));
    }
    subtitles::coalesce(&mut cues);
    Ok(Document { header: blocks.header().to_owned(), cues })
}

fn payload(source: &dyn Source, track: &Track, sample: &Sample) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if track.framing == Framing::Zlib {
        let plain = Track { framing: Framing::Plain, ..track.clone() };
        crate::fetch(source, &plain, sample, &mut bytes)?;
        return matroska::inflate(&bytes, u64::from(TEXT_MAX))
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a text is damaged"));
    }
    crate::fetch(source, track, sample, &mut bytes)?;
    Ok(bytes)
}

/// The times of a window in ticks of a text track, with the time before it in which a cue may
/// begin that is still shown in it.
pub fn search_range(index: &Index, track: &Track, window: &Range<i64>) -> Range<i64> {
    let ticks = |micros| crate::presentation::ticks_of_micros(micros, track.timescale);
    let from = if track.table().is_some() || index.clusters.is_none() {
        // A table is at hand, so looking further back reads no more than the texts themselves.
        window.start.saturating_sub(LOOK_BACK * 10)
    } else {
        window.start.saturating_sub(LOOK_BACK)
    };
    let from = if from <= 0 { i64::MIN } else { ticks(from) };
    from..ticks(window.end)
}

/// The track of `WebVTT` in MP4 boxes that text becomes for DASH. Its times are milliseconds.
pub fn boxed_track(words: crate::Words<'_>, number: u32, end: i64) -> Track {
    Track {
        number,
        codec: Codec::WvttBoxes,
        config: b"WEBVTT".to_vec(),
        codec_string: Some("wvtt".to_owned()),
        timescale: Timescale::MILLIS,
        start: 0,
        end,
        cadence: None,
        count: None,
        bytes: None,
        language: words.language.cloned(),
        title: words.title.map(str::to_owned),
        roles: words.roles,
        detail: Detail::Text,
        framing: Framing::Plain,
        keys: Vec::new(),
        samples: Samples::None,
    }
}

/// The text of a window as samples in boxes, in milliseconds: one for each stretch in which the
/// same cues are shown, empty ones too. The window has no gap.
pub fn boxed(cues: &[Cue], window: Range<i64>) -> (Vec<Sample>, Vec<u8>) {
    let millis = |micros: i64| micros.div_euclid(1000);
    let shown: Vec<(&Cue, Range<i64>)> = cues
        .iter()
        .map(|cue| (cue, millis(cue.start).max(window.start)..millis(cue.end).min(window.end)))
        .filter(|(_, range)| range.start < range.end)
        .collect();
    let mut changes: Vec<i64> = vec![window.start, window.end];
    changes.extend(shown.iter().flat_map(|(_, range)| [range.start, range.end]));
    changes.sort_unstable();
    changes.dedup();
    let (mut samples, mut bytes) = (Vec::new(), Vec::new());
    for (from, to) in changes.iter().zip(changes.iter().skip(1)) {
        let active = shown.iter().filter(|(_, range)| range.start <= *from && *from < range.end);
        let active: Vec<(Option<&str>, Option<&str>, &str)> = active
            .take(TOGETHER)
            .map(|(cue, _)| (cue.id.as_deref(), cue.settings.as_deref(), cue.payload.as_str()))
            .collect();
        let sample = write::wvtt_sample(&active);
        samples.push(Sample {
            offset: bytes.len() as u64,
            size: u32::try_from(sample.len()).unwrap_or(u32::MAX),
            skip: 0,
            decode: *from,
            duration: u32::try_from(to - from).unwrap_or(u32::MAX),
            composition: 0,
            key: true,
        });
        bytes.extend_from_slice(&sample);
    }
    (samples, bytes)
}
