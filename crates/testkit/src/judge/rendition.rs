//! One rendition: its playlist, its segments, and the file that they make together.

use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{
    boxes,
    fetch::{Fetcher, resolve},
    playlist::{self, Media},
    probe::{self, Crop, Input, MILLI, Nanos, Packet, Units, nanos, seconds},
    random::Random,
    source::Kind,
};

/// The beginning of presentations in transport streams, as the documents say.
const TS_ZERO: Nanos = 10_000 * MILLI;

/// A rendition with all of its bytes.
#[derive(Debug)]
pub(super) struct Rendition {
    pub(super) target: String,
    pub(super) media: Media,
    pub(super) init: Option<(String, Rc<Vec<u8>>)>,
    pub(super) segments: Vec<(String, Rc<Vec<u8>>)>,
    /// All of it in one file, and where each segment begins there.
    pub(super) file: PathBuf,
    starts: Vec<u64>,
    pub(super) crop: Crop,
}

impl Rendition {
    /// Reads the playlist and fetches what it names.
    pub(super) fn fetch(fetcher: &Fetcher, target: &str, scratch: &Path) -> Result<Self, String> {
        let media = playlist::media(&fetcher.text(target)?)?;
        let fetch = |uri: &String| -> Result<(String, Rc<Vec<u8>>), String> {
            let target = resolve(target, uri)?;
            let bytes = fetcher.get(&target)?;
            Ok((target, bytes))
        };
        let init = media.map.as_ref().map(fetch).transpose()?;
        let segments: Result<Vec<_>, _> =
            media.segments.iter().map(|segment| fetch(&segment.uri)).collect();
        Self::of(target, media, init, segments?, scratch)
    }

    fn of(
        target: &str,
        media: Media,
        init: Option<(String, Rc<Vec<u8>>)>,
        segments: Vec<(String, Rc<Vec<u8>>)>,
        scratch: &Path,
    ) -> Result<Self, String> {
        if segments.is_empty() {
            return Err("it names no segment".into());
        }
        let name: String =
            target.chars().map(|sign| if sign.is_alphanumeric() { sign } else { '_' }).collect();
        let name: String =
            name.chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
        let ending = if init.is_some() { "mp4" } else { "ts" };
        let file = scratch.join(format!("{name}.{ending}"));
        let mut bytes = init.as_ref().map(|(_, init)| init.to_vec()).unwrap_or_default();
        let mut starts = Vec::new();
        for (_, segment) in &segments {
            starts.push(bytes.len() as u64);
            bytes.extend_from_slice(segment);
        }
        std::fs::write(&file, bytes).unwrap();
        Ok(Self { target: target.to_owned(), media, init, segments, file, starts, crop: None })
    }

    /// Whether it is of one track, as its name says.
    pub(super) fn holds_one_track(&self) -> bool {
        track_of(&self.target).is_some()
    }

    /// What the playlist and the segments' own headers say against themselves.
    pub(super) fn structure(&self) -> Vec<String> {
        let mut findings =
            self.media.strange.iter().map(|tag| format!("{tag} is strange")).collect::<Vec<_>>();
        let longest = self.media.segments.iter().map(|segment| segment.lasts).max().unwrap_or(0);
        let rounded = u64::try_from((longest + 500 * MILLI) / (1000 * MILLI)).unwrap();
        match self.media.target {
            Some(target) if target >= rounded.max(1) => {}
            target => findings.push(format!(
                "its target duration is {target:?}, its longest segment lasts {} s",
                seconds(longest)
            )),
        }
        if !self.media.ended {
            findings.push("it does not end with EXT-X-ENDLIST".into());
        }
        if self.init.is_some() && self.media.version < 6 {
            findings.push(format!("EXT-X-MAP in version {}", self.media.version));
        }
        if let Some((name, init)) = &self.init {
            match boxes::init(init) {
                Some((scale, lasts, size)) => {
                    findings.extend(self.fragments(scale, (lasts, size)));
                }
                None => findings.push(format!("{name} cannot be read")),
            }
        }
        findings.truncate(12);
        findings
    }

