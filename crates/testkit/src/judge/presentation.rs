//! Whole presentations: HLS, DASH, HLS in transport streams.

use serde_json::Value;

use super::{
    Demand, Judge, Kind,
    fetch::{Nature, resolve},
    manifest, playlist,
    playlist::Entry,
    probe::{self, Input, MILLI, Nanos, Units, seconds},
    rendition::{Rendition, track_of},
    text,
    track::first_line,
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
            let sounds = entries.iter().filter(|other| {
                other.kind == "AUDIO"
                    && other.get("GROUP-ID") == entry.get("AUDIO")
                    && other.uri != entry.uri
            });
            let sounds = sounds
                .filter_map(|other| judged(&resolve(master, other.uri.as_deref()?).ok()?))
                .map(|other| other.bandwidth)
                .fold((0.0, 0.0), |most: (f64, f64), one| (most.0.max(one.0), most.1.max(one.1)));
            let (peak, average) = (own.bandwidth.0 + sounds.0, own.bandwidth.1 + sounds.1);
            match number("BANDWIDTH") {
                Some(stated)
                    if stated >= peak * 0.995 && stated <= peak.max(average) * 2.0 + 50e3 => {}
                stated => findings.push(format!(
                    "{target}: BANDWIDTH is {stated:?}, and its peak {peak:.0} bits a second"
                )),
            }
            if self.http {
                match number("AVERAGE-BANDWIDTH") {
                    Some(stated) if (stated / average - 1.0).abs() < 0.1 => {}
                    stated => findings.push(format!(
                        "{target}: AVERAGE-BANDWIDTH is {stated:?}, and its average {average:.0} bits a second"
                    )),
                }
            }
        }
        if self.http && entry.get("CODECS").is_none_or(str::is_empty) {
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
                // Lines of text are judged where they are found; whether all are is seen there.
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

    /// What ffmpeg makes of the presentation as a player: the same as of its parts.
    fn whole(&mut self, packaging: &'static str, address: &str) {
        if self.brief {
            return;
        }
        let input = Input::url(&self.url(address));
        let mut findings = Vec::new();
        let hashes = |units: &Units| units.list.iter().map(|unit| unit.hash).collect::<Vec<_>>();
        // DASH is made of the segments of HLS.
        let parts = if packaging == "TS" { "TS" } else { "HLS" };
        let of = |kind: Kind| -> Vec<&super::Judged> {
            let all = self.judged.iter();
            all.filter(|((of, is, _), _)| *of == parts && *is == kind)
                .map(|(_, judged)| judged)
                .collect()
        };
        let videos = of(Kind::Video);
        if let Some(first) = videos.first() {
            // Which of several comes first is for the playlist to say.
            let whole = probe::pictures(&input.clone().cropped(first.crop), "0:v:0");
            if !videos.iter().any(|video| hashes(&video.units) == hashes(&whole)) {
                findings.push(format!(
                    "ffmpeg shows other pictures of {address} than of its segments: {} instead of {}{}",
                    whole.list.len(), first.units.list.len(),
                    if whole.complaints.is_empty() { String::new() } else { format!(": {}", first_line(&whole.complaints)) }
                ));
            }
            // In HLS, whoever made it, ffmpeg 5 goes on at the next key picture after the moment.
            if packaging == "DASH" && videos.len() == 1 && !self.is_damaged() {
                let begins =
                    |judged: &super::Judged| judged.units.list.first().and_then(|unit| unit.at);
                let zero = videos.iter().copied().chain(of(Kind::Audio)).filter_map(begins).min();
                findings.extend(seeks(&input, &first.units, zero.unwrap_or(0), address));
            }
        }
        let sounds = of(Kind::Audio);
        for nth in 0..sounds.len() {
            let map = format!("0:a:{nth}");
            let in_ts = packaging == "TS" && self.source.has_aac();
            let mut whole = probe::packets(&input, &map, in_ts);
            if in_ts && !whole.complaints.is_empty() {
                whole = probe::packets(&input, &map, false);
            }
            if !sounds.iter().any(|sound| hashes(&sound.units) == hashes(&whole)) {
                findings.push(format!(
                    "ffmpeg hears other sound in {address} than in its segments, in its audio track {}: {} packets",
                    nth + 1, whole.list.len()
                ));
            }
        }
        self.say(packaging, findings);
    }

    fn text(&mut self, packaging: &'static str, target: &str) {
        let place = format!("{packaging} {target}");
        let mut findings = Vec::new();
        let media = match self.fetcher.text(target).and_then(|text| playlist::media(&text)) {
            Ok(media) => media,
            Err(error) => return self.say(&place, [error]),
        };
        self.behaves(target, Nature::Playlist);
        let (mut came, mut due) = (Vec::new(), 0);
        // Times of the lines are those of the pictures; in a transport stream these do not begin at 0.
        let zero = self.zero(packaging);
        for (number, segment) in media.segments.iter().enumerate() {
            let fetched = resolve(target, &segment.uri)
                .and_then(|target| Ok((self.fetcher.text(&target)?, target)));
            match fetched.and_then(|(text, target)| Ok((text::cues(&text)?, target))) {
                Ok((cues, name)) => {
                    for cue in &cues {
                        if cue.to - zero <= due - MILLI
                            || cue.from - zero >= due + segment.lasts + MILLI
                        {
                            findings.push(format!(
                                "{name} is of {} to {} s, and has a line of {} to {} s",
                                seconds(due),
                                seconds(due + segment.lasts),
                                seconds(cue.from - zero),
                                seconds(cue.to - zero)
                            ));
                        }
                    }
                    came.extend(cues);
                    if number == media.segments.len() / 2 {
                        self.behaves(&name, Nature::Segment);
                    }
                }
                Err(error) => findings.push(error),
            }
            due += segment.lasts;
        }
        self.report.segments += media.segments.len();
        let shift = self.shift(packaging);
        let position = track_of(target).map(|(_, position)| position);
        let inside = position.filter(|position| *position <= self.source.streams.len());
        let wanted = match inside {
            Some(_) if self.source.stream(Kind::Text, inside).is_none() => Vec::new(),
            Some(_) => text::of_source(&self.source, inside),
            None => text::of_source(&self.source, Some(usize::MAX)),
        };
        let compared =
            wanted.iter().map(|wanted| (text::compare(wanted, &came, shift, zero), wanted.len()));
        match compared.min_by_key(|(findings, _)| findings.len()) {
            Some((differences, count)) => {
                findings.extend(differences);
                self.report.cues += count;
            }
            None => findings.push("the source has no such text".into()),
        }
        findings.truncate(10);
        self.say(&place, findings);
    }

    /// What is added to the times of the source.
    fn shift(&self, packaging: &str) -> Nanos {
        let mut tracks = self.judged.iter().filter(|((of, _, _), _)| *of == packaging);
        tracks.next_back().map_or(0, |(_, judged)| judged.shift.0)
    }

    /// Where the presentation begins on the timeline of its media: 0 in fMP4.
    fn zero(&self, packaging: &str) -> Nanos {
        if packaging != "TS" {
            return 0;
        }
        let tracks = self
            .judged
            .iter()
            .filter(|((of, kind, _), _)| *of == packaging && *kind == Kind::Video);
        tracks
            .filter_map(|(_, judged)| judged.segments.first().map(|(_, at)| *at))
            .min()
            .unwrap_or(0)
    }

    fn iframes(&mut self, packaging: &'static str, target: &str) {
        let place = format!("{packaging} {target}");
        let scratch = self.scratch.path().to_owned();
        let rendition = match Rendition::fetch(&self.fetcher, target, &scratch) {
            Ok(rendition) => rendition,
            Err(error) => return self.say(&place, [error]),
        };
        self.behaves(target, Nature::Playlist);
        self.behaves(&rendition.segments[rendition.segments.len() / 2].0, Nature::Segment);
        let mut findings = Vec::new();
        if !rendition.media.iframes_only {
            findings.push("it does not say EXT-X-I-FRAMES-ONLY".to_owned());
        }
        let position = track_of(target).map_or(1, |(_, position)| position);
        let Some(whole) = self.judged.get(&(packaging, Kind::Video, position)) else {
            return self.say(&place, ["there is no video of this number".to_owned()]);
        };
        let listed: Nanos = rendition.media.segments.iter().map(|segment| segment.lasts).sum();
        let start = whole.segments.first().map_or(0, |(_, at)| *at);
        let first =
            rendition.packets("v:0").first().and_then(|held| held.first().and_then(|held| held.at));
        let late = first.unwrap_or(start) - start;
        if (listed + late - whole.listed).abs() > 100 * MILLI {
            findings.push(format!(
                "it lasts {} s, its pictures {} s",
                seconds(listed),
                seconds(whole.listed)
            ));
        }
        let mut due = start + late;
        let chosen = self.random.some(rendition.segments.len(), 3);
        for (number, (name, bytes)) in rendition.segments.iter().enumerate() {
            let listed = due..due + rendition.media.segments[number].lasts;
            due = listed.end;
            if !chosen.contains(&number) {
                continue;
            }
            let file = scratch.join("iframe.mp4");
            let init = rendition.init.as_ref().map(|(_, init)| init.to_vec()).unwrap_or_default();
            std::fs::write(&file, [init, bytes.to_vec()].concat()).unwrap();
            let shown = probe::pictures(&Input::file(&file), "0:v:0");
            // Pictures that lead the key picture may come between the moment and it.
            let near = listed.start - MILLI - whole.units.tick..listed.end;
            let is_one = |hash: u128| {
                let mut all = whole.units.list.iter();
                all.any(|unit| unit.hash == hash && unit.at.is_some_and(|at| near.contains(&at)))
            };
            if shown.list.len() != 1 || !is_one(shown.list[0].hash) {
                findings.push(format!(
                    "{name} shows {} pictures, not one of {} s to {} s",
                    shown.list.len(),
                    seconds(listed.start),
                    seconds(listed.end)
                ));
            }
        }
        findings.truncate(8);
        self.say(&place, findings);
    }

    /// Judges DASH. HLS must have been judged before: the segments are the same.
    pub fn dash(&mut self, address: &str) {
        self.behaves(address, Nature::Manifest);
        let read = self.fetcher.text(address).and_then(|text| manifest::read(&text));
        let (length, representations) = match read {
            Ok(read) => read,
            Err(error) => return self.say("DASH", [error]),
        };
        let mut findings = Vec::new();
        let mut there = Vec::new();
        for representation in &representations {
            let Some(kind) = representation.kind else {
                findings.push(format!("representation {} is of no known kind", representation.id));
                continue;
            };
            if kind == Kind::Text {
                continue;
            }
            let targets: Result<Vec<String>, String> =
                representation.segments.iter().map(|(url, _, _)| resolve(address, url)).collect();
            let targets = match targets {
                Ok(targets) => targets,
                Err(error) => {
                    findings.push(error);
                    continue;
                }
            };
            let same = self.judged.iter().find(|((of, is, _), judged)| {
                *of == "HLS"
                    && *is == kind
                    && judged.segments.iter().map(|(name, _)| name).eq(&targets)
            });
            let Some((key, judged)) = same else {
                findings.push(format!(
                    "representation {}: its segments are not those of HLS: {:?}…",
                    representation.id,
                    targets.first()
                ));
                continue;
            };
            there.push(*key);
            if let Some(init) = &representation.init
                && let Err(error) = resolve(address, init).and_then(|init| self.fetcher.get(&init))
            {
                findings.push(error);
            }
            for ((_, at, lasts), (name, real)) in
                representation.segments.iter().zip(&judged.segments)
            {
                // The first segment of sound may begin before zero, to prime the decoder.
                let primed = *real < 0 && *at == 0;
                if (at - real).abs() > MILLI && !primed {
                    findings.push(format!(
                        "{name} begins at {} s, the MPD says {}",
                        seconds(*real),
                        seconds(*at)
                    ));
                }
                if *lasts <= 0 {
                    findings.push(format!("{name} lasts nothing, says the MPD"));
                }
            }
        }
        let hls = self.judged.keys().filter(|(of, _, _)| *of == "HLS");
        findings.extend(
            hls.filter(|key| !there.contains(key))
                .map(|(_, kind, position)| format!("{kind:?} {position} of HLS is not there")),
        );
        let hls = self.judged.iter().filter(|((of, _, _), _)| *of == "HLS");
        let last = hls.map(|(_, judged)| (judged.end, judged.frame)).max();
        // ffprobe says of the last frame of sound that it is a whole one.
        let (end, frame) = last.unwrap_or((0, 0));
        match length {
            // Text may go on for longer, but not beyond the file.
            Some(length)
                if length >= end - 60 * MILLI - frame
                    && length <= end.max(self.source.length()) + 60 * MILLI + frame => {}
            length => findings.push(format!(
                "it says that it lasts {:?} s, and ends at {} s",
                length.map(seconds),
                seconds(end)
            )),
        }
        findings.truncate(20);
        self.say("DASH", findings);
        self.whole("DASH", address);
    }

    /// Which codings of text a source may have that must come as text.
    pub fn has_text(&self) -> bool {
        self.source.streams.iter().any(|stream| TEXT.contains(&stream.codec()))
            || !text::beside(&self.source.path).is_empty()
    }
}

/// Whether ffmpeg, asked for a moment, shows the picture of that moment.
fn seeks(input: &Input, whole: &Units, start: Nanos, address: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let count = whole.list.len();
    if count < 20 {
        return findings;
    }
    for part in [7, 2] {
        let index = count * part / 8;
        let unit = &whole.list[index];
        let Some(at) = unit.at else { continue };
        // ffmpeg counts from the first picture or sound, or from what primes its decoder.
        let asked = at - start - MILLI;
        let came = probe::picture_at(input, "0:v:0", asked);
        let near = |hash: u128| whole.list.iter().position(|unit| unit.hash == hash);
        match came.list.first().and_then(|came| near(came.hash)) {
            Some(found)
                if whole.list[found]
                    .at
                    .is_some_and(|found| (found - at).abs() <= unit.lasts + 25 * MILLI) => {}
            found => findings.push(format!(
                "{address}: ffmpeg seeks to {} s and shows the picture of {} s",
                seconds(asked),
                found
                    .and_then(|found| whole.list[found].at)
                    .map_or("no".into(), |at: Nanos| seconds(at - start))
            )),
        }
    }
    findings
}
