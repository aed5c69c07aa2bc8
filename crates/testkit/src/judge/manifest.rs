//! Manifests, read as plainly as they can be [ISO/IEC 23009-1]: one period, segment templates with
//! timelines.

use std::fmt::Write as _;

use super::{
    probe::{Nanos, nanos},
    source::Kind,
};

/// One representation with everything that it inherits.
#[derive(Clone, Debug)]
pub(super) struct Representation {
    pub(super) id: String,
    pub(super) kind: Option<Kind>,
    pub(super) init: Option<String>,
    /// The address, and when it begins and how long it lasts.
    pub(super) segments: Vec<(String, Nanos, Nanos)>,
}

#[derive(Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// The length that it states, and its representations.
pub(super) fn read(text: &str) -> Result<(Option<Nanos>, Vec<Representation>), String> {
    let root = xml(text)?;
    if root.name != "MPD" || root.get("type").is_some_and(|kind| kind != "static") {
        return Err("it is no static MPD".into());
    }
    let mut found = Vec::new();
    let mut periods = root.all("Period");
    let period = periods.next().ok_or("it has no period")?;
    if periods.next().is_some() {
        return Err("it has more than one period".into());
    }
    for set in period.all("AdaptationSet") {
        for representation in set.all("Representation") {
            let get = |name| representation.get(name).or(set.get(name));
            let kind = get("contentType").or(get("mimeType")).unwrap_or_default();
            let kind = match kind.split('/').next().unwrap_or_default() {
                "video" => Some(Kind::Video),
                "audio" => Some(Kind::Audio),
                "text" | "application" => Some(Kind::Text),
                _ => None,
            };
            let base: String = [&root, period, set, representation]
                .iter()
                .flat_map(|element| element.all("BaseURL"))
                .map(|base| base.text.trim())
                .collect();
            let id = representation.get("id").unwrap_or_default().to_owned();
            let templates: Vec<&Element> = [representation, set, period]
                .into_iter()
                .flat_map(|element| element.all("SegmentTemplate"))
                .collect();
            let (mut init, mut segments) = (None, Vec::new());
            if templates.is_empty() {
                segments.push((base, 0, 0));
            } else {
                init = templates.iter().find_map(|template| template.get("initialization"));
                segments = template(&templates, representation, &base)?;
            }
            let init = init.map(|init| {
                templates.first().map(|_| fill(init, representation, 0, 0)).unwrap_or_default()
            });
            found.push(Representation { id, kind, init, segments });
        }
    }
    Ok((root.get("mediaPresentationDuration").and_then(duration), found))
}

fn template(
    templates: &[&Element],
    representation: &Element,
    base: &str,
) -> Result<Vec<(String, Nanos, Nanos)>, String> {
    let get = |name| templates.iter().find_map(|template| template.get(name));
    let number = |name| get(name).and_then(|text| text.parse::<i64>().ok());
    let media = get("media").ok_or("a SegmentTemplate has no media")?;
    let scale = number("timescale").unwrap_or(1);
    let offset = number("presentationTimeOffset").unwrap_or(0);
    let timeline = templates
        .iter()
        .find_map(|template| template.all("SegmentTimeline").next())
        .ok_or("a SegmentTemplate has no SegmentTimeline")?;
    let mut segments = Vec::new();
    let (mut time, mut at) = (0, number("startNumber").unwrap_or(1));
    for entry in timeline.all("S") {
        time = entry.number("t").unwrap_or(time);
        let lasts = entry.number("d").ok_or("an S has no d")?;
        let repeat = entry.number("r").unwrap_or(0);
        if repeat < 0 {
            return Err("an S repeats without end".into());
        }
        for _ in 0..=repeat {
            let url = format!("{base}{}", fill(media, representation, at, time));
            segments.push((url, nanos(time - offset, (1, scale)), nanos(lasts, (1, scale))));
            (time, at) = (time + lasts, at + 1);
        }
    }
    Ok(segments)
}

/// A template with its identifiers replaced [5.3.9.4.4].
fn fill(template: &str, representation: &Element, number: i64, time: i64) -> String {
    let mut out = String::new();
    for (at, part) in template.split('$').enumerate() {
        if at % 2 == 0 {
            out.push_str(part);
            continue;
        }
        let (name, width) = part.split_once('%').unwrap_or((part, "01d"));
        let width = width.trim_end_matches('d').parse().unwrap_or(1);
        match name {
            "RepresentationID" => out.push_str(representation.get("id").unwrap_or_default()),
            "Bandwidth" => out.push_str(representation.get("bandwidth").unwrap_or_default()),
            "Number" => write!(out, "{number:0width$}").unwrap(),
            "Time" => write!(out, "{time:0width$}").unwrap(),
            _ => out.push('$'),
        }
    }
    out
}

/// `PT1H2M3.5S` as nanoseconds.
fn duration(text: &str) -> Option<Nanos> {
    let mut rest = text.strip_prefix("PT")?;
    let mut total = 0;
    for (unit, seconds) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total += super::probe::from_seconds(number)? * seconds;
            rest = after;
        }
    }
    rest.is_empty().then_some(total)
}

/// A tree of elements; comments, declarations and processing instructions are passed over.
fn xml(text: &str) -> Result<Element, String> {
    let mut stack: Vec<Element> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        if let Some(top) = stack.last_mut() {
            top.text.push_str(&unescape(before));
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or("a comment does not end")?.1;
            continue;
        }
        let (tag, following) = after.split_once('>').ok_or("a tag does not end")?;
        rest = following;
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let done = stack.pop().filter(|top| top.name == name.trim());
            let done = done.ok_or(format!("</{name}> closes nothing"))?;
            match stack.last_mut() {
                Some(parent) => parent.children.push(done),
                None => return Ok(done),
            }
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut words) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut element = Element {
            name: name.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
            text: String::new(),
        };
        while let Some((key, after)) = words.split_once('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|quote| "\"'".contains(*quote));
            let quote = quote.ok_or(format!("an attribute of {name} has no quotes"))?;
            let (value, after) = after[1..].split_once(quote).ok_or("quotes do not end")?;
            element.attributes.push((key.trim().to_owned(), unescape(value)));
            words = after;
        }
        match stack.last_mut() {
            Some(parent) if empty => parent.children.push(element),
            _ => stack.push(element),
        }
    }
    Err("it ends too soon".into())
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
