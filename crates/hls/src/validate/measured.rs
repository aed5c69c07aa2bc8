//! What playlists say against what was measured.

use std::collections::HashMap;

use super::{MeasuredPlaylist, Tag, report::Report, segments::Claim};
use crate::{MeasuredSegment, average_bit_rate, peak_bit_rate, syntax::integer};

/// How far a written duration may be from the real one, in microseconds: rounding, and no more.
const ROUNDING: u64 = 1_000;
/// How far all of them together may be, in microseconds: nobody sees or hears it.
const DRIFT: u64 = 10_000;

/// Durations (bis 4.4.4.1).
pub(super) fn segments(claims: &[Claim], real: &[MeasuredSegment], report: &mut Report) {
    if claims.len() != real.len() {
        let text = format!("it has {} segments, {} were measured", claims.len(), real.len());
        report.must(0, "4.4.4", text);
    }
    let (mut claimed, mut measured) = (0_u64, 0_u64);
    let mut drifted = false;
    for (claim, real) in claims.iter().zip(real) {
        if claim.micros.abs_diff(real.micros) > ROUNDING {
            let text =
                format!("it lasts {} µs, not {} µs as EXTINF says", real.micros, claim.micros);
            report.should(claim.line, "4.4.4.1", text);
        }
        claimed = claimed.saturating_add(claim.micros);
        measured = measured.saturating_add(real.micros);
        if !drifted && claimed.abs_diff(measured) > DRIFT {
            drifted = true;
            let text = format!(
                "from here on the sum of EXTINF ({claimed} µs) is not that of the media \
                 ({measured} µs)"
            );
            report.should(claim.line, "4.4.4.1", text);
        }
    }
}

/// Bandwidths (bis 4.4.6.2): the largest sum of any playable combination.
pub(super) fn variants(
    variants: &[(&Tag<'_>, &str)],
    renditions: &[&Tag<'_>],
    playlists: &HashMap<String, MeasuredPlaylist>,
    report: &mut Report,
) {
    for (tag, uri) in variants {
        let peak = |list: &MeasuredPlaylist| peak_bit_rate(&list.segments, list.target_duration);
        let average = |list: &MeasuredPlaylist| average_bit_rate(&list.segments);
        let sum = |rate: &dyn Fn(&MeasuredPlaylist) -> u64| {
            let main = playlists.get(*uri).map(rate)?;
            let largest = |kind: &str| {
                let group = tag.get(kind)?;
                let members = renditions.iter().filter(|one| {
                    one.get("TYPE") == Some(kind) && one.get("GROUP-ID") == Some(group)
                });
                let others = members.filter_map(|one| one.get("URI")).filter(|other| other != uri);
                others.filter_map(|other| playlists.get(other)).map(rate).max()
            };
            let beside = ["AUDIO", "SUBTITLES"].into_iter().filter_map(largest);
            // Pictures of a group take the place of the variant's own.
            Some(beside.fold(main.max(largest("VIDEO").unwrap_or(0)), u64::saturating_add))
        };
        for (name, real) in [("BANDWIDTH", sum(&peak)), ("AVERAGE-BANDWIDTH", sum(&average))] {
            let (Some(real), Some(stated)) = (real, tag.get(name).and_then(integer)) else {
                continue;
            };
            if stated < real {
                report.tag(tag, format!("{name} is {stated}, measured are {real}"));
            } else if stated > real.saturating_add(real / 10) {
                let text = format!("{name} is {stated}, a tenth more than the measured {real}");
                report.should(tag.line, tag.section, text);
            }
        }
    }
}
