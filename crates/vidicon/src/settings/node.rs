//! A piece of configuration as it was written: text, a list or a map, with the line where it stood.
//!
//! Files, environment and flags all become nodes, so that one reader serves them all. What a text
//! means (a duration, a path) is decided by the key that it belongs to, never here.

use std::ffi::OsString;

/// A value with the place where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The line in its file, from 1; nothing for flags and the environment.
    pub line: Option<usize>,
    /// What was written.
    pub value: Value,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing after the colon, or `null`.
    Empty,
    /// A text; numbers and words such as `true` stay as they were written.
    Text(String),
    /// Bytes that are not UTF-8, from a flag or the environment: good for a path only.
    Bytes(OsString),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written. Keys are unique.
    Map(Vec<Entry>),
}

/// One `key: value` of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line of the key.
    pub line: usize,
    /// Its value.
    pub node: Node,
}

impl Node {
    /// A value from a flag or the environment: text, or bytes when it is not UTF-8.
    pub fn argument(value: OsString) -> Self {
        let value = value.into_string().map_or_else(Value::Bytes, Value::Text);
        Self { line: None, value }
    }

    /// A list from a flag or the environment.
    pub fn arguments(values: impl IntoIterator<Item = OsString>) -> Self {
        let items = values.into_iter().map(Self::argument).collect();
        Self { line: None, value: Value::List(items) }
    }

    /// A comma-separated list, as environment variables and `--set` write one; `[]` is the empty list.
    pub fn comma_separated(value: OsString) -> Self {
        let Ok(text) = value.clone().into_string() else {
            return Self::arguments([value]);
        };
        if text.trim() == "[]" {
            return Self::arguments([]);
        }
        Self::arguments(text.split(',').map(|item| item.trim().into()))
    }
}
