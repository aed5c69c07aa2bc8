//! Elements, their order and their attributes [ISO/IEC 23009-1, annex B], as a table.

use std::collections::HashMap;

use super::{Fault, forms::Form, tree::Node};

/// An element of the schema.
struct Element {
    name: &'static str,
    attributes: &'static [Attribute],
    /// What may be in it, in this order, and whether more than once.
    children: &'static [(&'static str, bool)],
    text: bool,
}

struct Attribute {
    name: &'static str,
    form: Form,
    required: bool,
}

/// Every element against the table.
pub(super) fn check(root: &Node, faults: &mut Vec<Fault>) {
    if root.name != "MPD" {
        let text = format!("the root is {}, not MPD", root.name);
        return faults.push(Fault { place: root.name.clone(), text });
    }
    if root.get("xmlns") != Some("urn:mpeg:dash:schema:mpd:2011") {
        let text = "the namespace is not that of MPDs".to_owned();
        faults.push(Fault { place: root.name.clone(), text });
    }
    let prefixes = root.attributes.iter().filter_map(|(name, _)| name.strip_prefix("xmlns:"));
    let prefixes: Vec<&str> = prefixes.collect();
    element(root, "MPD", &prefixes, faults);
}

fn element(node: &Node, place: &str, prefixes: &[&str], faults: &mut Vec<Fault>) {
    let mut fault = |text: String| faults.push(Fault { place: place.to_owned(), text });
    let Some(rule) = ELEMENTS.iter().find(|rule| rule.name == node.name) else {
        return fault("such an element is not known".to_owned());
    };
    if node.has_text && !rule.text {
        fault("there is text in it".to_owned());
    }
    for (name, value) in &node.attributes {
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        if let Some((prefix, _)) = name.split_once(':') {
            if !prefixes.contains(&prefix) {
                fault(format!("the prefix of {name} is not declared"));
            }
            continue;
        }
        match rule.attributes.iter().find(|known| known.name == name) {
            Some(known) if known.form.fits(value) => {}
            Some(_) => fault(format!("{name} cannot be `{value}`")),
            None => fault(format!("{name} is not known")),
        }
    }
    for known in rule.attributes.iter().filter(|known| known.required) {
        if node.get(known.name).is_none() {
            fault(format!("{} is missing", known.name));
        }
    }
    let mut at = 0;
    for child in &node.children {
        let Some(position) = rule.children.iter().position(|(name, _)| *name == child.name) else {
            fault(format!("{} does not belong here", child.name));
            continue;
        };
        if position < at {
            fault(format!("{} stands too late", child.name));
        }
        at = at.max(position);
    }
    for (name, many) in rule.children {
        if !many && node.all(name).count() > 1 {
            fault(format!("there is more than one {name}"));
        }
    }
    let mut counts = HashMap::new();
    for child in &node.children {
        let number = counts.entry(child.name.as_str()).or_insert(0);
        *number += 1;
        element(child, &format!("{place}/{}[{number}]", child.name), prefixes, faults);
    }
}

const fn must(name: &'static str, form: Form) -> Attribute {
    Attribute { name, form, required: true }
}

const fn may(name: &'static str, form: Form) -> Attribute {
    Attribute { name, form, required: false }
}

const fn leaf(name: &'static str, attributes: &'static [Attribute]) -> Element {
    Element { name, attributes, children: &[], text: false }
}

const fn text(name: &'static str, attributes: &'static [Attribute]) -> Element {
    Element { name, attributes, children: &[], text: true }
}

const fn parent(
    name: &'static str,
    attributes: &'static [Attribute],
    children: &'static [(&'static str, bool)],
) -> Element {
    Element { name, attributes, children, text: false }
}

use Form::{
    Bool, Double, Duration, Integer, Language, List, OneOf, Rate, Ratio, SamplingRate, Sap, Text,
    U32, U64, Uri, Word,
};

const DESCRIPTOR: &[Attribute] = &[must("schemeIdUri", Uri), may("value", Text), may("id", Text)];

