//! The bytes of a segment.

use std::io;

use media::Sample;

use super::{
    Fetch, Segment,
    form::{Pictures, Sound},
    plan::{CLOCK, HEADERS, Part, ROOM, What},
    tables::{AUDIO, VIDEO},
};
use crate::{
    nal::Role,
    packet::{SIZE, SYNC},
};

/// The parts of which [`make`] writes packets, and the first of these packets.
fn parts(segment: &Segment, offset: u64, max: usize) -> (&[Part], u64) {
    if offset >= segment.len() {
        return (&[], 0);
    }
    let packet = offset / SIZE as u64;
    let first = segment.parts.partition_point(|part| part.first <= packet).saturating_sub(1);
    let begin = segment.parts.get(first).map_or(0, |part| part.first);
    // The tables come before all parts.
    let begin = if packet < begin { 0 } else { begin };
    let end = offset.saturating_add(max as u64).div_ceil(SIZE as u64);
    let last = segment.parts.partition_point(|part| part.first < end);
    (segment.parts.get(first..last.max(first)).unwrap_or_default(), begin)
}

pub(super) fn samples(segment: &Segment, offset: u64, max: usize) -> Vec<(bool, Sample)> {
    let mut samples = Vec::new();
    for part in parts(segment, offset, max).0 {
        match &part.what {
            What::Picture(sample, ..) => samples.push((true, *sample)),
            What::Sound(range, _) => {
                let frames = segment.frames.get(range.clone()).unwrap_or_default();
                samples.extend(frames.iter().map(|frame| (false, *frame)));
            }
            What::Clock => {}
        }
    }
    samples
}

pub(super) fn make(
    segment: &Segment,
    fetch: Fetch<'_>,
    offset: u64,
    max: usize,
) -> io::Result<Vec<u8>> {
    if offset >= segment.len() {
        return Ok(Vec::new());
    }
    let (parts, begin) = parts(segment, offset, max);
    let end = parts.last().map_or(0, |part| part.first + part.packets as u64);
    let length = end.saturating_sub(begin).saturating_mul(SIZE as u64);
    let mut out =
        Vec::with_capacity(usize::try_from(length).unwrap_or(0).max(segment.tables.len()));
    if begin == 0 {
        out.extend_from_slice(&segment.tables);
    }
    let mut payload = Vec::new();
    for part in parts {
        payload.clear();
        match &part.what {
            What::Picture(sample, shown, decoded) => {
                let Some(form) = &segment.video else { continue };
                picture(form, fetch, sample, (*shown, *decoded), &mut payload)?;
            }
            What::Sound(range, time) => {
                let Some(form) = &segment.audio else { continue };
                let frames = segment.frames.get(range.clone()).unwrap_or_default();
                sound(form, fetch, frames, (*time, part.payload), &mut payload)?;
            }
            What::Clock => {}
        }
        if payload.len() != part.payload {
            return Err(short());
        }
        packets(part, &payload, &mut out);
    }
    let skip = usize::try_from(offset - begin * SIZE as u64).unwrap_or(usize::MAX);
    out.drain(..skip.min(out.len()));
    Ok(out)
}

fn short() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a sample does not have as many bytes as stated")
}

/// A PES header [ISO/IEC 13818-1, 2.4.3.6] with its times; `length` is 0 for unbounded.
fn header(stream_id: u8, length: usize, shown: i64, decoded: Option<i64>, out: &mut Vec<u8>) {
    let [high, low] = u16::try_from(length).unwrap_or(0).to_be_bytes();
    let (flags, rest) = if decoded.is_some() { (0xc0, 10) } else { (0x80, 5) };
    // Aligned: a picture, or a frame, begins behind the header.
    out.extend_from_slice(&[0, 0, 1, stream_id, high, low, 0x84, flags, rest]);
    stamp(if decoded.is_some() { 3 } else { 2 }, shown, out);
    if let Some(decoded) = decoded {
        stamp(1, decoded, out);
    }
}

fn stamp(mark: u8, time: i64, out: &mut Vec<u8>) {
    let value = time.rem_euclid(1 << 33).cast_unsigned();
    let part = |shift: u32, bits: u64| (value >> shift & bits).to_le_bytes()[0];
    out.push(mark << 4 | part(30, 7) << 1 | 1);
    out.push(part(22, 0xff));
    out.push(part(15, 0x7f) << 1 | 1);
    out.push(part(7, 0xff));
    out.push(part(0, 0x7f) << 1 | 1);
}

