//! A track that is ready, with all that is known of it, as the index has it.

use bitstream::{Described, describe};
use media::{
    Audio, Budget, Codec, Colour, Detail, Framing, KeyPoint, Kind, Note, Ratio, SampleTable,
    Samples, Source, TableError, Timescale, Track, Video, rescale_round, timeline::RawTrack,
};

use super::{
    entry::{Entry, Facts, Handler},
    prepare::Prepared,
    probe,
    trak::Trak,
};

/// A track that is not for us, or has nothing in it.
pub(super) fn other(trak: &Trak<'_>, entry: Option<&Entry>, timescale: Timescale) -> Track {
    let name = match trak.handler {
        _ if entry.is_some() => None,
        Handler::Video => Some("video"),
        Handler::Audio => Some("audio"),
        Handler::Text => Some("text"),
        Handler::Other => Some("unknown"),
    };
    let codec = entry.map(|entry| entry.codec.clone());
    Track {
        number: trak.id,
        codec: codec.unwrap_or_else(|| Codec::Other(name.unwrap_or_default().to_owned())),
        config: Vec::new(),
        codec_string: None,
        timescale,
        start: 0,
        end: 0,
        cadence: None,
        count: None,
        bytes: None,
        language: trak.language.clone(),
        title: trak.title.clone(),
        roles: trak.roles,
        detail: Detail::Other,
        framing: Framing::Plain,
        keys: Vec::new(),
        samples: Samples::None,
    }
}

/// The track with its table.
pub(super) fn track(
    source: &dyn Source,
    budget: &Budget<'_>,
    trak: &Trak<'_>,
    ready: &mut Prepared,
    notes: &mut Vec<Note>,
) -> Track {
    let timescale = ready.raw.timescale;
    let mut track = other(trak, Some(&ready.entry), timescale);
    let Some((table, keys)) = table(trak, ready, notes) else { return track };
    let described = describe(&ready.entry.codec, &ready.entry.config);
    track.codec_string.clone_from(&described.codec_string);
    track.start = table.samples(0..1).first().map_or(0, |first| first.decode);
    track.end = table.end();
    track.cadence = ready.pace.even();
    track.count = Some(table.len().into());
    track.bytes = Some(table.total_bytes());
    track.detail = match &ready.entry.facts {
        Facts::Video { video, coloured } => {
            track.keys = keys;
            let mut video = video.clone();
            complete_video(&mut video, *coloured, &described, trak);
            video.frame_rate = frame_rate(&track, &table).or(video.frame_rate);
            let pictures = probe::Pictures {
                source,
                codec: &ready.entry.codec,
                config: &ready.entry.config,
                budget,
            };
            video.captions = pictures.captions(&ready.raw.samples);
            Detail::Video(video)
        }
        Facts::Audio { audio, .. } => {
            let mut audio = audio.clone();
            complete_audio(&mut audio, &described);
            let rate = described.coded_rate.and_then(Timescale::new);
            let rate = rate.or(Timescale::new(audio.sample_rate)).unwrap_or(timescale);
            let early = rescale_round(track.start.min(0).saturating_neg(), timescale, rate);
            audio.priming = u32::try_from(early).unwrap_or(0);
            Detail::Audio(audio)
        }
        Facts::Text { forced } => {
            track.roles.forced |= forced;
            Detail::Text
        }
        Facts::Other => Detail::Other,
    };
    track.codec = ready.entry.codec.clone();
    track.config.clone_from(&ready.entry.config);
    track.samples = Samples::Table(table);
    track
}

