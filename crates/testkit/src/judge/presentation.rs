//! Whole presentations: HLS, DASH, HLS in transport streams.

use serde_json::Value;

use super::{
    Demand, Judge, Kind,
    fetch::{Nature, resolve},
    playlist::{self, Entry},
    probe::{self, MILLI, seconds},
    rendition::{Rendition, track_of},
    text,
};

/// Codings of sound that can be packaged, as ffmpeg calls them.
const SOUND: &[&str] = &["aac", "mp3", "ac3", "eac3", "opus", "flac"];
/// The same in a transport stream.
const SOUND_IN_TS: &[&str] = &["aac", "mp3", "ac3", "eac3"];
/// Codings of text.
const TEXT: &[&str] = &["subrip", "ass", "webvtt", "mov_text"];

impl Judge {
    /// Judges HLS in fMP4.
    pub fn hls(&mut self, master: &str) {
        self.multivariant("HLS", master);
        self.all_tracks("HLS", SOUND);
        self.in_step("HLS");
        self.begins_at_zero("HLS");
        self.whole("HLS", master);
    }

    /// Judges HLS in transport streams.
    pub fn hls_ts(&mut self, master: &str) {
        self.multivariant("TS", master);
        self.all_tracks("TS", SOUND_IN_TS);
        self.in_step("TS");
        self.whole("TS", master);
    }

    fn multivariant(&mut self, packaging: &'static str, master: &str) {
        self.behaves(master, Nature::Playlist);
        let read = self.fetcher.text(master).and_then(|text| playlist::multivariant(&text));
        let entries = match read {
            Ok(entries) => entries,
            Err(error) => return self.say(packaging, [error]),
        };
        let mut seen = Vec::new();
        // What text and key pictures are compared with comes first.
        let last = |entry: &&Entry| ["SUBTITLES", "I-FRAME-STREAM-INF"].contains(&&*entry.kind);
        let first = entries.iter().filter(|entry| !last(entry));
        for entry in first.chain(entries.iter().filter(last)) {
            let Some(uri) = &entry.uri else { continue };
            let target = match resolve(master, uri) {
                Ok(target) => target,
                Err(error) => {
                    self.say(packaging, [error]);
                    continue;
                }
            };
            if seen.contains(&target) {
                continue;
            }
            seen.push(target.clone());
            match entry.kind.as_str() {
                "SUBTITLES" => self.text(packaging, &target),
                "I-FRAME-STREAM-INF" => self.iframes(packaging, &target),
                _ => self.rendition(packaging, &target),
            }
        }
        for entry in entries.iter().filter(|entry| entry.kind == "STREAM-INF") {
            if self.is_damaged() {
                // What its headers say need not be so.
                break;
            }
            let findings = self.variant(packaging, master, entry, &entries);
            self.say(packaging, findings);
        }
    }

    pub(super) fn fetch_all(&mut self, master: &str) {
        let read = self.fetcher.text(master).and_then(|text| playlist::multivariant(&text));
        let entries = read.unwrap_or_else(|error| {
            self.say(master, [error]);
            Vec::new()
        });
        for uri in entries.iter().filter_map(|entry| entry.uri.as_deref()) {
            let target = resolve(master, uri);
            let scratch = self.scratch.path();
            let fetched =
                target.and_then(|target| Rendition::fetch(&self.fetcher, &target, scratch));
            match fetched {
                Ok(rendition) => self.report.segments += rendition.segments.len(),
                Err(error) => self.say(master, [error]),
            }
        }
    }

    fn rendition(&mut self, packaging: &'static str, target: &str) {
        let place = format!("{packaging} {target}");
        let scratch = self.scratch.path().to_owned();
        let mut rendition = match Rendition::fetch(&self.fetcher, target, &scratch) {
            Ok(rendition) => rendition,
            Err(error) => return self.say(&place, [error]),
        };
        self.report.segments += rendition.segments.len();
        self.behaves(target, Nature::Playlist);
        if let Some((init, _)) = &rendition.init {
            self.behaves(init, Nature::Segment);
        }
        let middle = rendition.segments.len() / 2;
        self.behaves(&rendition.segments[middle].0, Nature::Segment);
        self.say(&place, rendition.structure());
        if let Some((kind, position)) = track_of(target) {
            return self.track(packaging, &rendition, kind, Some(position));
        }
        // Pictures and the default sound in one.
        let inside = probe::probe(&rendition.file, &["-show_streams"]);
        if let Some(stream) = self.source.stream(Kind::Video, None) {
            let size = |json: &Value| Some((json["width"].as_i64()?, json["height"].as_i64()?));
            let streams = inside["streams"].as_array();
            let own = streams.and_then(|all| all.iter().find_map(size));
            rendition.crop = size(&stream.json).filter(|wanted| {
                own.is_some_and(|own| {
                    own != *wanted && own.0 - wanted.0 < 16 && own.1 - wanted.1 < 16
                })
            });
        }
        let has = |name: &str| {
            let streams = inside["streams"].as_array();
            streams.is_some_and(|all| all.iter().any(|one| one["codec_type"] == name))
        };
        for (name, kind) in [("video", Kind::Video), ("audio", Kind::Audio)] {
            if has(name) {
                self.track(packaging, &rendition, kind, None);
            }
        }
    }

