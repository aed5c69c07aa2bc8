//! The search for the samples of one want.

use std::ops::Range;

use media::{Budget, Clusters, Codec, Framing, KeyPoint, Kind, Sample, Track, Unreadable};

use super::{SLACK, around, nanos};
use crate::{blocks::Block, clock::Clock, lacing::Lacing, reader::Reader};

/// How far text may be stored from where it belongs, in nanoseconds.
const TEXT: i64 = 2_000_000_000;
/// Sound so long before zero, in milliseconds, primes nothing: see [`media::timeline`].
const PRIMING: i64 = media::timeline::PRIMING_MILLIS;

/// A sample on its way.
#[derive(Clone, Copy, Debug)]
struct Raw {
    offset: u64,
    size: u32,
    time: i64,
    key: bool,
    /// What the block states, in ticks of the track.
    duration: u32,
}

enum What {
    Pictures {
        start: KeyPoint,
        end: Option<KeyPoint>,
        /// Whether what is shown before the first key picture is left out.
        first: bool,
        begun: bool,
    },
    Sound,
    Text,
}

/// The search for the samples of one want.
pub(super) struct Job<'a> {
    /// Which want it is.
    pub(super) number: usize,
    /// The number of the track in the file.
    pub(super) track: u64,
    /// Where the search begins, and where it ends or nearly so.
    pub(super) begin: u64,
    pub(super) until: u64,
    /// The beginning of the range in nanoseconds, as blocks count.
    pub(super) from: i64,
    /// Its end.
    to: i64,
    pub(super) done: bool,
    of: &'a Track,
    clock: Clock,
    range: Range<i64>,
    what: What,
    found: Vec<Raw>,
    /// The earliest time seen, and the first that is behind the range.
    earliest: Option<i64>,
    next: Option<i64>,
    /// Whether each cue's name and settings come before its text.
    headed: bool,
    /// Frames of one block whose times depend on when the next begins.
    laced: Vec<Raw>,
    frames: Vec<(u64, u32)>,
}

impl<'a> Job<'a> {
    pub(super) fn is_of_pictures(&self) -> bool {
        matches!(self.what, What::Pictures { .. })
    }

    pub(super) fn new(
        number: usize,
        of: &'a Track,
        clusters: &Clusters,
        range: &Range<i64>,
    ) -> Option<Self> {
        let clock = Clock::of(of, clusters);
        let block_time = |ticks: i64| nanos(ticks.saturating_add(clock.delay), clock.scale);
        let (from, to) = (block_time(range.start), block_time(range.end));
        let mut range = range.clone();
        let (what, begin, until) = match of.kind() {
            Kind::Video => {
                let (start, end, first) = stretch(&of.keys, &range)?;
                range = start.time..end.map_or(i64::MAX, |end| end.time);
                let until = end.map_or(clusters.end, |end| end.at);
                (What::Pictures { start, end, first, begun: false }, start.at, until)
            }
            Kind::Audio => {
                let earliest = -i64::from(clock.scale.get()) * PRIMING / 1000;
                range.start = range.start.max(earliest);
                let (begin, until) = around(clusters, &(from..to));
                let known = of.keys.partition_point(|key| key.time <= range.start).checked_sub(1);
                let known = known.and_then(|known| of.keys.get(known)).map(|key| key.at);
                let begin = known.unwrap_or(begin);
                let begin = if range.start <= of.start { clusters.first } else { begin };
                (What::Sound, begin, until)
            }
            Kind::Text => {
                let (begin, until) =
                    around(clusters, &(from.saturating_sub(TEXT)..to.saturating_add(TEXT)));
                (What::Text, begin, until)
            }
            Kind::Other => return None,
        };
        Some(Self {
            number,
            track: of.number.into(),
            begin,
            until,
            from,
            to,
            done: false,
            of,
            clock,
            range,
            what,
            found: Vec::new(),
            earliest: None,
            next: None,
            headed: of.codec == Codec::WebVtt && of.config.starts_with(b"D_WEBVTT/"),
            laced: Vec::new(),
            frames: Vec::new(),
        })
    }

