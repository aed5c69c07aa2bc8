//! Clips: a stretch of the film as a file of its own.

use super::{
    Judge, Kind,
    compare::compare,
    fetch::Nature,
    probe::{self, Input, MILLI, Nanos, Unit, seconds},
    source::Truth,
};

impl Judge {
    /// Judges a clip of `start` to `end` seconds. An exact one shows these pictures and no others;
    /// else it may begin earlier, at a key picture.
    pub fn clip(&mut self, target: &str, start: f64, end: f64, exact: bool) {
        let bytes = match self.fetcher.get(target) {
            Ok(bytes) => bytes,
            Err(error) => return self.say(target, [error]),
        };
        self.behaves(target, Nature::Clip);
        let file = self.scratch.path().join("clip.mp4");
        std::fs::write(&file, bytes.as_slice()).unwrap();
        let mut findings = Vec::new();
        let at = |name: &[u8]| bytes.windows(4).position(|word| word == name);
        if at(b"moov") > at(b"mdat") || at(b"moov").is_none() {
            findings.push("its index does not come before its media".to_owned());
        }
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a test")]
        let (start, end) = ((start * 1e9) as Nanos, (end * 1e9) as Nanos);
        let zero = self.source.zero();
        for kind in [Kind::Video, Kind::Audio] {
            let Some(stream) = self.source.stream(kind, None) else { continue };
            let truth = self.source.truth(stream);
            let map = format!("0:{}:0", kind.letter());
            let (units, noun) = match kind {
                Kind::Video => (probe::pictures(&Input::file(&file), &map), "picture"),
                _ => (probe::packets(&Input::file(&file), &map, false), "packet"),
            };
            let (found, matched) = compare(truth, &units, noun, MILLI);
            findings.extend(found);
            let Some(matched) = matched else { continue };
            let at = |index: usize| truth.all.list[index].at.unwrap_or(0);
            let (first, last) = (matched.pairs[0].0, matched.pairs[matched.pairs.len() - 1].0);
            let (begins, ends) = (at(first) - zero, at(last) + truth.all.list[last].lasts - zero);
            let slack = if kind == Kind::Video { MILLI + truth.all.tick } else { 150 * MILLI };
            if begins > start + slack
                && at(first) > at(truth.shown.0) + slack
                && precedes(truth, first, start + zero)
            {
                findings.push(format!("its first {noun} is that of {} s", seconds(begins)));
            }
            if ends < end - slack && last + 1 < truth.shown.1 {
                findings.push(format!("its last {noun} ends at {} s of the source", seconds(ends)));
            }
            // ffmpeg shows what an edit list hides where libdav1d decodes.
            let hides = exact && kind == Kind::Video && stream.codec() != "av1";
            if hides && !within(&truth.all.list[first], start + zero, slack) {
                findings.push(format!(
                    "its first {noun} is that of {} s, which is too early",
                    seconds(begins)
                ));
            }
            if exact && kind == Kind::Video && at(last) - zero >= end + slack {
                findings.push(format!("its last {noun} is that of {} s", seconds(at(last) - zero)));
            }
        }
        self.say(target, findings);
    }
}

/// Whether a picture of the source before this one is shown at that moment or later.
fn precedes(truth: &Truth, index: usize, moment: Nanos) -> bool {
    index > 0 && truth.all.list[index - 1].at.is_some_and(|at| at >= moment)
}

/// Whether a picture is still shown at a moment.
fn within(unit: &Unit, moment: Nanos, slack: Nanos) -> bool {
    unit.at.is_some_and(|at| at + unit.lasts + slack >= moment)
}
