//! Segments of a transport stream: pictures and the default sound together, other sound alone.

use std::io;

use bytes::Bytes;
use media::{Framing, Kind, Sample, Source, Timescale, Track};
use mpegts::mux::{self, Continuity, Program};

use crate::{
    Origin, Presentation, Rendition, fetch, fetch::Together, names::Lane, presentation::Span,
};

/// What a segment consists of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parts {
    /// The pictures: their track, and the segment.
    pub video: Option<Part>,
    /// The sound: its track, and the stretch of it.
    pub audio: Option<Part>,
}

/// A stretch of one track.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// The position of the track in the index.
    pub track: usize,
    /// Presentation times in ticks of the track, half-open; the first stretch begins at
    /// `i64::MIN`, the last ends at `i64::MAX`.
    pub range: std::ops::Range<i64>,
    /// The numbers of the samples in the table, if it has one.
    pub numbers: Option<std::ops::Range<u32>>,
}

/// The samples of the parts.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// Of the pictures.
    pub video: Vec<Sample>,
    /// Of the sound.
    pub audio: Vec<Sample>,
}

/// Whether there is a transport stream of this presentation; if not, why.
pub fn check(presentation: &Presentation) -> Result<(), String> {
    let main = presentation.lead().or_else(|| presentation.default_audio());
    let track = main.and_then(|main| presentation.track(main));
    match track {
        Some(track) if is_carried(track) => Ok(()),
        Some(track) => Err(format!(
            "{} cannot be carried in a transport stream; use /hls instead of /hls-ts",
            track.codec.name()
        )),
        None => Err("there is nothing to see or hear".to_owned()),
    }
}

/// Whether a track can be carried in a transport stream.
pub fn is_carried(track: &Track) -> bool {
    let is_video = track.kind() == Kind::Video;
    let program = Program {
        video: Some(track).filter(|_| is_video),
        audio: Some(track).filter(|_| !is_video),
    };
    mux::plan(&program, &[], &[], Continuity::default()).is_ok()
}

impl Presentation {
    /// The sound that goes with the pictures in a transport stream.
    pub fn ts_audio(&self) -> Option<&Rendition> {
        let carried = |audio: &&Rendition| self.track(audio).is_some_and(is_carried);
        self.default_audio().filter(carried).or_else(|| self.of(Kind::Audio).find(carried))
    }
}

/// The rendition whose segments are those of this playlist: the pictures, where there are any.
pub fn rendition(presentation: &Presentation, lane: Lane) -> Option<&Rendition> {
    match lane {
        Lane::Main => presentation.lead().or_else(|| presentation.ts_audio()),
        Lane::Audio(number) => presentation.rendition(Kind::Audio, number),
        _ => None,
    }
}

/// What a segment consists of; `None` if there is no such segment.
pub fn parts(presentation: &Presentation, lane: Lane, number: u32) -> Option<Parts> {
    if let Lane::Audio(of) = lane {
        let rendition = presentation.rendition(Kind::Audio, of)?;
        let part = own(presentation, rendition, number)?;
        return Some(Parts { video: None, audio: Some(part) });
    }
    if lane != Lane::Main {
        return None;
    }
    let audio = presentation.ts_audio();
    let Some(lead) = presentation.lead() else {
        return Some(Parts { video: None, audio: Some(own(presentation, audio?, number)?) });
    };
    let video = own(presentation, lead, number)?;
    let span = *lead.spans.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
    let last = usize::try_from(number).ok()? == lead.spans.len();
    let audio = audio
        .and_then(|audio| beside(presentation, audio, span, lead.timescale, (number == 1, last)));
    Some(Parts { video: Some(video), audio })
}

/// The segment of a rendition itself.
fn own(presentation: &Presentation, rendition: &Rendition, number: u32) -> Option<Part> {
    let Origin::Track(track) = rendition.origin else { return None };
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    let span = rendition.spans.get(place)?;
    let table = presentation.index.tracks.get(track)?.table();
    let first = place == 0 && rendition.kind == Kind::Audio;
    let last = place + 1 == rendition.spans.len();
    let start = if first { i64::MIN } else { span.start };
    let end = if last { i64::MAX } else { span.end };
    Some(Part { track, range: start..end, numbers: table.map(|_| span.first..span.last) })
}

/// The sound that is heard while these pictures are shown; with the first ones all before, with the
/// last ones all that is left.
fn beside(
    presentation: &Presentation,
    audio: &Rendition,
    span: Span,
    scale: Timescale,
    (first, last): (bool, bool),
) -> Option<Part> {
    let Origin::Track(track) = audio.origin else { return None };
    let at = |time: i64| media::rescale_ceil(time, scale, audio.timescale);
    let start = if first { i64::MIN } else { at(span.start) };
    let end = if last { i64::MAX } else { at(span.end) };
    let table = presentation.index.tracks.get(track)?.table();
    let numbers = table.map(|table| table.first_at(start)..table.first_at(end));
    Some(Part { track, range: start..end, numbers })
}

/// A segment whose length is known and whose packets are made when they are sent.
#[derive(Debug)]
pub struct TsSegment {
    segment: mux::Segment,
    video: Option<usize>,
    audio: Option<usize>,
}

/// The segment of these samples.
pub fn segment(
    presentation: &Presentation,
    parts: &Parts,
    number: u32,
    samples: &Samples,
) -> Result<TsSegment, String> {
    let track = |part: &Option<Part>| {
        part.as_ref().and_then(|part| presentation.index.tracks.get(part.track))
    };
    let program = Program { video: track(&parts.video), audio: track(&parts.audio) };
    let continuity = Continuity { number: u64::from(number) };
    let segment = mux::plan(&program, &samples.video, &samples.audio, continuity)
        .map_err(|error| error.to_string())?;
    Ok(TsSegment {
        segment,
        video: parts.video.as_ref().map(|part| part.track),
        audio: parts.audio.as_ref().map(|part| part.track),
    })
}

impl TsSegment {
    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        self.segment.len()
    }

    /// About how many bytes of memory it takes.
    pub fn memory(&self) -> usize {
        self.segment.memory()
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes from `offset` on, about `max` of them.
    pub fn make(
        &self,
        source: &dyn Source,
        presentation: &Presentation,
        offset: u64,
        max: usize,
    ) -> io::Result<Bytes> {
        let track = |is_video: bool| -> Option<&Track> {
            presentation.index.tracks.get(if is_video { self.video } else { self.audio }?)
        };
        let is_plain =
            |is_video| track(is_video).is_some_and(|track| track.framing == Framing::Plain);
        let mut wanted = self.segment.samples(offset, max);
        wanted.retain(|(is_video, _)| is_plain(*is_video));
        let together = Together::read(source, wanted.into_iter().map(|(_, sample)| sample))?;
        let get = |is_video: bool, sample: &Sample, out: &mut Vec<u8>| {
            if let Some(bytes) = is_plain(is_video).then(|| together.get(sample)).flatten() {
                out.extend_from_slice(bytes);
                return Ok(());
            }
            let track = track(is_video).ok_or(io::ErrorKind::NotFound)?;
            fetch(source, track, sample, out)
        };
        self.segment.make(&get, offset, max).map(Bytes::from)
    }
}
