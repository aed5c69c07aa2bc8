//! What holds of both kinds of playlist: characters, tags, attributes, variables, the version.

use std::collections::{HashMap, HashSet};

use super::{
    Context, Numbered, Tag,
    forms::{bad_uri, fault},
    report::Report,
    tags::{Form, Place, Rule, rule},
};
use crate::syntax::{Line, integer};

/// Characters and lines (bis 4.1).
pub(super) fn characters(text: &str, report: &mut Report) {
    if text.starts_with('\u{feff}') {
        report.must(1, "4.1", "it begins with a byte order mark");
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = body.split('\n').next().unwrap_or_default();
    if first.trim_end_matches('\r') != "#EXTM3U" {
        report.must(1, "4.4.1.1", "the first line is not #EXTM3U");
    }
    if !body.is_empty() && !body.ends_with('\n') {
        report.advise(0, "4.1", "the last line does not end");
    }
    let mut lines = body.split('\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(control) = line.chars().find(|letter| letter.is_control()) {
            let text = format!("it contains the control character U+{:04X}", u32::from(control));
            report.must(number, "4.1", text);
        }
        let last = lines.peek().is_none();
        if line.is_empty() {
            if !last {
                report.advise(number, "4.1", "the line is empty");
            }
        } else if line.trim().is_empty() {
            report.must(number, "4.1", "the line is nothing but white space");
        } else if line.trim() != line && !line.starts_with('#') {
            report.must(number, "4.1", "there is white space around the address");
        } else if line.starts_with("#EXT")
            && line.trim_end() != line
            && !line.starts_with("#EXTINF")
        {
            report.must(number, "4.1", "there is white space behind the tag");
        }
    }
}

/// Every tag by itself. Gives those that the standard knows.
pub(super) fn tags<'a>(
    lines: &[Numbered<'a>],
    is_multivariant: bool,
    report: &mut Report,
) -> Vec<Tag<'a>> {
    let mut seen = HashSet::new();
    let mut tags = Vec::new();
    for Numbered { number, line } in lines {
        let (name, value) = match *line {
            Line::Tag { name, value } => (name, value),
            Line::Uri(uri) => {
                if let Some(why) = bad_uri(uri) {
                    report.must(*number, "4.1", format!("the address {why}"));
                }
                continue;
            }
            Line::Blank | Line::Comment => continue,
        };
        let Some(rule) = rule(name) else {
            report.advise(*number, "4.1", format!("the standard knows no tag {name}"));
            continue;
        };
        let belongs = match rule.place {
            Place::Any => true,
            Place::Multivariant => is_multivariant,
            Place::Media | Place::Segment => !is_multivariant,
        };
        if !belongs {
            let text = format!("{name} in a playlist that has tags of the other kind");
            report.must(*number, "4.4", text);
        }
        if !seen.insert(name) && rule.once {
            report.must(*number, rule.section, format!("there is more than one {name}"));
        }
        if value.is_none() && !matches!(rule.value, Form::Nothing) {
            report.must(*number, rule.section, format!("{name} has no value"));
            continue;
        }
        let tag = Tag::new(*number, name, value.unwrap_or_default(), rule);
        one(&tag, rule, value.is_some(), report);
        tags.push(tag);
    }
    tags
}

/// The value of one tag.
fn one(tag: &Tag<'_>, rule: &Rule, has_value: bool, report: &mut Report) {
    let name = tag.name;
    match rule.value {
        Form::Nothing if has_value => report.tag(tag, format!("{name} has a value")),
        Form::Integer if has_value && integer(tag.value).is_none() => {
            report.tag(tag, format!("{name} cannot be `{}`", tag.value));
        }
        Form::Word(words) if has_value && !words.contains(&tag.value) => {
            report.tag(tag, format!("{name} cannot be `{}`", tag.value));
        }
        Form::List(known) => {
            for fault in &tag.attributes.faults {
                report.must(tag.line, "4.2", format!("the attribute list of {name}: {fault}"));
            }
            let mut seen = HashSet::new();
            for attribute in &tag.attributes.list {
                if !seen.insert(attribute.name) {
                    let text = format!("{name} has more than one {}", attribute.name);
                    report.must(tag.line, "4.2", text);
                }
                match known.iter().find(|known| known.name == attribute.name) {
                    Some(known) => {
                        if let Some(fault) = fault(attribute, known.form) {
                            report.tag(tag, format!("{name}: {fault}"));
                        }
                    }
                    None if attribute.name.starts_with("X-") => {}
                    // Those of a variant that make no sense for key pictures are told there.
                    None if name == "EXT-X-I-FRAME-STREAM-INF" => {}
                    None => {
                        let text = format!("the standard knows no {} of {name}", attribute.name);
                        report.advise(tag.line, tag.section, text);
                    }
                }
            }
            for missing in known.iter().filter(|one| one.required && !tag.attributes.has(one.name))
            {
                report.tag(tag, format!("{name} has no {}", missing.name));
            }
        }
        _ => {}
    }
}

