//! Bit rates as playlists state them.

use media::{Framing, Index, Kind, Timescale, Track, rescale_floor};

use crate::{layout::Layout, presentation::Span};

/// Bytes around the media of a segment: `styp`, `moof` without its samples, the head of `mdat`.
const HEADER: u64 = 160;
/// Bytes of a sample in `trun`, at most.
const PER_SAMPLE: u64 = 16;

/// The peak and the average bit rate of a track, in bits a second.
///
/// The peak is that of RFC 8216bis section 4.4.6.2: the highest over any row of segments that
/// lasts between a half and one and a half target durations. Of pictures that are sent with what
/// lies between them, that counts too. Where samples are not known one by one, the bytes between
/// two clusters are counted, less what the other tracks are reckoned to have: near the truth, and
/// not always above it.
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
    let average = rate(reckoned.map_or(bytes, |bytes| sent(track, bytes) + samples), time);
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
        if sends_gaps(track) {
            let samples = table.samples(span.first..span.last);
            return Layout::of_fragment(track, &samples).bytes(track, &samples);
        }
        let count = u64::from(span.last.saturating_sub(span.first));
        return table.bytes_in(span.first..span.last) + HEADER + count * PER_SAMPLE;
    }
    let own = micros(span.duration(), track.timescale);
    if let Some(bytes) = share(track, own).filter(|_| track.kind() != Kind::Video) {
        // Sound is even enough.
        return bytes + overhead(track, span);
    }
    let Some(clusters) = &index.clusters else { return 0 };
    let nanos = |ticks: i64| media::rescale_floor(ticks, track.timescale, Timescale::NANOS);
    let at = |time: i64| {
        let number = clusters.points.partition_point(|(point, _)| *point <= time);
        let point = number.checked_sub(1).and_then(|number| clusters.points.get(number));
        point.map_or(clusters.first, |(_, position)| *position)
    };
    let to = if span.end >= track.end { clusters.end } else { at(nanos(span.end)) };
    let between = to.saturating_sub(at(nanos(span.start)));
    // What is between the clusters, less the other tracks. Never less than half: what was reckoned
    // of them may be wrong, and too little makes players stall.
    let is_other = |other: &&Track| other.number != track.number;
    let others: u64 =
        index.tracks.iter().filter(is_other).filter_map(|other| share(other, own)).sum();
    sent(track, between.saturating_sub(others).max(between / 2)) + overhead(track, span)
}

/// Whether what lies between samples may be sent along.
fn sends_gaps(track: &Track) -> bool {
    track.kind() == Kind::Video && track.framing == Framing::Plain
}

/// What is sent for so many bytes of samples, at most.
fn sent(track: &Track, bytes: u64) -> u64 {
    if sends_gaps(track) { Layout::at_most(bytes) } else { bytes }
}

/// The bytes of a track that last so many microseconds, if they come evenly.
fn share(track: &Track, micros: u64) -> Option<u64> {
    let whole = track.end.saturating_sub(track.start).max(1);
    let whole = self::micros(whole.unsigned_abs(), track.timescale).max(1);
    u64::try_from(u128::from(track.bytes?) * u128::from(micros) / u128::from(whole)).ok()
}

/// What is around the media of a segment whose samples are not known.
fn overhead(track: &Track, span: &Span) -> u64 {
    let count = track.cadence.map_or(0, |cadence| span.duration() / u64::from(cadence.max(1)));
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