    /// What a variant says of itself.
    fn variant(
        &self,
        packaging: &'static str,
        master: &str,
        entry: &Entry,
        entries: &[Entry],
    ) -> Vec<String> {
        let mut findings = Vec::new();
        let Some(target) = entry.uri.as_deref().and_then(|uri| resolve(master, uri).ok()) else {
            return findings;
        };
        let judged = |target: &str| {
            let (kind, position) = track_of(target)?;
            self.judged.get(&(packaging, kind, position))
        };
        let number = |name: &str| entry.get(name).and_then(|text| text.parse::<f64>().ok());
        if let Some(own) = judged(&target) {
            // The most that a choice of each group takes.
            let most = |kind: &str| {
                let others = entries.iter().filter(|other| {
                    other.kind == kind
                        && other.get("GROUP-ID") == entry.get(kind)
                        && other.uri != entry.uri
                });
                others
                    .filter_map(|other| judged(&resolve(master, other.uri.as_deref()?).ok()?))
                    .map(|other| other.bandwidth)
                    .fold((0.0, 0.0), |most: (f64, f64), one| {
                        (most.0.max(one.0), most.1.max(one.1))
                    })
            };
            let (sounds, angles) = (most("AUDIO"), most("VIDEO"));
            let (peak, average) = (
                own.bandwidth.0.max(angles.0) + sounds.0,
                own.bandwidth.1.max(angles.1) + sounds.1,
            );
            match number("BANDWIDTH") {
                Some(stated)
                    if stated >= peak * 0.995 && stated <= peak.max(average) * 2.0 + 50e3 => {}
                stated => findings.push(format!(
                    "{target}: BANDWIDTH is {stated:?}, and its peak {peak:.0} bits a second"
                )),
            }
            if self.ours {
                match number("AVERAGE-BANDWIDTH") {
                    Some(stated) if (stated / average - 1.0).abs() < 0.1 => {}
                    stated => findings.push(format!(
                        "{target}: AVERAGE-BANDWIDTH is {stated:?}, and its average {average:.0} bits a second"
                    )),
                }
            }
        }
        if self.ours && entry.get("CODECS").is_none_or(str::is_empty) {
            findings.push(format!("{target}: it states no CODECS"));
        }
        if let Some((Kind::Video, position)) = track_of(&target)
            && let Some(stream) = self.source.stream(Kind::Video, Some(position))
        {
            let (width, height) = (stream.json["width"].as_i64(), stream.json["height"].as_i64());
            let square = stream.json["sample_aspect_ratio"]
                .as_str()
                .is_none_or(|sar| ["1:1", "N/A"].contains(&sar));
            let upright = stream.json["side_data_list"].as_array().is_none_or(|all| {
                all.iter().all(|data| data["rotation"].as_i64().unwrap_or(0) == 0)
            });
            let stated = entry.get("RESOLUTION").unwrap_or_default();
            let own = format!("{}x{}", width.unwrap_or(0), height.unwrap_or(0));
            if square && upright && stated != own {
                findings
                    .push(format!("{target}: RESOLUTION is {stated:?}, the pictures are {own}"));
            }
        }
        findings
    }

    /// Whether every track of the source that can be packaged is there.
    fn all_tracks(&mut self, packaging: &'static str, sound: &[&str]) {
        if self.demand != Demand::All {
            return;
        }
        let mut findings = Vec::new();
        for stream in &self.source.streams {
            let wanted = match stream.kind {
                Some(Kind::Audio) => sound.contains(&stream.codec()),
                Some(Kind::Video) => !self
                    .judged
                    .keys()
                    .any(|(of, kind, _)| *of == packaging && *kind == Kind::Video),
                _ => false,
            };
            let there = stream
                .kind
                .is_some_and(|kind| self.judged.contains_key(&(packaging, kind, stream.index + 1)));
            if wanted && !there {
                findings.push(format!(
                    "track {} of the source ({}) is not there",
                    stream.index + 1,
                    stream.codec()
                ));
            }
        }
        let texts = self.source.streams.iter().filter(|stream| TEXT.contains(&stream.codec()));
        let texts = texts.count() + text::beside(&self.source.path).len();
        let there = self.texts.iter().filter(|of| **of == packaging).count();
        if there != texts {
            findings.push(format!(
                "there are {there} texts; the source and what is beside it have {texts}"
            ));
        }
        self.say(packaging, findings);
    }

    /// Whether a file that does not say where it begins is begun at its first picture or sound.
    fn begins_at_zero(&mut self, packaging: &'static str) {
        if self.source.has_edit_lists() {
            return;
        }
        let tracks = self.judged.iter().filter(|((of, _, _), _)| *of == packaging);
        let first = tracks
            .filter_map(|(_, judged)| judged.units.list.iter().filter_map(|unit| unit.at).min());
        if let Some(first) = first.min()
            && !(-130 * MILLI..=60 * MILLI).contains(&first)
        {
            let source = seconds(self.source.first());
            self.say(
                packaging,
                [format!("it begins at {} s, and the source at {source} s", seconds(first))],
            );
        }
    }
}
