//! Multivariant playlists: renditions, their groups, and the variants that name them (bis 4.4.6).

mod renditions;

use std::collections::HashSet;

use self::renditions::{groups, rendition};

use super::{Context, Numbered, Tag, measured, report::Report, segments};
use crate::syntax::{Line, decimal, integer};

pub(super) fn check(
    lines: &[Numbered<'_>],
    tags: &[Tag<'_>],
    context: &Context<'_>,
    report: &mut Report,
) {
    let named = |name: &'static str| tags.iter().filter(move |tag| tag.name == name);
    let variants = addresses(lines, tags, report);
    if named("EXT-X-STREAM-INF").next().is_none() {
        report.must(0, "4.4.6.2", "there is no EXT-X-STREAM-INF: nothing can be played");
    }
    let renditions: Vec<&Tag<'_>> = named("EXT-X-MEDIA").collect();
    for tag in &renditions {
        rendition(tag, report);
    }
    groups(tags, &renditions, report);
    for (tag, _) in &variants {
        variant(tag, &renditions, report);
    }
    among(&variants, report);
    for tag in named("EXT-X-I-FRAME-STREAM-INF") {
        for name in ["FRAME-RATE", "AUDIO", "SUBTITLES", "CLOSED-CAPTIONS"] {
            if tag.attributes.has(name) {
                report.tag(tag, format!("{name} of key pictures"));
            }
        }
        references(tag, &renditions, report);
        bandwidths(tag, report);
        advise(tag, report);
    }
    session(tags, report);
    if !named("EXT-X-INDEPENDENT-SEGMENTS").any(|_| true) {
        report.advise(0, "4.4.2.1", "it does not say that segments are independent");
    }
    if let Some(playlists) = context.playlists {
        measured::variants(&variants, &renditions, playlists, report);
    }
}

/// Variants with their addresses, each on the line after its tag.
fn addresses<'t, 'a>(
    lines: &[Numbered<'a>],
    tags: &'t [Tag<'a>],
    report: &mut Report,
) -> Vec<(&'t Tag<'a>, &'a str)> {
    let mut found = Vec::new();
    let mut open: Option<&Tag<'_>> = None;
    let mut known = tags.iter().peekable();
    for Numbered { number, line } in lines {
        let tag = known.next_if(|tag| tag.line == *number);
        match *line {
            Line::Blank | Line::Comment => {}
            Line::Uri(uri) => match open.take() {
                Some(tag) => found.push((tag, uri)),
                None => {
                    report.must(*number, "4.4.6.2", "the address has no EXT-X-STREAM-INF");
                }
            },
            Line::Tag { name, .. } => {
                if let Some(before) = open.take() {
                    report.tag(before, "no address follows EXT-X-STREAM-INF");
                }
                if name == "EXT-X-STREAM-INF" {
                    open = tag;
                }
            }
        }
    }
    if let Some(before) = open {
        report.tag(before, "no address follows EXT-X-STREAM-INF");
    }
    found
}

/// The groups that a variant names exist.
fn references(tag: &Tag<'_>, renditions: &[&Tag<'_>], report: &mut Report) {
    for kind in ["AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"] {
        let Some(attribute) = tag.attributes.get(kind) else { continue };
        let exists = renditions.iter().any(|one| {
            one.get("TYPE") == Some(kind) && one.get("GROUP-ID") == Some(attribute.value)
        });
        if !exists && (attribute.quoted || kind != "CLOSED-CAPTIONS") {
            let text = format!("there is no {kind} group {}", attribute.value);
            report.tag(tag, text);
        }
    }
}

fn bandwidths(tag: &Tag<'_>, report: &mut Report) {
    let number = |name| tag.get(name).and_then(integer);
    let peak = number("BANDWIDTH");
    if peak == Some(0) {
        report.tag(tag, "BANDWIDTH is 0");
    }
    if number("AVERAGE-BANDWIDTH").zip(peak).is_some_and(|(average, peak)| average > peak) {
        report.tag(tag, "AVERAGE-BANDWIDTH is more than BANDWIDTH");
    }
}

/// How the codecs of pictures begin.
const VIDEO: [&str; 10] =
    ["avc", "hvc", "hev", "dvh", "dva", "dav", "av01", "vp09", "vp08", "mp4v"];

/// What players do better with.
fn advise(tag: &Tag<'_>, report: &mut Report) {
    match tag.get("CODECS") {
        None => report.should(tag.line, tag.section, "it has no CODECS"),
        Some(codecs) => {
            let plain = |codec: &str| {
                let bytes = codec.bytes();
                !codec.is_empty() && bytes.into_iter().all(|b| b.is_ascii_graphic())
            };
            if !codecs.split(',').map(str::trim).all(plain) {
                report.tag(tag, "CODECS is not a list of codecs (RFC 6381)");
            }
            let video = codecs.split(',').map(str::trim);
            let video = video.into_iter().any(|codec| VIDEO.iter().any(|v| codec.starts_with(v)));
            if video && !tag.attributes.has("RESOLUTION") {
                report.should(tag.line, tag.section, "it has pictures but no RESOLUTION");
            }
            if video && tag.name == "EXT-X-STREAM-INF" && !tag.attributes.has("FRAME-RATE") {
                report.should(tag.line, tag.section, "it has pictures but no FRAME-RATE");
            }
        }
    }
}

fn variant(tag: &Tag<'_>, renditions: &[&Tag<'_>], report: &mut Report) {
    references(tag, renditions, report);
    bandwidths(tag, report);
    advise(tag, report);
    let decimals = tag.get("FRAME-RATE").and_then(|rate| rate.split_once('.'));
    if decimals.is_some_and(|(_, decimals)| decimals.len() > 3) {
        report.should(tag.line, tag.section, "FRAME-RATE has more than three decimals");
    }
    if tag.get("FRAME-RATE").and_then(decimal) == Some(0) {
        report.tag(tag, "FRAME-RATE is 0");
    }
    let empty = tag.get("RESOLUTION").and_then(crate::syntax::resolution);
    if empty.is_some_and(|(width, height)| width == 0 || height == 0) {
        report.tag(tag, "RESOLUTION has no area");
    }
}

