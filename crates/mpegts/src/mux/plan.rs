//! Which packets a segment has.

use media::{Codec, Sample, Timescale, Track, rescale_round};

use super::{
    Continuity, NotCarried, Program, Segment,
    form::{Pictures, Sound},
    tables,
};
use crate::packet::SIZE;

/// Ticks of 90 kHz at presentation time zero.
const ZERO: i64 = super::ZERO.cast_signed();
/// By how much pictures are decoded before their turn, at most.
const MARGIN: i64 = 45_000;
/// How many pictures may be shown before one that is decoded earlier, where nothing says it.
const REORDER: u32 = 2;
/// By how much the clock is behind decode times.
const BEHIND: i64 = 18_000;
/// The longest time of sound in a PES packet, and the longest without a clock.
const TENTH: i64 = 9_000;
/// The most bytes of a PES packet whose length is stated.
const LONGEST: usize = 65_000;
/// Bytes of payload in a packet without anything else.
pub(super) const ROOM: usize = SIZE - 4;
/// Bytes of a PES header with one time, and with two.
pub(super) const HEADERS: (usize, usize) = (14, 19);
/// Bytes of an adaptation field with a clock.
pub(super) const CLOCK: usize = 8;

/// Some packets of one PID.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) what: What,
    /// The number of its first packet in the segment.
    pub(super) first: u64,
    /// How many there are.
    pub(super) packets: usize,
    /// Bytes of the PES packet.
    pub(super) payload: usize,
    /// The counter of the first packet.
    pub(super) counter: u8,
    /// The clock in the first packet, in ticks of 90 kHz.
    pub(super) clock: Option<i64>,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// A picture: presentation and decode time in ticks of 90 kHz.
    Picture(Sample, i64, i64),
    /// Samples of sound with these numbers, and the time of the first.
    Sound(std::ops::Range<usize>, i64),
    /// Nothing but a clock.
    Clock,
}

/// Lays out a segment with these samples, in decode order.
///
/// Fails for codings that clients do not know in a transport stream, for AAC whose profile or
/// channels have no place in ADTS, and for pictures in which the lengths before NAL units do not
/// have four bytes.
pub fn plan(
    program: &Program<'_>,
    video: &[Sample],
    audio: &[Sample],
    continuity: Continuity,
) -> Result<Segment, NotCarried> {
    let mut entries = Vec::new();
    let mut pictures = None;
    let mut sound = None;
    if let Some(track) = program.video {
        let (form, entry) = Pictures::of(track)?;
        pictures = Some(form);
        entries.push(entry);
    }
    if let Some(track) = program.audio {
        let (form, entry) = Sound::of(track)?;
        sound = Some(form);
        entries.push(entry);
    }
    let mut due = Vec::new();
    let margin = program.video.map_or(0, margin);
    if let Some((track, form)) = program.video.zip(pictures.as_ref()) {
        due.extend(picture_parts(track, form, video, margin));
    }
    if let Some((track, form)) = program.audio.zip(sound.as_ref()) {
        due.extend(sound_parts(track, form, audio, margin)?);
    }
    // Pictures first where both are due.
    due.sort_by_key(|(time, _)| *time);
    let mut parts = with_clock(due, program.video.is_some());
    let tables = tables::tables(&entries, (continuity.number & 15).to_le_bytes()[0]);
    let first = (tables.len() / SIZE) as u64;
    let packets = number(&mut parts, first);
    let frames = if sound.is_some() { audio.to_vec() } else { Vec::new() };
    Ok(Segment { tables, video: pictures, audio: sound, frames, parts, packets })
}

/// By how much pictures are decoded before the convention says so, that none is decoded after it
/// is shown: by as many pictures as may be reordered. The same for the whole track. Players such
/// as ffmpeg take decode times far from presentation times for a jump.
fn margin(track: &Track) -> i64 {
    let mut sets = bitstream::nal::parameter_sets(&track.codec, &track.config).into_iter();
    let reorder = if track.codec == Codec::Hevc {
        sets.find_map(|set| bitstream::hevc::Sps::parse(&set)).map(|sps| sps.reorder)
    } else {
        let sps = sets.find_map(|set| bitstream::h264::Sps::parse(&set));
        // The baseline profile has no pictures that refer to later ones.
        sps.and_then(|sps| sps.reorder.or((sps.profile[0] == 66).then_some(0)))
    };
    let count = track.count.and_then(|count| i64::try_from(count).ok()).filter(|count| *count > 0);
    let rate = track.video().and_then(|video| video.frame_rate);
    let step = match (track.cadence, rate, count) {
        (Some(cadence), _, _) => rescale_round(cadence.into(), track.timescale, Timescale::MPEG),
        (_, Some(rate), _) => 90_000 * i64::from(rate.den) / i64::from(rate.num.max(1)) + 1,
        (_, _, Some(count)) => {
            let span = track.end.saturating_sub(track.start) / count;
            rescale_round(span, track.timescale, Timescale::MPEG)
        }
        _ => 3_750,
    };
    step.saturating_mul(reorder.unwrap_or(REORDER).min(16).into()).clamp(0, MARGIN)
}

fn ticks(track: &Track, time: i64) -> i64 {
    rescale_round(time, track.timescale, Timescale::MPEG).saturating_add(ZERO)
}

