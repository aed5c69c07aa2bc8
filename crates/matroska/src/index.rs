//! From a file to its index.

use media::{
    Audio, Budget, Clusters, Codec, Container, Detail, Framing, Index, Note, Samples, Source,
    Timescale, Track, Unreadable,
};

use crate::{
    blocks::cluster_at,
    clock::Clock,
    codec,
    entry::{Entry, Type},
    first,
    head::Head,
    keys,
    opening::{self, Seen},
    reader::Reader,
    rhythm,
    scan::{Lane, Scan, unframed},
    spaces,
};

/// Sound before zero that primes a decoder is no longer than this: see [`media::timeline`].
const PRIMING: std::ops::Range<i64> = -media::timeline::PRIMING_MILLIS * 1_000_000..0;

/// Reads the index of a file.
pub(crate) fn read(source: &dyn Source, budget: &Budget<'_>) -> Result<Index, Unreadable> {
    let mut reader = Reader::new(source);
    let reader = &mut reader;
    let head = Head::read(reader, budget)?;
    if head.entries.is_empty() {
        return Err(Unreadable::Damaged("it has no list of its tracks".into()));
    }
    let first = match head.first {
        Some(first) if cluster_at(reader, first)? => first,
        // Behind damage: the walk finds it.
        _ => head.segment,
    };
    let opened = opening::read(reader, &head.entries, first, head.end, budget)?;
    if opened.iter().all(Vec::is_empty) {
        return Err(Unreadable::Damaged("no frame of any track is in it".into()));
    }
    let mut notes = Vec::new();
    let mut tracks = Vec::with_capacity(head.entries.len());
    for (entry, seen) in head.entries.iter().zip(&opened) {
        tracks.push(track(entry, seen, &head, reader, &mut notes)?);
    }
    let mut clusters = Clusters {
        tick: head.tick,
        origin: 0,
        first,
        end: head.end,
        points: Vec::new(),
        spaces: Vec::new(),
    };
    clusters.origin = origin(&tracks, &opened, head.tick);
    for (track, seen) in tracks.iter_mut().zip(&opened) {
        let clock = Clock::of(track, &clusters);
        track.start = seen.first().map_or(0, |first| clock.plain(first.time));
        track.end = track.start;
    }
    fill(&head, &mut tracks, &mut clusters, &opened, reader, budget, &mut notes)?;
    for (track, seen) in tracks.iter_mut().zip(&opened) {
        captions(track, seen, reader)?;
    }
    let settle = |raw: &crate::chapters::Raw| raw.settle(clusters.origin);
    Ok(Index {
        container: head.container.unwrap_or(Container::Matroska),
        chapters: head.chapters.iter().map(settle).collect(),
        tracks,
        attachments: head.attachments,
        title: head.title.or(head.tags.title),
        created: head.created,
        clusters: Some(clusters),
        fast_start: head.tracks_first,
        notes,
    })
}

