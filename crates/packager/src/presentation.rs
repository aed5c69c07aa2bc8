//! A file as players see it: renditions, each cut into segments.
//!
//! Made from an index and a policy alone, without a byte of media. The same index and policy give
//! the same presentation, whoever makes it and whenever.

use std::sync::{Arc, OnceLock};

use media::{
    Codec, Index, KeyPoint, Kind, Samples, Timescale, Track, rescale_ceil, rescale_floor,
    rescale_round,
};

use crate::{
    Policy, grid,
    names::Tag,
    rates::{self, Rates},
};

/// A file as players see it.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// What is known of the file.
    pub index: Arc<Index>,
    /// How it was cut.
    pub policy: Policy,
    /// Part of every name that may be kept for ever.
    pub tag: Tag,
    /// What can be sent as it is, in the order of the tracks; text beside the file comes last.
    pub renditions: Vec<Rendition>,
    /// What cannot, and why.
    pub left_out: Vec<LeftOut>,
    /// The texts beside the file.
    pub sides: Vec<Side>,
    /// When the longest rendition ends, in microseconds.
    pub duration: i64,
}

/// One track, or one text beside the file, cut into segments.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// What it is.
    pub kind: Kind,
    /// The number in its names, from 1.
    pub number: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// The unit of the spans.
    pub timescale: Timescale,
    /// Its segments.
    pub spans: Vec<Span>,
    /// Whether decoding can begin at every segment without a picture missing.
    pub independent: bool,
    /// What [`Presentation::rates`] told: it looks at every sample, and only playlists ask.
    rates: OnceLock<Rates>,
}

/// Where a rendition comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// The track at this position of the index.
    Track(usize),
    /// The text beside the file at this position of the list that was given.
    Side(usize),
}

/// One segment of a rendition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    /// The earliest presentation time in it, in ticks. Negative only where sound begins with what
    /// primes its decoder.
    pub start: i64,
    /// That of the next segment, or the end of the track.
    pub end: i64,
    /// In a track with a table: the number of its first sample.
    pub first: u32,
    /// In a track with a table: the number of the first sample that is not in it.
    pub last: u32,
}

impl Span {
    /// How long it is presented, in ticks.
    pub fn duration(&self) -> u64 {
        self.end.saturating_sub(self.start.max(0)).max(0).cast_unsigned()
    }
}

/// How long playlists say that each of these segments lasts, in ticks. All renditions share one
/// beginning, so what comes before a track that begins late belongs to its first segment.
pub fn listed(spans: &[Span]) -> impl Iterator<Item = u64> {
    let first = spans.first().map(|first| first.end.max(0).cast_unsigned());
    first.into_iter().chain(spans.iter().skip(1).map(Span::duration))
}

/// A track that is not part of the presentation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut {
    /// The position of the track in the index.
    pub track: usize,
    /// Why, as a sentence for people.
    pub reason: String,
}

/// A text beside the file, as far as the presentation must know it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Side {
    /// The name of its file.
    pub name: String,
    /// What tells its state from another: goes into the tag.
    pub state: String,
    /// Its language, if the name says so.
    pub language: Option<media::Language>,
    /// Its title, if the name says so.
    pub title: Option<String>,
    /// What it is for.
    pub roles: media::Roles,
}

