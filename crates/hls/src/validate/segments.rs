//! Media playlists: the order of their lines, segments, and what applies to them (bis 4.4.3 to
//! 4.4.5).

mod date_ranges;
mod keys;
mod low_latency;

pub(super) use self::keys::key;
use self::{date_ranges::date_ranges, keys::keys, low_latency::low_latency};
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
