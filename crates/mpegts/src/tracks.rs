//! From streams to tracks.

use media::{
    Audio, Budget, Codec, Detail, Framing, Note, Ratio, Raw, SampleTable, Samples, Source,
    Timescale, Track, Unreadable, Video, rescale_round,
    timeline::{RawTrack, Zero, settle},
};

use crate::{
    clock::{Line, close_jumps},
    gather::gather,
    lane::{Lane, Parts},
    psi::Content,
};

/// As many pictures are looked at for closed captions.
const CAPTIONS_WITHIN: u32 = 30;

/// The tracks of these streams, in their order.
pub(crate) fn build(
    source: &dyn Source,
    budget: &Budget<'_>,
    mut lanes: Vec<Lane>,
    stride: usize,
    notes: &mut Vec<Note>,
) -> Result<Vec<Track>, Unreadable> {
    for lane in &lanes {
        tell_faults(lane, notes);
    }
    close(&mut lanes, notes);
    for lane in &mut lanes {
        if matches!(lane.parts, Parts::Audio(_)) {
            drop_overlaps(lane, notes);
        }
    }
    let mut raw: Vec<RawTrack> = lanes.iter_mut().map(raw_track).collect();
    let counts: Vec<usize> = raw.iter().map(|track| track.samples.len()).collect();
    let shift = settle(&mut raw, Zero::First);
    budget.time()?;
    let mut tracks = Vec::new();
    for ((lane, raw), count) in lanes.into_iter().zip(raw).zip(counts) {
        let dropped = count - raw.samples.len();
        if dropped > 0 && raw.kind == media::Kind::Video {
            let what = if raw.samples.is_empty() {
                "has no key picture: none of its pictures can be decoded".to_owned()
            } else {
                format!("begins with {dropped} pictures that need earlier ones; they are left out")
            };
            let text = format!("stream {:#x} {what}", lane.stream.pid);
            notes.push(Note { text, loss: true });
        }
        tracks.extend(track(source, &lane, &raw, stride, shift)?);
    }
    if tracks.is_empty() {
        return Err(Unreadable::Damaged("nothing in it can be played".to_owned()));
    }
    Ok(tracks)
}

fn close(lanes: &mut [Lane], notes: &mut Vec<Note>) {
    let mut lines: Vec<Line<'_>> = lanes
        .iter_mut()
        .filter(|lane| !matches!(lane.parts, Parts::None))
        .map(|lane| Line {
            step: rescale_round(lane.step, lane.scale, Timescale::MPEG),
            scale: lane.scale,
            is_video: matches!(lane.parts, Parts::Video(_)),
            jumps: &lane.jumps,
            samples: &mut lane.samples,
        })
        .collect();
    let closed = close_jumps(&mut lines);
    let Some(first) = closed.first() else { return };
    let seconds = Timescale::MPEG.seconds(first.by);
    let places = closed.len();
    notes.push(Note {
        text: format!(
            "its times jump in {places} places, first by {seconds:.3} s at byte {}; what follows \
             was moved to where the rest ends",
            first.offset
        ),
        loss: false,
    });
}

/// Leaves out sound that is heard while other sound of the same stream is.
fn drop_overlaps(lane: &mut Lane, notes: &mut Vec<Note>) {
    let step = lane.step.max(1);
    let before = lane.samples.len();
    let mut end = i64::MIN;
    lane.samples.retain(|sample| {
        let fits = sample.time.saturating_add(step / 2) >= end;
        if fits {
            end = sample.time.saturating_add(step);
        }
        fits
    });
    let dropped = before - lane.samples.len();
    if dropped > 0 {
        notes.push(Note {
            text: format!(
                "stream {:#x} has {dropped} frames of sound for a time that already has some; \
                 they are left out",
                lane.stream.pid
            ),
            loss: true,
        });
    }
}

fn tell_faults(lane: &Lane, notes: &mut Vec<Note>) {
    let pid = lane.stream.pid;
    let faults = lane.faults;
    let mut tell = |loss, text: String| notes.push(Note { text, loss });
    if let (count @ 1.., first) = faults.gaps {
        tell(
            true,
            format!("stream {pid:#x} lacks packets in {count} places, first at byte {first}"),
        );
    }
    if faults.scrambled > 0 {
        tell(true, format!("stream {pid:#x} has {} scrambled packets", faults.scrambled));
    }
    if faults.damaged > 0 {
        let count = faults.damaged;
        tell(true, format!("stream {pid:#x} has {count} packets that were damaged at reception"));
    }
    if faults.oversize > 0 {
        tell(true, format!("stream {pid:#x} has {} samples too large to be any", faults.oversize));
    }
    match &lane.parts {
        Parts::Video(splitter) if splitter.in_band() => tell(
            false,
            format!("stream {pid:#x} changes its parameter sets; they stay among its pictures"),
        ),
        Parts::Audio(splitter) => {
            if splitter.changed() {
                tell(false, format!("stream {pid:#x} changes its rate or channels"));
            }
            if splitter.broken() > 0 {
                let count = splitter.broken();
                tell(
                    true,
                    format!("stream {pid:#x} has {count} frames of sound that are not whole"),
                );
            }
        }
        _ => {}
    }
}

