//! The script line by line: its size, its styles, its events.

use std::collections::HashMap;

use super::place::Anchor;
use crate::styled::Style;

/// The most styles of a script that are remembered.
const MAX_STYLES: usize = 10_000;

/// What of the header matters.
#[derive(Debug, Default)]
pub(crate) struct Script {
    section: Section,
    /// The size of the picture that places refer to, if stated.
    width: Option<u32>,
    height: Option<u32>,
    styles: HashMap<String, Named>,
    /// Where in a line of the present section each field is.
    fields: Vec<Field>,
    /// Whether alignments are numbered in the old way.
    old: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Section {
    #[default]
    None,
    Info,
    Styles,
    Events,
    Other,
}

/// A style with a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Named {
    pub(crate) style: Style,
    pub(crate) anchor: Anchor,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Field {
    Start,
    End,
    Style,
    Name,
    Italic,
    Alignment,
    Text,
    Other,
}

/// A line of dialogue.
pub(crate) struct Event<'a> {
    pub(crate) start: &'a str,
    pub(crate) end: &'a str,
    pub(crate) style: &'a str,
    pub(crate) text: &'a str,
}

/// The order of fields if nobody states another.
const USUAL: &[Field] = &[
    Field::Other,
    Field::Start,
    Field::End,
    Field::Style,
    Field::Name,
    Field::Other,
    Field::Other,
    Field::Other,
    Field::Other,
    Field::Text,
];

impl Script {
    /// The header of a script, as Matroska keeps it.
    pub(crate) fn header(text: &str) -> Self {
        let mut script = Self::default();
        for line in crate::lines(text) {
            script.line(line);
        }
        script
    }

    /// Takes in a line; gives what it says if it is dialogue.
    pub(crate) fn line<'a>(&mut self, line: &'a str) -> Option<Event<'a>> {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            self.section = match name.trim_end_matches(']').to_ascii_lowercase().as_str() {
                "script info" => Section::Info,
                "v4+ styles" => Section::Styles,
                "v4 styles" => {
                    self.old = true;
                    Section::Styles
                }
                "events" => Section::Events,
                _ => Section::Other,
            };
            self.fields.clear();
            return None;
        }
        let (key, value) = line.split_once(':')?;
        match (self.section, key) {
            (Section::Info, "PlayResX") => self.width = value.trim().parse().ok(),
            (Section::Info, "PlayResY") => self.height = value.trim().parse().ok(),
            (Section::Styles | Section::Events, "Format") => self.format(value),
            (Section::Styles, "Style") => self.style_line(value),
            // Without a header there are only such lines.
            (Section::None | Section::Events, "Dialogue") => return self.dialogue(value),
            _ => {}
        }
        None
    }

    fn format(&mut self, value: &str) {
        let field = |name: &str| match name.trim().to_ascii_lowercase().as_str() {
            "start" => Field::Start,
            "end" => Field::End,
            "style" => Field::Style,
            "name" => Field::Name,
            "italic" => Field::Italic,
            "alignment" => Field::Alignment,
            "text" => Field::Text,
            _ => Field::Other,
        };
        self.fields = value.split(',').take(64).map(field).collect();
    }

    fn style_line(&mut self, value: &str) {
        let mut name = "";
        let mut named = Named::default();
        for (field, value) in self.fields.iter().zip(value.split(',').map(str::trim)) {
            match field {
                Field::Name => name = value,
                Field::Italic => named.style.italic = value != "0" && !value.is_empty(),
                Field::Alignment => {
                    let number = value.parse().unwrap_or(2);
                    named.anchor = if self.old {
                        Anchor::from_old(number)
                    } else {
                        Anchor::from_keypad(number)
                    }
                    .unwrap_or_default();
                }
                _ => {}
            }
        }
        if self.styles.len() < MAX_STYLES {
            self.styles.insert(name.trim_start_matches('*').to_owned(), named);
        }
    }

    fn dialogue<'a>(&self, value: &'a str) -> Option<Event<'a>> {
        let fields = if self.fields.is_empty() { USUAL } else { &self.fields };
        let (mut start, mut end, mut style, mut text) = (None, None, "", None);
        for (field, value) in fields.iter().zip(value.splitn(fields.len(), ',')) {
            match field {
                Field::Start => start = Some(value),
                Field::End => end = Some(value),
                Field::Style => style = value.trim(),
                Field::Text => text = Some(value),
                _ => {}
            }
        }
        Some(Event { start: start?, end: end?, style, text: text? })
    }

    /// The style of that name, or a plain one.
    pub(crate) fn style(&self, name: &str) -> Named {
        self.styles.get(name.trim_start_matches('*')).copied().unwrap_or_default()
    }

    /// The size of the picture that places refer to. If only one side is stated it is 4:3, if
    /// neither 384 by 288, as players have always taken it.
    pub(crate) fn size(&self) -> (f64, f64) {
        let side = |value: Option<u32>| value.filter(|side| *side > 0).map(f64::from);
        match (side(self.width), side(self.height)) {
            (Some(width), Some(height)) => (width, height),
            (Some(width), None) => (width, width * 0.75),
            (None, Some(height)) => (height / 0.75, height),
            (None, None) => (384.0, 288.0),
        }
    }
}
