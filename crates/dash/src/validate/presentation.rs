//! What elements mean together [ISO/IEC 23009-1, 5.3].

use std::collections::HashSet;

use super::{Fault, forms::micros, tree::Node};

pub(super) fn check(mpd: &Node, faults: &mut Vec<Fault>) {
    let mut fault = |place: &str, text: &str| {
        faults.push(Fault { place: place.to_owned(), text: text.to_owned() });
    };
    let total = mpd.get("mediaPresentationDuration").and_then(micros);
    let periods: Vec<&Node> = mpd.all("Period").collect();
    if mpd.get("type") != Some("dynamic")
        && total.is_none()
        && periods.last().is_none_or(|last| last.get("duration").is_none())
    {
        fault("MPD", "nothing says how long it lasts");
    }
    if periods.is_empty() {
        fault("MPD", "it has no Period");
    }
    let mut ids = HashSet::new();
    for (number, period) in periods.iter().enumerate() {
        let place = format!("MPD/Period[{}]", number + 1);
        if period.get("id").is_some_and(|id| !ids.insert(id)) {
            fault(&place, "another Period has the same id");
        }
        let duration = period.get("duration").and_then(micros).or(total);
        check_period(period, &place, duration, &mut fault);
    }
}

fn check_period(
    period: &Node,
    place: &str,
    duration: Option<u64>,
    fault: &mut impl FnMut(&str, &str),
) {
    let sets: Vec<&Node> = period.all("AdaptationSet").collect();
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for (number, set) in sets.iter().enumerate() {
        let place = format!("{place}/AdaptationSet[{}]", number + 1);
        if set.get("id").is_some_and(|id| !ids.insert(id)) {
            fault(&place, "another AdaptationSet has the same id");
        }
        for property in set.all("EssentialProperty") {
            let trick = "http://dashif.org/guidelines/trickmode";
            let main = property.get("value").unwrap_or_default();
            if property.get("schemeIdUri") == Some(trick)
                && !main.split(' ').all(|id| sets.iter().any(|set| set.get("id") == Some(id)))
            {
                fault(&place, "it is for seeking in a set that is not there");
            }
        }
        if set.first("Representation").is_none() {
            fault(&place, "it has no Representation");
        }
        for (number, one) in set.all("Representation").enumerate() {
            let place = format!("{place}/Representation[{}]", number + 1);
            if one.get("id").is_some_and(|id| !names.insert(id)) {
                fault(&place, "another Representation has the same id");
            }
            representation(one, set, period, &place, duration, fault);
        }
    }
}

fn representation(
    one: &Node,
    set: &Node,
    period: &Node,
    place: &str,
    duration: Option<u64>,
    fault: &mut impl FnMut(&str, &str),
) {
    let either = |name: &str| one.get(name).or_else(|| set.get(name));
    let mime = either("mimeType");
    if mime.is_none() {
        fault(place, "it has no mimeType");
    }
    let is_mp4 = mime.is_some_and(|mime| mime.ends_with("/mp4"));
    if is_mp4 && either("codecs").is_none() {
        fault(place, "it has no codecs");
    }
    for (name, most) in [("width", "maxWidth"), ("height", "maxHeight")] {
        if one.number(name).zip(set.number(most)).is_some_and(|(own, most)| own > most) {
            fault(place, &format!("its {name} is more than {most}"));
        }
    }
    let nodes = [one, set, period];
    match nodes.iter().find_map(|node| node.first("SegmentTemplate")) {
        Some(template) => check_template(template, place, is_mp4, duration, fault),
        None if one.first("BaseURL").is_none() => fault(place, "nothing says where its media are"),
        None => {}
    }
}

fn check_template(
    template: &Node,
    place: &str,
    is_mp4: bool,
    duration: Option<u64>,
    fault: &mut impl FnMut(&str, &str),
) {
    let media = template.get("media").unwrap_or_default();
    if !media.contains("$Number") && !media.contains("$Time") {
        fault(place, "its segments all have the same address");
    }
    for address in [media, template.get("initialization").unwrap_or_default()] {
        if let Some(name) = unknown(address) {
            fault(place, &format!("`${name}$` stands for nothing"));
        }
    }
    if is_mp4 && template.get("initialization").is_none() {
        fault(place, "it has no initialization");
    }
    let timescale = template.number("timescale").unwrap_or(1);
    if timescale == 0 {
        return fault(place, "its timescale is 0");
    }
    let Some(timeline) = template.first("SegmentTimeline") else {
        if template.get("duration").is_none() {
            fault(place, "nothing says how long its segments last");
        }
        return;
    };
    let offset = template.number("presentationTimeOffset").unwrap_or(0);
    let mut end: Option<u64> = None;
    for run in timeline.all("S") {
        let time = run.number("t").or(end).unwrap_or(0);
        if end.is_some_and(|end| time < end) {
            fault(place, "its segments overlap");
        }
        let repeat: i64 = run.get("r").and_then(|count| count.parse().ok()).unwrap_or(0);
        let lasts = run.number("d").unwrap_or(0);
        if lasts == 0 {
            fault(place, "one of its segments has no duration");
        }
        let count = u64::try_from(repeat).unwrap_or(0).saturating_add(1);
        end = Some(time.saturating_add(lasts.saturating_mul(count)));
    }
    let Some(end) = end else { return fault(place, "it has no segments") };
    // Segments may end later than the presentation, but none may begin behind it.
    let last = timeline.all("S").last().and_then(|run| run.number("d")).unwrap_or(0);
    let begins = end.saturating_sub(last).saturating_sub(offset);
    let begins = u128::from(begins) * 1_000_000 / u128::from(timescale);
    if duration.is_some_and(|duration| begins >= u128::from(duration) && begins > 0) {
        fault(place, "its last segment begins when all is over");
    }
}

/// An identifier between dollars that the standard does not have [5.3.9.4.4].
fn unknown(address: &str) -> Option<&str> {
    let mut parts = address.split('$');
    parts.next();
    while let Some(name) = parts.next() {
        let (word, format) = name.split_once('%').unwrap_or((name, ""));
        let known = matches!(word, "" | "RepresentationID" | "Number" | "Time" | "Bandwidth");
        let form = format.is_empty() || (format.starts_with('0') && format.ends_with('d'));
        // An identifier ends with a dollar as well.
        if !known || !form || parts.next().is_none() {
            return Some(name);
        }
    }
    None
}
