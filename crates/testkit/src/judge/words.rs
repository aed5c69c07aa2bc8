//! What goes with the pictures of a presentation: lines of text, and key pictures by themselves.

use super::{
    Judge, Kind,
    fetch::{Nature, resolve},
    playlist,
    probe::{self, Input, MILLI, Nanos, seconds},
    rendition::{Rendition, track_of},
    text,
};

impl Judge {
    pub(super) fn text(&mut self, packaging: &'static str, target: &str) {
        let place = format!("{packaging} {target}");
        let mut findings = Vec::new();
        let media = match self.fetcher.text(target).and_then(|text| playlist::media(&text)) {
            Ok(media) => media,
            Err(error) => return self.say(&place, [error]),
        };
        self.texts.push(packaging);
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
    pub(super) fn shift(&self, packaging: &str) -> Nanos {
        let mut tracks = self.judged.iter().filter(|((of, _, _), _)| *of == packaging);
        tracks.next_back().map_or(0, |(_, judged)| judged.shift.0)
    }

    /// Where the presentation begins on the timeline of its media: 0 in fMP4.
    pub(super) fn zero(&self, packaging: &str) -> Nanos {
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

    pub(super) fn iframes(&mut self, packaging: &'static str, target: &str) {
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
        if (listed - whole.listed).abs() > 100 * MILLI {
            findings.push(format!(
                "it lasts {} s, its pictures {} s",
                seconds(listed),
                seconds(whole.listed)
            ));
        }
        // All renditions share one beginning.
        let mut due = 0;
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
}
