//! Partial segments and what servers promise (bis 4.4.3.7, 4.4.3.8, 4.4.4.9).

use super::super::{Tag, report::Report};
use crate::syntax::decimal;

pub(super) fn low_latency(tags: &[Tag<'_>], target: Option<u64>, report: &mut Report) {
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