fn part(what: What, payload: usize) -> Part {
    Part { what, first: 0, packets: 0, payload, counter: 0, clock: None }
}

/// The pictures, each with the time at which it is sent.
fn picture_parts(
    track: &Track,
    form: &Pictures,
    samples: &[Sample],
    margin: i64,
) -> Vec<(i64, Part)> {
    let mut latest = i64::MAX;
    let mut parts: Vec<_> = samples
        .iter()
        .rev()
        .map(|sample| {
            let shown = ticks(track, sample.presentation());
            let decoded = ticks(track, sample.decode).saturating_sub(margin);
            // Never after it is shown, nor after the next.
            let decoded = decoded.min(shown).min(latest);
            latest = decoded.saturating_sub(1);
            let sets = if sample.key { form.sets.len() } else { 0 };
            let payload = HEADERS.1 + form.delimiter.len() + sets + sample.size as usize;
            (decoded, part(What::Picture(*sample, shown, decoded), payload))
        })
        .collect();
    parts.reverse();
    parts
}

/// The sound, up to 100 ms at once, each with the time at which it is sent.
fn sound_parts(
    track: &Track,
    form: &Sound,
    samples: &[Sample],
    margin: i64,
) -> Result<Vec<(i64, Part)>, NotCarried> {
    let mut parts: Vec<(i64, Part)> = Vec::new();
    // When the last PES packet began, and when its last frame ends, in ticks of the track.
    let (mut began, mut ends) = (0, 0);
    for (at, sample) in samples.iter().enumerate() {
        let size = form.header() + sample.size as usize;
        if form.adts.is_some() && size >= 1 << 13 || size > LONGEST {
            return Err(NotCarried {
                codec: track.codec.name().to_owned(),
                reason: format!("a frame of {} bytes is too long", sample.size),
            });
        }
        let time = sample.presentation();
        let end = time.saturating_add(i64::from(sample.duration));
        let follows = (time - ends).abs() <= i64::from(track.timescale.get() / 1000);
        let short = ticks(track, end) - ticks(track, began) <= TENTH;
        match parts.last_mut() {
            Some((_, Part { what: What::Sound(range, _), payload, .. }))
                if follows && short && *payload + size <= LONGEST =>
            {
                range.end = at + 1;
                *payload += size;
            }
            _ => {
                began = time;
                let shown = ticks(track, time);
                let part = part(What::Sound(at..at + 1, shown), HEADERS.0 + size);
                parts.push((shown.saturating_sub(margin), part));
            }
        }
        ends = end;
    }
    Ok(parts)
}

/// Adds the clock: to the first packet of every picture; where there is no picture in time, in
/// packets of its own; without pictures, to the sound.
fn with_clock(due: Vec<(i64, Part)>, video: bool) -> Vec<Part> {
    let has_pictures = due.iter().any(|(_, part)| matches!(part.what, What::Picture(..)));
    let mut last: Option<i64> = None;
    let mut parts = Vec::with_capacity(due.len());
    for (time, mut next) in due {
        let now = time.saturating_sub(BEHIND);
        let own = matches!(next.what, What::Picture(..)) || !video;
        // Between parts that are far from one another, but not for ever.
        while let Some(before) = last.filter(|last| video && now - last > TENTH) {
            let far = now - before > 1_000 * TENTH;
            let at = if far { now } else { (before + TENTH).min(now) };
            parts.push(Part { packets: 1, clock: Some(at), ..part(What::Clock, 0) });
            last = Some(at);
        }
        if own {
            next.clock = Some(now);
            last = Some(now);
        } else if last.is_none() && !has_pictures {
            parts.push(Part { packets: 1, clock: Some(now), ..part(What::Clock, 0) });
            last = Some(now);
        }
        parts.push(next);
    }
    parts
}

/// Counts packets. The last PES packet of each PID is spread over as many as bring its counter to
/// its end.
fn number(parts: &mut [Part], first: u64) -> u64 {
    let (mut counters, mut last) = ([0_usize; 2], [None; 2]);
    for (at, part) in parts.iter_mut().enumerate() {
        let pid = match part.what {
            What::Picture(..) => 0,
            What::Sound(..) => 1,
            What::Clock => continue,
        };
        let begin = ROOM - if part.clock.is_some() { CLOCK } else { 0 };
        part.packets = 1 + part.payload.saturating_sub(begin).div_ceil(ROOM);
        if let (Some(counter), Some(last)) = (counters.get_mut(pid), last.get_mut(pid)) {
            *counter += part.packets;
            *last = Some(at);
        }
    }
    for (count, last) in counters.iter().zip(last) {
        if let Some(part) = last.and_then(|last| parts.get_mut(last)) {
            part.packets += (16 - count % 16) % 16;
        }
    }
    let (mut next, mut counters) = (first, [0_usize; 2]);
    for part in parts {
        let pid = usize::from(matches!(part.what, What::Sound(..)));
        part.first = next;
        next += part.packets as u64;
        let Some(counter) = counters.get_mut(pid) else { continue };
        if matches!(part.what, What::Clock) {
            // It has no payload, and repeats the counter of the packet before it.
            part.counter = (counter.wrapping_add(15) & 15).to_le_bytes()[0];
        } else {
            part.counter = (*counter & 15).to_le_bytes()[0];
            *counter += part.packets;
        }
    }
    next
}