/// What variants must have in common.
fn among(variants: &[(&Tag<'_>, &str)], report: &mut Report) {
    let none = |tag: &Tag<'_>| tag.attributes.get("CLOSED-CAPTIONS").is_some_and(|one| !one.quoted);
    if variants.iter().any(|(tag, _)| none(tag)) {
        for (tag, _) in variants.iter().filter(|(tag, _)| !none(tag)) {
            report.tag(tag, "another variant has CLOSED-CAPTIONS=NONE, this one has not");
        }
    }
    for name in ["SCORE", "AUDIO", "SUBTITLES", "STABLE-VARIANT-ID"] {
        if variants.iter().any(|(tag, _)| tag.attributes.has(name)) {
            for (tag, _) in variants.iter().filter(|(tag, _)| !tag.attributes.has(name)) {
                let text = format!("other variants have {name}, this one has not");
                match name {
                    "SCORE" => report.should(tag.line, tag.section, text),
                    _ => report.advise(tag.line, tag.section, text),
                }
            }
        }
    }
}

/// Session data, session keys, content steering.
fn session(tags: &[Tag<'_>], report: &mut Report) {
    let (mut data, mut keys) = (HashSet::new(), HashSet::new());
    for tag in tags {
        match tag.name {
            "EXT-X-SESSION-DATA" => {
                if tag.attributes.has("VALUE") == tag.attributes.has("URI") {
                    report.tag(tag, "EXT-X-SESSION-DATA has not exactly one of VALUE and URI");
                }
                if !data.insert((tag.get("DATA-ID"), tag.get("LANGUAGE"))) {
                    report.tag(tag, "there is another with this DATA-ID and LANGUAGE");
                }
            }
            "EXT-X-SESSION-KEY" => {
                segments::key(tag, report);
                if tag.get("METHOD") == Some("NONE") {
                    report.tag(tag, "METHOD=NONE of a session key");
                }
                if !keys.insert(tag.value) {
                    report.tag(tag, "there is another that is the same");
                }
            }
            _ => {}
        }
        if tag.name != "EXT-X-MEDIA" {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            let pathway = tag.get("PATHWAY-ID");
            if pathway.is_some_and(|id| id.is_empty() || !id.bytes().all(plain)) {
                report.tag(tag, "PATHWAY-ID has letters that it must not have");
            }
        }
    }
}
