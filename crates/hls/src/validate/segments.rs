//! Media playlists: the order of their lines, segments, and what applies to them (bis 4.4.3 to
//! 4.4.5).

use std::collections::{HashMap, HashSet};

use super::{Context, Numbered, Tag, forms, measured, report::Report};
use crate::syntax::{Line, byte_range, decimal, integer, signed_decimal};

/// What a segment is said to be.
pub(super) struct Claim {
    pub(super) line: usize,
    pub(super) micros: u64,
}

pub(super) fn check(
    lines: &[Numbered<'_>],
    tags: &[Tag<'_>],
    context: &Context<'_>,
    report: &mut Report,
) {
    let find = |name: &str| tags.iter().find(|tag| tag.name == name);
    let target = find("EXT-X-TARGETDURATION").and_then(|tag| integer(tag.value));
    if find("EXT-X-TARGETDURATION").is_none() {
        report.must(0, "4.4.3.1", "there is no EXT-X-TARGETDURATION");
    }
    let claims = Walk::new(target, report).walk(lines, tags);
    let micros: u64 = claims.iter().map(|claim| claim.micros).fold(0, u64::saturating_add);
    let ended = find("EXT-X-ENDLIST").is_some();
    if let Some(kind) = find("EXT-X-PLAYLIST-TYPE")
        && kind.value == "VOD"
        && !ended
    {
        report.should(
            kind.line,
            "4.4.3.4",
            "nothing will be added to it, but EXT-X-ENDLIST is missing",
        );
    }
    if let Some(start) = find("EXT-X-START") {
        check_start(start, micros, target, ended, report);
    }
    if let Some(only) = find("EXT-X-I-FRAMES-ONLY")
        && find("EXT-X-MAP").is_none()
        && find("EXT-X-BYTERANGE").is_some()
    {
        let text = "key pictures that are part of a segment need an EXT-X-MAP to be decoded";
        report.advise(only.line, "4.4.3.6", text);
    }
    positions(tags, lines, report);
    keys(tags, report);
    date_ranges(tags, report);
    low_latency(tags, target, report);
    if let Some(segments) = context.segments {
        measured::segments(&claims, segments, report);
    }
}

fn check_start(
    start: &Tag<'_>,
    micros: u64,
    target: Option<u64>,
    ended: bool,
    report: &mut Report,
) {
    let Some(offset) = start.get("TIME-OFFSET").and_then(signed_decimal) else { return };
    if offset.unsigned_abs() > micros {
        report.should(start.line, "4.4.2.2", "TIME-OFFSET is longer than the playlist");
    }
    let behind = if offset < 0 {
        offset.unsigned_abs()
    } else {
        micros.saturating_sub(offset.unsigned_abs())
    };
    if !ended && behind < target.unwrap_or(0).saturating_mul(3_000_000) {
        let text = "TIME-OFFSET is within three target durations of the end";
        report.should(start.line, "4.4.2.2", text);
    }
}

/// The lines from first to last.
struct Walk<'r> {
    target: Option<u64>,
    report: &'r mut Report,
    /// The EXTINF whose address is yet to come: line and microseconds.
    duration: Option<(usize, u64)>,
    /// The EXT-X-BYTERANGE whose address is yet to come.
    range: Option<(usize, crate::ByteRange)>,
    /// The last segment's address, if it was part of a resource.
    part_of: Option<String>,
    /// Tags for a segment that is yet to come.
    waiting: Option<usize>,
    ended: Option<usize>,
    claims: Vec<Claim>,
}

impl<'r> Walk<'r> {
    fn new(target: Option<u64>, report: &'r mut Report) -> Self {
        Self {
            target,
            report,
            duration: None,
            range: None,
            part_of: None,
            waiting: None,
            ended: None,
            claims: Vec::new(),
        }
    }

    fn walk(mut self, lines: &[Numbered<'_>], tags: &[Tag<'_>]) -> Vec<Claim> {
        let mut known = tags.iter().peekable();
        for Numbered { number, line } in lines {
            match *line {
                Line::Blank | Line::Comment => {}
                Line::Uri(uri) => self.uri(*number, uri),
                Line::Tag { .. } => {
                    if let Some(tag) = known.next_if(|tag| tag.line == *number) {
                        self.tag(tag);
                    }
                }
            }
        }
        if let Some((line, _)) = self.duration {
            self.report.must(line, "4.4.4.1", "no address follows EXTINF");
        } else if let Some(line) = self.waiting {
            self.report.advise(line, "4.4.4", "no segment follows to which this applies");
        }
        self.claims
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        match tag.name {
            "EXTINF" => self.extinf(tag),
            "EXT-X-BYTERANGE" => match byte_range(tag.value) {
                Some(range) => {
                    if self.range.replace((tag.line, range)).is_some() {
                        self.report.tag(tag, "the segment has two byte ranges");
                    }
                }
                None => {
                    self.report.tag(tag, format!("EXT-X-BYTERANGE cannot be `{}`", tag.value));
                }
            },
            "EXT-X-PROGRAM-DATE-TIME" => self.moment(tag),
            "EXT-X-ENDLIST" => self.ended = Some(tag.line),
            "EXT-X-BITRATE" | "EXT-X-DISCONTINUITY" | "EXT-X-GAP" | "EXT-X-KEY" | "EXT-X-MAP" => {}
            _ => return,
        }
        if tag.name != "EXT-X-ENDLIST" {
            self.waiting.get_or_insert(tag.line);
        }
    }

    fn moment(&mut self, tag: &Tag<'_>) {
        if forms::micros(tag.value).is_none() {
            let text = format!("`{}` is not a date and time of ISO 8601", tag.value);
            return self.report.tag(tag, text);
        }
        let time = tag.value.split_once('T').map_or("", |(_, time)| time);
        if !time.contains(['Z', '+', '-']) {
            self.report.should(tag.line, tag.section, "the moment has no time zone");
        }
        if !time.contains('.') {
            self.report.should(tag.line, tag.section, "the moment has no milliseconds");
        }
    }

    fn extinf(&mut self, tag: &Tag<'_>) {
        let (time, _) = tag.value.split_once(',').unwrap_or_else(|| {
            self.report.tag(tag, "EXTINF has no comma behind the duration");
            (tag.value, "")
        });
        let micros = decimal(time);
        if micros.is_none() {
            self.report.tag(tag, format!("a segment cannot last `{time}`"));
        }
        let micros = micros.unwrap_or(0);
        if let Some(target) = self.target
            && (micros.saturating_add(500_000)) / 1_000_000 > target
        {
            let text = format!("{time} s, rounded, is more than the target duration of {target} s");
            self.report.must(tag.line, "4.4.3.1", text);
        }
        if self.duration.replace((tag.line, micros)).is_some() {
            self.report.tag(tag, "the segment has two EXTINF");
        }
    }

    fn uri(&mut self, number: usize, uri: &str) {
        if let Some(ended) = self.ended {
            let text = format!("a segment follows EXT-X-ENDLIST of line {ended}");
            self.report.advise(number, "4.4.3.4", text);
        }
        match self.duration.take() {
            Some((_, micros)) => self.claims.push(Claim { line: number, micros }),
            None => self.report.must(number, "4.4.4.1", "the segment has no EXTINF"),
        }
        self.waiting = None;
        match self.range.take() {
            Some((line, range)) => {
                if range.offset.is_none() && self.part_of.as_deref() != Some(uri) {
                    let text = "the byte range has no offset, and the segment before is not a part \
                                of the same resource";
                    self.report.must(line, "4.4.4.2", text);
                }
                self.part_of = Some(uri.to_owned());
            }
            None => self.part_of = None,
        }
    }
}

/// Tags that must come before others.
fn positions(tags: &[Tag<'_>], lines: &[Numbered<'_>], report: &mut Report) {
    let segment = lines.iter().find(|line| matches!(line.line, Line::Uri(_)));
    let segment = segment.map_or(usize::MAX, |line| line.number);
    let discontinuity = tags.iter().find(|tag| tag.name == "EXT-X-DISCONTINUITY");
    let discontinuity = discontinuity.map_or(usize::MAX, |tag| tag.line);
    for tag in tags {
        let early = matches!(tag.name, "EXT-X-MEDIA-SEQUENCE" | "EXT-X-DISCONTINUITY-SEQUENCE");
        if early && tag.line > segment {
            report.tag(tag, format!("{} stands behind the first segment", tag.name));
        } else if tag.name == "EXT-X-DISCONTINUITY-SEQUENCE" && tag.line > discontinuity {
            report.tag(tag, "EXT-X-DISCONTINUITY-SEQUENCE stands behind a discontinuity");
        }
    }
    if segment == usize::MAX && !tags.iter().any(|tag| tag.name == "EXT-X-PART") {
        report.advise(0, "4.1", "it has no segments");
    }
}

/// What keys need (bis 4.4.4.4).
pub(super) fn key(tag: &Tag<'_>, report: &mut Report) {
    let method = tag.get("METHOD").unwrap_or_default();
    if method == "NONE" {
        if tag.attributes.list.len() > 1 {
            report.tag(tag, "with METHOD=NONE there must be no other attributes");
        }
    } else if !tag.attributes.has("URI") {
        report.tag(tag, "the key has no URI");
    }
    if tag.get("IV").is_some_and(|iv| iv.len() != 34) {
        report.tag(tag, "IV has not 128 bits");
    }
    let versions = tag.get("KEYFORMATVERSIONS");
    if versions.is_some_and(|all| all.split('/').any(|one| integer(one).is_none_or(|n| n == 0))) {
        report.tag(tag, "KEYFORMATVERSIONS is not a list of positive integers divided by `/`");
    }
}

fn keys(tags: &[Tag<'_>], report: &mut Report) {
    let mut encrypted = None;
    for tag in tags {
        match tag.name {
            "EXT-X-KEY" => {
                key(tag, report);
                encrypted = Some(tag);
            }
            "EXT-X-MAP" => {
                let needs_iv = encrypted.is_some_and(|key| {
                    key.get("METHOD") == Some("AES-128") && !key.attributes.has("IV")
                });
                if needs_iv {
                    report.must(tag.line, "4.4.4.4", "the key of an encrypted EXT-X-MAP has no IV");
                }
            }
            _ => {}
        }
    }
}

/// Date ranges (bis 4.4.5.1).
fn date_ranges(tags: &[Tag<'_>], report: &mut Report) {
    let mut seen: HashMap<&str, HashMap<&str, &str>> = HashMap::new();
    let mut any = None;
    for tag in tags.iter().filter(|tag| tag.name == "EXT-X-DATERANGE") {
        any = any.or(Some(tag.line));
        let start = tag.get("START-DATE").and_then(forms::micros);
        let end = tag.get("END-DATE").and_then(forms::micros);
        let duration = tag.get("DURATION").and_then(decimal);
        if let (Some(start), Some(end)) = (start, end) {
            if end < start {
                report.tag(tag, "END-DATE is before START-DATE");
            } else if duration.is_some_and(|micros| micros != start.abs_diff(end)) {
                report.tag(tag, "END-DATE is not START-DATE and DURATION");
            }
        }
        if tag.attributes.has("END-ON-NEXT") {
            if !tag.attributes.has("CLASS") {
                report.tag(tag, "END-ON-NEXT without CLASS");
            }
            if tag.attributes.has("DURATION") || tag.attributes.has("END-DATE") {
                report.tag(tag, "END-ON-NEXT together with DURATION or END-DATE");
            }
        }
        let mut cues = HashSet::new();
        for cue in tag.get("CUE").into_iter().flat_map(|cues| cues.split(',')) {
            if !matches!(cue, "PRE" | "POST" | "ONCE") || !cues.insert(cue) {
                report.tag(tag, format!("CUE cannot have `{cue}` here"));
            }
        }
        if cues.contains("PRE") && cues.contains("POST") {
            report.tag(tag, "CUE has both PRE and POST");
        }
        // What is told in several tags must not contradict itself.
        let known = seen.entry(tag.get("ID").unwrap_or_default()).or_default();
        for attribute in &tag.attributes.list {
            let before = known.insert(attribute.name, attribute.value);
            if before.is_some_and(|before| before != attribute.value) {
                let text = format!("{} differs from that of the same ID before", attribute.name);
                report.tag(tag, text);
            }
        }
    }
    if let Some(line) = any
        && !tags.iter().any(|tag| tag.name == "EXT-X-PROGRAM-DATE-TIME")
    {
        report.must(line, "4.4.5.1", "date ranges without any EXT-X-PROGRAM-DATE-TIME");
    }
}

/// Partial segments and what servers promise (bis 4.4.3.7, 4.4.3.8, 4.4.4.9).
fn low_latency(tags: &[Tag<'_>], target: Option<u64>, report: &mut Report) {
    let inf = tags.iter().find(|tag| tag.name == "EXT-X-PART-INF");
    let part_target = inf.and_then(|tag| tag.get("PART-TARGET")).and_then(decimal);
    for tag in tags.iter().filter(|tag| tag.name == "EXT-X-PART") {
        let Some(part_target) = part_target else {
            report.must(tag.line, "4.4.3.7", "partial segments without EXT-X-PART-INF");
            break;
        };
        if tag.get("DURATION").and_then(decimal).is_some_and(|micros| micros > part_target) {
            report.tag(tag, "the partial segment is longer than PART-TARGET");
        }
    }
    let target = target.unwrap_or(0).saturating_mul(1_000_000);
    let control = tags.iter().find(|tag| tag.name == "EXT-X-SERVER-CONTROL");
    let Some(control) = control else {
        if let Some(inf) = inf {
            let text = "partial segments without EXT-X-SERVER-CONTROL";
            report.must(inf.line, "4.4.3.8", text);
        }
        return;
    };
    let seconds = |name: &str| control.get(name).and_then(decimal);
    if seconds("CAN-SKIP-UNTIL").is_some_and(|micros| micros < target.saturating_mul(6)) {
        report.tag(control, "CAN-SKIP-UNTIL is less than six target durations");
    }
    if seconds("HOLD-BACK").is_some_and(|micros| micros < target.saturating_mul(3)) {
        report.tag(control, "HOLD-BACK is less than three target durations");
    }
    if control.attributes.has("CAN-SKIP-DATERANGES") && !control.attributes.has("CAN-SKIP-UNTIL") {
        report.tag(control, "CAN-SKIP-DATERANGES without CAN-SKIP-UNTIL");
    }
    match (part_target, seconds("PART-HOLD-BACK")) {
        (Some(_), None) => report.tag(control, "partial segments without PART-HOLD-BACK"),
        (Some(part), Some(back)) if back < part.saturating_mul(2) => {
            report.tag(control, "PART-HOLD-BACK is less than two part targets");
        }
        (Some(part), Some(back)) if back < part.saturating_mul(3) => {
            let text = "PART-HOLD-BACK is less than three part targets";
            report.should(control.line, control.section, text);
        }
        _ => {}
    }
}