impl Presentation {
    /// Cuts a file into segments.
    pub fn new(index: Arc<Index>, sides: Vec<Side>, policy: Policy) -> Self {
        let policy = policy.sane();
        let tag = tag(&index, &sides, policy);
        let duration = duration(&index);
        let mut renditions = Vec::new();
        let mut left_out = Vec::new();
        let lead = lead(&index);
        let marks = lead.map(|(track, scale)| (marks(track, &policy), scale));
        let (marks, scale) = marks.unwrap_or((Vec::new(), Timescale::MILLIS));
        for (position, track) in index.tracks.iter().enumerate() {
            if let Err(reason) = packable(track) {
                left_out.extend(reason.map(|reason| LeftOut { track: position, reason }));
                continue;
            }
            let spans = match track.kind() {
                Kind::Video => video_spans(track, &policy),
                Kind::Audio => audio_spans(track, &marks, scale, &policy),
                Kind::Text | Kind::Other => text_spans(duration, &marks, scale, &policy),
            };
            let is_text = track.kind() == Kind::Text;
            let rates = if is_text { OnceLock::from(Rates::default()) } else { OnceLock::new() };
            renditions.push(Rendition {
                kind: track.kind(),
                number: u32::try_from(position + 1).unwrap_or(u32::MAX),
                origin: Origin::Track(position),
                timescale: if is_text { Timescale::MILLIS } else { track.timescale },
                independent: independent(track, &spans),
                spans,
                rates,
            });
        }
        for position in 0..sides.len() {
            renditions.push(Rendition {
                kind: Kind::Text,
                number: u32::try_from(index.tracks.len() + position + 1).unwrap_or(u32::MAX),
                origin: Origin::Side(position),
                timescale: Timescale::MILLIS,
                spans: text_spans(duration, &marks, scale, &policy),
                independent: true,
                rates: OnceLock::from(Rates::default()),
            });
        }
        Self { index, policy, tag, renditions, left_out, sides, duration }
    }

    /// The presentation of a file in this state: its names are no other state's.
    #[must_use]
    pub fn in_state(self, state: &str) -> Self {
        let tag = Tag(mix(self.tag.0, state));
        Self { tag, ..self }
    }

    /// The renditions of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Rendition> {
        self.renditions.iter().filter(move |rendition| rendition.kind == kind)
    }

    /// The bit rates of a rendition; none of text.
    pub fn rates(&self, rendition: &Rendition) -> Rates {
        let found = || {
            let track = self.track(rendition)?;
            Some(rates::of(&self.index, track, &rendition.spans))
        };
        *rendition.rates.get_or_init(|| found().unwrap_or_default())
    }

    /// The key pictures of a track that one can see while winding: those that are not crowded, as
    /// they are in films of key pictures alone.
    pub fn key_pictures<'a>(&self, track: &'a Track) -> Vec<&'a KeyPoint> {
        grid::sparse(&track.keys, track.timescale)
    }

    /// The rendition of this kind and number.
    pub fn rendition(&self, kind: Kind, number: u32) -> Option<&Rendition> {
        self.of(kind).find(|rendition| rendition.number == number)
    }

    /// The track that a rendition comes from, unless it lies beside the file.
    pub fn track(&self, rendition: &Rendition) -> Option<&Track> {
        match rendition.origin {
            Origin::Track(position) => self.index.tracks.get(position),
            Origin::Side(_) => None,
        }
    }

    /// The pictures that all else follows.
    pub fn lead(&self) -> Option<&Rendition> {
        let (track, _) = lead(&self.index)?;
        self.of(Kind::Video).find(|video| self.track(video).is_some_and(|one| one == track))
    }

    /// The sound that is heard unless another is chosen.
    pub fn default_audio(&self) -> Option<&Rendition> {
        let is_default = |audio: &&Rendition| {
            self.track(audio).is_some_and(|track| track.roles.default && !track.roles.commentary)
        };
        self.of(Kind::Audio).find(is_default).or_else(|| self.of(Kind::Audio).next())
    }

    /// The language, title and purpose of a rendition.
    pub fn words(&self, rendition: &Rendition) -> Words<'_> {
        match rendition.origin {
            Origin::Track(position) => {
                let track = self.index.tracks.get(position);
                Words {
                    language: track.and_then(|track| track.language.as_ref()),
                    title: track.and_then(|track| track.title.as_deref()),
                    roles: track.map(|track| track.roles).unwrap_or_default(),
                }
            }
            Origin::Side(position) => {
                let side = self.sides.get(position);
                Words {
                    language: side.and_then(|side| side.language.as_ref()),
                    title: side.and_then(|side| side.title.as_deref()),
                    roles: side.map(|side| side.roles).unwrap_or_default(),
                }
            }
        }
    }

    /// Whether there is anything to see or hear.
    pub fn is_playable(&self) -> bool {
        self.renditions.iter().any(|rendition| matches!(rendition.kind, Kind::Video | Kind::Audio))
    }
}