fn raw_track(lane: &mut Lane) -> RawTrack {
    let kind = match lane.parts {
        Parts::Video(_) => media::Kind::Video,
        Parts::Audio(_) => media::Kind::Audio,
        Parts::None => media::Kind::Other,
    };
    let mut samples = std::mem::take(&mut lane.samples);
    samples.shrink_to_fit();
    let last = if kind == media::Kind::Video { usual_step(&samples) } else { None };
    let step = last.unwrap_or(lane.step).clamp(1, 1 << 30);
    let last_duration = u32::try_from(step).unwrap_or(1);
    RawTrack { kind, timescale: lane.scale, samples, last_duration }
}

/// The usual time from one picture to the next, over some pictures at the end.
fn usual_step(samples: &[Raw]) -> Option<i64> {
    let tail = samples.get(samples.len().saturating_sub(64)..)?;
    let mut times: Vec<i64> = tail.iter().map(|sample| sample.time).collect();
    times.sort_unstable();
    let mut steps: Vec<i64> =
        times.iter().zip(times.iter().skip(1)).map(|(one, next)| next - one).collect();
    steps.retain(|step| *step > 0);
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied()
}

fn track(
    source: &dyn Source,
    lane: &Lane,
    raw: &RawTrack,
    stride: usize,
    shift: i64,
) -> Result<Option<Track>, Unreadable> {
    let stream = &lane.stream;
    let mut track = Track {
        number: u32::from(stream.pid),
        codec: Codec::Other(String::new()),
        config: Vec::new(),
        codec_string: None,
        timescale: raw.timescale,
        start: 0,
        end: 0,
        cadence: None,
        count: None,
        bytes: None,
        language: stream.language.clone(),
        title: None,
        roles: stream.roles,
        detail: Detail::Other,
        framing: Framing::Transport {
            stride: u16::try_from(stride).unwrap_or(188),
            pid: stream.pid,
        },
        keys: Vec::new(),
        samples: Samples::None,
    };
    (track.codec, track.detail) = match &stream.content {
        Content::Video(codec) | Content::OtherVideo(codec) => {
            (codec.clone(), Detail::Video(Video::default()))
        }
        Content::Audio(codec) | Content::OtherAudio(codec) => {
            (codec.clone(), Detail::Audio(Audio::default()))
        }
        Content::Subtitles(codec) => (codec.clone(), Detail::Text),
        Content::Data(codec) => (codec.clone(), Detail::Other),
    };
    if matches!(lane.parts, Parts::None) {
        let shift = rescale_round(shift, Timescale::MICROS, Timescale::MPEG);
        let (first, last) = lane.span.unwrap_or((-shift, -shift));
        track.start = (first + shift).max(0);
        track.end = (last + shift).max(track.start);
        return Ok(Some(track));
    }
    if raw.samples.is_empty() {
        return Ok(None);
    }
    let damaged = |error: media::TableError| {
        Unreadable::Damaged(format!("stream {:#x}: {error}", stream.pid))
    };
    let is_video = raw.kind == media::Kind::Video;
    let (table, keys) = SampleTable::build(&raw.samples, raw.last_duration).map_err(damaged)?;
    track.keys = if is_video { keys } else { Vec::new() };
    track.start = raw.samples.iter().map(|sample| sample.time).min().unwrap_or(0);
    track.end = table.end();
    track.cadence = cadence(&table);
    track.count = Some(u64::from(table.len()));
    track.bytes = Some(table.total_bytes());
    track.samples = Samples::Table(table);
    describe(source, lane, &mut track);
    Ok(Some(track))
}

/// The duration of all samples, if it is one.
fn cadence(table: &SampleTable) -> Option<u32> {
    let mut cadence = None;
    let mut at = 0;
    while at < table.len() {
        for sample in table.samples(at..at + 1024) {
            if *cadence.get_or_insert(sample.duration) != sample.duration {
                return None;
            }
        }
        at += 1024;
    }
    cadence
}

