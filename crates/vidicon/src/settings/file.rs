//! Reading a configuration file, YAML or JSON, into a [`Node`] with line numbers.
//!
//! A configuration file is small, flat and written by hand, so what makes YAML dangerous is refused:
//! anchors and aliases (a short file that unfolds into gigabytes), tags, several documents, keys that
//! occur twice, deep nesting.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::node::{Entry, Node, Value};

/// The largest configuration file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// How deep lists and maps may lie in each other.
pub(super) const MAX_DEPTH: usize = 16;

/// What is wrong with a file, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// The line, from 1, when it is known.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub why: String,
}

impl Flaw {
    fn at(span: Span, why: impl Into<String>) -> Self {
        Self { line: Some(span.start.line()), why: why.into() }
    }
}

/// Reads YAML. An empty document gives an empty map.
pub(super) fn read_yaml(text: &str) -> Result<Node, Flaw> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut events = Events(Parser::new_from_str(text));
    let mut root = Node { line: None, value: Value::Map(Vec::new()) };
    let mut documents = 0;
    loop {
        match events.next()? {
            (Event::StreamEnd, _) => return Ok(root),
            (Event::StreamStart | Event::DocumentEnd | Event::Nothing, _) => {}
            (Event::DocumentStart(_), span) => {
                documents += 1;
                if documents > 1 {
                    let why = "a second document begins here: a configuration file holds one, take the \"---\" out";
                    return Err(Flaw::at(span, why));
                }
            }
            (event, span) => {
                let node = events.node(event, span, 1)?;
                match node.value {
                    Value::Empty => {}
                    Value::Map(_) => root = node,
                    _ => {
                        let why = "the file must be a map of keys and values, like \"listen: 0.0.0.0:9000\"";
                        return Err(Flaw::at(span, why));
                    }
                }
            }
        }
    }
}

/// Reads JSON. Its grammar is checked strictly; the lines are then found by the YAML reader, because
/// JSON is YAML once pairs of surrogate escapes are written as the character they stand for.
pub(super) fn read_json(text: &str) -> Result<Node, Flaw> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return Err(Flaw { line: Some(error.line()), why: format!("this is not JSON: {error}") });
    }
    read_yaml(&join_surrogates(text))
}

/// The parser, one event at a time.
struct Events<'input>(Parser<'input, StrInput<'input>>);

impl<'input> Events<'input> {
    fn next(&mut self) -> Result<(Event<'input>, Span), Flaw> {
        match self.0.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(Flaw {
                line: Some(error.marker().line()),
                why: format!(
                    "this is not YAML: {} (column {})",
                    error.info(),
                    error.marker().col() + 1
                ),
            }),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// The node that begins with this event. Recursion ends at [`MAX_DEPTH`].
    fn node(&mut self, event: Event<'input>, span: Span, depth: usize) -> Result<Node, Flaw> {
        if depth > MAX_DEPTH {
            return Err(Flaw::at(
                span,
                format!("lists and maps lie more than {MAX_DEPTH} deep in each other here"),
            ));
        }
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                plain(span, anchor, tag.is_some())?;
                match (style, text.as_ref()) {
                    (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Empty,
                    _ => Value::Text(text.into_owned()),
                }
            }
            Event::SequenceStart(anchor, tag) => {
                plain(span, anchor, tag.is_some())?;
                Value::List(self.list(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                plain(span, anchor, tag.is_some())?;
                Value::Map(self.map(depth)?)
            }
            Event::Alias(_) => {
                return Err(Flaw::at(
                    span,
                    "aliases (\"*name\") are not used in this file: write the value out",
                ));
            }
            _ => return Err(Flaw::at(span, "a value is missing here")),
        };
        Ok(Node { line: Some(span.start.line()), value })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Flaw> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Entry>, Flaw> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(entries),
                Event::Scalar(text, _, anchor, tag) => {
                    plain(span, anchor, tag.is_some())?;
                    text.into_owned()
                }
                _ => return Err(Flaw::at(span, "a key must be a word, like \"listen\"")),
            };
            if !seen.insert(key.clone()) {
                return Err(Flaw::at(
                    span,
                    format!("{key:?} stands here a second time: take one of the two out"),
                ));
            }
            let (event, at) = self.next()?;
            entries.push(Entry {
                key,
                line: span.start.line(),
                node: self.node(event, at, depth + 1)?,
            });
        }
    }
}

/// Refuses what would make a node more than what is written in its place.
fn plain(span: Span, anchor: usize, tagged: bool) -> Result<(), Flaw> {
    if anchor != 0 {
        return Err(Flaw::at(
            span,
            "anchors (\"&name\") are not used in this file: write the value out where it is needed",
        ));
    }
    if tagged {
        return Err(Flaw::at(
            span,
            "tags (\"!name\") are not used in this file: quote the text if it begins with \"!\"",
        ));
    }
    Ok(())
}