    /// A cluster begins: perhaps nothing more is to come.
    pub(super) fn enter(&mut self, block: &Block) {
        let slack = match self.what {
            What::Pictures { .. } => return,
            What::Sound => SLACK,
            What::Text => TEXT,
        };
        self.done |= self.clock.nanos(block.cluster_time) >= self.to.saturating_add(slack);
    }

    /// A block of its track.
    pub(super) fn block(
        &mut self,
        block: &Block,
        reader: &mut Reader<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Unreadable> {
        let time = self.clock.time(block.time);
        if !self.laced.is_empty() {
            self.spread(Some(time));
        }
        if let What::Pictures { start, end, first, begun } = &mut self.what {
            let begins = |point: &KeyPoint| {
                block.cluster >= point.at && time >= point.time && (block.key || time == point.time)
            };
            if !*begun {
                if !begins(start) {
                    return Ok(());
                }
                *begun = true;
            } else if end.as_ref().is_some_and(begins) {
                self.done = true;
                return Ok(());
            }
            if *first && time < start.time {
                return Ok(());
            }
        }
        block.frames(reader, &mut self.frames)?;
        budget.samples((self.found.len() + self.frames.len()) as u64)?;
        let duration = block.duration.map_or(0, |duration| self.clock.length(duration));
        let count = u32::try_from(self.frames.len()).unwrap_or(1).max(1);
        let spacing = self.clock.cadence.or((duration > 0).then(|| duration / count));
        let mut frames = std::mem::take(&mut self.frames);
        if self.headed {
            for frame in &mut frames {
                *frame = without_head(*frame, reader)?;
            }
        }
        for (nth, (offset, size)) in (0..).zip(&frames).filter(|(_, (_, size))| *size > 0) {
            let later = i64::from(spacing.unwrap_or(0)).saturating_mul(nth);
            let raw = Raw {
                offset: *offset,
                size: *size,
                time: time.saturating_add(later),
                key: block.key,
                duration,
            };
            if spacing.is_none() && block.lacing != Lacing::None {
                self.laced.push(raw);
            } else {
                self.take(raw);
            }
        }
        self.frames = frames;
        Ok(())
    }

    /// Keeps a frame if it is in the range.
    fn take(&mut self, raw: Raw) {
        if let What::Pictures { .. } = self.what {
            self.found.push(raw);
            return;
        }
        self.earliest = Some(self.earliest.map_or(raw.time, |earliest| earliest.min(raw.time)));
        if raw.time >= self.range.end {
            self.next = Some(self.next.map_or(raw.time, |next| next.min(raw.time)));
            self.done |= matches!(self.what, What::Sound);
        } else if raw.time >= self.range.start {
            self.found.push(raw);
        }
    }

    /// Gives the frames of a block times between its own and that of the next.
    fn spread(&mut self, next: Option<i64>) {
        let laced = std::mem::take(&mut self.laced);
        let Some(first) = laced.first().map(|raw| raw.time) else { return };
        let count = i64::try_from(laced.len()).unwrap_or(1);
        // Frames last no longer than this in any coding.
        let between = next.unwrap_or(self.of.end).saturating_sub(first).clamp(0, count * 8192);
        for (nth, raw) in (0..).zip(laced) {
            let later = if between > 0 { between.saturating_mul(nth) / count } else { nth };
            self.take(Raw { time: first.saturating_add(later), ..raw });
        }
    }

    /// Whether sound of the range may be stored before where the search began.
    pub(super) fn may_lack_its_first(&self) -> bool {
        let What::Sound = self.what else { return false };
        // One that would come before what was seen would come before the range.
        let step = i64::from(self.of.cadence.unwrap_or(0)) - 2 * i64::from(self.clock.length(1));
        self.range.start > self.of.start
            && self
                .earliest
                .is_none_or(|earliest| earliest.saturating_sub(step.max(0)) > self.range.start)
    }

    /// The same search, for what is stored earlier.
    pub(super) fn earlier(&self) -> Self {
        Self {
            what: What::Sound,
            range: self.range.clone(),
            done: false,
            found: Vec::new(),
            earliest: None,
            next: None,
            laced: Vec::new(),
            frames: Vec::new(),
            ..*self
        }
    }

    /// Takes what such a search found.
    pub(super) fn prepend(&mut self, mut earlier: Self) {
        // Its last block ends where what was found before begins.
        earlier.spread(self.earliest);
        earlier.found.append(&mut self.found);
        self.found = earlier.found;
        self.earliest = earlier.earliest.or(self.earliest);
        self.next = self.next.or(earlier.next);
    }

    /// The samples.
    pub(super) fn finish(&mut self) -> Vec<Sample> {
        self.spread(None);
        let more = match &self.of.framing {
            Framing::Stripped(start) => u32::try_from(start.len()).unwrap_or(0),
            _ => 0,
        };
        for raw in &mut self.found {
            raw.size = raw.size.saturating_add(more);
        }
        match &self.what {
            What::Pictures { end, .. } => {
                let end = end.map_or(self.of.end, |end| end.time);
                pictures(&self.found, &self.range, end, self.of.earliness())
            }
            What::Sound => {
                self.found.sort_by_key(|raw| raw.time);
                self.sound()
            }
            What::Text => {
                self.found.sort_by_key(|raw| raw.time);
                self.found.iter().map(|raw| sample(raw, raw.time, raw.duration, true)).collect()
            }
        }
    }

    fn sound(&self) -> Vec<Sample> {
        let mut last = None;
        let mut samples: Vec<Sample> = Vec::with_capacity(self.found.len());
        for raw in &self.found {
            // Each is heard: two at once follow one another.
            let time = last.map_or(raw.time, |last: i64| raw.time.max(last.saturating_add(1)));
            last = Some(time);
            if let Some(before) = samples.last_mut() {
                before.duration = ticks(time.saturating_sub(before.decode));
            }
            samples.push(sample(raw, time, raw.duration, true));
        }
        let before = samples.iter().rev().nth(1).map(|sample| sample.duration);
        if let Some(last) = samples.last_mut() {
            let until = |end: i64| Some(ticks(end.saturating_sub(last.decode))).filter(|t| *t > 0);
            let next = self.next.and_then(until).or(self.of.cadence);
            last.duration = next.or_else(|| until(self.of.end)).or(before).unwrap_or(1);
        }
        samples
    }
}

/// The text of a cue as `WebM` had it first: after a line for its name and one for its settings.
fn without_head(
    (offset, size): (u64, u32),
    reader: &mut Reader<'_>,
) -> Result<(u64, u32), Unreadable> {
    let start = reader.peek(offset, usize::try_from(size).unwrap_or(0).min(1024))?;
    let ends = (0_u32..).zip(start).filter(|(_, byte)| **byte == b'\n');
    let head = ends.take(2).nth(1).map_or(0, |(at, _)| at + 1).min(size);
    Ok((offset.saturating_add(head.into()), size - head))
}

/// The key points that begin and end a range, and whether the first of all is the one that begins.
fn stretch(keys: &[KeyPoint], range: &Range<i64>) -> Option<(KeyPoint, Option<KeyPoint>, bool)> {
    let begin = keys.partition_point(|key| key.time <= range.start).saturating_sub(1);
    let end = keys.partition_point(|key| key.time < range.end);
    let start = *keys.get(begin)?;
    (end > begin).then(|| (start, keys.get(end).copied(), begin == 0))
}

/// Pictures in decode order, each shown at a time of its own within the range, and no more than
/// `early` ticks before it is decoded.
fn pictures(found: &[Raw], range: &Range<i64>, end: i64, early: u32) -> Vec<Sample> {
    let last = range.end.saturating_sub(1).max(range.start);
    let mut times: Vec<i64> = found.iter().map(|raw| raw.time.clamp(range.start, last)).collect();
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by_key(|at| times.get(*at).copied().unwrap_or(0));
    let mut decodes = Vec::with_capacity(times.len());
    for at in order {
        let Some(time) = times.get_mut(at) else { continue };
        if let Some(before) = decodes.last().filter(|before| **before >= *time) {
            *time = before + 1;
        }
        decodes.push(*time);
    }
    hurry(&mut decodes, &times, early);
    let ends = decodes.iter().skip(1).copied().chain([end]).collect::<Vec<_>>();
    let mut samples = Vec::with_capacity(found.len());
    for (((raw, time), decode), next) in found.iter().zip(&times).zip(&decodes).zip(ends) {
        let duration = ticks(next.saturating_sub(*decode)).max(1);
        let mut sample = sample(raw, *decode, duration, raw.key);
        let composition = time.saturating_sub(*decode);
        sample.composition =
            i32::try_from(composition).unwrap_or(if composition < 0 { i32::MIN } else { i32::MAX });
        samples.push(sample);
    }
    samples
}

/// Moves decode times ahead where a picture would be decoded more than `early` ticks after it is
/// shown. The first stays, and each is still later than the one before.
fn hurry(decodes: &mut [i64], times: &[i64], early: u32) {
    let mut floor =
        decodes.first().copied().unwrap_or(0).saturating_add_unsigned(decodes.len() as u64);
    let mut next = i64::MAX;
    for (decode, time) in decodes.iter_mut().zip(times).rev() {
        floor = floor.saturating_sub(1);
        let latest = time.saturating_add(early.into()).min(next.saturating_sub(1));
        *decode = latest.min(*decode).max(floor);
        next = *decode;
    }
}

fn sample(raw: &Raw, decode: i64, duration: u32, key: bool) -> Sample {
    Sample { offset: raw.offset, size: raw.size, skip: 0, decode, duration, composition: 0, key }
}

fn ticks(length: i64) -> u32 {
    u32::try_from(length.max(0)).unwrap_or(u32::MAX / 2).min(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_picture_is_decoded_much_later_than_it_is_shown() {
        // I P b b, and after a pause of a hundred ticks the same.
        let times = [0, 30, 10, 20, 130, 160, 140, 150];
        let mut decodes = [0, 10, 20, 30, 130, 140, 150, 160];
        let before = decodes;
        hurry(&mut decodes, &times, 10);
        assert_eq!(decodes, before, "an even rhythm stays");
        // A pause within a group: b would be decoded at 110.
        let times = [0, 110, 10, 120];
        let mut decodes = [0, 10, 110, 120];
        hurry(&mut decodes, &times, 30);
        assert_eq!(decodes, [0, 10, 40, 120]);
        let mut decodes = [0, 10, 110, 120];
        hurry(&mut decodes, &times, 0);
        assert_eq!(decodes, [0, 9, 10, 120]);
    }

    proptest::proptest! {
        #[test]
        fn hurried_pictures_keep_their_order_and_their_beginning(
            moves in proptest::collection::vec((1i64..5_000, -8i64..8), 1..80),
            early in 80u32..9_000,
        ) {
            let mut times: Vec<i64> = Vec::new();
            for (gap, _) in &moves {
                times.push(times.last().copied().unwrap_or(0) + gap);
            }
            let mut decodes = times.clone();
            let mut order: Vec<usize> = (0..times.len()).collect();
            order.sort_by_key(|at| i64::try_from(*at).unwrap_or(0) + moves.get(*at).map_or(0, |m| m.1));
            let times: Vec<i64> =
                order.iter().filter_map(|at| times.get(*at).copied()).collect();
            let first = decodes.first().copied();
            hurry(&mut decodes, &times, early);
            assert_eq!(decodes.first().copied(), first);
            assert!(decodes.is_sorted_by(|one, next| one < next));
            for (decode, time) in decodes.iter().zip(&times) {
                assert!(decode - time <= i64::from(early), "{decode} {time}");
            }
        }
    }
}
