//! Bit rates as playlists state them.

use media::{Index, Timescale, Track, rescale_floor};

use crate::presentation::Span;

/// Bytes around the media of a segment: `styp`, `moof` without its samples, the head of `mdat`.
const HEADER: u64 = 160;
/// Bytes of a sample in `trun`, at most.
const PER_SAMPLE: u64 = 16;

/// The peak and the average bit rate of a track, in bits a second.
///
/// The peak is that of RFC 8216bis section 4.4.6.2: the highest over any row of segments that
/// lasts between a half and one and a half target durations. Where samples are not known one by
/// one, those of pictures are all bytes from key picture to key picture but for sound that is
/// known to be even: never less than true.
pub(crate) fn of(index: &Index, track: &Track, spans: &[Span]) -> (u64, u64) {
    let sizes: Vec<(u64, u64)> = spans
        .iter()
        .map(|span| (size(index, track, span), micros(span.duration(), track.timescale)))
        .collect();
    let longest = sizes.iter().map(|(_, micros)| *micros).max().unwrap_or(0);
    // The target duration is in whole seconds.
    let target = longest.div_ceil(1_000_000).max(1) * 1_000_000;
    let bytes: u64 = sizes.iter().map(|(bytes, _)| *bytes).sum();
    let time: u64 = sizes.iter().map(|(_, micros)| *micros).sum();
    // Of a file whose samples are searched, what was reckoned is nearer than what lies between.
    let reckoned = track.bytes.filter(|_| track.table().is_none());
    let samples: u64 = spans.iter().map(|span| overhead(track, span)).sum();
    let average = rate(reckoned.map_or(bytes, |bytes| bytes + samples), time);
    (peak(&sizes, target).max(average), average)
}

fn peak(sizes: &[(u64, u64)], target: u64) -> u64 {
    let mut highest = 0;
    for begin in 0..sizes.len() {
        let (mut bytes, mut time) = (0, 0);
        for (size, micros) in sizes.iter().skip(begin) {
            bytes += size;
            time += micros;
            if time > target + target / 2 {
                break;
            }
            if time >= target / 2 {
                highest = highest.max(rate(bytes, time));
            }
        }
    }
    if highest == 0 {
        // Nothing lasts long enough: the whole counts.
        let all = sizes.iter().map(|(bytes, micros)| rate(*bytes, *micros));
        return all.max().unwrap_or(0);
    }
    highest
}

fn rate(bytes: u64, micros: u64) -> u64 {
    let bits = u128::from(bytes) * 8 * 1_000_000;
    u64::try_from(bits.div_ceil(u128::from(micros.max(1)))).unwrap_or(u64::MAX)
}

fn micros(ticks: u64, scale: Timescale) -> u64 {
    rescale_floor(ticks.cast_signed(), scale, Timescale::MICROS).max(0).cast_unsigned()
}

fn size(index: &Index, track: &Track, span: &Span) -> u64 {
    if let Some(table) = track.table() {
        let count = u64::from(span.last.saturating_sub(span.first));
        return table.bytes_in(span.first..span.last) + HEADER + count * PER_SAMPLE;
    }
    if track.kind() == media::Kind::Video {
        let position = index.tracks.iter().position(|one| one.number == track.number);
        let clusters = index.clusters.as_ref();
        let spaces = position.zip(clusters).and_then(|(at, clusters)| clusters.spaces.get(at));
        let number = |time: i64| track.keys.partition_point(|key| key.time < time);
        let (from, to) = (number(span.start), number(span.end));
        let own = spaces.and_then(|spaces| spaces.get(from..to.min(spaces.len())));
        return own.unwrap_or_default().iter().sum::<u64>() + overhead(track, span);
    }
    // Sound is even enough: where it is not, it is counted with the pictures too.
    share(track, micros(span.duration(), track.timescale)).unwrap_or(0) + overhead(track, span)
}

/// The bytes of a track that last so many microseconds, if they come evenly.
fn share(track: &Track, micros: u64) -> Option<u64> {
    let whole = track.end.saturating_sub(track.start).max(1);
    let whole = self::micros(whole.unsigned_abs(), track.timescale).max(1);
    u64::try_from(u128::from(track.bytes?) * u128::from(micros) / u128::from(whole)).ok()
}

/// What is around the media of a segment whose samples are not known.
fn overhead(track: &Track, span: &Span) -> u64 {
    let of_rate = || {
        let rate = track.video()?.frame_rate?;
        let millis = micros(span.duration(), track.timescale) / 1000;
        Some(millis * u64::from(rate.num) / u64::from(rate.den.max(1)) / 1000)
    };
    let count = match track.cadence {
        Some(cadence) => span.duration() / u64::from(cadence.max(1)),
        None => of_rate().unwrap_or(0),
    };
    HEADER + count * PER_SAMPLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_that_of_rows_that_last_about_a_target() {
        let second = 1_000_000;
        // A short, dense segment alone does not count; with its neighbour it does.
        let sizes = [(1_000_000, second), (100_000, 6 * second), (900_000, 6 * second)];
        assert_eq!(peak(&sizes, 6 * second), 1_257_143);
        assert_eq!(peak(&[(125_000, second)], 6 * second), 1_000_000, "too short for the rule");
    }
}
