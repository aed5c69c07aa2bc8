//! Renditions and their groups (bis 4.4.6.1).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::{Tag, report::Report};
use crate::syntax::integer;

/// One rendition by itself.
pub(super) fn rendition(tag: &Tag<'_>, report: &mut Report) {
    let has = |name| tag.attributes.has(name);
    let kind = tag.get("TYPE").unwrap_or_default();
    match kind {
        "CLOSED-CAPTIONS" => {
            if has("URI") {
                report.tag(tag, "closed captions have no URI");
            }
            match tag.get("INSTREAM-ID") {
                None => report.tag(tag, "closed captions have no INSTREAM-ID"),
                Some(id) if !is_instream_id(id) => {
                    report.tag(tag, format!("INSTREAM-ID cannot be `{id}`"));
                }
                Some(_) => {}
            }
        }
        "SUBTITLES" if !has("URI") => report.tag(tag, "subtitles have no URI"),
        "AUDIO" if !has("CHANNELS") => {
            report.should(tag.line, tag.section, "sound does not say how many CHANNELS it has");
        }
        _ => {}
    }
    if has("FORCED") && kind != "SUBTITLES" {
        report.tag(tag, "FORCED of what are no subtitles");
    }
    if tag.get("DEFAULT") == Some("YES") && tag.get("AUTOSELECT") == Some("NO") {
        report.tag(tag, "DEFAULT=YES together with AUTOSELECT=NO");
    }
    if kind == "AUDIO" {
        let count = tag.get("CHANNELS").map(|all| all.split('/').next().unwrap_or_default());
        if count.is_some_and(|count| integer(count).is_none_or(|count| count == 0)) {
            report.tag(tag, "CHANNELS does not begin with a number");
        }
    } else {
        for name in ["BIT-DEPTH", "SAMPLE-RATE"].into_iter().filter(|name| has(name)) {
            report.advise(tag.line, tag.section, format!("{name} of what is no sound"));
        }
    }
    for name in ["LANGUAGE", "ASSOC-LANGUAGE"] {
        let plain = |part: &str| {
            matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if tag.get(name).is_some_and(|language| !language.split('-').all(plain)) {
            report.tag(tag, format!("{name} is not a tag of RFC 5646"));
        }
    }
}

fn is_instream_id(id: &str) -> bool {
    let service = id.strip_prefix("SERVICE").and_then(integer);
    matches!(id, "CC1" | "CC2" | "CC3" | "CC4") || service.is_some_and(|n| (1..=63).contains(&n))
}

/// What the members of a group are, whatever their coding.
type Members<'a> = HashSet<Vec<Option<&'a str>>>;

/// Renditions of one group, and groups of one kind (bis 4.4.6.1.1).
pub(super) fn groups(tags: &[Tag<'_>], renditions: &[&Tag<'_>], report: &mut Report) {
    let mut groups: BTreeMap<(&str, &str), Vec<&Tag<'_>>> = BTreeMap::new();
    for tag in renditions {
        let key = (tag.get("TYPE").unwrap_or_default(), tag.get("GROUP-ID").unwrap_or_default());
        groups.entry(key).or_default().push(tag);
    }
    for members in groups.values() {
        let (mut names, mut choices) = (HashSet::new(), HashSet::new());
        let mut default = false;
        for tag in members {
            let name = tag.get("NAME").unwrap_or_default();
            if !names.insert(name) {
                report.must(tag.line, "4.4.6.1.1", format!("another of its group is named {name}"));
            }
            if tag.attributes.is_yes("DEFAULT") && std::mem::replace(&mut default, true) {
                report.must(tag.line, "4.4.6.1.1", "another of its group is the default");
            }
            let criteria = ["LANGUAGE", "ASSOC-LANGUAGE", "FORCED", "CHARACTERISTICS"];
            let choice = criteria.map(|name| tag.get(name));
            if tag.attributes.is_yes("AUTOSELECT") && !choices.insert(choice) {
                let text = "another of its group cannot be told from it by language and purpose";
                report.should(tag.line, "4.4.6.1.1", text);
            }
        }
    }
    // With content steering each pathway may have groups of its own.
    if tags.iter().any(|tag| tag.name == "EXT-X-CONTENT-STEERING") {
        return;
    }
    let mut first: HashMap<&str, (&str, Members<'_>)> = HashMap::new();
    for ((kind, group), members) in &groups {
        let same = [
            "NAME",
            "LANGUAGE",
            "ASSOC-LANGUAGE",
            "DEFAULT",
            "AUTOSELECT",
            "FORCED",
            "CHARACTERISTICS",
            "INSTREAM-ID",
        ];
        let described = members.iter().map(|tag| same.iter().map(|name| tag.get(name)).collect());
        let described: Members<'_> = described.collect();
        let (other, expected) = first.entry(kind).or_insert_with(|| (group, described.clone()));
        if *expected != described {
            let line = members.first().map_or(0, |tag| tag.line);
            let text = format!("group {group} has not the same members as {other}");
            report.must(line, "4.4.6.1.1", text);
        }
    }
}