/// What people are told of a rendition.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Its language.
    pub language: Option<&'a media::Language>,
    /// Its title.
    pub title: Option<&'a str>,
    /// What it is for.
    pub roles: media::Roles,
}

/// When the last of the tracks ends that can be sent, in microseconds.
fn duration(index: &Index) -> i64 {
    let sent = index.tracks.iter().filter(|track| packable(track).is_ok());
    let micros = sent.map(|track| rescale_ceil(track.end, track.timescale, Timescale::MICROS));
    micros.max().unwrap_or(0).max(0)
}

/// The pictures that all else follows: of the default track, else of the first.
fn lead(index: &Index) -> Option<(&Track, Timescale)> {
    let tracks = || index.tracks.iter().filter(|track| is_video(track));
    let track = tracks().find(|track| track.roles.default).or_else(|| tracks().next())?;
    Some((track, track.timescale))
}

fn is_video(track: &Track) -> bool {
    track.kind() == Kind::Video && packable(track).is_ok()
}

/// Whether a track can be sent as it is; if not, why, unless nobody would miss it.
fn packable(track: &Track) -> Result<(), Option<String>> {
    let name = track.codec.name();
    match (track.kind(), &track.samples) {
        (Kind::Other, _) => Err(None),
        (_, Samples::None) => Err(Some(format!("the {name} track cannot be read"))),
        (Kind::Text, _) if track.codec.is_text() => Ok(()),
        (Kind::Text, _) => Err(Some(format!(
            "{name} subtitles are pictures: they can only be shown by drawing them into the video"
        ))),
        (Kind::Video, _) if track.keys.is_empty() => {
            Err(Some(format!("the {name} track has no picture at which decoding can begin")))
        }
        (_, Samples::Table(table)) if table.is_empty() => {
            Err(Some(format!("the {name} track is empty")))
        }
        _ if track.framing == media::Framing::Zlib => {
            Err(Some(format!("every frame of the {name} track is compressed by zlib")))
        }
        _ => isobmff::write::is_writable(track).map_err(|error| Some(error.to_string())),
    }
}

/// Where the segments of these pictures begin, but for the first, in ticks.
fn marks(track: &Track, policy: &Policy) -> Vec<i64> {
    let begins = grid::cut(&track.keys, track.end, track.timescale, policy);
    begins.iter().skip(1).filter_map(|number| Some(track.keys.get(*number)?.time)).collect()
}

fn video_spans(track: &Track, policy: &Policy) -> Vec<Span> {
    let begins = grid::cut(&track.keys, track.end, track.timescale, policy);
    let keys = begins.iter().filter_map(|number| track.keys.get(*number));
    let count = track.table().map_or(0, media::SampleTable::len);
    let number = |at: u64| u32::try_from(at).unwrap_or(u32::MAX).min(count);
    let mut spans: Vec<Span> = Vec::with_capacity(begins.len());
    for key in keys {
        if let Some(previous) = spans.last_mut() {
            previous.end = key.time;
            previous.last = number(key.at);
        }
        spans.push(Span { start: key.time, end: track.end, first: number(key.at), last: count });
    }
    lasting(spans)
}

/// With a last segment that lasts at least a tick, whatever a damaged file says of its end.
fn lasting(mut spans: Vec<Span>) -> Vec<Span> {
    if let Some(last) = spans.last_mut() {
        last.end = last.end.max(last.start.max(0) + 1);
    }
    spans
}