    /// Whether segments follow one another without gap or overlap, by their own headers, and last
    /// as long as the playlist says.
    fn fragments(&self, scale: u32, trex: (u32, u32)) -> Vec<String> {
        let mut findings = Vec::new();
        let mut due = None;
        // Only what lies between pictures may be sent along.
        let is_video = track_of(&self.target).is_some_and(|(kind, _)| kind == Kind::Video);
        let slack = if is_video && !self.media.iframes_only { 25 } else { u64::MAX };
        let time = |ticks: u64| nanos(ticks.cast_signed(), (1, i64::from(scale)));
        for (number, ((name, bytes), listed)) in
            self.segments.iter().zip(&self.media.segments).enumerate()
        {
            let segment = boxes::segment(bytes, trex, slack);
            findings.extend(segment.wrong.iter().map(|wrong| format!("{name}: {wrong}")));
            if let Some(due) = due.filter(|due| *due != segment.decode && !self.media.iframes_only)
            {
                findings.push(format!(
                    "{name} begins at tick {}, but the one before ends at {due}: {} s {}",
                    segment.decode,
                    seconds(time(segment.decode.abs_diff(due))),
                    if segment.decode > due { "are missing" } else { "overlap" }
                ));
            }
            due = Some(segment.decode + segment.lasts);
            let off = time(segment.lasts) - listed.lasts;
            // The first segment of sound is listed without what only primes the decoder.
            let primed = number == 0 && (0..130 * MILLI).contains(&off);
            // And with what comes before a track that begins late.
            let late = number == 0 && (off + time(segment.decode)).abs() <= MILLI;
            if off.abs() > MILLI && !primed && !late && !self.media.iframes_only {
                findings.push(format!(
                    "{name} lasts {} s, and the playlist says {}",
                    seconds(time(segment.lasts)),
                    seconds(listed.lasts)
                ));
            }
        }
        findings
    }

    /// The number of the segment in which a position of the file lies.
    fn segment_at(&self, position: u64) -> usize {
        self.starts.partition_point(|start| *start <= position).saturating_sub(1)
    }

    /// The packets of a stream of it, by segment.
    pub(super) fn packets(&self, stream: &str) -> Vec<Vec<Packet>> {
        let mut by_segment = vec![Vec::new(); self.segments.len()];
        let mut segment = 0;
        for packet in probe::probe_packets(&self.file, stream) {
            // Frames of sound that share a PES packet have no position of their own.
            segment = packet.position.map_or(segment, |position| self.segment_at(position));
            by_segment[segment].push(packet);
        }
        by_segment
    }

    /// Whether the times that are really in the segments are those of the playlist. All renditions
    /// share one beginning, be it that some have nothing to show for a while; or each has its own.
    pub(super) fn timing(&self, packets: &[Vec<Packet>], tick: Nanos, shared: bool) -> Vec<String> {
        let mut findings = Vec::new();
        let earliest = |packets: &[Packet]| packets.iter().filter_map(|packet| packet.at).min();
        let latest = |packets: &[Packet]| {
            packets.iter().filter_map(|packet| Some(packet.at? + packet.lasts)).max()
        };
        let Some(first) = packets.first().and_then(|packets| earliest(packets)) else {
            return vec!["its first segment holds nothing".into()];
        };
        // Sound that primes the decoder is not part of the playlist's time.
        let primed = (-130 * MILLI..0).contains(&first);
        let zero = if self.init.is_some() { 0 } else { TS_ZERO };
        let mut due = if shared || primed { zero } else { first };
        for (number, (held, listed)) in packets.iter().zip(&self.media.segments).enumerate() {
            let name = &self.segments[number].0;
            let Some(begins) = earliest(held) else {
                findings.push(format!("{name} holds nothing"));
                continue;
            };
            if number > 0
                && (begins - due).abs() > MILLI + tick
                && !(primed && (begins - due - first).abs() <= MILLI + tick)
            {
                findings.push(format!(
                    "{name} begins at {} s, by the playlist it would at {} s",
                    seconds(begins),
                    seconds(due)
                ));
                due = begins;
            }
            due += listed.lasts;
        }
        let end = packets.iter().filter_map(|packets| latest(packets)).max().unwrap_or(0);
        // How long the last one lasts is not in a transport stream, and ffprobe has its own idea of
        // it; the durations that segments state are held against the playlist elsewhere.
        let slack = 500 * MILLI + packets.iter().flatten().map(|one| one.lasts).max().unwrap_or(0);
        if (end - due).abs() > slack {
            findings.push(format!(
                "it ends at {} s, by the playlist it would at {} s",
                seconds(end),
                seconds(due)
            ));
        }
        findings.truncate(6);
        findings
    }

