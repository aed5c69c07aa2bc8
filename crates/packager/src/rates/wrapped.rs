//! Bit rates of transport streams.

use media::Sample;

use super::{Rates, micros, rates, size};
use crate::{
    Presentation,
    names::Lane,
    presentation::{Span, listed},
    ts::{self, Part, Samples},
};

/// The bytes of a packet, and those of media in it.
const PACKET: u64 = 188;
const PAYLOAD: u64 = 184;
/// Packets beside the media, at most: two tables, and what fills up the counters of two tracks.
const BESIDE: u64 = 2 + 2 * 15;
/// PES packets of sound in a second, at most.
const SOUNDS: u64 = 12;
/// Pictures in a second where the file does not say how many.
const PICTURES: u64 = 60;

/// The bit rates of a playlist of transport streams.
///
/// Where samples are known one by one, of the very packets that are sent; else reckoned, rather
/// too much than too little.
pub(crate) fn in_ts(presentation: &Presentation, lane: Lane) -> Rates {
    let Some(rendition) = ts::rendition(presentation, lane) else { return Rates::default() };
    let lasts = listed(&rendition.spans).map(|ticks| micros(ticks, rendition.timescale));
    let sizes: Vec<(u64, u64)> = (1..)
        .zip(&rendition.spans)
        .zip(lasts)
        .map(|((number, span), lasts)| {
            let parts = ts::parts(presentation, lane, number);
            let exact = parts.as_ref().and_then(|parts| exact(presentation, parts, number));
            (exact.unwrap_or_else(|| reckoned(presentation, lane, span, lasts)), lasts)
        })
        .collect();
    rates(&sizes)
}

/// How many bytes a segment has, if all of its samples are known.
fn exact(presentation: &Presentation, parts: &ts::Parts, number: u32) -> Option<u64> {
    let of = |part: &Option<Part>| -> Option<Vec<Sample>> {
        let Some(part) = part else { return Some(Vec::new()) };
        let table = presentation.index.tracks.get(part.track)?.table()?;
        Some(table.samples(part.numbers.clone()?))
    };
    let samples = Samples { video: of(&parts.video)?, audio: of(&parts.audio)? };
    ts::segment(presentation, parts, number, &samples).ok().map(|segment| segment.len())
}

/// How many bytes a segment has at most, by what is known of its tracks.
fn reckoned(presentation: &Presentation, lane: Lane, span: &Span, lasts: u64) -> u64 {
    let main = ts::rendition(presentation, lane);
    let track = main.and_then(|main| presentation.track(main));
    let own = track.map_or(0, |track| size(&presentation.index, track, span));
    let pictures = track.and_then(media::Track::video).map_or(0, |video| {
        let rate = video
            .frame_rate
            .map_or(PICTURES, |rate| u64::from(rate.num).div_ceil(u64::from(rate.den.max(1))));
        in_time(rate, lasts) + 1
    });
    let sound = presentation.ts_audio().filter(|_| lane == Lane::Main && pictures > 0);
    let beside =
        sound.map_or(0, |sound| in_time(presentation.rates(sound).peak.div_ceil(8), lasts));
    let packets = (own + beside).div_ceil(PAYLOAD) + pictures + in_time(SOUNDS, lasts) + BESIDE;
    packets * PACKET
}

/// How much comes in this time, in microseconds, of what comes so often a second.
fn in_time(each: u64, micros: u64) -> u64 {
    let all = u128::from(each) * u128::from(micros);
    u64::try_from(all.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