/// A track, but for its times.
fn track(
    entry: &Entry,
    seen: &[Seen],
    head: &Head,
    reader: &mut Reader<'_>,
    notes: &mut Vec<Note>,
) -> Result<Track, Unreadable> {
    let (codec, config) = codec::codec(entry);
    let start = first::frames(&codec, &config, entry, seen, reader)?;
    let kind = codec::kind(entry);
    let mut frame_rate = None;
    let mut rhythm = match kind {
        Type::Video => {
            let (rhythm, rate) = rhythm::pictures(entry.default_duration, head.tick, seen);
            frame_rate = rate;
            rhythm
        }
        // That of sound follows, when its configuration is complete.
        Type::Audio | Type::Text | Type::Other => rhythm::text(head.tick),
    };
    let config = first::complete(&codec, config, &start, entry, frame_rate);
    let described = match codec {
        // These have no configuration; each frame says everything.
        Codec::Mp2 | Codec::Mp3 => bitstream::describe(&codec, &start),
        _ => bitstream::describe(&codec, &config),
    };
    let detail = match kind {
        Type::Video => {
            let mut video = entry.picture.settle(described.video, entry.dolby_vision.as_deref());
            video.frame_rate = frame_rate.or(video.frame_rate);
            Detail::Video(video)
        }
        Type::Audio => {
            let rates = (described.coded_rate, described.frame_samples);
            rhythm = rhythm::sound(&codec, entry.sound, rates, entry.default_duration, &start);
            Detail::Audio(audio(entry, &codec, described.audio, rhythm.scale))
        }
        Type::Text => Detail::Text,
        Type::Other => Detail::Other,
    };
    let mut samples = if kind == Type::Other { Samples::None } else { Samples::Clusters };
    let closed = entry.closed.or((!entry.enabled).then_some("it is switched off"));
    if let Some(why) = closed {
        samples = Samples::None;
        notes.push(Note {
            text: format!("track {} cannot be used: {why}", entry.number),
            loss: entry.closed.is_some(),
        });
    }
    let counted = head.tags.counted(entry.uid);
    let mut track = Track {
        number: u32::try_from(entry.number).unwrap_or(u32::MAX),
        codec,
        config,
        codec_string: described.codec_string,
        timescale: rhythm.scale,
        start: 0,
        end: 0,
        cadence: rhythm.cadence,
        count: counted.frames,
        bytes: counted.bytes,
        language: entry.language.clone(),
        title: entry.name.clone(),
        roles: entry.roles,
        detail,
        framing: entry.framing.clone(),
        keys: Vec::new(),
        samples,
    };
    if kind == Type::Audio
        && let Some(cadence) = track.cadence
    {
        let none = Clusters {
            tick: head.tick,
            origin: 0,
            first: 0,
            end: 0,
            points: Vec::new(),
            spaces: Vec::new(),
        };
        let clock = Clock::of(&track, &none);
        let steady = clock.can_tell(cadence) && rhythm::sounds_like(&clock, cadence, seen);
        track.cadence = track.cadence.filter(|_| steady);
    }
    Ok(track)
}

fn audio(entry: &Entry, codec: &Codec, described: Option<Audio>, scale: Timescale) -> Audio {
    let described = described.unwrap_or_default();
    let stated = if entry.sound.output > 0.0 { entry.sound.output } else { entry.sound.rate };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let stated = stated.round() as u32;
    let or = |described: u32, stated: u32| if described > 0 { described } else { stated };
    // A decoder may hear of HE-AAC only from the container.
    let doubled = *codec == Codec::Aac && stated > described.sample_rate;
    let rate = if doubled { stated } else { or(described.sample_rate, stated) };
    let channels = or(described.channels.into(), entry.sound.channels.into());
    // Writers state it for codings that have none.
    let exact = matches!(codec, Codec::Pcm { .. } | Codec::Flac | Codec::Other(_));
    let bits = or(described.bits.into(), if exact { entry.sound.bits.into() } else { 0 });
    let delay = i64::try_from(entry.delay).unwrap_or(0);
    let priming = media::rescale_round(delay, Timescale::NANOS, scale);
    Audio {
        sample_rate: rate,
        channels: u16::try_from(channels).unwrap_or(0),
        bits: u16::try_from(bits).unwrap_or(0),
        // What takes a minute primes nothing.
        priming: u32::try_from(priming).ok().filter(|ticks| *ticks / 60 < scale.get()).unwrap_or(0),
        ..described
    }
}

/// Where the presentation begins, in nanoseconds of the file: see [`media::timeline::settle`].
fn origin(tracks: &[Track], opened: &[Vec<Seen>], tick: u64) -> i64 {
    let clusters =
        Clusters { tick, origin: 0, first: 0, end: 0, points: Vec::new(), spaces: Vec::new() };
    let begins = |kind| {
        let of_kind = tracks.iter().zip(opened).filter(move |(track, _)| track.kind() == kind);
        let clusters = &clusters;
        of_kind.filter_map(move |(track, seen)| {
            let clock = Clock::of(track, clusters);
            let first = seen.first()?;
            let delay = media::rescale_round(clock.delay, clock.scale, Timescale::NANOS);
            Some(clock.nanos(first.time).saturating_sub(delay))
        })
    };
    let video = begins(media::Kind::Video).min();
    let first = video.into_iter().chain(begins(media::Kind::Audio)).min().unwrap_or(0);
    if PRIMING.contains(&first) { video.unwrap_or(0).min(0) } else { first }
}