    /// Whether each segment of pictures begins with a key picture, and some decode by themselves to
    /// what they decode to as a part of the whole; and whether a player that wants some moment finds
    /// it where the playlist says.
    pub(super) fn alone(
        &self,
        packets: &[Vec<Packet>],
        whole: &Units,
        stream: &str,
        random: &mut Random,
        scratch: &Path,
        most: usize,
    ) -> Vec<String> {
        let mut findings = Vec::new();
        for ((name, _), held) in self.segments.iter().zip(packets) {
            if held.first().is_some_and(|first| !first.key) {
                findings.push(format!("{name} does not begin with a key picture"));
            }
        }
        findings.truncate(4);
        for number in random.some(self.segments.len(), most) {
            let (name, bytes) = &self.segments[number];
            let held = &packets[number];
            let file = scratch.join(if self.init.is_some() { "alone.mp4" } else { "alone.ts" });
            let init = self.init.as_ref().map(|(_, init)| init.to_vec()).unwrap_or_default();
            std::fs::write(&file, [init, bytes.to_vec()].concat()).unwrap();
            let alone = probe::pictures(&Input::file(&file).cropped(self.crop), stream);
            let key = held.first().and_then(|first| first.at).unwrap_or(0);
            // Pictures that lead the key picture may refer to what came before the segment.
            let mut due: Vec<_> = held.iter().filter_map(|packet| packet.at).collect();
            due.retain(|at| *at >= key);
            due.sort_unstable();
            let is_due = |at: Nanos| {
                let next = due.partition_point(|due| *due < at - 2_000);
                due.get(next).is_some_and(|due| *due <= at + 2_000)
            };
            let wanted = whole.list.iter().filter(|unit| unit.at.is_some_and(is_due));
            let came = alone.list.iter().rev().map(|unit| unit.hash);
            let wrong = wanted.clone().rev().map(|unit| unit.hash).zip(came);
            let wrong = wrong.filter(|(wanted, came)| wanted != came).count()
                + wanted.count().saturating_sub(alone.list.len());
            if wrong > 0 {
                findings.push(format!(
                    "{name} decodes by itself to {wrong} other pictures than as a part of the whole, of {}",
                    held.len()
                ));
            }
            findings.extend(self.seek(number, held, whole, &alone, random));
        }
        findings
    }

    /// A player wants a moment in this segment, decodes the segment, and shows the first picture of
    /// that moment or after it. Is it the one of the whole?
    fn seek(
        &self,
        number: usize,
        held: &[Packet],
        whole: &Units,
        alone: &Units,
        random: &mut Random,
    ) -> Option<String> {
        let start = whole.list.first()?.at?;
        let before: Nanos = self.media.segments[..number].iter().map(|segment| segment.lasts).sum();
        let lasts = self.media.segments[number].lasts;
        let key = held.first()?.at?;
        // Half a millisecond before a picture that the segment says it has, so that rounding does
        // not decide.
        let moments: Vec<Nanos> = whole
            .list
            .iter()
            .filter_map(|unit| unit.at)
            .filter(|at| {
                (before + MILLI..before + lasts - MILLI).contains(&(at - start)) && *at > key
            })
            .collect();
        if moments.is_empty() {
            return None;
        }
        let moment = moments[random.below(moments.len())] - MILLI / 2;
        let first = |units: &Units| {
            units.list.iter().find(|unit| unit.at.is_some_and(|at| at >= moment)).cloned()
        };
        let (wanted, came) = (first(whole)?, first(alone));
        (came.as_ref().map(|came| came.hash) != Some(wanted.hash)).then(|| {
            format!(
                "{}: a player that seeks to {} s shows the picture of {} s, not that of {} s",
                self.segments[number].0,
                seconds(moment - start),
                came.and_then(|came| came.at).map_or("no time".into(), seconds),
                seconds(wanted.at.unwrap_or(0))
            )
        })
    }

    /// The most bits a second that any run of segments needs, whose length is about the target
    /// duration [RFC 8216bis, 4.4.6.2]; and the average.
    pub(super) fn bandwidth(&self) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "of no account for a rate")]
        let sizes: Vec<f64> =
            self.segments.iter().map(|(_, bytes)| bytes.len() as f64 * 8.0).collect();
        #[expect(clippy::cast_precision_loss, reason = "of no account for a rate")]
        let lengths: Vec<f64> =
            self.media.segments.iter().map(|segment| segment.lasts as f64 / 1e9).collect();
        #[expect(clippy::cast_precision_loss, reason = "of no account for a rate")]
        let target = self.media.target.unwrap_or(1) as f64;
        let mut peak: f64 = 0.0;
        for from in 0..sizes.len() {
            let (mut bits, mut length) = (0.0, 0.0);
            for at in from..sizes.len() {
                bits += sizes[at];
                length += lengths[at];
                if length > 1.5 * target {
                    break;
                }
                if length >= 0.5 * target {
                    peak = peak.max(bits / length);
                }
            }
        }
        let all: f64 = lengths.iter().sum();
        (peak, sizes.iter().sum::<f64>() / all.max(0.001))
    }
}

/// What kind of rendition a target is, and which track of the file, by its name:
/// `video-1.m3u8`, `audio-2-tag-7.m4s`.
pub(super) fn track_of(target: &str) -> Option<(Kind, usize)> {
    let name = target.split('?').next()?.rsplit('/').next()?;
    let (kind, rest) = name.split_once('-')?;
    let kind = match kind {
        "video" | "iframes" => Kind::Video,
        "audio" => Kind::Audio,
        "text" => Kind::Text,
        _ => return None,
    };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((kind, digits.parse().ok()?))
}
