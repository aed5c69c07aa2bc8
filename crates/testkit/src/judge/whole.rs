//! Whole presentations as ffmpeg plays them.

use super::{
    Judge, Kind,
    probe::{self, Input, MILLI, Nanos, Units, seconds},
    track::{Judged, first_line},
};

impl Judge {
    /// What ffmpeg makes of the presentation as a player: the same as of its parts.
    pub(super) fn whole(&mut self, packaging: &'static str, address: &str) {
        if self.brief {
            return;
        }
        let input = Input::url(&self.url(address));
        let mut findings = Vec::new();
        let hashes = |units: &Units| units.list.iter().map(|unit| unit.hash).collect::<Vec<_>>();
        // DASH is made of the segments of HLS.
        let parts = if packaging == "TS" { "TS" } else { "HLS" };
        let of = |kind: Kind| -> Vec<&Judged> {
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
                let begins = |judged: &Judged| judged.units.list.first().and_then(|unit| unit.at);
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
