//! One track of a presentation against the stream of the source that it was made from.

use super::{
    Judge, Kind,
    compare::{Match, compare},
    probe::{self, Crop, Input, MILLI, Nanos, Units, seconds},
    rendition::Rendition,
    source::{Stream, Truth},
};

/// What damage does to a film, and to ffmpeg's own idea of it.
const DAMAGE: &[&str] =
    &["are missing before", "too many, or out of order", "do not come when they are due"];

/// The longest sound before zero that primes a decoder.
const PRIMING: Nanos = 120 * MILLI;

/// What is known of a track after it was judged.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    /// What came, pictures or packets.
    pub(super) units: Units,
    /// What is added to the times of the source, at the start and at the end.
    pub(super) shift: (Nanos, Nanos),
    /// The targets of its segments, with the time at which each begins.
    pub(super) segments: Vec<(String, Nanos)>,
    /// When the last picture or sound ends.
    pub(super) end: Nanos,
    /// How long a packet lasts.
    pub(super) frame: Nanos,
    pub(super) bandwidth: (f64, f64),
    /// How long the playlist says that it is.
    pub(super) listed: Nanos,
    pub(super) crop: Crop,
}

impl Judge {
    /// Judges the pictures or the sound in a rendition. `position` is that of the source's stream.
    pub(super) fn track(
        &mut self,
        packaging: &'static str,
        rendition: &Rendition,
        kind: Kind,
        position: Option<usize>,
    ) {
        let place = format!("{packaging} {}", rendition.target);
        let Some(stream) = self.source.stream(kind, position) else {
            self.say(&place, [format!("the source has no {kind:?} at position {position:?}")]);
            return;
        };
        let truth = self.source.truth(stream);
        let map = format!("0:{}:0", kind.letter());
        let input = Input::file(&rendition.file).cropped(rendition.crop);
        let units = match kind {
            Kind::Video => probe::pictures(&input, &map),
            _ => probe::packets(&input, &map, rendition.init.is_none() && stream.codec() == "aac"),
        };
        if self.is_damaged() && truth.all.list.is_empty() {
            // ffmpeg can make nothing of it either.
            return;
        }
        let noun = if kind == Kind::Video { "picture" } else { "packet" };
        // Stamps of sound jitter where a container rounds them, and what is made of them may be even.
        // In a transport stream frames share one stamp.
        let longest = units.list.iter().map(|unit| unit.lasts).max().unwrap_or(0);
        let jitter = match (kind, packaging) {
            (Kind::Video, _) => 0,
            (_, "TS") => longest,
            _ => MILLI,
        };
        let (mut findings, matched) = compare(truth, &units, noun, jitter);
        if self.is_damaged() {
            let is_damage = |finding: &String| DAMAGE.iter().any(|known| finding.contains(known));
            let wrong = findings.iter().filter(|one| one.contains("is not the source's")).count();
            findings.retain(|finding| !is_damage(finding));
            // One picture may be made up in another way.
            findings.retain(|finding| wrong > 1 || !finding.contains("is not the source's"));
        } else if truth.all.complaints.is_empty() && !units.complaints.is_empty() {
            findings.push(format!("ffmpeg complains: {}", first_line(&units.complaints)));
        }
        if let Some(matched) = &matched {
            findings.extend(self.ends(stream, truth, matched, noun));
        }
        let stream_of = format!("{}:0", kind.letter());
        let packets = rendition.packets(&stream_of);
        // Where pictures and sound share segments, pictures decide where these begin.
        if kind == Kind::Video || rendition.holds_one_track() {
            let slack = units.tick + 8 * (jitter - MILLI).max(0);
            findings.extend(rendition.timing(&packets, slack, self.ours));
        }
        if kind == Kind::Video && !self.is_damaged() {
            let most = if self.brief || packaging == "TS" { 3 } else { 4 };
            let scratch = self.scratch.path().to_owned();
            let alone = rendition.alone(&packets, &units, &map, &mut self.random, &scratch, most);
            findings.extend(alone);
        }
        if kind == Kind::Video {
            self.report.pictures += matched.as_ref().map_or(0, |matched| matched.pairs.len());
        } else {
            self.report.packets += matched.as_ref().map_or(0, |matched| matched.pairs.len());
        }
        let starts =
            packets.iter().map(|packets| packets.iter().filter_map(|packet| packet.at).min());
        let segments = rendition.segments.iter().zip(starts);
        let judged = Judged {
            shift: matched.map_or((0, 0), |matched| matched.shift),
            segments: segments.map(|((name, _), at)| (name.clone(), at.unwrap_or(0))).collect(),
            end: packets
                .iter()
                .flatten()
                .filter_map(|packet| Some(packet.at? + packet.lasts))
                .max()
                .unwrap_or(0),
            frame: units.list.iter().map(|unit| unit.lasts).max().unwrap_or(0),
            bandwidth: rendition.bandwidth(),
            crop: rendition.crop,
            listed: rendition.media.segments.iter().map(|segment| segment.lasts).sum(),
            units,
        };
        let position = position.unwrap_or(stream.index + 1);
        self.say(&place, findings);
        self.judged.insert((packaging, kind, position), judged);
    }

