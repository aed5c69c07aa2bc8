//! Text to values. Takes what can be understood: unknown tags and attributes are passed over, and
//! variables stay as they are written. [`validate`](crate::validate) is the one who is strict.

mod segments;
mod variants;

use crate::{
    Key, MediaPlaylist, Method, MultivariantPlaylist, Start, Variable,
    syntax::{Attributes, Line, attributes, integer, line, signed_decimal},
};

/// A playlist of either kind.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::large_enum_variant)] // one at a time
pub enum Playlist {
    /// Versions of a film.
    Multivariant(MultivariantPlaylist),
    /// Segments of a rendition.
    Media(MediaPlaylist),
}

/// Why a text is no playlist.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {text}")]
pub struct ParseError {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong, for the person with the playlist.
    pub text: String,
}

impl ParseError {
    fn new(line: usize, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}

/// Tags that only a multivariant playlist has (bis 4.4.6).
pub(crate) const MULTIVARIANT: [&str; 6] = [
    "EXT-X-MEDIA",
    "EXT-X-STREAM-INF",
    "EXT-X-I-FRAME-STREAM-INF",
    "EXT-X-SESSION-DATA",
    "EXT-X-SESSION-KEY",
    "EXT-X-CONTENT-STEERING",
];

/// The playlist in a text.
pub fn parse(text: &str) -> Result<Playlist, ParseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    if first.trim_end() != "#EXTM3U" {
        return Err(ParseError::new(1, "it does not begin with #EXTM3U"));
    }
    let is_multivariant =
        |text: &str| matches!(line(text), Line::Tag { name, .. } if MULTIVARIANT.contains(&name));
    if text.lines().any(is_multivariant) {
        variants::parse(text).map(Playlist::Multivariant)
    } else {
        segments::parse(text).map(Playlist::Media)
    }
}

/// Lines with their numbers, from 1.
fn numbered(text: &str) -> impl Iterator<Item = (usize, Line<'_>)> {
    text.lines().enumerate().map(|(index, text)| (index + 1, line(text)))
}

/// The attributes of a tag, with what to say if one is missing.
struct Tag<'a> {
    line: usize,
    name: &'a str,
    attributes: Attributes<'a>,
}

impl<'a> Tag<'a> {
    fn new(line: usize, name: &'a str, value: Option<&'a str>) -> Self {
        Self { line, name, attributes: attributes(value.unwrap_or_default()) }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.attributes.value(name).map(str::to_owned)
    }

    fn required(&self, name: &str) -> Result<String, ParseError> {
        self.text(name)
            .ok_or_else(|| ParseError::new(self.line, format!("{} has no {name}", self.name)))
    }

    /// The value by `read`, if there is one.
    fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ParseError> {
        let Some(value) = self.attributes.value(name) else { return Ok(None) };
        let bad = || {
            let text = format!("{name} of {} cannot be `{value}`", self.name);
            ParseError::new(self.line, text)
        };
        read(value).map(Some).ok_or_else(bad)
    }

    fn integer(&self, name: &str) -> Result<Option<u64>, ParseError> {
        self.read(name, integer)
    }

    fn start(&self) -> Result<Start, ParseError> {
        let offset = self.read("TIME-OFFSET", signed_decimal)?;
        let missing = || ParseError::new(self.line, "EXT-X-START has no TIME-OFFSET");
        Ok(Start {
            offset_micros: offset.ok_or_else(missing)?,
            precise: self.attributes.is_yes("PRECISE"),
        })
    }

    fn variable(&self) -> Result<Variable, ParseError> {
        if let Some(name) = self.text("NAME") {
            return Ok(Variable::Value { name, value: self.required("VALUE")? });
        }
        if let Some(name) = self.text("IMPORT") {
            return Ok(Variable::Import(name));
        }
        self.required("QUERYPARAM").map(Variable::QueryParameter)
    }

    fn key(&self) -> Result<Key, ParseError> {
        let hexadecimal = |value: &str| {
            let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"))?;
            u128::from_str_radix(digits, 16).ok()
        };
        let methods = [Method::None, Method::Aes128, Method::SampleAes, Method::SampleAesCtr];
        let method = |value: &str| methods.into_iter().find(|method| method.name() == value);
        let missing = || ParseError::new(self.line, format!("{} has no METHOD", self.name));
        Ok(Key {
            method: self.read("METHOD", method)?.ok_or_else(missing)?,
            uri: self.text("URI"),
            iv: self.read("IV", hexadecimal)?,
            key_format: self.text("KEYFORMAT"),
            key_format_versions: self.text("KEYFORMATVERSIONS"),
        })
    }
}

#[cfg(test)]
mod tests;
