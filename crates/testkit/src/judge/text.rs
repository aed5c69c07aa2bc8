//! Lines of text: those of WebVTT segments against those of the source.

use std::path::{Path, PathBuf};

use super::{
    probe::{self, Input, MILLI, Nanos, seconds},
    source::{Kind, Source},
};

/// A line of text with its time.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Cue {
    pub(super) from: Nanos,
    pub(super) to: Nanos,
    /// Letters and digits only: markup, blanks and punctuation have their own tests.
    pub(super) letters: String,
}

/// The cues of a WebVTT file, on the timeline that its header maps them to.
pub(super) fn cues(text: &str) -> Result<Vec<Cue>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    if !text.starts_with("WEBVTT") {
        return Err("it does not begin with WEBVTT".into());
    }
    let mut offset = 0;
    let mut found = Vec::new();
    for (number, block) in text.split("\n\n").enumerate() {
        if number == 0 {
            if let Some(map) = block.lines().find_map(|line| line.strip_prefix("X-TIMESTAMP-MAP="))
            {
                offset = timestamp_map(map).ok_or(format!("{map} cannot be read"))?;
            }
            continue;
        }
        let mut lines = block.trim_start_matches('\n').lines();
        let Some(times) = lines.find(|line| line.contains("-->")) else { continue };
        let (from, rest) = times.split_once("-->").unwrap();
        let to = rest.split_whitespace().next().unwrap_or_default();
        let (Some(from), Some(to)) = (clock(from.trim()), clock(to)) else {
            return Err(format!("{times:?} has no times"));
        };
        let lines: Vec<&str> = lines.collect();
        let letters = letters(&lines.join("\n"));
        if !letters.is_empty() {
            found.push(Cue { from: from + offset, to: to + offset, letters });
        }
    }
    Ok(found)
}

fn timestamp_map(map: &str) -> Option<Nanos> {
    let (mut ticks, mut local) = (None, None);
    for part in map.split(',') {
        let (name, value) = part.split_once(':')?;
        match name {
            "MPEGTS" => ticks = value.parse::<i64>().ok(),
            "LOCAL" => local = clock(value),
            _ => return None,
        }
    }
    Some(probe::nanos(ticks?, (1, 90_000)) - local?)
}

/// `01:02:03.456` or `02:03.456`.
fn clock(text: &str) -> Option<Nanos> {
    let mut total = 0;
    let parts: Vec<&str> = text.split(':').collect();
    let (last, before) = parts.split_last()?;
    for part in before {
        total = total * 60 + part.parse::<i64>().ok()?;
    }
    Some(total * 60_000_000_000 + probe::from_seconds(last)?)
}

fn letters(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    for (entity, sign) in [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&lrm;", ""),
        ("&rlm;", ""),
    ] {
        plain = plain.replace(entity, sign);
    }
    plain.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

/// The cues of the source: of the stream at this position, or of each file beside it.
pub(super) fn of_source(source: &Source, position: Option<usize>) -> Vec<Vec<Cue>> {
    let read = |input: &Input, map: &str| {
        let mut cues = cues(&probe::text(input, map)).unwrap_or_default();
        cues.sort();
        cues
    };
    if let Some(stream) = source.stream(Kind::Text, position) {
        return vec![read(&Input::file(&source.path), &format!("0:{}", stream.index))];
    }
    beside(&source.path)
        .iter()
        .map(|path| {
            let readable = String::from_utf8(std::fs::read(path).unwrap()).is_ok();
            let options: &[&str] = if readable { &[] } else { &["-sub_charenc", "CP1251"] };
            read(&Input::file(path).with(options), "0:s:0")
        })
        .collect()
}

/// Subtitle files beside a film, by their names.
pub(super) fn beside(film: &Path) -> Vec<PathBuf> {
    let stem = film.file_stem().unwrap().to_str().unwrap();
    let Ok(entries) = std::fs::read_dir(film.parent().unwrap()) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap_or_default();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            name.starts_with(&format!("{stem}.")) && ["srt", "vtt", "ass", "ssa"].contains(&kind)
        })
        .collect();
    found.sort();
    found
}

/// What differs between cues that came and those of the source moved by `shift`, in a presentation
/// that begins at `zero`.
pub(super) fn compare(wanted: &[Cue], came: &[Cue], shift: Nanos, zero: Nanos) -> Vec<String> {
    // A cue comes again in every segment that it reaches into.
    let mut came: Vec<Cue> = came.to_vec();
    came.sort();
    came.dedup();
    let mut findings = Vec::new();
    let near = |one: Nanos, other: Nanos| (one - other).abs() <= 2 * MILLI;
    for cue in wanted {
        // What ends before the presentation begins has no place in it.
        if cue.to + shift <= zero {
            continue;
        }
        let at = came.iter().position(|other| {
            other.letters == cue.letters
                && near(other.from, (cue.from + shift).max(zero))
                && near(other.to, cue.to + shift)
        });
        match at {
            Some(at) => {
                came.remove(at);
            }
            None => findings.push(format!(
                "the line {:?} from {} to {} s did not come",
                cue.letters,
                seconds(cue.from),
                seconds(cue.to)
            )),
        }
    }
    findings.extend(came.iter().map(|cue| {
        format!(
            "the line {:?} from {} to {} s is not the source's",
            cue.letters,
            seconds(cue.from),
            seconds(cue.to)
        )
    }));
    findings.truncate(8);
    findings
}