fn audio_spans(track: &Track, marks: &[i64], scale: Timescale, policy: &Policy) -> Vec<Span> {
    let marks = marks.iter().copied();
    let times = grid::follow(marks, scale, track.timescale, track.end, policy);
    let mut spans = vec![Span { start: track.start, end: track.end, first: 0, last: 0 }];
    for time in times {
        let (start, number) = match track.table() {
            Some(table) => {
                let number = table.first_at(time);
                let Some(sample) = table.samples(number..number + 1).first().copied() else {
                    break;
                };
                (sample.decode, number)
            }
            None => (nearest(track, time).unwrap_or_else(|| on_cadence(track, time)), 0),
        };
        let Some(previous) = spans.last_mut() else { break };
        if start <= previous.start.max(0) || start >= track.end {
            continue;
        }
        previous.end = start;
        previous.last = number;
        spans.push(Span { start, end: track.end, first: number, last: 0 });
    }
    if let (Some(last), Some(table)) = (spans.last_mut(), track.table()) {
        last.last = table.len();
    }
    lasting(spans)
}

/// The time nearest to `time` at which a packet of sound without cadence is known to begin.
fn nearest(track: &Track, time: i64) -> Option<i64> {
    if track.cadence.is_some() {
        return None;
    }
    let after = track.keys.partition_point(|key| key.time < time);
    let around = [after.checked_sub(1), Some(after)];
    let times = around.into_iter().flatten().filter_map(|at| Some(track.keys.get(at)?.time));
    times.min_by_key(|known| known.abs_diff(time))
}

/// The first time at which a packet of sound can begin, at `time` or later.
fn on_cadence(track: &Track, time: i64) -> i64 {
    let Some(cadence) = track.cadence.map(i64::from).filter(|cadence| *cadence > 0) else {
        return time;
    };
    let steps = -(track.start.saturating_sub(time)).div_euclid(cadence);
    track.start.saturating_add(steps.saturating_mul(cadence))
}

fn text_spans(duration: i64, marks: &[i64], scale: Timescale, policy: &Policy) -> Vec<Span> {
    let end = rescale_ceil(duration, Timescale::MICROS, Timescale::MILLIS);
    let times = grid::follow(marks.iter().copied(), scale, Timescale::MILLIS, end, policy);
    let starts = std::iter::once(0).chain(times.iter().copied());
    let ends = times.iter().copied().chain([end]);
    starts.zip(ends).map(|(start, end)| Span { start, end, first: 0, last: 0 }).collect()
}

fn independent(track: &Track, spans: &[Span]) -> bool {
    let open = |span: &Span| track.keys.iter().any(|key| key.open && key.time == span.start);
    !spans.iter().skip(1).any(open)
}

/// How films are cut and segments are made: to be counted up when the same index and policy come
/// to give other bytes under the same names.
const CUT: u32 = 2;

fn tag(index: &Index, sides: &[Side], policy: Policy) -> Tag {
    let mut words = format!("{CUT} {} {policy:?} {}", media::FORMAT_VERSION, index.digest());
    for side in sides {
        words.extend(["\n", &side.name, " ", &side.state]);
    }
    // FNV-1a: the digest has done the mixing, and a clash costs no more than a stale cache entry.
    Tag(mix(0x811c_9dc5, &words))
}

fn mix(start: u32, words: &str) -> u32 {
    words.bytes().fold(start, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A time of a track in microseconds, towards the past.
pub fn micros(ticks: i64, scale: Timescale) -> i64 {
    rescale_floor(ticks, scale, Timescale::MICROS)
}

/// Seconds of a request as ticks of a track.
pub fn ticks_of_micros(micros: i64, scale: Timescale) -> i64 {
    rescale_round(micros, Timescale::MICROS, scale)
}

/// Whether this coding can be told to players by a codec string.
pub fn codec_string(track: &Track) -> Option<&str> {
    match track.codec {
        // Text has none in HLS, where it is WebVTT.
        Codec::Tx3g | Codec::Srt | Codec::Ass | Codec::WebVtt | Codec::WvttBoxes => Some("wvtt"),
        _ => track.codec_string.as_deref(),
    }
}
