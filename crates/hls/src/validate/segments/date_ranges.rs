//! Date ranges (bis 4.4.5.1).

use std::collections::{HashMap, HashSet};

use super::super::{Tag, forms, report::Report};
use crate::syntax::decimal;

/// All date ranges of a playlist.
pub(super) fn date_ranges(tags: &[Tag<'_>], report: &mut Report) {
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