/// The table of the samples: up to the first jump in time that a table cannot hold.
fn table(
    trak: &Trak<'_>,
    ready: &mut Prepared,
    notes: &mut Vec<Note>,
) -> Option<(SampleTable, Vec<KeyPoint>)> {
    let mut loss = |text: &str| {
        notes.push(Note { text: format!("track {}: {text}", trak.id), loss: true });
    };
    if ready.raw.samples.is_empty() {
        loss("none of its samples can be decoded");
        return None;
    }
    let built = build(&ready.raw);
    if built != Err(TableError::Times) {
        return built.map_err(|error| loss(&error.to_string())).ok();
    }
    let samples = &mut ready.raw.samples;
    let mut ordered: Vec<i64> = samples.iter().map(|sample| sample.time).collect();
    ordered.sort_unstable();
    // Well below what a table can hold, as reordering counts as well.
    let most = i64::from(i32::MAX / 2);
    let jump = ordered.iter().zip(ordered.iter().skip(1)).find(|(one, next)| **next - **one > most);
    let until = jump.map_or(i64::MIN, |(one, _)| *one);
    let all = samples.len();
    samples.retain(|sample| sample.time <= until);
    let left = all - samples.len();
    loss(&format!("its times jump by days; {left} of {all} samples are left out"));
    let built = build(&ready.raw);
    built.ok().filter(|(table, _)| !table.is_empty())
}

/// The table, and for pictures its key points.
fn build(raw: &RawTrack) -> Result<(SampleTable, Vec<KeyPoint>), TableError> {
    if raw.kind == Kind::Video {
        return SampleTable::build(&raw.samples, raw.last_duration);
    }
    let table = SampleTable::build_without_keys(&raw.samples, raw.last_duration)?;
    Ok((table, Vec::new()))
}

/// Adds what the configuration record says and the sample entry does not.
fn complete_video(video: &mut Video, coloured: bool, described: &Described, trak: &Trak<'_>) {
    if let Some(inside) = &described.video {
        if video.width == 0 || video.height == 0 {
            (video.width, video.height) = (inside.width, inside.height);
        }
        if !coloured && inside.colour != Colour::default() {
            video.colour = inside.colour;
        }
        video.bit_depth = inside.bit_depth;
        video.interlaced |= inside.interlaced;
        video.frame_rate = inside.frame_rate;
        video.pixel_aspect = video.pixel_aspect.or(inside.pixel_aspect);
        video.mastering = video.mastering.take().or_else(|| inside.mastering.clone());
        video.light_level = video.light_level.take().or_else(|| inside.light_level.clone());
    }
    let (width, height) = trak.shown;
    if video.width == 0 || video.height == 0 {
        (video.width, video.height) = (width >> 16, height >> 16);
    }
    let shape = video.pixel_aspect.or_else(|| shape(trak.shown, (video.width, video.height)));
    video.pixel_aspect = shape.filter(|shape| shape.num != shape.den);
    video.rotation = trak.rotation;
}

/// The shape of a pixel from the size at which pictures are shown, where that differs from their
/// own by more than rounding.
fn shape(shown: (u32, u32), size: (u32, u32)) -> Option<Ratio> {
    let pixels = |fixed: u32| fixed.saturating_add(1 << 15) >> 16;
    let across = pixels(shown.0).checked_mul(size.1)?;
    let down = pixels(shown.1).checked_mul(size.0)?;
    let close = across.abs_diff(down) < across.max(down) / 50;
    Ratio::new(across, down).filter(|_| !close)
}

/// What the configuration says counts more than the entry: that has the core's rate and two
/// channels out of habit.
fn complete_audio(audio: &mut Audio, described: &Described) {
    let Some(inside) = &described.audio else { return };
    if inside.sample_rate > 0 {
        audio.sample_rate = inside.sample_rate;
    }
    if inside.channels > 0 {
        audio.channels = inside.channels;
    }
    if inside.bits > 0 {
        audio.bits = inside.bits;
    }
    audio.atmos |= inside.atmos;
}

/// Pictures a second: exact if they come evenly, else on average.
fn frame_rate(track: &Track, table: &SampleTable) -> Option<Ratio> {
    let scale = track.timescale.get();
    if let Some(cadence) = track.cadence {
        return Ratio::new(scale, cadence);
    }
    let ticks = u128::try_from(table.end().saturating_sub(track.start)).ok().filter(|t| *t > 0)?;
    let thousandths = u128::from(table.len()) * u128::from(scale) * 1_000;
    Ratio::new(u32::try_from((thousandths + ticks / 2) / ticks).ok()?, 1_000)
}
