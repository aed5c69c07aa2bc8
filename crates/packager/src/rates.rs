//! Bit rates as playlists state them: of a track in segments of its own. What transport streams
//! take is in `wrapped`.

mod wrapped;

use media::{Framing, Index, Kind, Timescale, Track, rescale_floor};

use crate::{
    layout::Layout,
    presentation::{Span, listed},
};

pub(crate) use wrapped::in_ts;

/// Bytes around the media of a segment: `styp`, `moof` without its samples, the head of `mdat`.
const HEADER: u64 = 160;
/// Bytes of a sample in `trun`, at most.
const PER_SAMPLE: u64 = 16;

/// The bit rates of a rendition, in bits a second.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Rates {
    /// The highest, as RFC 8216bis section 4.4.6.2 defines it.
    pub peak: u64,
    /// That of all bytes over all time.
    pub average: u64,
}

impl Rates {
    /// The greater of each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { peak: self.peak.max(other.peak), average: self.average.max(other.average) }
    }
}

impl std::ops::Add for Rates {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { peak: self.peak + other.peak, average: self.average + other.average }
    }
}

/// The bit rates of a track.
///
/// The peak is that of RFC 8216bis section 4.4.6.2: the highest over any row of segments that
/// lasts between a half and one and a half target durations. Of pictures that are sent with what
/// lies between them, that counts too. Where samples are not known one by one, those of pictures
/// are all bytes from key picture to key picture but for sound that is known to be even: never less
/// than true.
pub(crate) fn of(index: &Index, track: &Track, spans: &[Span]) -> Rates {
    let sizes: Vec<(u64, u64)> = spans
        .iter()
        .zip(listed(spans))
        .map(|(span, lasts)| (size(index, track, span), micros(lasts, track.timescale)))
        .collect();
    let Rates { peak, average } = rates(&sizes);
    let time: u64 = sizes.iter().map(|(_, micros)| *micros).sum();
    // Of a file whose samples are searched, what was reckoned is nearer than what lies between.
    let reckoned = track.bytes.filter(|_| track.table().is_none());
    let samples: u64 = spans.iter().map(|span| overhead(track, span)).sum();
    let average = reckoned.map_or(average, |bytes| rate(sent(track, bytes) + samples, time));
    Rates { peak: peak.max(average), average }
}

/// The bit rates of segments with so many bytes that last so many microseconds.
fn rates(sizes: &[(u64, u64)]) -> Rates {
    let longest = sizes.iter().map(|(_, micros)| *micros).max().unwrap_or(0);
    // The target duration is in whole seconds.
    let target = longest.div_ceil(1_000_000).max(1) * 1_000_000;
    let bytes: u64 = sizes.iter().map(|(bytes, _)| *bytes).sum();
    let time: u64 = sizes.iter().map(|(_, micros)| *micros).sum();
    let average = rate(bytes, time);
    Rates { peak: peak(sizes, target).max(average), average }
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
    if track.kind() == Kind::Video {
        let position = index.tracks.iter().position(|one| one.number == track.number);
        let clusters = index.clusters.as_ref();
        let spaces = position.zip(clusters).and_then(|(at, clusters)| clusters.spaces.get(at));
        let number = |time: i64| track.keys.partition_point(|key| key.time < time);
        let (from, to) = (number(span.start), number(span.end));
        let own = spaces.and_then(|spaces| spaces.get(from..to.min(spaces.len())));
        return sent(track, own.unwrap_or_default().iter().sum()) + overhead(track, span);
    }
    // Sound is even enough: where it is not, it is counted with the pictures too.
    share(track, micros(span.duration(), track.timescale)).unwrap_or(0) + overhead(track, span)
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