/// Adds what the stream says of itself: configuration, size, rate, channels.
fn describe(source: &dyn Source, lane: &Lane, track: &mut Track) {
    match &lane.parts {
        Parts::Video(splitter) => {
            let units = splitter.sets().units();
            let of = |wanted: u8| -> Vec<&[u8]> {
                let kind = splitter.sets().kind();
                let is = |unit: &&&[u8]| {
                    unit.first().is_some_and(|first| kind.unit_type(*first) == wanted)
                };
                units.iter().filter(is).copied().collect()
            };
            track.config = if track.codec == Codec::H264 {
                bitstream::records::avcc(&of(7), &of(8))
            } else {
                bitstream::records::hvcc(&of(32), &of(33), &of(34))
            };
        }
        Parts::Audio(splitter) => {
            let Some((header, bytes)) = splitter.first() else { return };
            match track.codec {
                Codec::Aac => {
                    let adts = bitstream::aac::Adts::parse(&bytes);
                    track.config = adts.map(|adts| adts.config.to_vec()).unwrap_or_default();
                }
                Codec::Mp2 | Codec::Mp3 => {
                    track.codec = if header.layer == 3 { Codec::Mp3 } else { Codec::Mp2 };
                }
                _ => {
                    track.codec = if header.enhanced { Codec::Eac3 } else { Codec::Ac3 };
                }
            }
            if let Detail::Audio(audio) = &mut track.detail {
                audio.sample_rate = header.rate;
            }
        }
        Parts::None => return,
    }
    let table = track.table().cloned().unwrap_or_default();
    let first = table.samples(0..1).first().copied();
    let mut bytes = Vec::new();
    if let Some(first) = first {
        // What cannot be had is not described.
        let _ = gather(source, track, &first, &mut bytes);
    }
    if matches!(track.codec, Codec::Ac3 | Codec::Eac3) {
        track.config = if track.codec == Codec::Ac3 {
            bitstream::ac3::dac3(&bytes)
        } else {
            bitstream::ac3::dec3(&bytes)
        }
        .unwrap_or_default();
    }
    let described = bitstream::describe(&track.codec, &track.config);
    track.codec_string = described.codec_string;
    if let Some(audio) = described.audio.filter(|audio| audio.sample_rate > 0) {
        track.detail = Detail::Audio(audio);
    }
    if let Some(header) = bitstream::mpeg_audio::Header::parse(&bytes)
        && let (Codec::Mp2 | Codec::Mp3, Detail::Audio(audio)) = (&track.codec, &mut track.detail)
    {
        audio.channels = header.channels;
    }
    if let Some(video) = described.video {
        track.detail = Detail::Video(video);
    }
    let captions = captions(source, track, &table);
    let rate = frame_rate(&table);
    if let Detail::Video(video) = &mut track.detail {
        video.captions = captions;
        video.frame_rate = rate.or(video.frame_rate);
    }
}

/// Pictures a second: what the times say, brought to a rate in use if it is one.
fn frame_rate(table: &SampleTable) -> Option<Ratio> {
    let count = i64::from(table.len().checked_sub(1).filter(|count| *count > 0)?);
    let first = table.samples(0..1).first()?.decode;
    let last = table.samples(table.len() - 1..table.len()).first()?.decode;
    let span = last - first;
    let rates = [
        (24_000, 1001),
        (24, 1),
        (25, 1),
        (30_000, 1001),
        (30, 1),
        (50, 1),
        (60_000, 1001),
        (60, 1),
        (120_000, 1001),
        (120, 1),
        (12, 1),
        (15, 1),
        (15_000, 1001),
    ];
    // Off by less than a tick of 90 kHz for the whole, and a millisecond where times are coarse.
    let near = |(num, den): (i64, i64)| {
        let exact = i128::from(count) * 90_000 * i128::from(den);
        let off = (i128::from(span) * i128::from(num) - exact).abs();
        (off <= i128::from(num) * 100 && off * 2000 <= exact).then_some(off)
    };
    let best = rates.into_iter().filter_map(|rate| Some((near(rate)?, rate))).min()?.1;
    Ratio::new(u32::try_from(best.0).ok()?, u32::try_from(best.1).ok()?)
}

fn captions(source: &dyn Source, track: &Track, table: &SampleTable) -> Option<media::Captions> {
    track.video()?;
    let mut all: Option<media::Captions> = None;
    let mut bytes = Vec::new();
    for sample in table.samples(0..CAPTIONS_WITHIN) {
        bytes.clear();
        if gather(source, track, &sample, &mut bytes).is_err() {
            continue;
        }
        let Some(found) = bitstream::captions(&track.codec, &track.config, &bytes) else {
            continue;
        };
        let all = all.get_or_insert_with(|| media::Captions { channels: vec![], services: vec![] });
        all.channels.extend(found.channels);
        all.services.extend(found.services);
    }
    let mut all = all?;
    for list in [&mut all.channels, &mut all.services] {
        list.sort_unstable();
        list.dedup();
    }
    Some(all)
}
