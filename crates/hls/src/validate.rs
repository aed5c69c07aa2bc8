//! Whether a playlist keeps what RFC 8216bis demands, as far as a file can show it.
//!
//! ```text
//! lines ── shape: characters, tags, attributes (tags, forms)
//!       └─ meaning: segments (media), or renditions and variants (multivariant)
//!       └─ truth: against measured sizes and durations (measured)
//! ```
//!
//! Independent of the writer: it works on the text.

mod forms;
mod measured;
mod report;
mod segments;
mod shape;
mod tags;
mod variants;

use std::collections::HashMap;

use crate::{
    MeasuredSegment,
    parse::MULTIVARIANT,
    syntax::{Attributes, Line, attributes, line},
};
use report::Report;

/// How strongly the standard means what was not kept.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// MUST, MUST NOT, REQUIRED: players may refuse the playlist.
    Must,
    /// SHOULD, RECOMMENDED.
    Should,
    /// Allowed, but hardly meant, or known to trouble players.
    Advice,
}

/// A rule that was not kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// Where, from 1; 0 if it is about the whole playlist.
    pub line: usize,
    /// How strongly it is meant.
    pub severity: Severity,
    /// The section of RFC 8216bis.
    pub section: &'static str,
    /// What is wrong, for the person with the playlist.
    pub text: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, severity, section, text } = self;
        write!(f, "line {line}: {text} ({severity:?}, {section})")
    }
}

/// What is known besides the playlist itself. Whatever is known is checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// For a media playlist: its segments as they turned out to be, in order.
    pub segments: Option<&'a [MeasuredSegment]>,
    /// For a multivariant playlist: the playlists that it names, by address.
    pub playlists: Option<&'a HashMap<String, MeasuredPlaylist>>,
    /// For a media playlist: the variables of the multivariant playlist.
    pub variables: &'a [&'a str],
}

/// A media playlist as it turned out to be.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MeasuredPlaylist {
    /// Its target duration in seconds.
    pub target_duration: u32,
    /// Its segments in order.
    pub segments: Vec<MeasuredSegment>,
}

/// Everything in the playlist that is not as RFC 8216bis demands, by line.
pub fn validate(text: &str, context: &Context<'_>) -> Vec<Violation> {
    let mut report = Report::default();
    shape::characters(text, &mut report);
    let lines: Vec<Numbered<'_>> = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .split('\n')
        .enumerate()
        .map(|(index, text)| Numbered { number: index + 1, line: line(text) })
        .collect();
    let is_multivariant = lines.iter().any(|line| line.is_one_of(&MULTIVARIANT));
    let tags = shape::tags(&lines, is_multivariant, &mut report);
    shape::variables(&tags, &lines, is_multivariant, context, &mut report);
    shape::version(&tags, is_multivariant, &mut report);
    if is_multivariant {
        variants::check(&lines, &tags, context, &mut report);
    } else {
        segments::check(&lines, &tags, context, &mut report);
    }
    report.finish()
}

/// A line and its number, from 1.
#[derive(Clone, Copy)]
struct Numbered<'a> {
    number: usize,
    line: Line<'a>,
}

impl Numbered<'_> {
    fn is_one_of(&self, names: &[&str]) -> bool {
        matches!(self.line, Line::Tag { name, .. } if names.contains(&name))
    }
}

/// A tag that the standard knows.
struct Tag<'a> {
    line: usize,
    name: &'a str,
    value: &'a str,
    attributes: Attributes<'a>,
    section: &'static str,
}

impl<'a> Tag<'a> {
    fn new(line: usize, name: &'a str, value: &'a str, rule: &tags::Rule) -> Self {
        let attributes = match rule.value {
            tags::Form::List(_) => attributes(value),
            _ => Attributes::default(),
        };
        Self { line, name, value, attributes, section: rule.section }
    }

    /// The value of an attribute.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.value(name)
    }
}

#[cfg(test)]
mod tests;