    /// Whether all is there from where it must begin to where it must end.
    fn ends(&self, stream: &Stream, truth: &Truth, matched: &Match, noun: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let (first, last) = (matched.pairs[0].0, matched.pairs[matched.pairs.len() - 1].0);
        let at = |index: usize| truth.all.list[index].at.unwrap_or(0);
        if stream.kind == Some(Kind::Video) {
            // When key pictures are due, as the source has them.
            let keys: Vec<Nanos> = self
                .source
                .packets(stream)
                .iter()
                .filter(|packet| packet.key)
                .filter_map(|packet| packet.at)
                .collect();
            let tick = truth.all.tick;
            let begins = at(first);
            let first_key = keys.iter().copied().min().unwrap_or(begins);
            let wanted = truth.shown.0;
            if first > wanted && begins > first_key + tick {
                findings.push(format!(
                    "the first {} {noun}s of the source are missing",
                    first - wanted
                ));
            }
            let between =
                keys.iter().filter(|key| **key > begins + tick && **key <= at(wanted) + tick);
            if first < wanted && between.count() > 0 {
                findings.push(format!(
                    "it begins at {} s of the source, though a key picture comes later that suffices",
                    seconds(begins)
                ));
            }
        } else {
            let lost = (0..first).filter(|index| {
                at(*index) + truth.all.list[*index].lasts + matched.shift.0
                    > -PRIMING + truth.all.tick
            });
            let lost = lost.count();
            if lost > 1 {
                findings.push(format!("the first {lost} {noun}s of the source are missing"));
            }
        }
        if last + 1 < truth.shown.1 && !self.is_damaged() {
            findings.push(format!(
                "the last {} {noun}s of the source are missing",
                truth.shown.1 - last - 1
            ));
        }
        // Where an edit ends within a picture, the picture is shown.
        if last > truth.shown.1 {
            findings.push(format!(
                "{} {noun}s are shown that the source's edit list hides at its end",
                last + 1 - truth.shown.1
            ));
        }
        findings
    }

    /// Whether the tracks of a packaging are in step: the times of each have been moved alike.
    pub(super) fn in_step(&mut self, packaging: &'static str) {
        let of = |kind: Kind| {
            let all = self.judged.iter();
            all.filter(move |((of, is, _), _)| *of == packaging && *is == kind)
        };
        let mut findings = Vec::new();
        if let Some((_, video)) = of(Kind::Video).next() {
            for ((_, _, position), audio) in of(Kind::Audio) {
                let tolerance = audio.frame.max(MILLI) + MILLI;
                for (place, one, other) in
                    [("start", video.shift.0, audio.shift.0), ("end", video.shift.1, audio.shift.1)]
                {
                    if (one - other).abs() > tolerance {
                        findings.push(format!(
                            "at the {place}, the sound of audio-{position} is out of step by {} s",
                            seconds(other - one)
                        ));
                    }
                }
            }
        }
        self.say(packaging, findings);
    }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