/// Variables: defined once, and before they are used (bis 4.3, 4.4.2.3).
pub(super) fn variables(
    tags: &[Tag<'_>],
    lines: &[Numbered<'_>],
    is_multivariant: bool,
    context: &Context<'_>,
    report: &mut Report,
) {
    let mut defined: HashMap<&str, usize> = HashMap::new();
    for tag in tags.iter().filter(|tag| tag.name == "EXT-X-DEFINE") {
        let kinds = ["NAME", "IMPORT", "QUERYPARAM"];
        let given: Vec<_> = kinds.into_iter().filter(|kind| tag.attributes.has(kind)).collect();
        let [kind] = given[..] else {
            report.tag(tag, "EXT-X-DEFINE has not exactly one of NAME, IMPORT and QUERYPARAM");
            continue;
        };
        let name = tag.get(kind).unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.is_empty() || !name.bytes().all(plain) {
            report.tag(tag, format!("`{name}` is not the name of a variable"));
        }
        if kind == "NAME" && !tag.attributes.has("VALUE") {
            report.tag(tag, format!("the variable {name} has no VALUE"));
        }
        if kind == "IMPORT" && is_multivariant {
            report.tag(tag, "IMPORT in a multivariant playlist");
        } else if kind == "IMPORT"
            && !context.variables.is_empty()
            && !context.variables.contains(&name)
        {
            report.tag(tag, format!("the multivariant playlist defines no {name}"));
        }
        if defined.contains_key(name) {
            report.tag(tag, format!("the variable {name} is defined more than once"));
        }
        defined.entry(name).or_insert(tag.line);
    }
    for Numbered { number, line } in lines {
        let text = match *line {
            Line::Uri(text) => text,
            Line::Tag { value: Some(value), .. } => value,
            _ => continue,
        };
        for reference in text.split("{$").skip(1) {
            let Some((name, _)) = reference.split_once('}') else { continue };
            if defined.get(name).is_none_or(|line| line >= number) {
                report.must(*number, "4.3", format!("the variable {name} is not defined here"));
            }
        }
    }
}

/// The version is no lower than what is used (bis 8).
pub(super) fn version(tags: &[Tag<'_>], is_multivariant: bool, report: &mut Report) {
    let stated = tags.iter().find(|tag| tag.name == "EXT-X-VERSION");
    let stated = stated.map_or(Some(1), |tag| integer(tag.value)).unwrap_or(u64::MAX);
    if stated == 0 {
        report.must(0, "4.4.1.2", "there is no version 0");
    }
    let iframes_only = tags.iter().any(|tag| tag.name == "EXT-X-I-FRAMES-ONLY");
    for tag in tags {
        let mut needs = |version: u64, what: &str| {
            if stated < version {
                let text = format!("{what} needs version {version}; the playlist says {stated}");
                report.must(tag.line, "8", text);
            }
        };
        match tag.name {
            "EXTINF" if tag.value.split(',').next().is_some_and(|time| time.contains('.')) => {
                needs(3, "EXTINF with decimals");
            }
            "EXT-X-BYTERANGE" | "EXT-X-I-FRAMES-ONLY" => needs(4, tag.name),
            "EXT-X-KEY" | "EXT-X-SESSION-KEY" => {
                let has = |name| tag.attributes.has(name);
                if has("IV") {
                    needs(2, "IV");
                }
                if has("KEYFORMAT") || has("KEYFORMATVERSIONS") {
                    needs(5, "KEYFORMAT");
                }
                if tag.get("METHOD").is_some_and(|method| method.starts_with("SAMPLE-AES")) {
                    needs(5, "SAMPLE-AES");
                }
            }
            "EXT-X-MAP" if iframes_only => needs(5, "EXT-X-MAP"),
            "EXT-X-MAP" => needs(6, "EXT-X-MAP"),
            "EXT-X-MEDIA" if is_multivariant => match tag.get("INSTREAM-ID") {
                Some(id) if id.starts_with("SERVICE") => needs(7, "INSTREAM-ID of a SERVICE"),
                Some(_) if tag.get("TYPE") == Some("CLOSED-CAPTIONS") => {}
                Some(_) => needs(13, "INSTREAM-ID of what are no closed captions"),
                None => {}
            },
            "EXT-X-DEFINE" if tag.attributes.has("QUERYPARAM") => needs(11, "QUERYPARAM"),
            "EXT-X-DEFINE" => needs(8, "EXT-X-DEFINE"),
            "EXT-X-SKIP" if tag.attributes.has("RECENTLY-REMOVED-DATERANGES") => {
                needs(10, "RECENTLY-REMOVED-DATERANGES");
            }
            "EXT-X-SKIP" => needs(9, "EXT-X-SKIP"),
            _ => {}
        }
        if tag.attributes.list.iter().any(|attribute| attribute.name.starts_with("REQ-")) {
            needs(12, "an attribute that begins with REQ-");
        }
    }
}
