//! DASH: the same segments as HLS, named by a manifest.

use super::{
    Judge, Kind,
    fetch::{Nature, resolve},
    manifest,
    probe::{MILLI, seconds},
};

impl Judge {
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
}