/// Finds key pictures, clusters and ends.
fn fill(
    head: &Head,
    tracks: &mut [Track],
    clusters: &mut Clusters,
    opened: &[Vec<Seen>],
    reader: &mut Reader<'_>,
    budget: &Budget<'_>,
    notes: &mut Vec<Note>,
) -> Result<(), Unreadable> {
    // Borrowed by the scan, which the tracks outlive.
    let kept: Vec<(Codec, Vec<u8>, Framing)> = tracks
        .iter()
        .map(|track| (track.codec.clone(), track.config.clone(), track.framing.clone()))
        .collect();
    let lanes = tracks.iter().zip(&kept).zip(&head.entries).map(|((track, kept), entry)| Lane {
        number: entry.number,
        video: track.video().is_some(),
        sound: track.kind() == media::Kind::Audio && track.samples == Samples::Clusters,
        codec: &kept.0,
        config: &kept.1,
        framing: &kept.2,
        clock: Clock::of(track, clusters),
    });
    let scan = Scan::new(lanes.collect());
    let found = keys::find(head, clusters, opened, scan, reader, budget)?;
    let mut presentation = 0;
    for (track, found) in tracks.iter_mut().zip(&found.lanes) {
        if track.samples == Samples::Clusters {
            track.keys.clone_from(&found.keys);
        }
        track.count = found.counted.map(|(frames, _)| frames).or(track.count);
        track.bytes = found.counted.map(|(_, bytes)| bytes).or(track.bytes);
        track.end = found.end.unwrap_or(track.start).max(track.start);
        if track.kind() == media::Kind::Video
            && let Some(first) = track.keys.first()
        {
            track.start = first.time;
            track.end = track.end.max(track.start);
        }
        let end = media::rescale_ceil(track.end, track.timescale, Timescale::NANOS);
        presentation = presentation.max(end);
    }
    // Of what was not seen at the end, only the file's word is known.
    let stated = head.duration_nanos().map(|nanos| nanos.saturating_sub(clusters.origin));
    let truncated = head.missing > 0 || found.damage.truncated;
    for (track, found) in tracks.iter_mut().zip(&found.lanes) {
        if found.end.is_none() || track.kind() == media::Kind::Text {
            let nanos = match stated {
                Some(stated) if !truncated && presentation == 0 => stated,
                _ => presentation,
            };
            let end = media::rescale_round(nanos, Timescale::NANOS, track.timescale);
            track.end = track.end.max(end);
        }
    }
    clusters.points = found.points;
    clusters.spaces = spaces::of(tracks, opened, found.lanes);
    if head.missing > 0 {
        let text = format!("the file is cut short: {} bytes are missing", head.missing);
        notes.push(Note { text, loss: true });
    } else if found.damage.truncated {
        notes.push(Note { text: "the file ends within a cluster".into(), loss: true });
    }
    if let Some(at) = found.damage.first {
        let text = format!(
            "{} places could not be understood, the first at byte {at}",
            found.damage.count
        );
        notes.push(Note { text, loss: true });
    }
    if let Some(text) = found.note {
        notes.push(Note { text, loss: false });
    }
    Ok(())
}

/// The most bytes of pictures in which captions are looked for.
const CAPTIONS: u32 = 512 << 10;

fn captions(track: &mut Track, seen: &[Seen], reader: &mut Reader<'_>) -> Result<(), Unreadable> {
    if !matches!(track.codec, Codec::H264 | Codec::Hevc) || track.samples == Samples::None {
        return Ok(());
    }
    let Detail::Video(video) = &mut track.detail else { return Ok(()) };
    let mut left = CAPTIONS;
    for seen in seen.iter().take(30) {
        let Some(after) = left.checked_sub(seen.size) else { break };
        left = after;
        let bytes = unframed(&track.framing, reader.bytes(seen.offset, seen.size.into())?);
        let Some(more) = bitstream::captions(&track.codec, &track.config, &bytes) else { continue };
        let all = video
            .captions
            .get_or_insert_with(|| media::Captions { channels: Vec::new(), services: Vec::new() });
        all.channels.extend(more.channels);
        all.services.extend(more.services);
    }
    if let Some(all) = &mut video.captions {
        for list in [&mut all.channels, &mut all.services] {
            list.sort_unstable();
            list.dedup();
        }
    }
    Ok(())
}