fn picture(
    form: &Pictures,
    fetch: Fetch<'_>,
    sample: &Sample,
    (shown, decoded): (i64, i64),
    out: &mut Vec<u8>,
) -> io::Result<()> {
    out.reserve(HEADERS.1 + form.delimiter.len() + form.sets.len() + sample.size as usize);
    header(0xe0, 0, shown, Some(decoded), out);
    out.extend_from_slice(&form.delimiter);
    if sample.key {
        out.extend_from_slice(&form.sets);
    }
    let begin = out.len();
    fetch(true, sample, out)?;
    // In the place of each length, a start code.
    let mut rest = out.get_mut(begin..).unwrap_or_default();
    while rest.len() > 4 {
        let whole = std::mem::take(&mut rest);
        let Some((length, after)) = whole.split_first_chunk_mut::<4>() else { break };
        let size = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (unit, after) = after.split_at_mut(size.min(after.len()));
        if unit.is_empty() || form.kind.role(unit) == Role::Delimiter {
            length.fill(0);
            unit.fill(0);
        } else {
            *length = [0, 0, 0, 1];
        }
        rest = after;
    }
    rest.fill(0);
    Ok(())
}

fn sound(
    form: &Sound,
    fetch: Fetch<'_>,
    frames: &[Sample],
    (time, size): (i64, usize),
    out: &mut Vec<u8>,
) -> io::Result<()> {
    header(form.stream_id, size - 6, time, None, out);
    for frame in frames {
        if let Some(mut adts) = form.adts {
            let length = frame.size + 7;
            let part = |shift: u32, bits: u32| (length >> shift & bits).to_le_bytes()[0];
            let [_, _, _, d, e, f, _] = &mut adts;
            *d |= part(11, 3);
            *e = part(3, 0xff);
            *f |= part(0, 7) << 5;
            out.extend_from_slice(&adts);
        }
        let begin = out.len();
        fetch(false, frame, out)?;
        if out.len() - begin != frame.size as usize {
            return Err(short());
        }
    }
    Ok(())
}

/// Spreads a PES packet over its packets.
fn packets(part: &Part, payload: &[u8], out: &mut Vec<u8>) {
    let (pid, key) = match &part.what {
        What::Picture(sample, _, _) => (VIDEO, sample.key),
        What::Sound(..) => (AUDIO, part.clock.is_some()),
        What::Clock => (VIDEO, false),
    };
    let mut rest = payload;
    for number in 0..part.packets {
        let clock = part.clock.filter(|_| number == 0);
        let room = ROOM - if clock.is_some() { CLOCK } else { 0 };
        // At least a byte for each packet that follows.
        let keep = part.packets - number - 1;
        let (data, after) = rest.split_at(room.min(rest.len().saturating_sub(keep)));
        rest = after;
        let [high, low] = pid.to_be_bytes();
        let start = if number == 0 && !payload.is_empty() { 0x40 } else { 0 };
        let counter = (usize::from(part.counter) + number).to_le_bytes()[0] & 15;
        let carries = if payload.is_empty() { 0x20 } else { 0x10 };
        let field = ROOM - data.len();
        let adapted = if field > 0 { 0x20 } else { 0 };
        out.extend_from_slice(&[SYNC, start | high, low, carries | adapted | counter]);
        adaptation(field, clock, key && number == 0, out);
        out.extend_from_slice(data);
    }
}

/// An adaptation field of so many bytes [2.4.3.4].
fn adaptation(size: usize, clock: Option<i64>, key: bool, out: &mut Vec<u8>) {
    let Some(length) = size.checked_sub(1) else { return };
    let end = out.len() + size;
    out.push(u8::try_from(length).unwrap_or(0));
    if length > 0 {
        out.push(u8::from(key) << 6 | u8::from(clock.is_some()) << 4);
    }
    if let Some(clock) = clock {
        let base = clock.rem_euclid(1 << 33).cast_unsigned();
        // 33 bits of 90 kHz, six that are reserved, nine of 27 MHz.
        let field = base << 15 | 0x7e00;
        out.extend(field.to_be_bytes().iter().skip(2));
    }
    out.resize(end, 0xff);
}