/// Writes `\ud83c\udfac` as the one character that it stands for (RFC 8259, section 7); YAML has no such
/// pairs. The text is known to be JSON, so a backslash occurs inside strings only.
fn join_surrogates(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        joined.push_str(before);
        let pair = escape_unit(escape).zip(escape.get(6..).and_then(escape_unit));
        let decoded = pair.and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        match decoded {
            // One character from two escapes, each six bytes long.
            Some(character) if character.len_utf16() == 2 => {
                joined.push(character);
                rest = escape.get(12..).unwrap_or_default();
            }
            _ => {
                let (kept, tail) = escape.split_at_checked(2).unwrap_or((escape, ""));
                joined.push_str(kept);
                rest = tail;
            }
        }
    }
    joined.push_str(rest);
    joined
}

/// The UTF-16 unit of a `\uXXXX` at the beginning of the text.
fn escape_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// A node written as text, with lines, short enough to compare.
    fn shown(node: &Node) -> String {
        let line = node.line.map(|line| format!("@{line}")).unwrap_or_default();
        match &node.value {
            Value::Empty => format!("nothing{line}"),
            Value::Text(text) => format!("{text}{line}"),
            Value::Bytes(bytes) => format!("{bytes:?}{line}"),
            Value::List(items) => {
                format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" "))
            }
            Value::Map(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|e| format!("{}={}", e.key, shown(&e.node))).collect();
                format!("{{{}}}", entries.join(" "))
            }
        }
    }

    fn yaml(text: &str) -> String {
        read_yaml(text)
            .map_or_else(|flaw| format!("{:?}: {}", flaw.line, flaw.why), |node| shown(&node))
    }

    fn json(text: &str) -> String {
        read_json(text)
            .map_or_else(|flaw| format!("{:?}: {}", flaw.line, flaw.why), |node| shown(&node))
    }

    #[test]
    fn values_keep_their_lines_and_their_text() {
        assert_eq!(
            yaml(
                "# c\nlisten:\n  - 0.0.0.0:9000\n  - \":5000\"\nlimits:\n  header_size: 32KiB\n  n: 010\ntls: off\nx: ~\ny:\n"
            ),
            "{listen=[0.0.0.0:9000@3 :5000@4] limits={header_size=32KiB@6 n=010@7} tls=off@8 x=nothing@9 y=nothing@10}"
        );
        assert_eq!(yaml(""), "{}");
        assert_eq!(yaml("# only a comment\n"), "{}");
        assert_eq!(yaml("\u{feff}a: 1\n"), "{a=1@1}");
        assert_eq!(yaml("a: \"null\"\n"), "{a=null@1}");
    }

    #[test]
    fn json_is_read_with_lines_tabs_and_surrogate_pairs() {
        assert_eq!(
            json(
                "{\n\t\"folders\": [\"/films \\ud83c\\udfac\", \"C:\\\\new\"],\n\t\"log\": {\"access\": false}\n}\n"
            ),
            "{folders=[/films 🎬@2 C:\\new@2] log={access=false@3}}"
        );
        assert_eq!(json("{\"a\": \"\\\\ud83c\\\\udfac\"}"), "{a=\\ud83c\\udfac@1}");
        assert!(json("{a: 1}").starts_with("Some(1): this is not JSON: key must be a string"));
        assert!(json("{\"a\": 1,}").starts_with("Some(1): this is not JSON"));
    }

    #[test]
    fn what_makes_yaml_dangerous_is_refused() {
        assert_eq!(
            yaml("a: 1\nb: 2\na: 3\n"),
            "Some(3): \"a\" stands here a second time: take one of the two out"
        );
        assert!(yaml("a: &x 1\nb: *x\n").starts_with("Some(1): anchors"));
        assert!(yaml("a: !!str 1\n").starts_with("Some(1): tags"));
        assert!(yaml("a: 1\n---\nb: 2\n").starts_with("Some(2): a second document"));
        assert!(yaml("- a\n- b\n").starts_with("Some(1): the file must be a map"));
        assert!(yaml("? [a]\n: 1\n").starts_with("Some(1): a key must be a word"));
        let deep = format!("a: {}1{}\n", "[".repeat(20), "]".repeat(20));
        assert_eq!(yaml(&deep), "Some(1): lists and maps lie more than 16 deep in each other here");
        assert!(yaml(&"- ".repeat(200_000)).contains("more than 16 deep"));
    }

    #[test]
    fn broken_yaml_names_its_line() {
        let why = yaml("listen: [0.0.0.0:9000\nlog:\n  level: info\n");
        assert!(why.starts_with("Some("), "{why}");
        assert!(why.contains("this is not YAML"), "{why}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[-a-z:\\[\\]{}\"'&*!|>#\\\\ \\t\\n,0-9é]{0,80}") {
            let _ = read_yaml(&text);
            let _ = read_json(&text);
        }

        #[test]
        fn any_json_text_reads_back_the_same(text in "\\PC{0,20}") {
            let file = serde_json::json!({ "key": &text }).to_string();
            let mut ascii = String::new();
            for c in file.chars() {
                if c.is_ascii() {
                    ascii.push(c);
                } else {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(ascii, "\\u{unit:04x}");
                    }
                }
            }
            let node = read_json(&ascii).unwrap();
            let Value::Map(entries) = node.value else { return Err(TestCaseError::fail("no map")) };
            prop_assert_eq!(&entries.first().unwrap().node.value, &Value::Text(text));
        }
    }
}