#[rustfmt::skip]
const ELEMENTS: &[Element] = &[
    parent("MPD", &[
        may("id", Text), must("profiles", List), may("type", OneOf(&["static", "dynamic"])),
        may("publishTime", Text), may("mediaPresentationDuration", Duration),
        must("minBufferTime", Duration), may("maxSegmentDuration", Duration),
    ], &[("ProgramInformation", true), ("BaseURL", true), ("Period", true),
         ("EssentialProperty", true), ("SupplementalProperty", true)]),
    parent("ProgramInformation", &[may("lang", Language), may("moreInformationURL", Uri)],
        &[("Title", false), ("Source", false), ("Copyright", false)]),
    text("Title", &[]),
    text("Source", &[]),
    text("Copyright", &[]),
    text("BaseURL", &[may("serviceLocation", Text), may("byteRange", Text)]),
    parent("Period", &[
        may("id", Text), may("start", Duration), may("duration", Duration),
        may("bitstreamSwitching", Bool),
    ], &[("BaseURL", true), ("SegmentTemplate", false), ("AssetIdentifier", false),
         ("EventStream", true), ("AdaptationSet", true), ("SupplementalProperty", true)]),
    parent("EventStream", &[
        must("schemeIdUri", Uri), may("value", Text), may("timescale", U32),
        may("presentationTimeOffset", U64),
    ], &[("Event", true)]),
    text("Event", &[
        may("presentationTime", U64), may("duration", U64), may("id", U32),
        may("contentEncoding", OneOf(&["base64"])), may("messageData", Text),
    ]),
    parent("AdaptationSet", &[
        may("id", U32), may("group", U32), may("lang", Language),
        may("contentType", OneOf(&["text", "image", "audio", "video", "application", "font"])),
        may("par", Ratio), may("minBandwidth", U32), may("maxBandwidth", U32),
        may("minWidth", U32), may("maxWidth", U32), may("minHeight", U32), may("maxHeight", U32),
        may("minFrameRate", Rate), may("maxFrameRate", Rate), may("segmentAlignment", Bool),
        may("subsegmentAlignment", Bool), may("bitstreamSwitching", Bool), may("profiles", List),
        may("width", U32), may("height", U32), may("sar", Ratio), may("frameRate", Rate),
        may("audioSamplingRate", SamplingRate), may("mimeType", Text), may("codecs", List),
        may("containerProfiles", Text), may("startWithSAP", Sap), may("maxPlayoutRate", Double),
        may("codingDependency", Bool), may("selectionPriority", U32),
    ], &[("AudioChannelConfiguration", true), ("EssentialProperty", true),
         ("SupplementalProperty", true), ("Label", true), ("Accessibility", true), ("Role", true),
         ("BaseURL", true), ("SegmentTemplate", false), ("Representation", true)]),
    parent("Representation", &[
        must("id", Word), must("bandwidth", U32), may("qualityRanking", U32),
        may("profiles", List), may("width", U32), may("height", U32), may("sar", Ratio),
        may("frameRate", Rate), may("audioSamplingRate", SamplingRate), may("mimeType", Text),
        may("codecs", List), may("containerProfiles", Text), may("startWithSAP", Sap),
        may("maxPlayoutRate", Double), may("codingDependency", Bool),
    ], &[("AudioChannelConfiguration", true), ("EssentialProperty", true),
         ("SupplementalProperty", true), ("Label", true), ("BaseURL", true),
         ("SegmentTemplate", false)]),
    text("Label", &[may("id", U32), may("lang", Language)]),
    leaf("AudioChannelConfiguration", DESCRIPTOR),
    leaf("EssentialProperty", DESCRIPTOR),
    leaf("SupplementalProperty", DESCRIPTOR),
    leaf("Accessibility", DESCRIPTOR),
    leaf("Role", DESCRIPTOR),
    leaf("AssetIdentifier", DESCRIPTOR),
    parent("SegmentTemplate", &[
        may("timescale", U32), may("eptDelta", Integer), may("pdDelta", Integer),
        may("presentationTimeOffset", U64), may("presentationDuration", U64),
        may("duration", U32), may("startNumber", U32), may("endNumber", U32), may("media", Text),
        may("initialization", Text),
    ], &[("SegmentTimeline", false)]),
    parent("SegmentTimeline", &[], &[("S", true)]),
    leaf("S", &[may("t", U64), may("n", U64), must("d", U64), may("r", Integer), may("k", U64)]),
];
